package app.homon.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.defaultMinSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.homon.design.Banner
import app.homon.design.CheckRow
import app.homon.design.ControlShape
import app.homon.design.Divider
import app.homon.design.Field
import app.homon.design.FlowRowOf
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Mark
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.PlainButton
import app.homon.design.SecondaryButton
import app.homon.design.Size
import app.homon.design.Standing

/** A document that can be shown. */
@Immutable
data class DocumentLine(val code: String, val name: String, val isSeen: Boolean, val note: String? = null)

/** Documents of one class. */
@Immutable
data class DocumentGroup(val title: String, val documents: List<DocumentLine>)

/** A combination that suffices, as a sum of slots. */
@Immutable
data class RouteLine(val slots: List<Pair<String, Boolean>>, val missing: String?)

/** A paper or card that staff took. */
@Immutable
data class CustodyLine(val key: String, val name: String, val isHeld: Boolean, val note: String)

/** What was shown, and whether it suffices. */
@Immutable
data class EvidenceState(
    val head: CaseHead,
    val groups: List<DocumentGroup>,
    /** Empty where identity is checked when the card is handed out. */
    val routes: List<RouteLine>,
    val isEnough: Boolean,
    /** Who of the city found it sufficient, and when. */
    val marked: String?,
    val canMark: Boolean,
    val custody: List<CustodyLine>,
    val canTake: List<Pair<String, String>>,
    /** The item that can be neither given back nor handed over, while somebody writes why. */
    val explaining: String? = null,
    val explanation: String = "",
    /** Whether the number of the sealed envelope is asked for. */
    val asksEnvelope: Boolean,
    val envelope: String,
    val reason: String?,
)

/** What a person does on the page of evidence. */
interface EvidenceActions : CaseActions {
    fun see(document: String, isSeen: Boolean)
    fun mark()
    fun take(item: String)
    fun giveBack(item: String)
    fun handToCity(item: String)
    fun explain(item: String)
    fun explanation(text: String)
    fun explained()
    fun envelope(number: String)
}

/** What suffices, as sums; the quickest way out is said. No image and no number of a document is kept. */
@Composable
fun EvidenceScreen(state: EvidenceState, actions: EvidenceActions, frame: FrameActions) {
    CaseFrame(state.head, actions, frame, LocalWords.current.evidenceNext, state.reason) {
        TwoColumns({ Documents(state, actions) }, { Enough(state, actions) })
    }
}

@Composable
private fun Documents(state: EvidenceState, actions: EvidenceActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    Column {
        Heading(words.evidenceDocuments)
        Panel {
            for (group in state.groups) {
                Label(group.title, Modifier.fillMaxWidth().background(palette.background).padding(16.dp, 4.dp), Size.Note, bold = true)
                group.documents.forEachIndexed { at, document ->
                    if (at > 0) Divider()
                    CheckRow(document.isSeen, { actions.see(document.code, it) }, document.name, end = document.note)
                }
            }
        }
    }
    Note(words.evidenceNothingKept)
}

@Composable
private fun Enough(state: EvidenceState, actions: EvidenceActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    if (state.routes.isEmpty()) {
        Banner(Icons.Info, palette.progress, words.evidenceAtPickup, detail = words.evidenceAtPickupNote)
    } else {
        Column {
            Heading(words.evidenceEnough)
            val tone = if (state.isEnough) palette.ok else palette.attention
            Panel(line = tone.line) {
                Row(Modifier.fillMaxWidth().background(tone.ground).padding(16.dp, 12.dp), Arrangement.spacedBy(14.dp), Alignment.CenterVertically) {
                    Mark(if (state.isEnough) Standing.Ready else Standing.Attention, size = 30.dp)
                    Column {
                        Label(if (state.isEnough) words.evidenceIsEnough else words.evidenceNotEnough, size = Size.Title, bold = true, colour = tone.text)
                        if (!state.isEnough) Note(words.evidenceNotEnoughNote, colour = palette.text)
                    }
                }
                for (route in state.routes) {
                    Divider()
                    Sum(route)
                }
            }
        }
        Marking(state, actions)
    }
    Custody(state, actions)
}

