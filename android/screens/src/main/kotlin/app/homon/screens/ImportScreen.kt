package app.homon.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.itemsIndexed
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.homon.design.ActionBar
import app.homon.design.Banner
import app.homon.design.Destination
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalLayout
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Mark
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.PrimaryButton
import app.homon.design.Safety
import app.homon.design.SecondaryButton
import app.homon.design.Size
import app.homon.design.Standing

/** A cell that does not fit: where it is, what stands in its column, and what to do. What stands in it is not repeated. */
@Immutable
data class ImportCell(val place: String, val column: String?, val advice: String)

/** A row whose resident stands somewhere else too. */
@Immutable
data class ImportTwin(val place: String, val advice: String)

/** What came of reading a roster. */
@Immutable
data class ImportState(
    val site: String,
    val safety: Safety,
    /** Whether somebody was taken. */
    val isTaken: Boolean,
    val fit: Int,
    val bad: List<ImportCell>,
    val twins: List<ImportTwin>,
    val passedOver: Int = 0,
    val notRead: List<String> = emptyList(),
    val isBusy: Boolean = false,
    val problem: String? = null,
    val unread: Int = 0,
)

/** What a person does with a roster that was read. */
interface ImportActions {
    fun back()
    fun takeGood()
}

/** What fits, and each cell that does not: where it is and what to do. Mending comes first; leaving rows out is a decision. */
@Composable
fun ImportScreen(state: ImportState, actions: ImportActions, frame: FrameActions) {
    val words = LocalWords.current
    val bar: @Composable () -> Unit = {
        if (state.isTaken) {
            ActionBar { PrimaryButton(words.rosterBoard, actions::back, forward = true) }
        } else {
            ActionBar(leading = { if (state.fit > 0) SecondaryButton(words.rosterOnlyGood, actions::takeGood, enabled = !state.isBusy, height = 56.dp) }) {
                PrimaryButton(words.rosterMendFirst, actions::back, icon = Icons.Pencil)
            }
        }
    }
    Frame(words.rosterTitle, state.site, state.safety, frame, Destination.Visit, state.unread, bar = bar) {
        LazyColumn(Modifier.fillMaxSize(), contentPadding = PaddingValues(20.dp)) {
            item { Verdict(state) }
            item { Counts(state) }
            if (state.bad.isNotEmpty()) {
                item { Heading(if (state.isTaken) words.rosterBadLeftOut else words.rosterBad, Modifier.padding(top = 20.dp), note = words.rosterPlaces(state.bad.size)) }
                itemsIndexed(state.bad) { at, cell -> Line(at, state.bad.size) { Cell(cell.place, cell.column, cell.advice) } }
            }
            if (state.twins.isNotEmpty()) {
                item { Heading(words.rosterTwice, Modifier.padding(top = 20.dp), note = words.rosterRows(state.twins.size)) }
                itemsIndexed(state.twins) { at, twin -> Line(at, state.twins.size) { Cell(twin.place, null, twin.advice) } }
            }
            if (state.notRead.isNotEmpty()) item { Note(words.rosterNotRead(state.notRead.joinToString("・")), Modifier.padding(top = 16.dp)) }
        }
    }
}

@Composable
private fun Verdict(state: ImportState) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    Column(Modifier.padding(bottom = 16.dp), Arrangement.spacedBy(12.dp)) {
        if (state.problem != null) Banner(null, palette.error, state.problem)
        if (state.isTaken) Banner(Icons.Check, palette.ok, words.rosterTaken, detail = words.rosterTakenNote.takeIf { state.bad.isNotEmpty() || state.twins.isNotEmpty() })
        else Banner(null, palette.attention, words.rosterNotTaken, detail = words.rosterNotTakenNote)
    }
}

@Composable
private fun Counts(state: ImportState) {
    val words = LocalWords.current
    Panel {
        Row(Modifier.fillMaxWidth().padding(20.dp, 12.dp), Arrangement.SpaceAround) {
            Count(words.rosterRows(state.fit), words.rosterFit, Standing.Ready)
            Count(words.rosterPlaces(state.bad.size), if (state.isTaken) words.rosterBadLeftOut else words.rosterBad, Standing.Attention.takeIf { state.bad.isNotEmpty() })
            Count(words.rosterRows(state.twins.size), words.rosterTwice, null)
            if (!LocalLayout.current.isLarge) Count(words.rosterRows(state.passedOver), words.rosterPassedOver, null)
        }
    }
}

@Composable
private fun Count(count: String, name: String, standing: Standing?) {
    Column(Modifier.semantics(mergeDescendants = true) {}, horizontalAlignment = Alignment.CenterHorizontally) {
        Label(count, size = if (LocalLayout.current.isLarge) Size.Title else Size.Verdict, bold = true)
        Row(horizontalArrangement = Arrangement.spacedBy(6.dp), verticalAlignment = Alignment.CenterVertically) {
            if (standing != null) Mark(standing)
            Label(name, size = Size.Note, bold = true)
        }
    }
}

/** A row of a panel that is too long to be drawn at once. */
@Composable
private fun Line(at: Int, of: Int, content: @Composable () -> Unit) {
    val palette = LocalPalette.current
    val (top, bottom) = (if (at == 0) 12.dp else 0.dp) to (if (at == of - 1) 12.dp else 0.dp)
    val shape = RoundedCornerShape(top, top, bottom, bottom)
    Box(Modifier.fillMaxWidth().background(palette.surface, shape).border(1.dp, palette.divider, shape)) { content() }
}

@Composable
private fun Cell(place: String, column: String?, advice: String) {
    val palette = LocalPalette.current
    val where: @Composable (Modifier) -> Unit = { modifier ->
        FlowRow(modifier, Arrangement.spacedBy(12.dp)) {
            Label(place, bold = true)
            if (column != null) Label(column, colour = palette.secondary)
        }
    }
    val rows = Modifier.fillMaxWidth().heightIn(min = 56.dp).semantics(mergeDescendants = true) {}.padding(20.dp, 10.dp)
    if (LocalLayout.current.isLarge) {
        Column(rows) {
            where(Modifier)
            Label(advice)
        }
    } else {
        Row(rows, Arrangement.spacedBy(16.dp), Alignment.CenterVertically) {
            where(Modifier.weight(2f))
            Label(advice, Modifier.weight(4f))
        }
    }
}
