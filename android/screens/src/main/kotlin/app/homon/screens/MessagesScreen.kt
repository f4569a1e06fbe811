package app.homon.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.homon.design.Banner
import app.homon.design.Destination
import app.homon.design.Divider
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icon
import app.homon.design.Icons
import app.homon.design.Label
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
import app.homon.design.pressable

/** A message of the city, without a name. */
@Immutable
data class MessageLine(val key: String, val title: String, val received: String, val handled: String?)

/** A message that was opened: what is wrong, with whom, and whom to call. */
@Immutable
data class MessageDetail(val key: String, val title: String, val facts: List<Pair<String, String>>, val isHandled: Boolean)

/** What the city sent back. */
@Immutable
data class MessagesState(val safety: Safety, val messages: List<MessageLine>, val detail: MessageDetail?, val problem: String? = null)

/** What a person does with messages. */
interface MessagesActions {
    fun open(message: String)
    fun handled(message: String)
    fun erase(message: String)
}

/** 不備 of the city: the list shows no name, an opened one does. */
@Composable
fun MessagesScreen(state: MessagesState, actions: MessagesActions, frame: FrameActions) {
    val words = LocalWords.current
    Frame(words.messagesTitle, null, state.safety, frame, Destination.Messages, state.messages.count { it.handled == null }) {
        TwoColumns({ Messages(state, actions) }, { if (state.detail != null) Detail(state.detail, actions) else Note(words.messagesChoose) })
    }
}

@Composable
private fun Messages(state: MessagesState, actions: MessagesActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    if (state.problem != null) Banner(null, palette.error, state.problem)
    Panel {
        if (state.messages.isEmpty()) Note(words.messagesNone, Modifier.padding(20.dp))
        state.messages.forEachIndexed { at, message ->
            if (at > 0) Divider()
            val isChosen = message.key == state.detail?.key
            Row(
                Modifier.fillMaxWidth().heightIn(min = 64.dp).background(if (isChosen) palette.selected else palette.surface)
                    .pressable(RoundedCornerShape(0.dp)) { actions.open(message.key) }.semantics(mergeDescendants = true) { selected = isChosen }.padding(20.dp, 10.dp),
                Arrangement.spacedBy(14.dp),
                Alignment.CenterVertically,
            ) {
                Mark(if (message.handled == null) Standing.Attention else Standing.Ready, size = 22.dp)
                Column(Modifier.weight(1f)) {
                    Label(message.title, bold = message.handled == null)
                    Note(message.handled ?: message.received)
                }
                Icon(Icons.Right, palette.secondary)
            }
        }
    }
}

@Composable
private fun Detail(detail: MessageDetail, actions: MessagesActions) {
    val words = LocalWords.current
    Column {
        Heading(detail.title)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(12.dp)) {
                for ((what, value) in detail.facts) {
                    Column(Modifier.semantics(mergeDescendants = true) {}) {
                        Note(what)
                        Label(value, size = Size.Name, bold = true)
                    }
                }
                if (detail.isHandled) SecondaryButton(words.messagesErase, { actions.erase(detail.key) })
                else PrimaryButton(words.messagesHandled, { actions.handled(detail.key) }, icon = Icons.Check)
            }
        }
    }
}