@Composable
private fun Sum(route: RouteLine) {
    val palette = LocalPalette.current
    Row(Modifier.fillMaxWidth().heightIn(min = 64.dp).semantics(mergeDescendants = true) {}.padding(16.dp, 8.dp), Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
        FlowRowOf(Modifier.weight(1f)) {
            route.slots.forEachIndexed { at, (name, isFilled) ->
                if (at > 0) Label("＋", Modifier.padding(top = 8.dp))
                Row(
                    Modifier.defaultMinSize(minWidth = 60.dp, minHeight = 40.dp)
                        .background(if (isFilled) palette.ok.ground else palette.surface, ControlShape)
                        .border(if (isFilled) 1.dp else 2.dp, if (isFilled) palette.ok.line else palette.control, ControlShape).padding(10.dp, 4.dp),
                    Arrangement.spacedBy(6.dp, Alignment.CenterHorizontally),
                    Alignment.CenterVertically,
                ) {
                    if (isFilled) Mark(Standing.Ready, inside = palette.ok.ground)
                    Label(name, size = Size.Note, bold = true, colour = if (isFilled) palette.ok.text else palette.text)
                }
            }
        }
        if (route.missing != null) Note(route.missing) else Mark(Standing.Ready, size = 22.dp)
    }
}

@Composable
private fun Marking(state: EvidenceState, actions: EvidenceActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    when {
        state.marked != null -> Banner(Icons.Shield, palette.ok, words.evidenceMarked, detail = state.marked)
        state.canMark -> SecondaryButton(words.evidenceMark, actions::mark, Modifier.fillMaxWidth(), icon = Icons.Check)
        state.isEnough -> Banner(Icons.Info, palette.progress, words.evidenceCityMarks, detail = words.evidenceCityMarksNote)
    }
}

@Composable
private fun Custody(state: EvidenceState, actions: EvidenceActions) {
    val words = LocalWords.current
    Column {
        Heading(words.evidenceCustody)
        Panel {
            if (state.custody.isEmpty()) Note(words.evidenceNoCustody, Modifier.padding(20.dp))
            state.custody.forEachIndexed { at, item ->
                if (at > 0) Divider()
                Row(Modifier.fillMaxWidth().heightIn(min = 64.dp).padding(20.dp, 8.dp), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
                    Column(Modifier.weight(1f)) {
                        Label(item.name, bold = true)
                        Note(item.note)
                    }
                    if (!item.isHeld) Mark(Standing.Ready, size = 22.dp)
                }
                if (item.isHeld) {
                    FlowRowOf(Modifier.padding(start = 20.dp, end = 20.dp, bottom = 12.dp)) {
                        SecondaryButton(words.evidenceGiveBack, { actions.giveBack(item.key) })
                        SecondaryButton(words.evidenceHandToCity, { actions.handToCity(item.key) })
                        PlainButton(words.evidenceExplain, { actions.explain(item.key) })
                    }
                }
                if (item.isHeld && item.key == state.explaining) Explaining(state, actions)
            }
        }
    }
    if (state.canTake.isNotEmpty()) {
        Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
            Label(words.evidenceTake, size = Size.Note, bold = true)
            FlowRowOf { for ((item, name) in state.canTake) SecondaryButton(name, { actions.take(item) }, icon = Icons.Plus) }
        }
    }
    if (state.asksEnvelope) {
        Field(words.evidenceEnvelope, state.envelope, actions::envelope, Modifier.fillMaxWidth(), help = words.evidenceEnvelopeNote)
    }
}

@Composable
private fun Explaining(state: EvidenceState, actions: EvidenceActions) {
    val words = LocalWords.current
    Column(Modifier.padding(start = 20.dp, end = 20.dp, bottom = 16.dp), Arrangement.spacedBy(8.dp)) {
        Field(words.evidenceWhy, state.explanation, actions::explanation, Modifier.fillMaxWidth(), help = words.evidenceWhyNote)
        SecondaryButton(words.evidenceExplained, actions::explained, enabled = state.explanation.isNotBlank())
        if (state.explanation.isBlank()) Note(words.evidenceWhyFirst)
    }
}
