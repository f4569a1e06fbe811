package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.screens.InviteActions
import app.homon.screens.InviteScreen
import app.homon.screens.InviteState

/** A further tablet for a visit: this one shows the code, that one reads it. */
class InviteJourney(private val app: HomonApp, private val part: Part) : Journey, InviteActions {
    private var state: InviteState? by mutableStateOf(null)

    suspend fun load() {
        val visit = app.core.visit(part.visit, part.number).visit
        val numbers = app.core.furtherParts(part.visit).map { it.toInt() }
        state = InviteState(app.siteName(visit.plan.site), app.safety, numbers, unread = app.unread)
    }

    @Composable
    override fun Show() {
        state?.let { InviteScreen(it, this, app.frame(Place.Board(part))) }
    }

    override fun choose(number: Int) {
        app.work({ fault -> state = state?.copy(problem = fault, chosen = null, code = null) }) {
            val code = app.core.invite(part.visit, part.number, number.toUByte())
            state = state?.copy(chosen = number, code = code.shown(), problem = null)
        }
    }

    override fun back() {
        app.go(Place.Board(part))
    }
}
