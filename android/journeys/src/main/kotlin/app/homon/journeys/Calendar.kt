package app.homon.journeys

import app.homon.core.NaiveDate
import app.homon.words.Words
import java.time.DayOfWeek
import java.time.Instant
import java.time.LocalDate
import java.time.Month
import java.time.ZoneId
import java.time.ZonedDateTime
import java.time.chrono.JapaneseDate
import java.time.chrono.JapaneseEra
import java.time.format.DateTimeFormatter
import java.time.temporal.ChronoField
import java.time.temporal.ChronoUnit

/** Where the work is done, wherever the tablet believes to be. */
internal val JapanZone: ZoneId = ZoneId.of("Asia/Tokyo")

private val MINUTES = DateTimeFormatter.ofPattern("H:mm")
private val SECONDS = DateTimeFormatter.ofPattern("H:mm:ss")

/** 11月20日（金）. */
fun Words.day(date: LocalDate): String = calendarDay(month = month(date.month), day = date.dayOfMonth, weekday = weekday(date.dayOfWeek))

/** The same of a date as the core writes it, `2026-11-20`. */
fun Words.day(date: NaiveDate): String = day(LocalDate.parse(date))

/** The same of the day on which this moment lies in Japan. */
fun Words.day(moment: ZonedDateTime): String = day(moment.withZoneSameInstant(JapanZone).toLocalDate())

/** 11/20, where there is no room for more. */
fun Words.shortDay(date: LocalDate): String = calendarShortDay(month = date.monthValue, day = date.dayOfMonth)

/** The same of a date as the core writes it, `2026-11-20`. */
fun Words.shortDay(date: NaiveDate): String = shortDay(LocalDate.parse(date))

/** 1938年3月4日. */
fun Words.date(date: LocalDate): String = calendarDate(year = date.year, month = month(date.month), day = date.dayOfMonth)

/** 昭和13年3月4日. The calendar of the eras begins in 1873. */
fun Words.eraDate(date: LocalDate): String = calendarEraDate(year = eraYear(date), month = month(date.month), day = date.dayOfMonth)

/** 令和8年; the first year of an era is 元年. */
fun Words.eraYear(date: LocalDate): String {
    val year = JapaneseDate.from(date).get(ChronoField.YEAR_OF_ERA)
    return calendarEraYear(era = era(JapaneseDate.from(date).era), year = if (year == 1) calendarFirstYear else year)
}

/** 10:52, in Japan. */
@Suppress("UnusedReceiverParameter")
fun Words.clock(at: Instant): String = at.atZone(JapanZone).format(MINUTES)

/** 10:52:40, in Japan: never earlier than the moment itself, so that who waits until then has waited long enough. */
@Suppress("UnusedReceiverParameter")
fun Words.clockToTheSecond(at: Instant): String {
    val second = at.truncatedTo(ChronoUnit.SECONDS)
    return (if (second < at) second.plusSeconds(1) else second).atZone(JapanZone).format(SECONDS)
}

/** 11/20 17:42, in Japan. */
fun Words.moment(at: Instant): String = calendarMoment(day = shortDay(at.atZone(JapanZone).toLocalDate()), time = clock(at))

private fun Words.weekday(day: DayOfWeek): String = when (day) {
    DayOfWeek.MONDAY -> calendarMonday
    DayOfWeek.TUESDAY -> calendarTuesday
    DayOfWeek.WEDNESDAY -> calendarWednesday
    DayOfWeek.THURSDAY -> calendarThursday
    DayOfWeek.FRIDAY -> calendarFriday
    DayOfWeek.SATURDAY -> calendarSaturday
    DayOfWeek.SUNDAY -> calendarSunday
}

private fun Words.month(month: Month): String = when (month) {
    Month.JANUARY -> calendarJanuary
    Month.FEBRUARY -> calendarFebruary
    Month.MARCH -> calendarMarch
    Month.APRIL -> calendarApril
    Month.MAY -> calendarMay
    Month.JUNE -> calendarJune
    Month.JULY -> calendarJuly
    Month.AUGUST -> calendarAugust
    Month.SEPTEMBER -> calendarSeptember
    Month.OCTOBER -> calendarOctober
    Month.NOVEMBER -> calendarNovember
    Month.DECEMBER -> calendarDecember
}

/** Java's eras are no enum: one that is unknown here keeps Java's own name. */
private fun Words.era(era: JapaneseEra): String = when (era) {
    JapaneseEra.MEIJI -> attributesMeiji
    JapaneseEra.TAISHO -> attributesTaisho
    JapaneseEra.SHOWA -> attributesShowa
    JapaneseEra.HEISEI -> attributesHeisei
    JapaneseEra.REIWA -> attributesReiwa
    else -> era.toString()
}
