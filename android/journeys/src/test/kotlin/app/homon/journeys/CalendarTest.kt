package app.homon.journeys

import app.homon.screens.words
import java.time.Instant
import java.time.LocalDate
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class CalendarTest {
    private val japanese = words("ja")
    private val english = words("en")

    @Test
    fun daysAreWrittenAsEachLanguageWritesThem() {
        val friday = LocalDate.of(2026, 11, 20)
        assertEquals("11月20日（金）", japanese.day(friday))
        assertEquals("Fri, 20 November", english.day(friday))
        assertEquals("11/20", japanese.shortDay("2026-11-20"))
        assertEquals("2026年11月20日", japanese.date(friday))
        assertEquals("20 November 2026", english.date(friday))
        assertEquals("月火水木金土日", (0L..6L).joinToString("") { japanese.day(LocalDate.of(2026, 11, 16).plusDays(it)).takeLast(2).take(1) })
        assertEquals((1..12).map { "${it}月1日" }, (1..12).map { japanese.day(LocalDate.of(2026, it, 1)).substringBefore('（') })
    }

    @Test
    fun yearsAreThoseOfTheEra() {
        assertEquals("令和8年", japanese.eraYear(LocalDate.of(2026, 11, 20)))
        assertEquals("Reiwa 8", english.eraYear(LocalDate.of(2026, 11, 20)))
        assertEquals("令和元年", japanese.eraYear(LocalDate.of(2019, 5, 1)))
        assertEquals("平成31年", japanese.eraYear(LocalDate.of(2019, 4, 30)))
        assertEquals("昭和13年3月4日", japanese.eraDate(LocalDate.of(1938, 3, 4)))
        assertEquals("4 March Shōwa 13", english.eraDate(LocalDate.of(1938, 3, 4)))
        assertEquals("大正元年7月30日", japanese.eraDate(LocalDate.of(1912, 7, 30)))
        assertEquals("明治6年1月1日", japanese.eraDate(LocalDate.of(1873, 1, 1)))
    }

    @Test
    fun timesAreThoseOfJapan() {
        val morning = Instant.parse("2026-11-20T00:05:09.2Z")
        assertEquals("9:05", japanese.clock(morning))
        assertEquals("11/20 9:05", japanese.moment(morning))
        assertEquals("11/21 0:00", japanese.moment(Instant.parse("2026-11-20T15:00:00Z")))
        assertEquals("11月21日（土）", japanese.day(Instant.parse("2026-11-20T15:00:00Z").atZone(java.time.ZoneOffset.UTC)))
    }

    @Test
    fun whoWaitsUntilThenHasWaitedLongEnough() {
        assertEquals("9:05:10", japanese.clockToTheSecond(Instant.parse("2026-11-20T00:05:09.2Z")))
        assertEquals("9:05:09", japanese.clockToTheSecond(Instant.parse("2026-11-20T00:05:09Z")))
    }
}
