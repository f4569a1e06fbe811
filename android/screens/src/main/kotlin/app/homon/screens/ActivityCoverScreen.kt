package app.homon.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.homon.design.ActionBar
import app.homon.design.Banner
import app.homon.design.Choice
import app.homon.design.Divider
import app.homon.design.FlowRowOf
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.HintBand
import app.homon.design.IconButton
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalLayout
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Note
import app.homon.design.Palette
import app.homon.design.Panel
import app.homon.design.PlainButton
import app.homon.design.PrimaryButton
import app.homon.design.Safety
import app.homon.design.SecondaryButton
import app.homon.design.Size
import app.homon.design.VerticalLine

/** A photo of the activity as it was taken, in memory alone, and what of it is going to be covered. */
@Immutable
data class CoverState(
    val safety: Safety,
    val picture: ImageBitmap?,
    val marks: List<CoverMark>,
    /** What the next frame is around. */
    val kind: CoverKind,
    /** A frame that is moved by buttons, in shares of the picture. */
    val pending: Rect? = null,
    val isBusy: Boolean = false,
    val problem: String? = null,
)

/** What a person does with the frames. */
interface CoverActions {
    fun kind(kind: CoverKind)
    fun cover(where: Rect)
    fun remove(number: Int)

    /** Begins a frame for whoever does not drag. */
    fun begin()

    /** Moves it by so many steps. */
    fun move(right: Int, down: Int)
    fun grow(steps: Int)
    fun place()
    fun abandon()
    fun preview()
    fun discard()
}

/** Faces that were found are framed; a person adds what is missing, and takes away what is none. */
@Composable
fun ActivityCoverScreen(state: CoverState, actions: CoverActions, frame: FrameActions) {
    val words = LocalWords.current
    val bar: @Composable () -> Unit = {
        ActionBar(leading = { PlainButton(words.activityDiscard, actions::discard, icon = Icons.Cross) }) {
            PrimaryButton(words.activityPreview, actions::preview, forward = true, enabled = !state.isBusy)
        }
    }
    Frame(words.activityCoverTitle, null, state.safety, frame, here = null, bar = bar) {
        PictureBeside({ modifier -> Photo(state, actions, modifier) }) {
            if (state.problem != null) Banner(null, LocalPalette.current.error, state.problem)
            Kind(state, actions)
            Marks(state, actions)
        }
    }
}

/** A picture as large as it can be, and what is said about it beside or below it. */
@Composable
internal fun PictureBeside(picture: @Composable (Modifier) -> Unit, content: @Composable ColumnScope.() -> Unit) {
    val layout = LocalLayout.current
    if (layout.isPortrait) {
        Column(Modifier.fillMaxSize()) {
            picture(Modifier.fillMaxWidth().weight(1f).padding(16.dp))
            Divider()
            Column(Modifier.fillMaxWidth().weight(0.9f).verticalScroll(rememberScrollState()).padding(20.dp), Arrangement.spacedBy(16.dp), content = content)
        }
    } else {
        Row(Modifier.fillMaxSize()) {
            picture(Modifier.weight(1f).fillMaxHeight().padding(20.dp))
            VerticalLine()
            val width = if (layout.isLarge) 520.dp else 400.dp
            Column(Modifier.width(width).fillMaxHeight().verticalScroll(rememberScrollState()).padding(20.dp), Arrangement.spacedBy(16.dp), content = content)
        }
    }
}

@Composable
private fun Photo(state: CoverState, actions: CoverActions, modifier: Modifier) {
    val words = LocalWords.current
    Column(modifier, Arrangement.spacedBy(12.dp)) {
        Box(Modifier.fillMaxWidth().weight(1f)) {
            if (state.picture != null) CoverPicture(state.picture, state.marks, state.pending, actions::cover, Modifier.fillMaxSize())
        }
        HintBand(Icons.Pencil, if (LocalLayout.current.isLarge) words.activityCoverHintShort else words.activityCoverHint, null)
    }
}

@Composable
private fun Kind(state: CoverState, actions: CoverActions) {
    val words = LocalWords.current
    Column {
        Heading(words.activityKind)
        Column(verticalArrangement = Arrangement.spacedBy(12.dp)) {
            Choice(listOf(CoverKind.Face to words.activityKindFace, CoverKind.Text to words.activityKindText), state.kind, actions::kind)
            if (state.pending == null) SecondaryButton(words.activityAdd, actions::begin, icon = Icons.Plus) else Moving(actions)
        }
    }
}

/** Moving a frame by buttons, for whoever does not drag. */
@Composable
private fun Moving(actions: CoverActions) {
    val words = LocalWords.current
    Panel(line = LocalPalette.current.primary) {
        Column(Modifier.padding(16.dp), Arrangement.spacedBy(10.dp)) {
            Label(words.activityAdding, bold = true)
            FlowRowOf {
                val ring = Modifier.border(1.dp, LocalPalette.current.control, CircleShape)
                IconButton(Icons.Back, words.activityLeft, { actions.move(-1, 0) }, ring)
                IconButton(Icons.Forward, words.activityRight, { actions.move(1, 0) }, ring)
                IconButton(Icons.Up, words.activityUp, { actions.move(0, -1) }, ring)
                IconButton(Icons.Below, words.activityDown, { actions.move(0, 1) }, ring)
                IconButton(Icons.Plus, words.activityLarger, { actions.grow(1) }, ring)
                IconButton(Icons.Minus, words.activitySmaller, { actions.grow(-1) }, ring)
            }
            FlowRowOf {
                SecondaryButton(words.activityPlace, actions::place, icon = Icons.Check)
                PlainButton(words.activityNotAdd, actions::abandon)
            }
        }
    }
}

@Composable
private fun Marks(state: CoverState, actions: CoverActions) {
    val words = LocalWords.current
    Column {
        Heading(words.activityMarks, note = words.activityMarksCount(state.marks.size).takeIf { state.marks.isNotEmpty() })
        Panel {
            if (state.marks.isEmpty()) Note(words.activityMarksNone, Modifier.padding(16.dp))
            state.marks.forEachIndexed { at, mark ->
                if (at > 0) Divider()
                MarkRow(mark) { actions.remove(mark.number) }
            }
        }
    }
}

@Composable
private fun MarkRow(mark: CoverMark, onRemove: () -> Unit) {
    val words = LocalWords.current
    val what = if (mark.kind == CoverKind.Face) words.activityFace else words.activityText
    val spoken = words.activityRemoveNth(number = mark.number, what = what)
    Row(Modifier.fillMaxWidth().heightIn(min = 64.dp).padding(16.dp, 8.dp), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
        Box(Modifier.widthIn(min = 32.dp).background(Color.Black, RoundedCornerShape(4.dp)).padding(horizontal = 8.dp), Alignment.Center) {
            Label("${mark.number}", size = Size.Name, bold = true, colour = Palette.Focus)
        }
        Column(Modifier.weight(1f)) {
            Label(what, bold = true)
            Note(if (mark.isFound) words.activityFound else words.activityAdded)
        }
        SecondaryButton(words.activityRemove, onRemove, Modifier.semantics { contentDescription = spoken })
    }
}
