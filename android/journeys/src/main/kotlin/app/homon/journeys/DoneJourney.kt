package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.CaseInput
import app.homon.core.Stage
import app.homon.core.StepKind
import app.homon.journeys.sayings.say
import app.homon.screens.DoneActions
import app.homon.screens.DoneScreen
import app.homon.screens.DoneState
import app.homon.screens.MissingLine

/** The end of a case. */
class DoneJourney(app: HomonApp, key: CaseKey) : CaseJourney(app, key, CaseStep.Done), DoneActions {
    private var state: DoneState? by mutableStateOf(null)

    override fun draw() {
        val stage = case.case.stage
        state = DoneState(
            head = head(),
            standing = Stages.standing(case.status),
            left = (stage as? Stage.Left)?.let { words.say(it.leaving) },
            missing = case.problems.map { MissingLine(words.say(it), stepOf(it).ordinal) },
            declarations = case.declarations.map { words.say(it) },
            canReopen = StepKind.REOPEN in case.allowedActions,
        )
    }

    @Composable
    override fun Show() {
        state?.let { DoneScreen(it, this, frame()) }
    }

    override fun reopen() = entering(CaseInput.Reopen)

    override fun next() {
        app.go(Place.Board(key.part))
    }
}
