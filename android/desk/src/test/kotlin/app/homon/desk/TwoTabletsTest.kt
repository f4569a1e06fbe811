package app.homon.desk

import java.nio.file.Path
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Two tablets on one visit, each with its own part; the desk joins them. */
class TwoTabletsTest {
    @Test
    fun aSecondTabletJoinsTheVisitAndTheDeskJoinsTheParts(@TempDir out: Path) = Day.passes(out) {
        val west = tablet
        val east = Tablet(out.resolve("east"))
        enrols()
        beginsAVisit()
        sees(words.boardTablet(1))
        sendsHome(Day.ROOM)
        val code = showsTheCode()
        takes(east)
        enrols("east-1")
        joins(code)
        sendsHome("西201")
        sees("2-001")
        endsTheVisit()
        sees(words.frameAllSafe)
        takes(west)
        presses(words.joinBack)
        endsTheVisit()
        sees(words.frameAllSafe)
        city.desk("open")
        assertEquals(setOf("1-1/cases/1-001.json", "2-1/cases/2-001.json"), opened().keys.filter { "/cases/" in it }.toSet())
        isJoined()
    }

    private fun Day.showsTheCode(): ByteArray {
        presses(words.boardMore)
        presses(words.boardAddTablet)
        presses(words.joinNth(2))
        sees(words.joinCode(2))
        photographs("join-code")
        return picture()
    }

    private fun Day.joins(code: ByteArray) {
        presses(words.todayBegin)
        tablet.offered = code
        presses(words.checkinJoin)
        sees(words.checkinJoins(2))
        isReady()
        photographs("join-board")
        sees(words.boardTablet(2))
    }

    /** As the desk counts it: one visit of two parts, to which nothing is missing. */
    private fun Day.isJoined() {
        val visit = city.status().getValue("visits").jsonArray.single().jsonObject
        assertEquals(2, visit.getValue("parts").jsonArray.size)
        assertTrue(visit.getValue("even").jsonPrimitive.boolean)
    }
}
