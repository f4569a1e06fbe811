package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.HandoverAsk
import app.homon.screens.TakeOverActions
import app.homon.screens.TakeOverScreen
import app.homon.screens.TakeOverState
import java.io.File

/** A tablet that asks for a part of another, and goes on with it. */
class TakeOverJourney(private val app: HomonApp) : Journey, TakeOverActions {
    private var state by mutableStateOf(TakeOverState(app.safety, fingerprint = null, unread = app.unread))
    private var ask: HandoverAsk? = null

    suspend fun load() {
        // One request for the whole page: another would have another fingerprint.
        val made = app.core.askForHandover().also { ask = it }
        state = state.copy(fingerprint = made.fingerprint, codes = moving(made.token))
    }

    @Composable
    override fun Show() = TakeOverScreen(state, this, app.frame(Place.Settings))

    private fun fail(fault: String) {
        state = state.copy(problem = fault, isBusy = false)
    }

    override fun ask() {
        val token = ask?.token ?: return
        app.work(::fail) { state = state.copy(request = app.platform.handOut("homon-handover-request.txt", token), problem = null) }
    }

    override fun accept() {
        app.work(::fail) {
            val copy = app.platform.takeIn() ?: return@work
            state = state.copy(isBusy = true, problem = null)
            val view = try {
                app.core.acceptHandover(copy)
            } finally {
                File(copy).delete()
            }
            app.open(Place.Board(Part(view.visit.plan.id, view.visit.part)))
        }
    }
}
