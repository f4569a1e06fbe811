package app.homon.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.homon.design.ActionBar
import app.homon.design.Banner
import app.homon.design.Choice
import app.homon.design.Destination
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.PlainButton
import app.homon.design.PrimaryButton
import app.homon.design.Safety
import app.homon.design.SecondaryButton
import app.homon.design.Size

/** A part of a visit that goes on, or went on, to another tablet. */
@Immutable
data class HandOverState(
    val site: String,
    val safety: Safety,
    /** Why it cannot be handed over now, where it is so. */
    val refused: String? = null,
    /** What the other tablet's request says, once it was read. */
    val fingerprint: String? = null,
    /** Whether people found it the same; `null` before they answered. */
    val isSame: Boolean? = null,
    /** Whether it went to the other tablet already. */
    val isHandedOver: Boolean = false,
    /** The file that was carried away from this page. */
    val file: String? = null,
    /** Why it may be taken back. */
    val reasons: List<Option> = emptyList(),
    val why: String? = null,
    val isBusy: Boolean = false,
    val problem: String? = null,
    val unread: Int = 0,
)

/** What a person does on the tablet that gives. */
interface HandOverActions {
    fun read()
    fun scan()
    fun compared(isSame: Boolean)
    fun handOver()
    fun carry()
    fun why(reason: String)
    fun takeBack()
    fun board()
}

/** Reads who asks, lets people compare the fingerprint, and hands over; afterwards the file, and the way back. */
@Composable
fun HandOverScreen(state: HandOverState, actions: HandOverActions, frame: FrameActions) {
    val words = LocalWords.current
    val isDone = state.isHandedOver
    val reason = when {
        state.fingerprint == null -> words.handoverFirstRead
        state.isSame != true -> words.handoverFirstCompare
        else -> null
    }
    val bar: @Composable () -> Unit = {
        ActionBar(
            reason.takeIf { !isDone && state.refused == null },
            leading = { PlainButton(if (isDone) words.handoverToday else words.handoverBoard, actions::board, icon = Icons.Back) },
        ) {
            if (isDone) PrimaryButton(if (state.file == null) words.handoverCarry else words.handoverCarryAgain, actions::carry, icon = Icons.Tablet, enabled = !state.isBusy)
            else if (state.refused == null) PrimaryButton(if (state.isBusy) words.handoverBusy else words.handoverDo, actions::handOver, icon = Icons.Exchange, enabled = reason == null && !state.isBusy)
        }
    }
    Frame(words.handoverTitle, state.site, state.safety, frame, Destination.Visit, state.unread, bar = bar) {
        if (isDone) TwoColumns({ Carried(state) }, { TakeBack(state, actions) }) else TwoColumns({ Read(state, actions) }, { Compare(state, actions) })
    }
}

@Composable
private fun Said(state: HandOverState) {
    val palette = LocalPalette.current
    if (state.problem != null) Banner(null, palette.error, state.problem)
    if (state.refused != null) Banner(Icons.Lock, palette.progress, state.refused)
}

@Composable
private fun Read(state: HandOverState, actions: HandOverActions) {
    val words = LocalWords.current
    Said(state)
    Column {
        Heading(words.handoverReadHead)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(12.dp)) {
                Label(words.handoverReadNote)
                if (state.refused == null) {
                    SecondaryButton(words.handoverScan, actions::scan, icon = Icons.Code, height = 56.dp)
                    SecondaryButton(words.handoverReadFile, actions::read, icon = Icons.Paper, height = 56.dp)
                }
            }
        }
    }
}

@Composable
private fun Compare(state: HandOverState, actions: HandOverActions) {
    if (state.fingerprint == null) return
    val words = LocalWords.current
    Column {
        Heading(words.handoverCompareHead)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(14.dp)) {
                Fingerprint(words.handoverOther, state.fingerprint)
                Label(words.handoverCompare, bold = true)
                Choice(listOf(true to words.handoverSame, false to words.handoverDiffers), state.isSame, actions::compared)
                if (state.isSame == false) Banner(null, LocalPalette.current.error, words.handoverStop)
                Note(words.handoverLocks)
            }
        }
    }
}

@Composable
private fun Carried(state: HandOverState) {
    val words = LocalWords.current
    Said(state)
    Banner(Icons.Check, LocalPalette.current.ok, words.handoverDone, detail = words.handoverDoneNote)
    Column {
        Heading(words.handoverFileHead)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(12.dp)) {
                if (state.file != null) {
                    Column(Modifier.semantics(mergeDescendants = true) {}) {
                        Note(words.handoverFile)
                        Label(state.file, size = Size.Name, bold = true)
                    }
                }
                Label(words.handoverFileNote)
            }
        }
    }
}

@Composable
private fun TakeBack(state: HandOverState, actions: HandOverActions) {
    val words = LocalWords.current
    Column {
        Heading(words.handoverTakeBackHead)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(12.dp)) {
                Label(words.handoverTakeBackNote)
                Note(words.handoverWhy)
                Choice(state.reasons.map { it.code to it.name }, state.why, actions::why)
                SecondaryButton(words.handoverTakeBack, actions::takeBack, icon = Icons.Turn, enabled = state.why != null && !state.isBusy)
                if (state.why == null) Note(words.handoverTakeBackFirst)
            }
        }
    }
}
