package app.homon.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import app.homon.design.Banner
import app.homon.design.Divider
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Mark
import app.homon.design.MendRow
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.SecondaryButton
import app.homon.design.Size
import app.homon.design.Standing

/** Something that is missing, and the step where it is mended. */
@Immutable
data class MissingLine(val text: String, val step: Int)

/** The end of a case: complete, left, or with what is missing. */
@Immutable
data class DoneState(
    val head: CaseHead,
    val standing: Standing,
    /** How it left, where it did. */
    val left: String?,
    val missing: List<MissingLine>,
    val declarations: List<String>,
    val canReopen: Boolean,
)

/** What a person does at the end of a case. */
interface DoneActions : CaseActions {
    fun reopen()
}

@Composable
fun DoneScreen(state: DoneState, actions: DoneActions, frame: FrameActions) {
    val words = LocalWords.current
    CaseFrame(state.head, actions, frame, words.doneBoard, null) {
        Column(Modifier.fillMaxSize().verticalScroll(rememberScrollState()).padding(20.dp), Arrangement.spacedBy(20.dp)) {
            Verdict(state)
            if (state.missing.isNotEmpty()) Missing(state, actions)
            for (declaration in state.declarations) Banner(Icons.Info, LocalPalette.current.progress, declaration, Modifier.widthIn(max = 720.dp))
            if (state.canReopen) SecondaryButton(words.doneReopen, actions::reopen, icon = Icons.Turn)
        }
    }
}

@Composable
private fun Verdict(state: DoneState) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    val (tone, title, detail) = when {
        state.left != null -> Triple(palette.quiet, state.left, words.doneLeftNote)
        state.missing.isEmpty() -> Triple(palette.ok, words.doneReady, words.doneReadyNote)
        else -> Triple(palette.attention, words.doneMissing(state.missing.size), words.doneMissingNote)
    }
    Panel(Modifier.widthIn(max = 720.dp), line = tone.line) {
        Row(Modifier.padding(24.dp), Arrangement.spacedBy(20.dp), Alignment.CenterVertically) {
            Mark(if (state.left == null && state.missing.isNotEmpty()) Standing.Attention else state.standing, size = 44.dp)
            Column {
                Label(title, size = Size.Verdict, bold = true, colour = tone.text)
                Label(detail, colour = palette.secondary)
            }
        }
    }
}

@Composable
private fun Missing(state: DoneState, actions: DoneActions) {
    val words = LocalWords.current
    Column(Modifier.widthIn(max = 720.dp)) {
        Heading(words.doneToMend)
        Panel {
            state.missing.forEachIndexed { at, line ->
                if (at > 0) Divider()
                MendRow(line.text, { actions.go(line.step) }) { Note(state.head.steps.getOrNull(line.step)?.title ?: "") }
            }
        }
    }
}
