package app.homon.desk

import java.nio.file.Path
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** What goes wrong between the tablet and the city, and what a person reads of it. */
class LineTest {
    @Test
    fun aLineThatIsCutGoesOnWhereItBroke(@TempDir out: Path) {
        lateinit var line: CuttingLine
        Day.passes(out, { intake -> CuttingLine(intake).also { line = it }.port }) {
            enrols()
            beginsAVisit()
            receivesSomeone()
            line.cutAfter(60_000)
            endsTheVisit()
            sees(words.errorsOffline, seconds = 90)
            assertTrue(line.isCut)
            sees(words.frameOnlyHere(1))
            photographs("mishap-offline")
            line.mend()
            presses(words.sendResume)
            sees(words.frameAllSafe)
            sees(words.todaySync)
            assertTrue(!isThere(words.sendResume) && !isThere(words.errorsOffline))
            photographs("mishap-held")
        }
        line.close()
    }

    @Test
    fun whatWasSealedIsMendedBeforeTheCityHasIt(@TempDir out: Path) {
        lateinit var line: CuttingLine
        Day.passes(out, { intake -> CuttingLine(intake).also { line = it }.port }) {
            enrols()
            beginsAVisit()
            sendsHome(Day.ROOM)
            line.cutAfter(0)
            endsTheVisit()
            sees(words.errorsOffline)
            photographs("send-amend")
            presses(words.sendAmend)
            presses(words.closeReopen)
            presses(words.closeBack)
            sendsHome("東102")
            line.mend()
            endsTheVisit()
            sees(words.frameAllSafe)
            assertTrue(!isThere(words.sendAmend))
            city.desk("open")
            assertEquals(2, opened().keys.count { it.startsWith("1-2/cases/") })
            presses(words.todaySync)
            sees(words.sendCertificates(1))
            presses(words.sendCertificates(1))
            sees(words.shellErasedAt)
            photographs("certificate-amended")
        }
        line.close()
    }

    @Test
    fun aRevokedTabletGoesToTheCityDeskWithAllThatItHolds(@TempDir out: Path) = Day.passes(out) {
        enrols()
        beginsAVisit()
        receivesSomeone()
        city.desk("revoke", city.device(Day.TABLET))
        presses(words.frameToday)
        presses(words.todaySync)
        sees(words.refusalsRevoked)
        sees(words.frameOnlyHere(1))
        photographs("mishap-revoked")
        presses(Day.SITE)
        presses(Day.ROOM)
        presses(words.boardOpen)
        sees(words.boardPerson(Day.NAME))
    }
}
