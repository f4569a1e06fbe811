package app.homon.journeys.sayings

import app.homon.core.BadCell
import app.homon.core.CellAt
import app.homon.core.Closed
import app.homon.core.Column
import app.homon.core.Departure
import app.homon.core.Destroyed
import app.homon.core.DocumentClass
import app.homon.core.Edge
import app.homon.core.Field
import app.homon.core.FileFault
import app.homon.core.Finding
import app.homon.core.Hint
import app.homon.core.HomonException
import app.homon.core.Later
import app.homon.core.Leaving
import app.homon.core.NumberFault
import app.homon.core.Personal
import app.homon.core.PhotoRefused
import app.homon.core.Problem
import app.homon.core.RosterRule
import app.homon.core.RouteSum
import app.homon.core.Rule
import app.homon.core.Side
import app.homon.core.Slot
import app.homon.core.Thing
import app.homon.screens.words
import java.time.Instant
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What is filled into a saying. */
class WordingTest {
    private val words = words("ja")

    @Test
    fun aFaultOfTheAppIsToldByItsShortNumber() {
        val said = words.say(HomonException.Internal("0f3a91c2-7de4-4b08-a41c-0d7792e5118b"))
        assertTrue("0f3a91c2 " in said && "7de4" !in said, said)
    }

    @Test
    fun waitingEndsAtATimeInJapan() {
        val until = Instant.parse("2026-11-20T01:52:40Z")
        assertEquals("10:52:40になったら、もう一度PINを入れてください", words.say(HomonException.RetryLater(Later.TooManyTries(until))))
    }

    @Test
    fun aRuleOfAnyFieldSaysWhich() {
        val short = Rule.Number(NumberFault.WrongLength(expected = 23uL, got = 17uL))
        assertEquals("申請書ID：あと6けた入れてください。全部で23けたです", words.say(HomonException.FixInput(Field.APPLICATION_ID, short)))
        assertEquals("6けた減らしてください。全部で12けたです", words.say(NumberFault.WrongLength(expected = 12uL, got = 18uL)))
        assertEquals("PINがちがいます。あと3回まちがえると、しばらく待ちます", words.say(HomonException.FixInput(Field.PIN, Rule.PinWrong(3u))))
        assertEquals("PINがちがいます。少し待ってから、もう一度入れてください", words.say(Rule.PinWrong(0u)))
    }

    @Test
    fun whatIsMissingIsCounted() {
        assertEquals("申請書IDが あと6けたです", words.say(Problem.NumberUnfinished(6u)))
        assertEquals("申請書IDの途中", words.brief(Problem.NumberUnfinished(6u)))
        val near = RouteSum(listOf(Slot(DocumentClass.A, false), Slot(DocumentClass.B, true)))
        val far = RouteSum(listOf(Slot(DocumentClass.A, false), Slot(DocumentClass.LETTER, false)))
        assertEquals("本人確認の書類が あと1点です", words.say(Problem.EvidenceMissing(listOf(far, near))))
        assertEquals("本人確認：あと1点", words.brief(Problem.EvidenceMissing(listOf(far, near))))
        assertEquals("本人確認がまだ", words.brief(Problem.EvidenceMissing(emptyList())))
    }

    @Test
    fun sidesAreSaidAsTheOneWhoMovesSeesThem() {
        // In the photo a head at the left edge is seen whole when the camera goes left.
        assertEquals("カメラを少し左へ向けて、もう一度どうぞ。", words.say(Finding.CutOff(Edge.LEFT)).advice)
        assertEquals("撮る人から見た左右です。", words.say(Hint.AIM_LEFT).advice)
        // Turned to the left of the photo, which is their right: the way back is to their left.
        assertEquals("ご本人の左へ、顔を少し向けてもらってください。", words.say(Finding.TurnedAway(Side.LEFT)).advice)
        assertEquals("ご本人の右へ、頭を少し起こしてもらってください。", words.say(Finding.Tilted(Side.RIGHT)).advice)
    }

    @Test
    fun aTimeOutsideTheCalendarSaysWhenItIsOpen() {
        val closed = Closed.OutsideHours(listOf("09:00-12:00", "13:00-17:00"))
        assertEquals("実施できる時間の外です。この日は9:00–12:00・13:00–17:00です", words.say(Departure.OutsideHours(closed)))
    }

    @Test
    fun aCellIsSaidByItsPlace() {
        val at = CellAt(row = 5u, letter = "C")
        assertEquals("5行C列（性別）：「男」か「女」と書いてください", words.say(BadCell(at, Column.SEX, RosterRule.Sex)))
        assertEquals("5行C列：書いてください。空欄です", words.say(BadCell(at, null, RosterRule.Missing)))
    }

    @Test
    fun sizesAreRoundedToWhatWillDo() {
        assertTrue("21KB" in words.say(PhotoRefused.TooFewBytes(bytes = 1uL, min = 20_481u)))
        assertTrue("7MB" in words.say(PhotoRefused.TooManyBytes(bytes = 9_000_000uL, max = 7_340_032u)))
        assertTrue("16MB" in words.say(FileFault.TooLarge(16_777_216uL)))
        assertEquals("訪問のファイル　1つ（2MB）", words.say(Destroyed(Thing.VISIT_FILE, 1u, 1_900_000uL)))
        assertEquals("端末の中の鍵　1つ", words.say(Destroyed(Thing.WRAPPING_KEY, 1u, 0uL)))
    }

    @Test
    fun whatAResidentSaidIsNotRepeated() {
        assertFalse("ひみつ" in words.say(Leaving.Refused(Personal("ひみつ"))))
    }
}
