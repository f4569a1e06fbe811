package app.homon.desk

import java.nio.file.Path
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** A team that practises before it meets anybody. */
class PracticeTest {
    @Test
    fun inventedPeopleComeOntoTheBoardOfATrainingVisit(@TempDir out: Path) = Day.passes(out) {
        enrols()
        sees(words.frameTraining)
        presses(words.todayPractice)
        presses(words.todayRosterBegin)
        checksIn()
        sees("練○ 花○")
        sees("101")
    }
}
