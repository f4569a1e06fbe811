package app.homon.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.homon.design.Banner
import app.homon.design.Destination
import app.homon.design.Divider
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icon
import app.homon.design.IconButton
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalLayout
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.PanelEdge
import app.homon.design.PanelSlice
import app.homon.design.PrimaryButton
import app.homon.design.ReceiptLine
import app.homon.design.Room
import app.homon.design.Safety
import app.homon.design.SecondaryButton
import app.homon.design.Size
import app.homon.design.Station
import app.homon.design.Reason
import app.homon.design.pressable

/** A visit that is worked on with this tablet. */
@Immutable
data class TodayVisit(val key: String, val site: String, val detail: String, val state: String, val problem: String? = null, val hasSummary: Boolean = false)

/** A visit on its way to the city. */
@Immutable
data class OnItsWay(val key: String, val site: String, val detail: String, val station: Station, val note: String?, val hasSummary: Boolean = false)

/** A roster that waits for its visit. */
@Immutable
data class WaitingRoster(val key: String, val title: String, val detail: String)

/** How a sync stands. */
@Immutable
data class SyncState(val isRunning: Boolean = false, val note: String? = null, val problem: String? = null)

/** What the tablet shows first. */
@Immutable
data class TodayState(
    val date: String,
    val staff: String,
    val safety: Safety,
    /** Whether the whole chain of keys was proven; until then a plain warning stands here. */
    val isProven: Boolean,
    val open: List<TodayVisit>,
    val onItsWay: List<OnItsWay>,
    val rosters: List<WaitingRoster>,
    val sync: SyncState,
    val unread: Int,
    /** Whether a roster of invented people can be made. */
    val canPractise: Boolean = false,
)

/** What a person does on the first screen. */
interface TodayActions {
    fun begin()
    fun open(visit: String)
    fun follow(visit: String)
    fun summary(visit: String)
    fun beginWith(roster: String)
    fun practise()
    fun sync()
}

/** The visits of the day, and what only this tablet holds. */
@Composable
fun TodayScreen(state: TodayState, actions: TodayActions, frame: FrameActions) {
    val words = LocalWords.current
    val wide = LocalLayout.current.room == Room.TwoPanes
    Frame(state.date, state.staff, state.safety, frame, Destination.Today, state.unread) {
        if (wide) {
            Row(Modifier.fillMaxSize().padding(20.dp), Arrangement.spacedBy(20.dp)) {
                Column(Modifier.weight(1f).fillMaxHeight().verticalScroll(rememberScrollState()), Arrangement.spacedBy(20.dp)) { Visits(state, actions) }
                Column(Modifier.width(440.dp).fillMaxHeight()) {
                    LazyColumn(Modifier.weight(1f)) { way(state, actions) }
                    PrimaryButton(words.todayBegin, actions::begin, Modifier.fillMaxWidth().padding(top = 20.dp), forward = true, height = 64.dp)
                }
            }
        } else {
            Column(Modifier.fillMaxSize()) {
                LazyColumn(Modifier.weight(1f), contentPadding = PaddingValues(20.dp)) {
                    item { Column(Modifier.padding(bottom = 20.dp), Arrangement.spacedBy(20.dp)) { Visits(state, actions) } }
                    way(state, actions)
                }
                Divider()
                PrimaryButton(words.todayBegin, actions::begin, Modifier.fillMaxWidth().background(LocalPalette.current.surface).padding(horizontal = 20.dp, vertical = 12.dp), forward = true, height = 64.dp)
            }
        }
    }
}

@Composable
private fun Visits(state: TodayState, actions: TodayActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    if (!state.isProven) Banner(null, palette.attention, words.todayUnproven, detail = words.todayUnprovenNote)
    Column {
        Heading(words.todayVisits, note = words.todayVisitsCount(state.open.size))
        Panel {
            if (state.open.isEmpty()) Note(words.todayNone, Modifier.padding(20.dp))
            state.open.forEachIndexed { at, visit ->
                if (at > 0) Divider()
                Row(verticalAlignment = Alignment.CenterVertically) {
                    Entry(visit.site, visit.detail, { actions.open(visit.key) }, Modifier.weight(1f)) {
                        if (visit.problem != null) Reason(visit.problem) else Label(visit.state, bold = true, colour = palette.progress.text)
                    }
                    if (state.open.any { it.hasSummary }) SummaryButton(visit.site.takeIf { visit.hasSummary }) { actions.summary(visit.key) }
                }
            }
        }
    }
    if (state.canPractise) Practice(actions)
    if (state.rosters.isNotEmpty()) {
        Column {
            Heading(words.todayRosters)
            Panel {
                state.rosters.forEachIndexed { at, roster ->
                    if (at > 0) Divider()
                    Entry(roster.title, roster.detail, { actions.beginWith(roster.key) }) { Label(words.todayRosterBegin, bold = true, colour = palette.primary) }
                }
            }
        }
    }
}

