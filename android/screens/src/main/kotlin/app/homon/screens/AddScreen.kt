package app.homon.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import app.homon.design.ActionBar
import app.homon.design.Banner
import app.homon.design.Destination
import app.homon.design.Field
import app.homon.design.FlowRowOf
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Icons
import app.homon.design.Keys
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.PlainButton
import app.homon.design.PrimaryButton
import app.homon.design.Safety

/** Where someone is found who stands on no roster, or where someone is found now. */
@Immutable
data class AddState(
    val site: String,
    val safety: Safety,
    val order: String = "",
    val room: FieldState = FieldState(),
    val bed: FieldState = FieldState(),
    /** The number drawn at a venue; only there. */
    val asksQueue: Boolean = false,
    val queue: String = "",
    /** Whether it is the place of someone who was received. */
    val isChange: Boolean = false,
    val problem: String? = null,
    val unread: Int = 0,
)

/** What a person does on this page. */
interface AddActions {
    fun order(text: String)
    fun room(text: String)
    fun bed(text: String)
    fun queue(text: String)
    fun add()
    fun back()
}

/** Adds a resident by the place where they are found; the name comes after consent. */
@Composable
fun AddScreen(state: AddState, actions: AddActions, frame: FrameActions) {
    val words = LocalWords.current
    val bar: @Composable () -> Unit = {
        ActionBar(leading = { PlainButton(words.addBack, actions::back, icon = Icons.Back) }) { 
            if (state.isChange) PrimaryButton(words.addChangeDo, actions::add, icon = Icons.Check) else PrimaryButton(words.addDo, actions::add, forward = true)
        }
    }
    Frame(if (state.isChange) words.addChangeTitle else words.addTitle, state.site, state.safety, frame, Destination.Visit, state.unread, bar = bar) {
        Column(Modifier.fillMaxSize().verticalScroll(rememberScrollState()).padding(20.dp), Arrangement.spacedBy(16.dp)) {
            if (state.problem != null) Banner(null, LocalPalette.current.error, state.problem)
            Panel(Modifier.widthIn(max = 720.dp)) {
                Column(Modifier.padding(20.dp), Arrangement.spacedBy(14.dp)) {
                    FlowRowOf {
                        if (state.asksQueue) Field(words.addQueue, state.queue, actions::queue, Modifier.widthIn(max = 200.dp), Keys.Digits)
                        Field(words.addOrder, state.order, actions::order, Modifier.widthIn(max = 200.dp), Keys.Digits, help = words.addOrderNote)
                    }
                    Field(words.addRoom, state.room.text, actions::room, Modifier.fillMaxWidth(), problem = state.room.problem)
                    Field(words.addBed, state.bed.text, actions::bed, Modifier.fillMaxWidth(), problem = state.bed.problem)
                    if (!state.isChange) Note(words.addNote)
                }
            }
        }
    }
}
