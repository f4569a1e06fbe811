package app.homon.journeys.sayings

import app.homon.core.Problem
import app.homon.core.RouteSum
import app.homon.words.Words

/** What is missing or wrong in a case, and what to do about it. */
fun Words.say(problem: Problem): String = when (problem) {
    Problem.ConsentMissing -> problemsConsentMissing
    Problem.ConsentInDoubt -> problemsConsentInDoubt
    Problem.RepresentativeNeeded -> problemsRepresentativeNeeded
    Problem.AuthorityNotSeen -> problemsAuthorityNotSeen
    Problem.LeaveBehindMissing -> problemsLeaveBehindMissing
    Problem.EligibilityMissing -> problemsEligibilityMissing
    Problem.NonResident -> problemsNonResident
    Problem.MovePlanned -> problemsMovePlanned
    Problem.CanComeOrHasProxy -> problemsCanComeOrHasProxy
    Problem.RenewalNotDocumented -> problemsRenewalNotDocumented
    Problem.ServiceNotAvailable -> problemsServiceNotAvailable
    Problem.NameMissing -> problemsNameMissing
    Problem.AddressMissing -> problemsAddressMissing
    Problem.BirthDateMissing -> problemsBirthDateMissing
    Problem.BirthDateInFuture -> problemsBirthDateInFuture
    Problem.SexMissing -> problemsSexMissing
    Problem.NumberMissing -> problemsNumberMissing
    is Problem.NumberUnfinished -> problemsNumberUnfinished(problem.remaining)
    Problem.NumberNotAllowed -> problemsNumberNotAllowed
    Problem.ContactMissing -> problemsContactMissing
    is Problem.EvidenceMissing -> missing(problem.sums)?.let { problemsEvidenceMissing(it) } ?: problemsEvidenceNone
    Problem.EvidenceNotMarked -> problemsEvidenceNotMarked
    Problem.PinEnvelopeMissing -> problemsPinEnvelopeMissing
    Problem.PortraitMissing -> problemsPortraitMissing
    is Problem.PhotoExceptionMissing -> problemsPhotoExceptionMissing(say(problem.exception))
    Problem.PaperFormMissing -> problemsPaperFormMissing
    Problem.NotConfirmed -> problemsNotConfirmed
}

/** The same in a word, for a row of the board. */
fun Words.brief(problem: Problem): String = when (problem) {
    Problem.ConsentMissing -> problemsConsentMissingBrief
    Problem.ConsentInDoubt -> problemsConsentInDoubtBrief
    Problem.RepresentativeNeeded -> problemsRepresentativeNeededBrief
    Problem.AuthorityNotSeen -> problemsAuthorityNotSeenBrief
    Problem.LeaveBehindMissing -> problemsLeaveBehindMissingBrief
    Problem.EligibilityMissing -> problemsEligibilityMissingBrief
    Problem.NonResident -> problemsNonResidentBrief
    Problem.MovePlanned -> problemsMovePlannedBrief
    Problem.CanComeOrHasProxy -> problemsCanComeOrHasProxyBrief
    Problem.RenewalNotDocumented -> problemsRenewalNotDocumentedBrief
    Problem.ServiceNotAvailable -> problemsServiceNotAvailableBrief
    Problem.NameMissing -> problemsNameMissingBrief
    Problem.AddressMissing -> problemsAddressMissingBrief
    Problem.BirthDateMissing -> problemsBirthDateMissingBrief
    Problem.BirthDateInFuture -> problemsBirthDateInFutureBrief
    Problem.SexMissing -> problemsSexMissingBrief
    Problem.NumberMissing -> problemsNumberMissingBrief
    is Problem.NumberUnfinished -> problemsNumberUnfinishedBrief
    Problem.NumberNotAllowed -> problemsNumberNotAllowedBrief
    Problem.ContactMissing -> problemsContactMissingBrief
    is Problem.EvidenceMissing -> missing(problem.sums)?.let { problemsEvidenceMissingBrief(it) } ?: problemsEvidenceNoneBrief
    Problem.EvidenceNotMarked -> problemsEvidenceNotMarkedBrief
    Problem.PinEnvelopeMissing -> problemsPinEnvelopeMissingBrief
    Problem.PortraitMissing -> problemsPortraitMissingBrief
    is Problem.PhotoExceptionMissing -> problemsPhotoExceptionMissingBrief
    Problem.PaperFormMissing -> problemsPaperFormMissingBrief
    Problem.NotConfirmed -> problemsNotConfirmedBrief
}

/** How many documents the nearest combination lacks; nothing where there is no combination. */
private fun missing(sums: List<RouteSum>): Int? = sums.minOfOrNull { sum -> sum.slots.count { !it.filled } }
