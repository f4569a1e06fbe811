package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.journeys.sayings.name
import app.homon.screens.LostTabletScreen
import app.homon.screens.LostTabletState

/** What to do when a tablet is lost, and what would be on this one. */
class LostTabletJourney(private val app: HomonApp) : Journey {
    private var state: LostTabletState? by mutableStateOf(null)

    suspend fun load() {
        val visits = app.today?.visits.orEmpty().filter { it.status in Stages.readable }.map { line ->
            val people = app.core.visit(line.visit, line.part).balance.people.received
            app.siteName(line.site) to app.words.shellPeopleState(people = people, state = app.words.name(line.status))
        }
        val desk = app.programme.inquiry
        state = LostTabletState(app.safety, app.core.deviceFingerprint().take(9), visits, "${desk.name}　${desk.phone}", app.unread)
    }

    @Composable
    override fun Show() {
        state?.let { LostTabletScreen(it, app.frame(Place.Settings)) }
    }
}
