package app.homon.journeys.sayings

import app.homon.core.IneligibleReason
import app.homon.core.Leaving
import app.homon.core.RevisitReason
import app.homon.journeys.shortDay
import app.homon.words.Words

/** How a case ended without an application. What the resident said is not repeated. */
fun Words.say(leaving: Leaving): String = when (leaving) {
    is Leaving.Refused -> endingsRefused
    is Leaving.Withdrawn -> endingsWithdrawn
    is Leaving.Ineligible -> endingsIneligible(name(leaving.reason))
    is Leaving.Revisit ->
        leaving.on?.let { endingsRevisitOn(reason = name(leaving.reason), day = shortDay(it)) }
            ?: endingsRevisit(name(leaving.reason))
}

/** Why the team comes again. */
fun Words.name(reason: RevisitReason): String = when (reason) {
    RevisitReason.CONSENT_IN_DOUBT -> endingsConsentInDoubt
    RevisitReason.REPRESENTATIVE_NEEDED -> endingsRepresentativeNeeded
    RevisitReason.EVIDENCE_MISSING -> endingsEvidenceMissing
    RevisitReason.NOT_AVAILABLE -> endingsNotAvailable
    RevisitReason.UNWELL -> endingsUnwell
    RevisitReason.ISOLATION -> endingsIsolation
    RevisitReason.PHOTO_NOT_POSSIBLE -> endingsPhotoNotPossible
    RevisitReason.OUT_OF_TIME -> endingsOutOfTime
}

/** Why the programme does not reach somebody. */
fun Words.name(reason: IneligibleReason): String = when (reason) {
    IneligibleReason.NON_RESIDENT -> endingsNonResident
    IneligibleReason.CAN_COME_OR_HAS_PROXY -> endingsCanComeOrHasProxy
    IneligibleReason.NOT_DUE -> endingsNotDue
    IneligibleReason.HAS_CARD -> endingsHasCard
}
