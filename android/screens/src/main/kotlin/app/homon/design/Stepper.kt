package app.homon.design

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.defaultMinSize
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp

/** How far one step of a case is. */
enum class Progress { Open, Missing, Done }

/** One step of a journey: its name, how far it is, and in one line what is there or missing. */
@Immutable
data class StepLine(val title: String, val progress: Progress, val note: String?)

/** The steps of a case in a column at the left; in portrait a strip of marks with only the present step named. */
@Composable
fun Stepper(steps: List<StepLine>, now: Int, onStep: (Int) -> Unit, foot: @Composable () -> Unit) {
    val layout = LocalLayout.current
    if (layout.hasSide) SideSteps(steps, now, onStep, foot) else Strip(steps, now, onStep)
}

@Composable
private fun SideSteps(steps: List<StepLine>, now: Int, onStep: (Int) -> Unit, foot: @Composable () -> Unit) {
    Column(Modifier.fillMaxSize()) {
        Column(Modifier.weight(1f).verticalScroll(rememberScrollState()).padding(vertical = 16.dp)) {
            steps.forEachIndexed { at, step -> SideStep(at, step, at == now) { onStep(at) } }
        }
        Box(Modifier.fillMaxWidth().padding(16.dp)) { foot() }
    }
}

@Composable
private fun SideStep(at: Int, step: StepLine, isNow: Boolean, onPress: () -> Unit) {
    val palette = LocalPalette.current
    Row(
        Modifier.fillMaxWidth().heightIn(min = 64.dp).background(if (isNow) palette.selected else palette.surface)
            .pressable(RoundedCornerShape(0.dp), role = Role.Tab, onPress = onPress).semantics(mergeDescendants = true) { selected = isNow },
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Box(Modifier.width(4.dp).heightIn(min = 64.dp).background(if (isNow) palette.primary else palette.surface))
        Spacer(Modifier.width(16.dp))
        StepMark(at, step, isNow)
        Column(Modifier.weight(1f).padding(horizontal = 12.dp, vertical = 8.dp)) {
            Label(step.title, bold = isNow, colour = if (isNow) palette.onSelected else palette.text)
            if (step.note != null) Note(step.note, colour = if (step.progress == Progress.Missing) palette.attention.text else palette.secondary)
        }
    }
}

@Composable
private fun StepMark(at: Int, step: StepLine, isNow: Boolean) {
    val palette = LocalPalette.current
    val side = LocalLayout.current.sign(28.dp)
    when {
        step.progress == Progress.Done -> Mark(Standing.Ready, size = 26.dp)
        step.progress == Progress.Missing -> Mark(Standing.Attention, size = 26.dp)
        isNow -> Box(Modifier.size(side).background(palette.primary, CircleShape), Alignment.Center) {
            Label("${at + 1}", bold = true, colour = palette.onPrimary, size = Size.Note)
        }
        else -> Box(Modifier.size(side).border(2.dp, palette.control, CircleShape), Alignment.Center) {
            Label("${at + 1}", bold = true, size = Size.Note)
        }
    }
}

@Composable
private fun Strip(steps: List<StepLine>, now: Int, onStep: (Int) -> Unit) {
    val palette = LocalPalette.current
    Column(Modifier.fillMaxWidth().background(palette.surface)) {
        Row(Modifier.fillMaxWidth().padding(horizontal = 16.dp, vertical = 6.dp), Arrangement.spacedBy(4.dp), Alignment.CenterVertically) {
            steps.forEachIndexed { at, step ->
                val isNow = at == now
                Row(
                    Modifier.defaultMinSize(48.dp, 48.dp).background(if (isNow) palette.selected else palette.surface, CircleShape)
                        .pressable(CircleShape, role = Role.Tab) { onStep(at) }
                        .semantics(mergeDescendants = true) {
                            selected = isNow
                            contentDescription = step.title
                        }
                        .padding(horizontal = 10.dp),
                    Arrangement.spacedBy(8.dp),
                    Alignment.CenterVertically,
                ) {
                    StepMark(at, step, isNow)
                    if (isNow) Label(step.title, bold = true, colour = palette.onSelected)
                }
                if (at < steps.lastIndex) Box(Modifier.width(10.dp).fillMaxHeight(0f).background(palette.divider))
            }
        }
        Divider()
    }
}
