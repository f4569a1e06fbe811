package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.BadRows
import app.homon.core.RosterImport
import app.homon.journeys.sayings.name
import app.homon.journeys.sayings.say
import app.homon.screens.ImportActions
import app.homon.screens.ImportCell
import app.homon.screens.ImportScreen
import app.homon.screens.ImportState
import app.homon.screens.ImportTwin

/** What came of reading a roster. Its file is in memory alone, until the page is left. */
class ImportJourney(private val app: HomonApp, private val part: Part, private val file: ByteArray, import: RosterImport) : Journey, ImportActions {
    private val words get() = app.words
    private var state by mutableStateOf(state(import))

    private fun state(import: RosterImport) = ImportState(
        site = app.today?.visits?.firstOrNull { it.key() == part }?.let { app.siteName(it.site) }.orEmpty(),
        safety = app.safety,
        isTaken = import.roster != null,
        fit = import.fit.toInt(),
        bad = import.bad.map { ImportCell(words.rosterPlace(row = it.at.row, letter = it.at.letter), it.column?.let { column -> words.name(column) }, words.say(it.rule)) },
        twins = import.duplicates.map { ImportTwin(words.rosterRow(it.row), words.say(it.of)) },
        passedOver = import.passedOver.size,
        notRead = import.notRead,
        unread = app.unread,
    )

    @Composable
    override fun Show() = ImportScreen(state, this, app.frame(Place.Board(part)))

    override fun back() {
        app.go(Place.Board(part))
    }

    override fun takeGood() {
        state = state.copy(isBusy = true, problem = null)
        app.work({ fault -> state = state.copy(problem = fault, isBusy = false) }) {
            state = state(app.core.importRoster(file, part.visit, BadRows.LEAVE_OUT))
        }
    }
}
