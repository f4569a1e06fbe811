package app.homon.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import app.homon.design.Banner
import app.homon.design.Choice
import app.homon.design.Destination
import app.homon.design.Divider
import app.homon.design.Fact
import app.homon.design.Field
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icons
import app.homon.design.Keys
import app.homon.design.Label
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Panel
import app.homon.design.PlainButton
import app.homon.design.Safety
import app.homon.design.SecondaryButton

/** How the screens look. */
enum class Appearance { AsSystem, Light, Dark }

/** Language of the screens. */
enum class Language { Japanese, English }

/** What is about the tablet and its people. */
@Immutable
data class SettingsState(
    val safety: Safety,
    val programme: List<Pair<String, String>>,
    val staffWithPin: List<String>,
    val staffWithout: List<Option>,
    val chosen: String? = null,
    val newPin: FieldState = FieldState(),
    val oldPin: FieldState = FieldState(),
    val ownPin: FieldState = FieldState(),
    val appearance: Appearance = Appearance.AsSystem,
    val language: Language = Language.Japanese,
    val isLeftHanded: Boolean = false,
    val problem: String? = null,
    val done: String? = null,
    val unread: Int = 0,
)

/** What a person does in the settings. */
interface SettingsActions {
    fun choose(staff: String)
    fun newPin(text: String)
    fun addStaff()
    fun oldPin(text: String)
    fun ownPin(text: String)
    fun changePin()
    fun appearance(appearance: Appearance)
    fun language(language: Language)
    fun hand(isLeft: Boolean)
    fun takeOver()
    fun certificates()
    fun lostTablet()
    fun signOut()
}

@Composable
fun SettingsScreen(state: SettingsState, actions: SettingsActions, frame: FrameActions) {
    val words = LocalWords.current
    Frame(words.settingsTitle, null, state.safety, frame, Destination.Settings, state.unread, problem = state.problem) {
        TwoColumns(
            {
                if (state.done != null) Banner(Icons.Check, LocalPalette.current.ok, state.done)
                Staff(state, actions)
                OwnPin(state, actions)
            },
            {
                Looks(state, actions)
                About(state, actions)
            },
        )
    }
}

@Composable
private fun Staff(state: SettingsState, actions: SettingsActions) {
    val words = LocalWords.current
    Column {
        Heading(words.settingsStaff, note = words.settingsStaffCount(state.staffWithPin.size))
        Panel {
            state.staffWithPin.forEachIndexed { at, name ->
                if (at > 0) Divider()
                Label(name, Modifier.fillMaxWidth().heightIn(min = 48.dp).padding(20.dp, 12.dp), bold = true)
            }
            if (state.staffWithout.isNotEmpty()) {
                Divider()
                Column(Modifier.padding(20.dp), Arrangement.spacedBy(12.dp)) {
                    Label(words.settingsGivePin, bold = true)
                    Choice(state.staffWithout.map { it.code to it.name }, state.chosen, actions::choose)
                    if (state.chosen != null) {
                        Field(words.enrolPin, state.newPin.text, actions::newPin, Modifier.fillMaxWidth(), Keys.Secret, problem = state.newPin.problem, help = words.enrolPinNote)
                        SecondaryButton(words.settingsGivePinDo, actions::addStaff, icon = Icons.Plus)
                    }
                }
            }
        }
    }
}

@Composable
private fun OwnPin(state: SettingsState, actions: SettingsActions) {
    val words = LocalWords.current
    Column {
        Heading(words.settingsOwnPin)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(12.dp)) {
                Field(words.settingsOldPin, state.oldPin.text, actions::oldPin, Modifier.fillMaxWidth(), Keys.Secret, problem = state.oldPin.problem)
                Field(words.settingsNewPin, state.ownPin.text, actions::ownPin, Modifier.fillMaxWidth(), Keys.Secret, problem = state.ownPin.problem, help = words.enrolPinNote)
                SecondaryButton(words.settingsChangePin, actions::changePin)
            }
        }
    }
}

@Composable
private fun Looks(state: SettingsState, actions: SettingsActions) {
    val words = LocalWords.current
    Column {
        Heading(words.settingsLooks)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(12.dp)) {
                Choice(
                    listOf(Appearance.AsSystem to words.settingsAsSystem, Appearance.Light to words.settingsLight, Appearance.Dark to words.settingsDark),
                    state.appearance,
                    actions::appearance,
                )
                Choice(listOf(Language.Japanese to words.settingsJapanese, Language.English to words.settingsEnglish), state.language, actions::language)
                Choice(listOf(false to words.settingsRightHand, true to words.settingsLeftHand), state.isLeftHanded, actions::hand)
            }
        }
    }
}

@Composable
private fun About(state: SettingsState, actions: SettingsActions) {
    val words = LocalWords.current
    Column {
        Heading(words.settingsAbout)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(10.dp)) {
                for ((what, value) in state.programme) {
                    Fact(what, value)
                }
                Divider()
                PlainButton(words.settingsTakeOver, actions::takeOver, icon = Icons.Exchange)
                PlainButton(words.settingsCertificates, actions::certificates, icon = Icons.Shield)
                PlainButton(words.settingsLost, actions::lostTablet, icon = Icons.Help)
                SecondaryButton(words.settingsSignOut, actions::signOut, icon = Icons.Lock)
            }
        }
    }
}
