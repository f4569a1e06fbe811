package app.homon.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import app.homon.design.ActionBar
import app.homon.design.Choice
import app.homon.design.Field
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icons
import app.homon.design.Keys
import app.homon.design.Label
import app.homon.design.LocalWords
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.PlainButton
import app.homon.design.PrimaryButton
import app.homon.design.Safety

/** The ways in which a case ends without an application. */
enum class LeavingKind { Revisit, Refused, Withdrawn, Ineligible }

/** How a case ends, as far as it is chosen. */
@Immutable
data class LeavingState(
    val name: String,
    val safety: Safety,
    val kind: LeavingKind?,
    /** The reasons of the chosen way, from the core. */
    val reasons: List<Option>,
    val chosen: String?,
    /** The day to come back, as typed. */
    val day: String,
    val note: String,
    val reason: String?,
    val problem: String? = null,
)

/** What a person does on this page. */
interface LeavingActions {
    fun kind(kind: LeavingKind)
    fun reason(code: String)
    fun day(text: String)
    fun note(text: String)
    fun leave()
    fun back()
}

/** Not going on, and why; nobody is lost from the count. */
@Composable
fun LeavingScreen(state: LeavingState, actions: LeavingActions, frame: FrameActions) {
    val words = LocalWords.current
    val bar: @Composable () -> Unit = {
        ActionBar(state.reason, leading = { PlainButton(words.leavingBack, actions::back, icon = Icons.Back) }) {
            PrimaryButton(words.leavingDo, actions::leave, enabled = state.reason == null)
        }
    }
    Frame(words.leavingTitle(state.name), null, state.safety, frame, here = null, bar = bar, problem = state.problem) {
        TwoColumns({ Kind(state, actions) }, { Why(state, actions) })
    }
}

@Composable
private fun Kind(state: LeavingState, actions: LeavingActions) {
    val words = LocalWords.current
    Column {
        Heading(words.leavingKind)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(12.dp)) {
                Choice(
                    listOf(
                        LeavingKind.Revisit to words.leavingRevisit,
                        LeavingKind.Refused to words.leavingRefused,
                        LeavingKind.Withdrawn to words.leavingWithdrawn,
                        LeavingKind.Ineligible to words.leavingIneligible,
                    ),
                    state.kind,
                    actions::kind,
                )
                Note(words.leavingKindNote)
            }
        }
    }
}

@Composable
private fun Why(state: LeavingState, actions: LeavingActions) {
    val words = LocalWords.current
    if (state.kind == null) return
    Column {
        Heading(words.leavingWhy)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(12.dp)) {
                if (state.reasons.isNotEmpty()) Choice(state.reasons.map { it.code to it.name }, state.chosen, actions::reason)
                if (state.kind == LeavingKind.Revisit) {
                    Field(words.leavingDay, state.day, actions::day, Modifier.widthIn(max = 240.dp), Keys.Digits, help = words.leavingDayNote)
                }
                if (state.kind == LeavingKind.Refused || state.kind == LeavingKind.Withdrawn) {
                    Field(words.leavingNote, state.note, actions::note, Modifier.fillMaxWidth(), lines = 2)
                    Label(words.leavingNoteOptional)
                }
            }
        }
    }
}
