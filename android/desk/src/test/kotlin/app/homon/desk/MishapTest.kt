package app.homon.desk

import java.nio.file.Path
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** What goes wrong on a day, and that nothing is lost by it. */
class MishapTest {
    @Test
    fun aTabletThatIsKilledGoesOnWhereItWas(@TempDir out: Path) = Day.passes(out) {
        enrols()
        beginsAVisit()
        comesToTheFourItems()
        typesTheFourItems()
        for (digit in Day.NUMBER.take(10)) presses("$digit")
        // Nobody has gone on or left: it is kept for its own sake.
        sees(words.problemsNumberUnfinishedBrief)
        sees(words.boardPerson(Day.NAME))
        Thread.sleep(1500)
        tablet.restart()
        sees(words.signinTitle)
        sees(Day.CITY_STAFF)
        signsIn()
        reads(words.attributesName, Day.NAME)
        reads(words.attributesAddress, Day.ADDRESS)
        reads(words.attributesDay, "4")
        sees(words.attributesIdCount(10, Day.NUMBER.length))
        photographs("mishap-restarted")
        for (digit in Day.NUMBER.drop(10)) presses("$digit")
        presses(words.attributesNext)
        isPhotographed()
    }

    @Test
    fun whatIsHalfTypedOrWipedOutIsSaidOnGoingOn(@TempDir out: Path) = Day.passes(out) {
        enrols()
        beginsAVisit()
        comesToTheFourItems()
        types(words.attributesPhone, "083")
        types(words.attributesName, Day.NAME)
        sees(words.boardPerson(Day.NAME))
        assertTrue(!isThere(words.rulesPhoneWrongLength))
        presses(words.attributesNext)
        sees(words.rulesPhoneWrongLength)
        types(words.attributesPhone, "083-000-0000")
        types(words.attributesName, "")
        presses(words.attributesNext)
        sees(words.problemsNameMissing)
    }

    @Test
    fun aDayOfBirthIsUnknownOnlyWhenSomebodySaysSo(@TempDir out: Path) = Day.passes(out) {
        enrols()
        beginsAVisit()
        comesToTheFourItems()
        presses(words.attributesShowa)
        types(words.attributesYear, "13")
        types(words.attributesMonth, "3")
        presses(words.attributesNext)
        sees(words.datesIncomplete)
        presses(words.attributesDayUnknown)
        sees("1938年3月日不詳")
        presses(words.attributesFacility)
        types(words.attributesPhone, "083-000-0000")
        presses(words.attributesLater)
        sees(words.boardConsultations)
    }

    @Test
    fun aCardThatCanNeitherGoBackNorToTheCityIsExplained(@TempDir out: Path) = Day.passes(out) {
        enrols()
        beginsAVisit()
        adds(Day.ROOM)
        consents()
        presses(words.namesCard)
        presses(words.evidenceExplain)
        types(words.evidenceWhy, "入院のため、次の訪問で返す")
        presses(words.evidenceExplained)
        sees(words.custodyExplained)
    }

    @Test
    fun aRoomIsMendedAfterReception(@TempDir out: Path) = Day.passes(out) {
        enrols()
        beginsAVisit()
        sendsHome(Day.ROOM)
        adds("西210")
        presses(words.frameBack)
        presses("西210")
        presses(words.boardMove)
        types(words.addRoom, "西201")
        types(words.addBed, "窓")
        presses(words.addChangeDo)
        sees("西201 窓")
        assertTrue(isNowhere("西210"))
        photographs("board-moved")
    }

    @Test
    fun aWrongPinSaysWhatToDoAndManyHaveToWait(@TempDir out: Path) = Day.passes(out) {
        enrols()
        presses(words.frameHide)
        typesPin(WRONG_PIN)
        sees(words.rulesPinWrong(4u))
        signsIn()
        sees(words.todayBegin)
        presses(words.frameHide)
        for (left in 4 downTo 1) {
            typesPin(WRONG_PIN)
            sees(words.rulesPinWrong(left.toUInt()))
        }
        typesPin(WRONG_PIN)
        sees(words.rulesPinWrongLast)
        typesPin(Day.PIN)
        // The sentence begins with the time, which is the core's.
        sees(words.errorsTooManyTries(""))
        photographs("mishap-wait")
    }

    @Test
    fun onePressCoversEverythingAndThePinBringsItBack(@TempDir out: Path) = Day.passes(out) {
        enrols()
        beginsAVisit()
        comesToTheFourItems()
        typesTheFourItems()
        presses(words.frameHide)
        isCovered()
        photographs("mishap-hidden")
        signsIn()
        reads(words.attributesName, Day.NAME)
        for (digit in Day.NUMBER) presses("$digit")
        presses(words.attributesNext)
        isPhotographed()
        sees(words.residentRight)
        holds(words.caseBackToStaff)
        isCovered()
        signsIn()
        sees(words.boardPerson(Day.NAME))
    }

    private fun Day.comesToTheFourItems() {
        adds(Day.ROOM)
        consents()
        showsEvidence()
        sees(words.attributesTitle)
    }

    private fun Day.isCovered() {
        sees(words.signinHidden)
        for (personal in listOf("試験", "梅子", "ウメコ", "うめこ", "見本町", "083", "昭和", Day.ROOM)) assertTrue(isNowhere(personal), personal)
    }

    private companion object {
        const val WRONG_PIN = "472914"
    }
}
