package app.homon.design

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.IntrinsicSize
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.draw.drawBehind
import androidx.compose.ui.geometry.CornerRadius
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size as Extent
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.drawscope.DrawScope
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.graphics.drawscope.clipRect
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.state.ToggleableState
import androidx.compose.ui.semantics.toggleableState
import androidx.compose.ui.unit.dp

private val PanelRadius = 12.dp
val PanelShape = RoundedCornerShape(PanelRadius)

/** What belongs together, on one ground with a line around it. */
@Composable
fun Panel(modifier: Modifier = Modifier, line: Color = LocalPalette.current.divider, content: @Composable ColumnScope.() -> Unit) {
    Column(modifier.fillMaxWidth().clip(PanelShape).background(LocalPalette.current.surface, PanelShape).border(1.dp, line, PanelShape), content = content)
}

/** Which edge of a panel a part of it has. */
enum class PanelEdge { First, None, Last }

/** A part of a panel whose parts are drawn only as they are seen; together they look as [Panel] does. */
@Composable
fun PanelSlice(edge: PanelEdge, content: @Composable ColumnScope.() -> Unit) {
    val palette = LocalPalette.current
    val (top, bottom) = (if (edge == PanelEdge.First) PanelRadius else 0.dp) to (if (edge == PanelEdge.Last) PanelRadius else 0.dp)
    val shape = RoundedCornerShape(topStart = top, topEnd = top, bottomStart = bottom, bottomEnd = bottom)
    Column(Modifier.fillMaxWidth().clip(shape).background(palette.surface, shape).drawBehind { outline(edge, palette.divider) }, content = content)
}

/** The line around a whole panel, as far as it lies within this part. */
private fun DrawScope.outline(edge: PanelEdge, colour: Color) {
    val (line, radius) = 1.dp.toPx() to PanelRadius.toPx()
    val above = if (edge == PanelEdge.First) 0f else 2 * radius
    val below = if (edge == PanelEdge.Last) 0f else 2 * radius
    val whole = Extent(size.width - line, size.height + above + below - line)
    clipRect { drawRoundRect(colour, Offset(line / 2, line / 2 - above), whole, CornerRadius(radius - line / 2), Stroke(line)) }
}

/** The title over a panel, with a note at its end. */
@Composable
fun Heading(text: String, modifier: Modifier = Modifier, note: String? = null) {
    Row(modifier.fillMaxWidth().padding(bottom = 8.dp), Arrangement.spacedBy(12.dp), Alignment.Bottom) {
        Label(text, Modifier.weight(1f).semantics { heading() }, Size.Name, bold = true)
        if (note != null) Note(note)
    }
}

/** A line between two things. */
@Composable
fun Divider(modifier: Modifier = Modifier, colour: Color = LocalPalette.current.divider) {
    Box(modifier.fillMaxWidth().height(1.dp).background(colour))
}

/** A sign, a bold sentence, and at most one plain one. It is read aloud when it changes. */
@Composable
fun Banner(icon: ImageVector?, tone: Tone, title: String, modifier: Modifier = Modifier, detail: String? = null) {
    Row(
        modifier.fillMaxWidth().background(tone.ground, ControlShape).border(1.dp, tone.line, ControlShape)
            .padding(horizontal = 16.dp, vertical = 10.dp).semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Polite },
        Arrangement.spacedBy(14.dp),
        Alignment.CenterVertically,
    ) {
        if (icon == null) Mark(Standing.Attention, size = 22.dp, colour = tone.solid, inside = tone.ground) else Icon(icon, tone.solid, size = 22.dp)
        Column {
            Label(title, bold = true, colour = tone.text)
            if (detail != null) Note(detail, colour = LocalPalette.current.text)
        }
    }
}

/** A square to tick with what it means; the whole row can be pressed. */
@Composable
fun CheckRow(checked: Boolean, onChange: (Boolean) -> Unit, title: String, modifier: Modifier = Modifier, detail: String? = null, end: String? = null, missing: String? = null) {
    val palette = LocalPalette.current
    val ground = if (missing != null && !checked) palette.attention.ground else palette.surface
    Row(
        modifier.fillMaxWidth().heightIn(min = 64.dp).background(ground)
            .pressable(RoundedCornerShape(0.dp), role = Role.Checkbox) { onChange(!checked) }
            .semantics(mergeDescendants = true) { toggleableState = ToggleableState(checked) }
            .padding(horizontal = 20.dp, vertical = 10.dp),
        Arrangement.spacedBy(16.dp),
        Alignment.CenterVertically,
    ) {
        Tick(checked)
        Column(Modifier.weight(1f)) {
            Label(title, size = Size.Name, bold = true)
            if (detail != null) Note(detail)
        }
        if (missing != null && !checked) Reason(missing) else if (end != null) Note(end)
    }
}

