package app.homon.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.homon.design.Banner
import app.homon.design.Divider
import app.homon.design.Icon
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalLayout
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Note
import app.homon.design.NumberPad
import app.homon.design.Panel
import app.homon.design.PrimaryButton
import app.homon.design.Room
import app.homon.design.Size
import app.homon.design.pressable

/** Someone who may sign in on this tablet. */
@Immutable
data class StaffChoice(val code: String, val name: String)

/** Who may sign in, who is about to, and what was wrong the last time. */
@Immutable
data class SignInState(
    val staff: List<StaffChoice>,
    val chosen: String? = null,
    /** How many digits are typed. The digits themselves are never part of what is drawn. */
    val typed: Int = 0,
    val problem: String? = null,
    val isBusy: Boolean = false,
    val isHidden: Boolean = false,
)

/** What a person does on the sign-in screen. */
interface SignInActions {
    fun choose(staff: String)
    fun digit(digit: Char)
    fun erase()
    fun clear()
    fun signIn()
}

/** Who works with the tablet now. The same screen covers everything when it was hidden. */
@Composable
fun SignInScreen(state: SignInState, actions: SignInActions) {
    val layout = LocalLayout.current
    val wide = layout.room == Room.TwoPanes || (layout.room == Room.OnePane && !layout.isPortrait)
    Box(Modifier.fillMaxSize().background(LocalPalette.current.background), Alignment.Center) {
        if (wide) {
            Row(Modifier.widthIn(max = 1000.dp).fillMaxSize().padding(20.dp), Arrangement.spacedBy(20.dp), Alignment.CenterVertically) {
                Column(Modifier.weight(1f).fillMaxHeight().verticalScroll(rememberScrollState()), Arrangement.Center) { Who(state, actions) }
                Column(Modifier.weight(1f).fillMaxHeight().verticalScroll(rememberScrollState()), Arrangement.Center) { Pin(state, actions) }
            }
        } else {
            Column(Modifier.widthIn(max = 640.dp).fillMaxSize().verticalScroll(rememberScrollState()).padding(20.dp), Arrangement.spacedBy(20.dp)) {
                Who(state, actions)
                Pin(state, actions)
            }
        }
    }
}

@Composable
private fun Who(state: SignInState, actions: SignInActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    Column(verticalArrangement = Arrangement.spacedBy(12.dp)) {
        Label(if (state.isHidden) words.signinHidden else words.signinTitle, Modifier.semantics { heading() }, Size.Verdict, bold = true)
        Note(if (state.isHidden) words.signinHiddenNote else words.signinNote)
        Panel {
            state.staff.forEachIndexed { at, person ->
                if (at > 0) Divider()
                val isChosen = person.code == state.chosen
                Row(
                    Modifier.fillMaxWidth().heightIn(min = 64.dp).background(if (isChosen) palette.selected else palette.surface)
                        .pressable(RoundedCornerShape(0.dp), role = Role.RadioButton) { actions.choose(person.code) }
                        .semantics(mergeDescendants = true) { selected = isChosen }.padding(horizontal = 20.dp, vertical = 8.dp),
                    Arrangement.spacedBy(16.dp),
                    Alignment.CenterVertically,
                ) {
                    Icon(Icons.Person, if (isChosen) palette.onSelected else palette.secondary)
                    Label(person.name, Modifier.weight(1f), Size.Name, bold = true, colour = if (isChosen) palette.onSelected else palette.text)
                    if (isChosen) Icon(Icons.Check, palette.onSelected)
                }
            }
        }
    }
}

@Composable
private fun Pin(state: SignInState, actions: SignInActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    Column(verticalArrangement = Arrangement.spacedBy(12.dp)) {
        val count = words.signinDigits(state.typed)
        Row(Modifier.fillMaxWidth().heightIn(min = 48.dp).semantics(mergeDescendants = true) { contentDescription = count }, Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
            Label(words.signinPin, bold = true)
            Label("●".repeat(state.typed), size = Size.Title, colour = palette.primary)
        }
        if (state.problem != null) Banner(null, palette.attention, state.problem)
        Panel { NumberPad(actions::digit, actions::erase, actions::clear, Modifier.padding(12.dp)) }
        val ready = state.chosen != null && state.typed > 0 && !state.isBusy
        PrimaryButton(if (state.isBusy) words.signinBusy else words.signinDo, actions::signIn, Modifier.fillMaxWidth(), enabled = ready, height = 64.dp)
        if (state.chosen == null) Note(words.signinChoose)
    }
}
