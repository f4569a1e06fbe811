package app.homon.journeys.sayings

import app.homon.core.OpenRefused
import app.homon.core.Refusal
import app.homon.core.StepRefused
import app.homon.words.Words

/** Why something is not possible, with the next thing to do first. */
fun Words.say(refusal: Refusal): String = when (refusal) {
    Refusal.NotEnrolled -> refusalsNotEnrolled
    Refusal.AlreadyEnrolled -> refusalsAlreadyEnrolled
    Refusal.ModeChanges -> refusalsModeChanges
    Refusal.OnlyInTraining -> refusalsOnlyInTraining
    Refusal.OtherDevice -> refusalsOtherDevice
    Refusal.HardwareNeeded -> refusalsHardwareNeeded
    Refusal.ProgrammeFaulty -> refusalsProgrammeFaulty
    Refusal.UnknownStaff -> refusalsUnknownStaff
    Refusal.StaffTwice -> refusalsStaffTwice
    Refusal.LastPin -> refusalsLastPin
    Refusal.Revoked -> refusalsRevoked
    Refusal.WrongServer -> refusalsWrongServer
    Refusal.CertificateRefused -> refusalsCertificateRefused
    Refusal.DateWrong -> refusalsDateWrong
    Refusal.SealedFileDamaged -> refusalsSealedFileDamaged
    is Refusal.IntakeRefused -> refusalsIntakeRefused(refusal.code)
    is Refusal.Visit -> say(refusal.v1)
    Refusal.PartTwice -> refusalsPartTwice
    Refusal.NoSuchVisit -> refusalsNoSuchVisit
    Refusal.VisitClosed -> refusalsVisitClosed
    Refusal.VisitStillOpen -> refusalsVisitStillOpen
    Refusal.VisitLocked -> refusalsVisitLocked
    Refusal.HandedOver -> refusalsHandedOver
    Refusal.SameTablet -> refusalsSameTablet
    Refusal.HandoverForAnother -> refusalsHandoverForAnother
    Refusal.HandoverNotTrusted -> refusalsHandoverNotTrusted
    Refusal.HandoverDamaged -> refusalsHandoverDamaged
    Refusal.HandoverTaken -> refusalsHandoverTaken
    Refusal.OtherProgramme -> refusalsOtherProgramme
    Refusal.StillOpens -> refusalsStillOpens
    Refusal.OrphanFirst -> refusalsOrphanFirst
    Refusal.GrantNotTrusted -> refusalsGrantNotTrusted
    Refusal.GrantForAnother -> refusalsGrantForAnother
    Refusal.GrantDoesNotFit -> refusalsGrantDoesNotFit
    is Refusal.NotEven -> refusalsNotEven(refusal.blockers.size)
    Refusal.NoSuchRoster -> refusalsNoSuchRoster
    Refusal.NoSuchLine -> refusalsNoSuchLine
    Refusal.ReceivedAlready -> refusalsReceivedAlready
    Refusal.NoPhotoModels -> refusalsNoPhotoModels
    Refusal.PhotoModelsDamaged -> refusalsPhotoModelsDamaged
    Refusal.NoSuchMessage -> refusalsNoSuchMessage
    Refusal.NoSuchCase -> refusalsNoSuchCase
    is Refusal.Step -> say(refusal.v1)
    Refusal.Quarantined -> refusalsQuarantined
    Refusal.DeviceFails -> refusalsDeviceFails
    Refusal.AppTooOld -> refusalsAppTooOld
    Refusal.NoSuchActivityPhoto -> refusalsNoSuchActivityPhoto
    Refusal.NotPreviewed -> refusalsNotPreviewed
    Refusal.EnoughActivityPhotos -> refusalsEnoughActivityPhotos
}

/** Why a visit cannot begin. */
fun Words.say(refused: OpenRefused): String = when (refused) {
    OpenRefused.NoSuchService -> openingsNoSuchService
    OpenRefused.NoSuchSite -> openingsNoSuchSite
    is OpenRefused.NoSuchStaff -> openingsNoSuchStaff(refused.v1)
    is OpenRefused.StaffTwice -> openingsStaffTwice(refused.v1)
    OpenRefused.TimesReversed -> openingsTimesReversed
    is OpenRefused.ReasonsMissing -> openingsReasonsMissing(refused.v1.size)
}

/** Why a step of a case is not taken. */
fun Words.say(refused: StepRefused): String = when (refused) {
    StepRefused.CONSENT_FIRST -> stepfaultsConsentFirst
    StepRefused.NOT_NOW -> stepfaultsNotNow
    StepRefused.CITY_STAFF_ONLY -> stepfaultsCityStaffOnly
    StepRefused.NO_SUCH_DOCUMENT -> stepfaultsNoSuchDocument
    StepRefused.NO_SUCH_EXPLANATION -> stepfaultsNoSuchExplanation
    StepRefused.NO_SUCH_STAFF -> stepfaultsNoSuchStaff
    StepRefused.ITEM_TWICE -> stepfaultsItemTwice
    StepRefused.NO_SUCH_ITEM -> stepfaultsNoSuchItem
    StepRefused.NO_SUCH_EXCEPTION -> stepfaultsNoSuchException
    StepRefused.NUMBER_NOT_ALLOWED -> stepfaultsNumberNotAllowed
    StepRefused.BIRTH_DATE_IN_FUTURE -> stepfaultsBirthDateInFuture
    StepRefused.BIRTH_DATE_TOO_LONG_AGO -> stepfaultsBirthDateTooLongAgo
    StepRefused.REASON_DOES_NOT_FIT -> stepfaultsReasonDoesNotFit
    StepRefused.REVISIT_IN_PAST -> stepfaultsRevisitInPast
}
