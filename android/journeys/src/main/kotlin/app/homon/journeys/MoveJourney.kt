package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.CaseInput
import app.homon.core.PlaceInput
import app.homon.core.ServiceKind
import app.homon.screens.AddActions
import app.homon.screens.AddScreen
import app.homon.screens.AddState
import app.homon.screens.FieldState

/** Someone who was received is found in another place than was written down. */
class MoveJourney(private val app: HomonApp, private val key: CaseKey) : Journey, AddActions {
    private var state: AddState? by mutableStateOf(null)

    suspend fun load() {
        val place = app.core.case(key.part.visit, key.part.number, key.case).case.place
        val plan = app.core.visit(key.part.visit, key.part.number).visit.plan
        state = AddState(
            site = app.siteName(plan.site),
            safety = app.safety,
            order = place.order?.toString().orEmpty(),
            room = FieldState(place.room?.text.orEmpty()),
            bed = FieldState(place.bed?.text.orEmpty()),
            asksQueue = plan.service == ServiceKind.VENUE_APPLICATION,
            queue = place.queue?.toString().orEmpty(),
            isChange = true,
            unread = app.unread,
        )
    }

    @Composable
    override fun Show() {
        state?.let { AddScreen(it, this, app.frame(Place.Board(key.part))) }
    }

    private fun change(change: (AddState) -> AddState) {
        state = state?.let(change)
    }

    override fun order(text: String) = change { it.copy(order = text.filter(Char::isDigit)) }

    override fun room(text: String) = change { it.copy(room = FieldState(text)) }

    override fun bed(text: String) = change { it.copy(bed = FieldState(text)) }

    override fun queue(text: String) = change { it.copy(queue = text.filter(Char::isDigit)) }

    override fun add() {
        val typed = state ?: return
        app.work({ fault -> change { it.copy(problem = fault) } }) {
            val place = PlaceInput(typed.order.toUIntOrNull(), typed.room.text, typed.bed.text, typed.queue.toUIntOrNull())
            app.core.caseStep(key.part.visit, key.part.number, key.case, CaseInput.Place(place))
            app.open(Place.Board(key.part))
        }
    }

    override fun back() {
        app.go(Place.Board(key.part))
    }
}
