package app.homon.desk

import app.homon.core.sha256
import java.nio.file.Path
import kotlin.io.path.readBytes
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Two tablets across a table: what one began, the other ends. */
class HandOverTest {
    @Test
    fun aVisitGoesOnOnAnotherTabletWithTheSameResidents(@TempDir out: Path) = Day.passes(out) {
        val west = tablet
        val east = Tablet(out.resolve("east"))
        enrols()
        beginsAVisit()
        receivesSomeone()
        adds("東102")
        consents()
        showsEvidence()
        typesTheFourItems()
        takes(east)
        enrols("east-1")
        asksForAVisit()
        val request = east.handedOut("homon-handover-request.txt")
        takes(west)
        handsOver(request)
        takes(east)
        east.offered = west.carriedFile().readBytes()
        presses(words.handoverAccept)
        sees(Day.ROOM)
        photographs("handover-taken")
        presses("東102")
        presses(words.boardOpen)
        reads(words.attributesName, Day.NAME)
        for (digit in Day.NUMBER) presses("$digit")
        presses(words.attributesNext)
        isPhotographed()
        confirms()
        endsTheVisit()
        sees(words.frameAllSafe)
        takes(west)
        isOwedNothing()
    }

    private fun Day.asksForAVisit() {
        presses(words.frameSettings)
        presses(words.settingsTakeOver)
        presses(words.handoverAskFile)
        sees(words.handoverAskMade("homon-handover-request.txt"))
        sees(fingerprint(tablet.handedOut("homon-handover-request.txt")))
        photographs("handover-ask")
    }

    private fun Day.handsOver(request: String) {
        presses(words.frameBack)
        presses(words.boardMore)
        presses(words.boardHandOver)
        tablet.offered = request.toByteArray()
        presses(words.handoverReadFile)
        sees(fingerprint(request))
        presses(words.handoverDiffers)
        sees(words.handoverStop)
        presses(words.handoverSame)
        photographs("handover-give")
        presses(words.handoverDo)
        sees(words.handoverDone)
        sees(words.handoverCarryAgain)
        photographs("handover-given")
    }

    /** What the other tablet goes on with is locked here, and nobody is asked to send it. */
    private fun Day.isOwedNothing() {
        presses(words.handoverToday)
        sees(words.frameAllSafe)
        photographs("handover-after")
    }

    /** The beginning of what people compare: worked out here, not asked of the core. */
    private fun fingerprint(request: String): String = sha256(request.trim().toByteArray()).chunked(4).take(4).joinToString(" ")
}
