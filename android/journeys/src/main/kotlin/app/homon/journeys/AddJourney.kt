package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.PlaceInput
import app.homon.core.ServiceKind
import app.homon.screens.AddActions
import app.homon.screens.AddScreen
import app.homon.screens.AddState
import app.homon.screens.FieldState

/** Someone who stands on no roster, by the place where they are found. */
class AddJourney(private val app: HomonApp, private val part: Part) : Journey, AddActions {
    private val line = app.today?.visits?.firstOrNull { it.key() == part }
    private var state by mutableStateOf(
        AddState(
            site = line?.let { app.siteName(it.site) }.orEmpty(),
            safety = app.safety,
            asksQueue = line?.service == ServiceKind.VENUE_APPLICATION,
            unread = app.unread,
        ),
    )

    @Composable
    override fun Show() = AddScreen(state, this, app.frame(Place.Board(part)))

    override fun order(text: String) {
        state = state.copy(order = text.filter(Char::isDigit))
    }

    override fun room(text: String) {
        state = state.copy(room = FieldState(text))
    }

    override fun bed(text: String) {
        state = state.copy(bed = FieldState(text))
    }

    override fun queue(text: String) {
        state = state.copy(queue = text.filter(Char::isDigit))
    }

    override fun add() {
        app.work({ state = state.copy(problem = it) }) {
            val place = PlaceInput(state.order.toUIntOrNull(), state.room.text, state.bed.text, state.queue.toUIntOrNull())
            val case = app.core.receive(part.visit, part.number, place)
            app.open(Place.Case(CaseKey(part, case.case.id), CaseStep.Consent))
        }
    }

    override fun back() {
        app.go(Place.Board(part))
    }
}
