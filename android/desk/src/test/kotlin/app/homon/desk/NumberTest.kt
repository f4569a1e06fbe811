package app.homon.desk

import java.nio.file.Path
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** A 個人番号, where the programme takes one: checked, kept, and out of sight from then on. */
class NumberTest {
    @Test
    fun anIndividualNumberIsCheckedKeptAndCovered(@TempDir out: Path) = Day.passes(out, programme = ::eitherNumber) {
        enrols()
        beginsAVisit()
        comesToTheNumber()
        presses(words.attributesIndividual)
        assertTrue(!isThere(words.attributesScan))
        keysIn(NUMBER.take(7))
        presses(words.attributesNext)
        sees(words.rulesTooShort(left = 5, expected = 12))
        keysIn(MISTYPED.drop(7))
        sees(words.rulesCheckDigit)
        presses(words.padClear)
        keysIn(NUMBER)
        sees(words.attributesCovered)
        photographs("number-covered")
        isOutOfSight()
        presses(words.attributesShow)
        sees(SPOKEN)
        presses(words.attributesCover)
        isOutOfSight()
        presses(words.attributesShow)
        presses(words.frameHide)
        sees(words.signinHidden)
        isOutOfSight()
        signsIn()
        sees(words.attributesCovered)
        isOutOfSight()
        presses(words.attributesNext)
        isPhotographed()
        isOutOfSight()
        confirms()
        sees(words.boardClose)
        isOutOfSight()
        endsTheVisit()
        sees(words.frameAllSafe)
    }

    @Test
    fun whoeverChangesTheKindOfNumberHasToGiveIt(@TempDir out: Path) = Day.passes(out, programme = ::eitherNumber) {
        enrols()
        beginsAVisit()
        comesToTheNumber()
        keysIn(Day.NUMBER)
        sees(words.attributesIdCount(23, 23))
        presses(words.attributesIndividual)
        presses(words.attributesNext)
        sees(words.problemsNumberMissing)
        presses(words.attributesId)
        sees(words.attributesIdCount(23, 23))
        presses(words.attributesNext)
        isPhotographed()
    }

    private fun Day.comesToTheNumber() {
        adds(Day.ROOM)
        consents()
        showsEvidence()
        typesTheFourItems()
    }

    private fun Day.keysIn(digits: String) {
        for (digit in digits) presses("$digit")
    }

    private fun Day.isOutOfSight() {
        for (form in listOf(NUMBER, SPOKEN, NUMBER.take(4))) assertTrue(isNowhere(form), form)
    }

    private fun eitherNumber(programme: String) = programme.replace("number = \"application_id\"", "number = \"either\"")

    private companion object {
        /** Invented; its last digit follows from the others. */
        const val NUMBER = "123456789018"
        const val SPOKEN = "1234 5678 9018"
        const val MISTYPED = "123456789012"
    }
}
