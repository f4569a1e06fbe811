package app.homon.journeys.sayings

import app.homon.core.BirthDateFault
import app.homon.core.DateFault
import app.homon.core.Era
import app.homon.words.Words

/** What is wrong with a date of birth. */
fun Words.say(fault: BirthDateFault): String = when (fault) {
    is BirthDateFault.Date -> say(fault.v1)
    BirthDateFault.InFuture -> datesInFuture
    BirthDateFault.TooLongAgo -> datesTooLongAgo
}

/** Why something is no date. */
fun Words.say(fault: DateFault): String = when (fault) {
    DateFault.NotADate -> datesNotADate
    DateFault.Incomplete -> datesIncomplete
    DateFault.EraMissing -> datesEraMissing
    DateFault.NoSuchDay -> datesNoSuchDay
    is DateFault.WrongEra -> datesWrongEra(name(fault.right))
    DateFault.BeforeGregorian -> datesBeforeGregorian
}

/** 昭和. */
fun Words.name(era: Era): String = when (era) {
    Era.MEIJI -> attributesMeiji
    Era.TAISHO -> attributesTaisho
    Era.SHOWA -> attributesShowa
    Era.HEISEI -> attributesHeisei
    Era.REIWA -> attributesReiwa
}