@Composable
private fun Practice(actions: TodayActions) {
    val words = LocalWords.current
    Panel {
        Column(Modifier.padding(20.dp), Arrangement.spacedBy(12.dp)) {
            Label(words.todayPracticeNote)
            SecondaryButton(words.todayPractice, actions::practise, icon = Icons.Plus)
        }
    }
}

@Composable
private fun Entry(title: String, detail: String, onPress: () -> Unit, modifier: Modifier = Modifier, end: @Composable () -> Unit) {
    val palette = LocalPalette.current
    Row(
        modifier.fillMaxWidth().heightIn(min = 80.dp).pressable(RoundedCornerShape(0.dp), onPress = onPress).semantics(mergeDescendants = true) {}.padding(20.dp, 12.dp),
        Arrangement.spacedBy(16.dp),
        Alignment.CenterVertically,
    ) {
        Column(Modifier.weight(1f)) {
            Label(title, size = Size.Name, bold = true)
            Note(detail)
        }
        end()
        Icon(Icons.Right, palette.secondary)
    }
}

/** The counts of a visit, without names; its room alone where there are none yet, so that rows stay in line. */
@Composable
private fun SummaryButton(site: String?, onPress: () -> Unit) {
    Box(Modifier.padding(end = 4.dp).size(48.dp)) {
        if (site != null) IconButton(Icons.Paper, LocalWords.current.todaySummary(site), onPress, colour = LocalPalette.current.primary)
    }
}

/** What is on its way, row by row: in a year a tablet has sent two hundred visits, and draws those that are seen. */
private fun LazyListScope.way(state: TodayState, actions: TodayActions) {
    item { Heading(LocalWords.current.todayWay) }
    item { PanelPart(PanelEdge.First, Modifier.padding(top = 20.dp)) { OnlyHere(state) } }
    items(state.onItsWay, { it.key }) { visit ->
        PanelPart(PanelEdge.None, Modifier.padding(top = 12.dp)) {
            Divider()
            Sent(visit, state.onItsWay.any { it.hasSummary }, actions)
        }
    }
    item {
        PanelPart(PanelEdge.Last, Modifier.padding(top = 12.dp, bottom = 20.dp)) {
            Divider()
            Sync(state.sync, actions)
        }
    }
}

@Composable
private fun PanelPart(edge: PanelEdge, padding: Modifier, content: @Composable () -> Unit) {
    PanelSlice(edge) { Column(padding.padding(horizontal = 20.dp), Arrangement.spacedBy(12.dp)) { content() } }
}

@Composable
private fun OnlyHere(state: TodayState) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    if (state.safety.onlyHere > 0) {
        Row(Modifier.semantics(mergeDescendants = true) {}, Arrangement.spacedBy(8.dp), Alignment.Bottom) {
            Label("${state.safety.onlyHere}", size = Size.Large, bold = true, colour = palette.attention.text)
            Label(words.todayOnlyHere, Modifier.padding(bottom = 8.dp), bold = true, colour = palette.attention.text)
        }
        Note(words.todayOnlyHereNote)
    } else {
        Row(Modifier.semantics(mergeDescendants = true) {}, Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
            Icon(Icons.Shield, palette.ok.solid, size = 28.dp)
            Label(words.todayAllSafe, size = Size.Name, bold = true, colour = palette.ok.text)
        }
    }
}

@Composable
private fun Sent(visit: OnItsWay, anySummary: Boolean, actions: TodayActions) {
    Row(verticalAlignment = Alignment.CenterVertically) {
        Row(
            Modifier.weight(1f).heightIn(min = 56.dp).pressable { actions.follow(visit.key) }.semantics(mergeDescendants = true) {},
            Arrangement.spacedBy(12.dp),
            Alignment.CenterVertically,
        ) {
            Column(Modifier.weight(1f)) {
                Label(visit.site, bold = true)
                Note(visit.detail)
            }
            ReceiptLine(visit.station, visit.note)
        }
        if (anySummary) SummaryButton(visit.site.takeIf { visit.hasSummary }) { actions.summary(visit.key) }
    }
}

@Composable
private fun Sync(sync: SyncState, actions: TodayActions) {
    val words = LocalWords.current
    if (sync.problem != null) Banner(null, LocalPalette.current.attention, sync.problem)
    Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
        Note(sync.note ?: words.todayNeverSynced, Modifier.weight(1f))
        SecondaryButton(if (sync.isRunning) words.todaySyncing else words.todaySync, actions::sync, icon = Icons.Turn, enabled = !sync.isRunning)
    }
}
