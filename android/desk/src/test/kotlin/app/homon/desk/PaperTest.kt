package app.homon.desk

import java.nio.file.Path
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** An application that goes on paper for a reason: neither its number nor a photo is asked for, and the form is. */
class PaperTest {
    @Test
    fun anApplicationGoesOnPaperAndBackAndOnPaperAgain(@TempDir out: Path) = Day.passes(out) {
        enrols()
        beginsAVisit()
        adds(Day.ROOM)
        consents()
        showsEvidence()
        typesTheFourItems()
        goesOnPaper()
        presses(words.attributesElectronic)
        presses(words.attributesNext)
        sees(words.problemsNumberMissing)
        goesOnPaper()
        photographs("paper")
        presses(words.problemsPaperFormMissing)
        presses(words.namesApplicationForm)
        sees(words.evidenceHandToCity)
        presses(words.evidenceNext)
        sees(REASON)
        presses(words.caseNext)
        confirms()
        presses(words.boardClose)
        sees(words.closeTitle(Day.SITE))
        photographs("paper-close")
    }

    private fun Day.goesOnPaper() {
        presses(words.attributesPaper)
        sees(words.attributesPaperFirst)
        types(words.attributesPaperWhy, REASON)
        presses(words.attributesPaperDo)
        sees(words.attributesOnPaper)
        sees(words.attributesOptional)
        sees(words.problemsPaperFormMissing)
        assertTrue(isThere(REASON))
    }

    private companion object {
        const val REASON = "機器の故障のため"
    }
}
