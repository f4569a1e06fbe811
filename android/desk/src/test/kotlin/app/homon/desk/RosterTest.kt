package app.homon.desk

import java.nio.file.Path
import kotlin.io.path.deleteExisting
import kotlin.io.path.writeText
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Those who are expected: sent by the city, or brought as a file. */
class RosterTest {
    @Test
    fun theCitysRosterIsBegunWithAndSomeoneOfItReceived(@TempDir out: Path) = Day.passes(out) {
        enrols()
        val roster = out.resolve("roster.csv").also { it.writeText(HEADINGS + TWO_PEOPLE) }
        city.desk("roster", "--to", city.device(Day.TABLET), "$roster")
        presses(words.todaySync)
        sees(words.shellRoster(2u))
        photographs("roster-today")
        presses(words.todayRosterBegin)
        checksIn()
        sees("西201")
        sees("西202")
        sees(words.statusNotReceived)
        photographs("roster-board")
        presses("西201")
        presses(words.boardReceive)
        sees(words.consentExplain)
        assertTrue(isNowhere("竹男"))
        consents()
        sees(words.boardPerson("試験 竹男"))
        showsEvidence()
        reads(words.attributesName, "試験 竹男")
        reads(words.attributesKana, "シケン タケオ")
        reads(words.attributesAddress, Day.ADDRESS)
    }

    @Test
    fun aBadRowOfAFileIsNamedByRowAndColumn(@TempDir out: Path) = Day.passes(out) {
        enrols()
        beginsAVisit()
        tablet.offered = (HEADINGS + TWO_PEOPLE.replace("昭和5年3月12日", "昭和5年3月32日")).toByteArray()
        presses(words.boardImport)
        sees("2行C列")
        photographs("roster-bad")
        presses(words.rosterMendFirst)
        tablet.offered = (HEADINGS + TWO_PEOPLE).toByteArray()
        presses(words.boardImport)
        sees("西201")
        seesNoMore("2行C列")
    }

    @Test
    fun rowsThatFitAreTakenAndWhoStandsTwiceIsSaid(@TempDir out: Path) = Day.passes(out) {
        enrols()
        beginsAVisit()
        tablet.offered = (HEADINGS + TWO_PEOPLE.replace("昭和5年3月12日", "昭和5年3月32日")).toByteArray()
        presses(words.boardImport)
        presses(words.rosterOnlyGood)
        sees(words.rosterTaken)
        sees(words.rosterBadLeftOut)
        photographs("roster-taken")
        presses(words.rosterBoard)
        sees("西202")
        assertTrue(!isThere("西201"))
        tablet.offered = (HEADINGS + TWO_PEOPLE).toByteArray()
        presses(words.boardImport)
        sees(words.rosterTaken)
        sees(words.rosterTwice)
        sees(words.rosterRow(3u))
        photographs("roster-twice")
        presses(words.rosterBoard)
        sees("西201")
    }

    @Test
    fun aFileThatCannotBeReadSaysWhatToDo(@TempDir out: Path) = Day.passes(out) {
        tablet.outbox.writeText("no folder")
        types(words.enrolLabel, Day.TABLET)
        presses(words.enrolAskDo)
        sees(words.shellFileNotWritten)
        tablet.outbox.deleteExisting()
        enrols()
        beginsAVisit()
        tablet.offersAFolder = true
        presses(words.boardImport)
        sees(words.shellFileNotRead)
        photographs("roster-unreadable")
        tablet.offersAFolder = false
        tablet.offered = (HEADINGS + TWO_PEOPLE).toByteArray()
        presses(words.boardImport)
        sees("西201")
        seesNoMore(words.shellFileNotRead)
    }

    private companion object {
        const val HEADINGS = "氏名,フリガナ,生年月日,性別,住所,部屋,順番\n"
        const val TWO_PEOPLE = "試験 竹男,シケン タケオ,昭和5年3月12日,男,${Day.ADDRESS},西201,1\n試験 松子,シケン マツコ,昭和8年1月2日,女,${Day.ADDRESS},西202,2\n"
    }
}
