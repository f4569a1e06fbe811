package app.homon.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import app.homon.design.Banner
import app.homon.design.Field
import app.homon.design.FlowRowOf
import app.homon.design.Icons
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.MendRow
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.PlainButton
import app.homon.design.SecondaryButton

/** Whether an application goes on paper. */
@Immutable
data class PaperState(
    /** Why it does; nothing where it goes electronically. */
    val reason: String? = null,
    /** The reason as it is being typed; nothing while nobody asked for paper. */
    val typed: String? = null,
    /** What is still missing because of it. */
    val missing: String? = null,
)

/** What a person does about paper. */
interface PaperActions {
    /** The reason is asked for. */
    fun askForPaper()
    fun paperReason(text: String)
    fun onPaper()
    fun electronically()

    /** What is missing is mended. */
    fun mendPaper()
}

/** The application on paper, for a reason; and back. */
@Composable
fun PaperChoice(state: PaperState, actions: PaperActions) {
    val words = LocalWords.current
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        when {
            state.reason != null -> OnPaper(state.reason, state.missing, actions)
            state.typed != null -> Asking(state.typed, actions)
            else -> PlainButton(words.attributesPaper, actions::askForPaper, icon = Icons.Paper)
        }
    }
}

@Composable
private fun OnPaper(reason: String, missing: String?, actions: PaperActions) {
    val words = LocalWords.current
    Banner(Icons.Paper, LocalPalette.current.progress, words.attributesOnPaper, detail = reason)
    if (missing != null) Panel { MendRow(missing, actions::mendPaper) {} }
    PlainButton(words.attributesElectronic, actions::electronically)
}

@Composable
private fun Asking(typed: String, actions: PaperActions) {
    val words = LocalWords.current
    Panel {
        Column(Modifier.padding(16.dp), Arrangement.spacedBy(12.dp)) {
            Field(words.attributesPaperWhy, typed, actions::paperReason, Modifier.fillMaxWidth(), help = words.attributesPaperWhyNote)
            FlowRowOf {
                SecondaryButton(words.attributesPaperDo, actions::onPaper, icon = Icons.Paper, enabled = typed.isNotBlank())
                PlainButton(words.attributesNeverMind, actions::electronically)
            }
            if (typed.isBlank()) Note(words.attributesPaperFirst)
        }
    }
}
