package app.homon.journeys.sayings

import app.homon.core.BadCharacter
import app.homon.core.NumberFault
import app.homon.core.PhoneFault
import app.homon.core.QrFault
import app.homon.core.Rule
import app.homon.core.TextFault
import app.homon.words.Words

/** Which rule a field breaks, as it is said beside the field. */
fun Words.say(rule: Rule): String = when (rule) {
    is Rule.Text -> say(rule.v1)
    is Rule.Number -> say(rule.v1)
    is Rule.Phone -> say(rule.v1)
    is Rule.Qr -> say(rule.v1)
    is Rule.Date -> say(rule.v1)
    is Rule.Photo -> say(rule.v1)
    is Rule.PhotoFindings -> rulesPhotoFindings(rule.v1.size)
    Rule.OutsideThePicture -> rulesOutsideThePicture
    Rule.Code -> rulesCode
    Rule.PinForm -> rulesPinForm
    Rule.PinTrivial -> rulesPinTrivial
    is Rule.PinWrong -> if (rule.triesBeforeWait == 0u) rulesPinWrongLast else rulesPinWrong(rule.triesBeforeWait)
    is Rule.Roster -> say(rule.v1)
    Rule.EnrolmentNotTrusted -> rulesEnrolmentNotTrusted
    Rule.FingerprintDiffers -> rulesFingerprintDiffers
    Rule.HandoverNotTrusted -> rulesHandoverNotTrusted
    Rule.NotAnInvitation -> rulesNotAnInvitation
}

/** What is wrong with a text. It says where, never what. */
fun Words.say(fault: TextFault): String = when (fault) {
    TextFault.Blank -> rulesBlank
    is TextFault.TooLong -> rulesTooLong(fault.limit)
    is TextFault.Character -> rulesCharacter(position = fault.position, kind = say(fault.kind))
}

/** What is wrong with the digits of a number. */
fun Words.say(fault: NumberFault): String = when (fault) {
    NumberFault.NotDigits -> rulesNotDigits
    is NumberFault.WrongLength ->
        if (fault.got < fault.expected) {
            rulesTooShort(left = fault.expected - fault.got, expected = fault.expected)
        } else {
            rulesTooMany(over = fault.got - fault.expected, expected = fault.expected)
        }
    NumberFault.CheckDigit -> rulesCheckDigit
}

/** What is wrong with a telephone number. */
fun Words.say(fault: PhoneFault): String = when (fault) {
    PhoneFault.NOT_ALLOWED -> rulesPhoneNotAllowed
    PhoneFault.NO_AREA_CODE -> rulesPhoneNoAreaCode
    PhoneFault.WRONG_LENGTH -> rulesPhoneWrongLength
}

/** Why a QR code gave no number. */
fun Words.say(fault: QrFault): String = when (fault) {
    QrFault.NONE_FOUND -> rulesQrNone
    QrFault.SEVERAL_FOUND -> rulesQrSeveral
}

private fun Words.say(character: BadCharacter): String = when (character) {
    BadCharacter.CONTROL -> rulesControl
    BadCharacter.LINE_SEPARATOR -> rulesLineSeparator
    BadCharacter.BIDIRECTIONAL -> rulesBidirectional
    BadCharacter.INVISIBLE -> rulesInvisible
    BadCharacter.NONCHARACTER -> rulesNoncharacter
    BadCharacter.LOST -> rulesLost
    BadCharacter.MARK_WITHOUT_BASE -> rulesMarkWithoutBase
}
