package app.homon.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.homon.design.Banner
import app.homon.design.Choice
import app.homon.design.CodePicture
import app.homon.design.Field
import app.homon.design.Heading
import app.homon.design.Icons
import app.homon.design.Keys
import app.homon.design.Label
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.MovingCode
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.PrimaryButton
import app.homon.design.SecondaryButton
import app.homon.design.Size

/** What the city's answer says before it is accepted. */
@Immutable
data class EnrolmentOffer(val municipality: String, val programme: String, val fingerprint: String, val isTraining: Boolean, val staff: List<StaffChoice>)

/** A tablet before it belongs to a city. */
@Immutable
data class EnrolState(
    val label: FieldState = FieldState(),
    /** The tablet's own fingerprint, once it has asked. */
    val fingerprint: String? = null,
    /** Where the request lies, to be carried to the city. */
    val request: String? = null,
    /** The request as codes, while they are shown to the city's code reader. */
    val codes: List<CodePicture> = emptyList(),
    val offer: EnrolmentOffer? = null,
    val isCompared: Boolean = false,
    val staff: String? = null,
    val pin: FieldState = FieldState(),
    val again: FieldState = FieldState(),
    val problem: String? = null,
    val isBusy: Boolean = false,
)

/** What a person does to enrol a tablet. */
interface EnrolActions {
    fun label(text: String)
    fun ask()
    fun showCodes()
    fun readAnswer()
    fun scanAnswer()
    fun compared(isSame: Boolean)
    fun staff(code: String)
    fun pin(text: String)
    fun again(text: String)
    fun accept()
}

/** Three steps, from a name for the tablet to the first PIN. Two people compare the fingerprints. */
@Composable
fun EnrolScreen(state: EnrolState, actions: EnrolActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    Column(
        Modifier.fillMaxSize().background(palette.background).verticalScroll(rememberScrollState()).padding(24.dp),
        Arrangement.spacedBy(20.dp),
        Alignment.CenterHorizontally,
    ) {
        Column(Modifier.widthIn(max = 860.dp).fillMaxWidth(), Arrangement.spacedBy(20.dp)) {
            Label(words.enrolTitle, Modifier.semantics { heading() }, Size.Verdict, bold = true)
            if (state.problem != null) Banner(null, palette.error, state.problem)
            Ask(state, actions)
            if (state.fingerprint != null) Answer(state, actions)
            if (state.offer != null) Accept(state, state.offer, actions)
        }
    }
}

@Composable
private fun Ask(state: EnrolState, actions: EnrolActions) {
    val words = LocalWords.current
    Column {
        Heading(words.enrolAsk)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(12.dp)) {
                Field(words.enrolLabel, state.label.text, actions::label, Modifier.fillMaxWidth(), problem = state.label.problem, help = words.enrolLabelNote)
                if (state.fingerprint == null) {
                    PrimaryButton(words.enrolAskDo, actions::ask, enabled = state.label.text.isNotBlank())
                    if (state.label.text.isBlank()) Note(words.enrolLabelFirst)
                } else {
                    Fingerprint(words.enrolOwn, state.fingerprint)
                    if (state.request != null) Note(words.enrolRequest(state.request))
                    else SecondaryButton(words.enrolAskDo, actions::ask, icon = Icons.Paper, enabled = state.label.text.isNotBlank())
                    if (state.codes.isEmpty()) SecondaryButton(words.enrolCodes, actions::showCodes, icon = Icons.Code)
                    else Shown(state.codes)
                }
            }
        }
    }
}

@Composable
private fun Shown(codes: List<CodePicture>) {
    val words = LocalWords.current
    Label(words.enrolCodesNote)
    MovingCode(codes, words.codeMoving)
}

@Composable
internal fun Fingerprint(title: String, groups: String) {
    Column(Modifier.semantics(mergeDescendants = true) {}) {
        Label(title, size = Size.Note, bold = true)
        Label(groups, size = Size.Title, bold = true)
    }
}

@Composable
private fun Answer(state: EnrolState, actions: EnrolActions) {
    val words = LocalWords.current
    Column {
        Heading(words.enrolAnswer)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(12.dp)) {
                Label(words.enrolAnswerNote)
                FlowRow(horizontalArrangement = Arrangement.spacedBy(12.dp), verticalArrangement = Arrangement.spacedBy(12.dp)) {
                    if (state.offer == null) PrimaryButton(words.enrolScan, actions::scanAnswer, icon = Icons.Code)
                    else SecondaryButton(words.enrolScan, actions::scanAnswer, icon = Icons.Code, height = 56.dp)
                    SecondaryButton(if (state.offer == null) words.enrolRead else words.enrolReadAgain, actions::readAnswer, icon = Icons.Paper, height = 56.dp)
                }
            }
        }
    }
}

@Composable
private fun Accept(state: EnrolState, offer: EnrolmentOffer, actions: EnrolActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    Column {
        Heading(words.enrolAccept)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(16.dp)) {
                Column {
                    Label(offer.municipality, size = Size.Title, bold = true)
                    Label(offer.programme)
                }
                if (offer.isTraining) Banner(Icons.Info, palette.revisit, words.enrolTraining)
                Fingerprint(words.enrolCity, offer.fingerprint)
                Label(words.enrolCompare, bold = true)
                Choice(listOf(true to words.enrolSame, false to words.enrolOther), if (state.isCompared) true else null, actions::compared)
                if (state.isCompared) FirstPin(state, offer, actions)
            }
        }
    }
}

@Composable
private fun FirstPin(state: EnrolState, offer: EnrolmentOffer, actions: EnrolActions) {
    val words = LocalWords.current
    Label(words.enrolWho, bold = true)
    Choice(offer.staff.map { it.code to it.name }, state.staff, actions::staff)
    Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp), Alignment.Top) {
        Field(words.enrolPin, state.pin.text, actions::pin, Modifier.weight(1f), Keys.Secret, problem = state.pin.problem, help = words.enrolPinNote)
        Field(words.enrolPinAgain, state.again.text, actions::again, Modifier.weight(1f), Keys.Secret, problem = state.again.problem)
    }
    val isReady = state.staff != null && state.pin.text.isNotEmpty() && state.pin.text == state.again.text && !state.isBusy
    PrimaryButton(words.enrolDo, actions::accept, enabled = isReady)
    if (!isReady && !state.isBusy) Note(words.enrolNotReady)
}
