package app.homon.desk

import java.nio.file.Path
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** A day at a care home, by pressing and typing alone: the real core, a real city, a real intake on this machine. */
class DayTest {
    @Test
    fun aDayFromEnrolmentToErasure(@TempDir out: Path) = Day.passes(out) {
        enrols()
        beginsAVisit()
        receivesSomeone()
        sendsHome("東102")
        photographs("09-board")
        searchesByReading()
        endsTheVisit()
        sees(words.frameAllSafe)
        photographs("11-send")
        isOpenedAndErased()
        assertTrue(city.desk("status").isNotBlank())
    }

    private fun Day.searchesByReading() {
        for (reading in listOf("ウメコ", "しけん")) {
            types(words.boardSearch, reading)
            seesNoMore("東102")
            sees(Day.ROOM)
        }
        types(words.boardSearch, "")
        sees("東102")
    }

    private fun Day.isOpenedAndErased() {
        city.desk("open")
        presses(words.sendToday)
        presses(words.todaySync)
        sees(words.receiptOpened)
        photographs("12-today")
        presses(words.frameSettings)
        presses(words.settingsCertificates)
        sees(words.shellErasedAt)
        photographs("13-certificate")
    }
}
