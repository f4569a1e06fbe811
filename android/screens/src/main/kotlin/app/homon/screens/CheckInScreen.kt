package app.homon.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.width
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import app.homon.design.ActionBar
import app.homon.design.Banner
import app.homon.design.CheckRow
import app.homon.design.Choice
import app.homon.design.Destination
import app.homon.design.Divider
import app.homon.design.Fact
import app.homon.design.Field
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icon
import app.homon.design.Icons
import app.homon.design.Keys
import app.homon.design.Label
import app.homon.design.LocalLayout
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.PlainButton
import app.homon.design.PrimaryButton
import app.homon.design.Safety

/** Something that can be chosen, with its code. */
@Immutable
data class Option(val code: String, val name: String, val note: String? = null)

/** A departure from the programme, and why. */
@Immutable
data class DepartureLine(val key: String, val text: String, val reason: String)

/** A visit before it begins. */
@Immutable
data class CheckInState(
    val safety: Safety,
    val services: List<Option>,
    val service: String?,
    val sites: List<Option>,
    val site: String?,
    val from: String,
    val until: String,
    /** Where a private home is; nothing where no address is asked for. */
    val address: String?,
    val staff: List<Option>,
    val present: Set<String>,
    /** Whether the city asked for a worker; nothing where it can't. */
    val isWorkerAsked: Boolean?,
    val checks: List<Option>,
    val checked: Set<String>,
    val departures: List<DepartureLine>,
    /** Whether the core finds the team complete. */
    val isStaffed: Boolean,
    /** Which tablet of another one's visit this will be, where it joins one. */
    val joins: Int? = null,
    val problem: String? = null,
    val reason: String? = null,
    val unread: Int = 0,
)

/** What a person does before a visit. */
interface CheckInActions {
    /** Joins the visit of another tablet, which shows a code. */
    fun join()
    fun service(code: String)
    fun site(code: String)
    fun from(text: String)
    fun until(text: String)
    fun address(text: String)
    fun present(staff: String, isPresent: Boolean)
    fun workerAsked(isAsked: Boolean)
    fun check(item: String, isChecked: Boolean)
    fun explain(departure: String, reason: String)
    fun begin()
    fun cancel()
}

/** Two short lists before a visit; what is missing is the only coloured row. */
@Composable
fun CheckInScreen(state: CheckInState, actions: CheckInActions, frame: FrameActions) {
    val words = LocalWords.current
    val title = state.sites.firstOrNull { it.code == state.site }?.name
    val bar: @Composable () -> Unit = {
        ActionBar(state.reason, leading = { PlainButton(words.checkinCancel, actions::cancel, icon = Icons.Back) }) {
            PrimaryButton(words.checkinBegin, actions::begin, icon = Icons.Lock, enabled = state.reason == null)
        }
    }
    Frame(if (title == null) words.checkinTitle else words.checkinTitleAt(title), null, state.safety, frame, Destination.Visit, state.unread, bar = bar, problem = state.problem) {
        TwoColumns(
            {
                Where(state, actions)
                Who(state, actions)
            },
            {
                Ready(state, actions)
                if (state.departures.isNotEmpty()) Departures(state, actions)
                Note(words.checkinFile)
            },
        )
    }
}

@Composable
private fun Where(state: CheckInState, actions: CheckInActions) {
    val words = LocalWords.current
    Column {
        Heading(words.checkinWhere)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(12.dp)) {
                if (state.joins != null) Agreed(state, state.joins) else Chosen(state, actions)
                if (state.address != null) Field(words.checkinAddress, state.address, actions::address, Modifier.fillMaxWidth(), help = words.checkinAddressNote)
                if (state.joins == null) {
                    Divider()
                    PlainButton(words.checkinJoin, actions::join, icon = Icons.Code)
                }
            }
        }
    }
}

@Composable
private fun Chosen(state: CheckInState, actions: CheckInActions) {
    val words = LocalWords.current
    if (state.services.size > 1) Choice(state.services.map { it.code to it.name }, state.service, actions::service)
    Choice(state.sites.map { it.code to it.name }, state.site, actions::site)
    Row(horizontalArrangement = Arrangement.spacedBy(12.dp), verticalAlignment = Alignment.Top) {
        Field(words.checkinFrom, state.from, actions::from, Modifier.width(LocalLayout.current.letters(120.dp)), Keys.Digits)
        Field(words.checkinUntil, state.until, actions::until, Modifier.width(LocalLayout.current.letters(120.dp)), Keys.Digits)
    }
}

/** What the first tablet has agreed with the site, which a further one does not change. */
@Composable
private fun Agreed(state: CheckInState, number: Int) {
    val words = LocalWords.current
    Banner(Icons.Tablet, LocalPalette.current.progress, words.checkinJoins(number), detail = words.checkinJoinsNote)
    Fact(words.checkinPlace, state.sites.firstOrNull { it.code == state.site }?.name.orEmpty())
    Fact(words.checkinTime, "${state.from}–${state.until}")
}

@Composable
private fun Who(state: CheckInState, actions: CheckInActions) {
    val words = LocalWords.current
    Column {
        Heading(words.checkinWho)
        Panel {
            state.staff.forEachIndexed { at, person ->
                if (at > 0) Divider()
                CheckRow(person.code in state.present, { actions.present(person.code, it) }, person.name, detail = person.note)
            }
            if (state.isWorkerAsked != null) {
                Divider()
                CheckRow(state.isWorkerAsked, actions::workerAsked, words.checkinWorkerAsked, detail = words.checkinWorkerAskedNote)
            }
        }
        if (state.isStaffed) {
            Row(Modifier.padding(top = 8.dp), Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
                Icon(Icons.Check, LocalPalette.current.ok.solid)
                Label(words.checkinStaffed, bold = true, colour = LocalPalette.current.ok.text)
            }
        }
    }
}

@Composable
private fun Ready(state: CheckInState, actions: CheckInActions) {
    val words = LocalWords.current
    Column {
        Heading(words.checkinReady, note = words.checkinReadyCount(all = state.checks.size, done = state.checked.size))
        Panel {
            state.checks.forEachIndexed { at, item ->
                if (at > 0) Divider()
                CheckRow(item.code in state.checked, { actions.check(item.code, it) }, item.name, detail = item.note, missing = words.checkinNotYet)
            }
        }
    }
}

@Composable
private fun Departures(state: CheckInState, actions: CheckInActions) {
    val words = LocalWords.current
    Column {
        Heading(words.checkinDepartures)
        Panel {
            state.departures.forEachIndexed { at, departure ->
                if (at > 0) Divider()
                Column(Modifier.padding(20.dp), Arrangement.spacedBy(8.dp)) {
                    Row(horizontalArrangement = Arrangement.spacedBy(12.dp), verticalAlignment = Alignment.CenterVertically) {
                        Icon(Icons.Clock, LocalPalette.current.secondary)
                        Label(departure.text, bold = true)
                    }
                    Field(words.checkinReason, departure.reason, { actions.explain(departure.key, it) }, Modifier.fillMaxWidth())
                }
            }
        }
    }
}
