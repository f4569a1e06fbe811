package app.homon.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.homon.design.ActionBar
import app.homon.design.ControlShape
import app.homon.design.Destination
import app.homon.design.Divider
import app.homon.design.Field
import app.homon.design.FlowRowOf
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icon
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalLayout
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Mark
import app.homon.design.MendRow
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.PlainButton
import app.homon.design.PrimaryButton
import app.homon.design.Room
import app.homon.design.Safety
import app.homon.design.SecondaryButton
import app.homon.design.Size
import app.homon.design.Standing
import app.homon.design.pressable
import app.homon.design.wordOf

/** A total, its parts, and what is left over. */
@Immutable
data class Sum(val total: Int, val totalName: String, val parts: List<Pair<String, Int>>, val difference: Int)

/** What keeps a visit open, and the case where it is mended. */
@Immutable
data class BlockerLine(val case: String, val text: String)

/** A visit at its end. */
@Immutable
data class CloseState(
    val site: String,
    val safety: Safety,
    val received: Int,
    val outcomes: List<Pair<Standing, Int>>,
    val difference: Int,
    val papers: Sum,
    val cards: Sum,
    val blockers: List<BlockerLine>,
    val remarks: String,
    /** Where a private home is; nothing of another site. */
    val address: String?,
    val isClosed: Boolean,
    /** Why it cannot be ended yet. */
    val reason: String?,
    /** Photos of the activity that are kept. */
    val photos: Int = 0,
    /** Whether the counts are final, so that they can be told. */
    val hasSummary: Boolean = false,
    val problem: String? = null,
    val isBusy: Boolean = false,
    val unread: Int = 0,
)

/** What a person does at the end of a visit. */
interface CloseActions {
    fun mend(case: String)
    fun photos()
    fun summary()
    fun remarks(text: String)
    fun address(text: String)
    fun closeAndSeal()
    fun reopen()
    fun back()
}

/** Both balances on one screen; the gap carries its mend. */
@Composable
fun CloseScreen(state: CloseState, actions: CloseActions, frame: FrameActions) {
    val words = LocalWords.current
    val bar: @Composable () -> Unit = {
        ActionBar(state.reason, leading = { PlainButton(words.closeBack, actions::back, icon = Icons.Back) }) {
            PrimaryButton(if (state.isBusy) words.closeSealing else words.closeSeal, actions::closeAndSeal, icon = Icons.Lock, enabled = state.reason == null && !state.isBusy)
        }
    }
    Frame(words.closeTitle(state.site), null, state.safety, frame, Destination.Visit, state.unread, bar = bar, problem = state.problem) {
        Column(Modifier.fillMaxSize().verticalScroll(rememberScrollState()).padding(20.dp), Arrangement.spacedBy(20.dp)) {
            People(state)
            if (LocalLayout.current.room == Room.TwoPanes) {
                Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(20.dp), Alignment.Top) {
                    Column(Modifier.weight(1f), Arrangement.spacedBy(20.dp)) { Items(state) }
                    Column(Modifier.weight(1f), Arrangement.spacedBy(20.dp)) { Before(state, actions) }
                }
            } else {
                Items(state)
                Before(state, actions)
            }
        }
    }
}

@Composable
private fun Items(state: CloseState) {
    val words = LocalWords.current
    Held(words.closeCards, state.cards)
    Held(words.closePapers, state.papers)
}

@Composable
private fun Before(state: CloseState, actions: CloseActions) {
    val words = LocalWords.current
    Blockers(state, actions)
    Records(state, actions)
    Column {
        Heading(words.closeRemarks)
        Panel { Written(words.closeRemarksLabel, state.remarks, actions::remarks, state.isClosed, words.closeRemarksNote, lines = 3) }
    }
    if (state.isClosed) SecondaryButton(words.closeReopen, actions::reopen, icon = Icons.Turn)
}

/** A text that is typed until the visit is closed, and read afterwards. */
@Composable
private fun Written(label: String, text: String, onChange: (String) -> Unit, isClosed: Boolean, help: String, lines: Int = 1) {
    val words = LocalWords.current
    if (!isClosed) return Field(label, text, onChange, Modifier.fillMaxWidth().padding(16.dp), help = help, lines = lines)
    Column(Modifier.fillMaxWidth().semantics(mergeDescendants = true) {}.padding(20.dp, 12.dp), Arrangement.spacedBy(4.dp)) {
        Label(label, size = Size.Note, bold = true)
        Label(text.ifBlank { words.closeNothingWritten })
    }
}

