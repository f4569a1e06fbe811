package app.homon.desk

import java.nio.file.Path
import kotlin.io.path.ExperimentalPathApi
import kotlin.io.path.readBytes
import kotlin.io.path.readText
import kotlin.io.path.walk
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** A visit to a private home: its address is asked for, reaches the city, and lies nowhere in the clear. */
class HomeTest {
    @Test
    fun aPrivateHomeIsVisited(@TempDir out: Path) = Day.passes(out, programme = ::alone) {
        enrols()
        presses(words.todayBegin)
        presses(Day.SITE)
        assertTrue(!isThere(words.checkinAddress))
        presses(words.shellPrivateHome("home-01"))
        sees(words.checkinAddressFirst)
        types(words.checkinAddress, "下関市見本町9")
        seesNoMore(words.checkinAddressFirst)
        presses(words.checkinWorkerAsked)
        sees(words.departuresTooFewWorkers(needed = 1, present = 0))
        presses("見本 従事一")
        seesNoMore(words.departuresTooFewWorkers(needed = 1, present = 0))
        for (check in listOf("まわりから見えない", "専用の回線", "写真の道具", "消毒")) presses(check)
        photographs("home-check-in")
        typesEverywhere(words.checkinReason, "練習のため")
        presses(words.checkinBegin)
        sees(words.boardEmpty)
        assertTrue(isNowhere("見本町"))
        adds(Day.ROOM)
        presses(words.caseLeave)
        presses(words.leavingRefused)
        presses(words.leavingDo)
        mendsTheAddress()
        endsTheVisit()
        sees(words.frameAllSafe)
        assertEquals(emptyList<Path>(), inTheClear(out.resolve("west")))
        city.desk("open")
        city.desk("export", "--out", "${out.resolve("export")}")
        assertTrue(Day.ADDRESS in out.resolve("export/visits.csv").readText())
    }

    /** An address that was mistyped is mended while the visit is open, and never taken away. */
    private fun Day.mendsTheAddress() {
        presses(words.boardClose)
        reads(words.checkinAddress, "下関市見本町9")
        types(words.checkinAddress, "")
        presses(words.closeSeal)
        sees(words.errorsField(field = words.checkinAddress, rule = words.rulesBlank))
        types(words.checkinAddress, Day.ADDRESS)
        presses(words.closeBack)
    }

    /** The files that hold the address as it is. */
    @OptIn(ExperimentalPathApi::class)
    private fun inTheClear(folder: Path): List<Path> {
        val address = String(Day.ADDRESS.toByteArray(), Charsets.ISO_8859_1)
        return folder.walk().filter { address in String(it.readBytes(), Charsets.ISO_8859_1) }.toList()
    }

    /** Nobody of the contractor's has to be there, unless the city asks. */
    private fun alone(programme: String) = programme.replace("{ contractors = 2, site_manager = true, city_staff = true }", "{ contractors = 0, site_manager = false, city_staff = true }")
}