/** The square of a [CheckRow]. */
@Composable
fun Tick(checked: Boolean) {
    val palette = LocalPalette.current
    val shape = RoundedCornerShape(6.dp)
    val side = Modifier.size(LocalLayout.current.sign(28.dp))
    if (checked) {
        Box(side.background(palette.primary, shape), Alignment.Center) { Icon(Icons.Check, palette.onPrimary) }
    } else {
        Box(side.background(palette.surface, shape).border(2.dp, palette.control, shape))
    }
}

/** Why something does not go on yet. */
@Composable
fun Reason(text: String, modifier: Modifier = Modifier) {
    val tone = LocalPalette.current.attention
    Row(modifier, Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
        Mark(Standing.Attention, size = 20.dp, colour = tone.solid)
        Label(text, bold = true, colour = tone.text)
    }
}

/** One of several choices side by side; the chosen one is filled and has a check. */
@Composable
fun <T> Choice(choices: List<Pair<T, String>>, chosen: T?, onChoose: (T) -> Unit, modifier: Modifier = Modifier) {
    val palette = LocalPalette.current
    FlowRowOf(modifier) {
        for ((value, word) in choices) {
            val isChosen = value == chosen
            Row(
                Modifier.heightIn(min = 56.dp)
                    .background(if (isChosen) palette.primary else palette.surface, ControlShape)
                    .border(1.dp, if (isChosen) palette.primary else palette.control, ControlShape)
                    .pressable(role = Role.RadioButton) { onChoose(value) }
                    .semantics { selected = isChosen }
                    .padding(horizontal = 18.dp, vertical = 8.dp),
                Arrangement.spacedBy(8.dp, Alignment.CenterHorizontally),
                Alignment.CenterVertically,
            ) {
                val ink = if (isChosen) palette.onPrimary else palette.text
                if (isChosen) Icon(Icons.Check, ink)
                Label(word, bold = isChosen, colour = ink)
            }
        }
    }
}

/** A few short choices in one piece, like keys of a register. */
@Composable
fun <T> Segments(choices: List<Pair<T, String>>, chosen: T?, onChoose: (T) -> Unit, modifier: Modifier = Modifier) {
    val palette = LocalPalette.current
    if (LocalLayout.current.room == Room.Narrow) {
        Choice(choices, chosen, onChoose, modifier)
        return
    }
    Row(modifier.height(IntrinsicSize.Min).clip(ControlShape).border(1.dp, palette.control, ControlShape)) {
        choices.forEachIndexed { at, (value, word) ->
            val isChosen = value == chosen
            if (at > 0) Box(Modifier.fillMaxHeight().width(1.dp).background(palette.control))
            Row(
                Modifier.heightIn(min = 56.dp).widthIn(min = 64.dp).background(if (isChosen) palette.primary else palette.surface)
                    .pressable(RoundedCornerShape(0.dp), role = Role.RadioButton) { onChoose(value) }
                    .semantics { selected = isChosen }.padding(horizontal = 12.dp, vertical = 8.dp),
                Arrangement.spacedBy(4.dp, Alignment.CenterHorizontally),
                Alignment.CenterVertically,
            ) {
                val ink = if (isChosen) palette.onPrimary else palette.text
                if (isChosen) Icon(Icons.Check, ink, size = 16.dp)
                Label(word, bold = isChosen, colour = ink)
            }
        }
    }
}

/** What is wrong and where it is mended; the whole row leads there. */
@Composable
fun MendRow(text: String, onPress: () -> Unit, end: @Composable () -> Unit) {
    Row(
        Modifier.fillMaxWidth().heightIn(min = 64.dp).pressable(RoundedCornerShape(0.dp), onPress = onPress).semantics(mergeDescendants = true) {}.padding(20.dp, 10.dp),
        Arrangement.spacedBy(14.dp),
        Alignment.CenterVertically,
    ) {
        Mark(Standing.Attention, size = 20.dp)
        Label(text, Modifier.weight(1f), bold = true)
        end()
        Icon(Icons.Right, LocalPalette.current.secondary)
    }
}

/** What something is called, and what it is. */
@Composable
fun Fact(what: String, value: String) {
    Row(Modifier.fillMaxWidth().semantics(mergeDescendants = true) {}, Arrangement.spacedBy(16.dp), Alignment.Top) {
        Note(what, Modifier.weight(1f))
        Label(value, Modifier.weight(2f))
    }
}