@Composable
private fun People(state: CloseState) {
    val words = LocalWords.current
    Column {
        Heading(words.closePeople)
        Panel {
            val sum: @Composable () -> Unit = {
                Count(state.received, words.closeReceived, null)
                Sign("＝")
                state.outcomes.forEachIndexed { at, (standing, count) ->
                    if (at > 0) Sign("＋")
                    Count(count, wordOf(standing), standing)
                }
            }
            val verdict: @Composable () -> Unit = { Difference(state.difference, words.closePeopleDifference(state.difference)) }
            if (LocalLayout.current.room == Room.TwoPanes) {
                Row(Modifier.fillMaxWidth().padding(20.dp, 16.dp), verticalAlignment = Alignment.CenterVertically) {
                    Row(Modifier.weight(1f), Arrangement.SpaceBetween) { sum() }
                    Box(Modifier.width(250.dp).padding(start = 24.dp)) { verdict() }
                }
            } else {
                FlowRowOf(Modifier.padding(20.dp)) { sum() }
                Box(Modifier.padding(start = 20.dp, end = 20.dp, bottom = 20.dp)) { verdict() }
            }
        }
        Note(words.closeParts, Modifier.padding(top = 8.dp))
    }
}

@Composable
private fun Sign(text: String) = Label(text, Modifier.padding(horizontal = 2.dp, vertical = 10.dp), Size.Time)

@Composable
private fun Count(count: Int, name: String, standing: Standing?) {
    Column(Modifier.semantics(mergeDescendants = true) {}, horizontalAlignment = Alignment.CenterHorizontally) {
        Label("$count", size = if (LocalLayout.current.isLarge) Size.Verdict else Size.Count, bold = true)
        Row(horizontalArrangement = Arrangement.spacedBy(5.dp), verticalAlignment = Alignment.CenterVertically) {
            if (standing != null) Mark(standing)
            Label(name, size = Size.Note, bold = true)
        }
    }
}

/** The difference as a verdict. */
@Composable
private fun Difference(difference: Int, text: String) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    val tone = if (difference == 0) palette.ok else palette.attention
    Row(
        Modifier.fillMaxWidth().background(tone.ground, ControlShape).border(1.dp, tone.line, ControlShape).semantics(mergeDescendants = true) {}.padding(16.dp, 8.dp),
        Arrangement.spacedBy(14.dp),
        Alignment.CenterVertically,
    ) {
        Mark(if (difference == 0) Standing.Ready else Standing.Attention, size = 26.dp, inside = tone.ground)
        Column {
            Label(text, size = Size.Name, bold = true, colour = tone.text)
            Note(if (difference == 0) words.closeEven else words.closeUneven, colour = palette.text)
        }
    }
}

@Composable
private fun Blockers(state: CloseState, actions: CloseActions) {
    if (state.blockers.isEmpty()) return
    val words = LocalWords.current
    val palette = LocalPalette.current
    Column {
        Heading(words.closeBlockers, note = words.closeBlockersCount(state.blockers.size))
        Panel(line = palette.attention.line) {
            state.blockers.forEachIndexed { at, blocker ->
                if (at > 0) Divider()
                MendRow(blocker.text, { actions.mend(blocker.case) }) { Label(words.closeMend, bold = true, colour = palette.primary) }
            }
        }
    }
}

/** What belongs to the visit beside its residents. */
@Composable
private fun Records(state: CloseState, actions: CloseActions) {
    val words = LocalWords.current
    Column {
        Heading(words.closeRecords)
        Panel {
            if (state.address != null) {
                Written(words.checkinAddress, state.address, actions::address, state.isClosed, words.checkinAddressNote)
                Divider()
            }
            RecordRow(Icons.Camera, words.closePhotos, words.closePhotosNote, words.closePhotosCount(state.photos), actions::photos)
            if (state.hasSummary) {
                Divider()
                RecordRow(Icons.Paper, words.closeSummary, words.closeSummaryNote, null, actions::summary)
            }
        }
    }
}

@Composable
private fun RecordRow(icon: ImageVector, title: String, note: String, count: String?, onPress: () -> Unit) {
    val palette = LocalPalette.current
    Row(
        Modifier.fillMaxWidth().heightIn(min = 64.dp).pressable(RoundedCornerShape(0.dp), onPress = onPress).semantics(mergeDescendants = true) {}.padding(20.dp, 8.dp),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        Icon(icon, palette.secondary)
        Column(Modifier.weight(1f)) {
            Label(title, bold = true)
            if (!LocalLayout.current.isLarge) Note(note)
        }
        if (count != null) Label(count, size = Size.Name, bold = true)
        Icon(Icons.Right, palette.secondary)
    }
}

@Composable
private fun Held(title: String, sum: Sum) {
    val words = LocalWords.current
    Column {
        Heading(title)
        Panel(line = if (sum.difference == 0) LocalPalette.current.divider else LocalPalette.current.attention.line) {
            val row: @Composable () -> Unit = {
                Count(sum.total, sum.totalName, null)
                Sign("＝")
                sum.parts.forEachIndexed { at, (name, count) ->
                    if (at > 0) Sign("＋")
                    Count(count, name, null)
                }
            }
            if (LocalLayout.current.room == Room.TwoPanes) Row(Modifier.fillMaxWidth().padding(20.dp, 12.dp), Arrangement.SpaceBetween) { row() }
            else FlowRowOf(Modifier.padding(20.dp)) { row() }
            Column(Modifier.padding(start = 20.dp, end = 20.dp, bottom = 16.dp)) { Difference(sum.difference, words.closeItemsDifference(sum.difference)) }
        }
    }
}
