package app.homon.journeys.sayings

import app.homon.core.Field
import app.homon.core.HomonException
import app.homon.core.Later
import app.homon.core.Rule
import app.homon.journeys.FileTrouble
import app.homon.journeys.clockToTheSecond
import app.homon.words.Words

/** So many letters of an incident's number find its line in the log. */
private const val SHORT_NUMBER = 8

/** What to do next, after the core refused something. */
fun Words.say(error: HomonException): String = when (error) {
    is HomonException.FixInput -> say(error.field, error.rule)
    is HomonException.RetryLater -> say(error.why)
    is HomonException.SignInAgain -> errorsSignInAgain
    is HomonException.KeyUnavailable -> errorsKeyUnavailable
    is HomonException.StorageFull -> errorsStorageFull
    is HomonException.Refused -> say(error.reason)
    is HomonException.Internal -> errorsInternal(error.incident.take(SHORT_NUMBER))
}

/** What to do about a file that does not go through. */
fun Words.say(trouble: FileTrouble.Kind): String = when (trouble) {
    FileTrouble.Kind.NotRead -> shellFileNotRead
    FileTrouble.Kind.NotWritten -> shellFileNotWritten
}

/** Why not now, and when again. */
fun Words.say(later: Later): String = when (later) {
    is Later.TooManyTries -> errorsTooManyTries(clockToTheSecond(later.until))
    Later.Offline -> errorsOffline
    Later.Stopped -> errorsStopped
    Later.Suspended -> errorsSuspended
}

/** A rule away from its field: one that speaks of any field says which. Beside the field `say(rule)` is enough. */
private fun Words.say(field: Field, rule: Rule): String = when (rule) {
    is Rule.Text, is Rule.Number, Rule.Code -> errorsField(field = name(field), rule = say(rule))
    is Rule.Phone,
    is Rule.Qr,
    is Rule.Date,
    is Rule.Photo,
    is Rule.PhotoFindings,
    Rule.OutsideThePicture,
    Rule.PinForm,
    Rule.PinTrivial,
    is Rule.PinWrong,
    is Rule.Roster,
    Rule.EnrolmentNotTrusted,
    Rule.FingerprintDiffers,
    Rule.HandoverNotTrusted,
    Rule.NotAnInvitation,
    -> say(rule)
}
