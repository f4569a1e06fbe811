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
import app.homon.design.CheckRow
import app.homon.design.Choice
import app.homon.design.Divider
import app.homon.design.Field
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.Size

/** Who says that the resident wants this. */
enum class Speaker { Resident, Representative }

/** Why someone may speak for the resident. */
enum class Authority { Parent, GuardianOfMinor, GuardianOfAdult }

/** How the wish was expressed. */
enum class Expression { Spoken, Written, Gesture }

/** What was asked before anything else, as far as it is answered. */
@Immutable
data class ConsentState(
    val head: CaseHead,
    /** The words that the city approved for explaining, one set for each kind of service; read to the resident. */
    val explanations: List<Option>,
    val explanation: String? = explanations.firstOrNull()?.code,
    val explained: Boolean = false,
    val speaker: Speaker? = null,
    val representative: String = "",
    val authority: Authority? = null,
    val proofSeen: Boolean = false,
    val expression: Expression? = null,
    val leaveBehind: Boolean = false,
    val isDoubtful: Boolean = false,
    val registeredHere: Boolean? = null,
    val movePlanned: Boolean? = null,
    val reason: String? = null,
)

/** What a person does on the consent page. */
interface ConsentActions : CaseActions {
    fun change(state: ConsentState)
}

/** The resident decides: what is explained, who says yes and how, and whether it may be done here. */
@Composable
fun ConsentScreen(state: ConsentState, actions: ConsentActions, frame: FrameActions) {
    val words = LocalWords.current
    CaseFrame(state.head, actions, frame, words.consentNext, state.reason) {
        TwoColumns({ Explaining(state, actions) }, { Wish(state, actions) })
    }
}

@Composable
private fun Explaining(state: ConsentState, actions: ConsentActions) {
    val words = LocalWords.current
    Column {
        Heading(words.consentExplain)
        Panel {
            if (state.explanations.size > 1) {
                Choice(state.explanations.map { it.code to it.name }, state.explanation, { actions.change(state.copy(explanation = it)) }, Modifier.padding(20.dp))
            }
            Label(state.explanations.firstOrNull { it.code == state.explanation }?.note.orEmpty(), Modifier.padding(20.dp), Size.Name)
            Divider()
            CheckRow(state.explained, { actions.change(state.copy(explained = it)) }, words.consentExplained)
            Divider()
            CheckRow(state.leaveBehind, { actions.change(state.copy(leaveBehind = it)) }, words.consentSheet, detail = words.consentSheetNote)
        }
    }
    Column {
        Heading(words.consentMay)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(12.dp)) {
                Label(words.consentRegistered, bold = true)
                YesNo(state.registeredHere) { actions.change(state.copy(registeredHere = it)) }
                Label(words.consentMove, bold = true)
                YesNo(state.movePlanned) { actions.change(state.copy(movePlanned = it)) }
            }
        }
    }
}

@Composable
private fun YesNo(answer: Boolean?, onAnswer: (Boolean) -> Unit) {
    val words = LocalWords.current
    Choice(listOf(true to words.consentYes, false to words.consentNo), answer, onAnswer)
}

@Composable
private fun Wish(state: ConsentState, actions: ConsentActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    Column {
        Heading(words.consentWish)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(12.dp)) {
                Label(words.consentWho, bold = true)
                Choice(
                    listOf(Speaker.Resident to words.consentResident, Speaker.Representative to words.consentRepresentative),
                    state.speaker,
                    { actions.change(state.copy(speaker = it)) },
                )
                if (state.speaker == Speaker.Representative) Representative(state, actions)
                Label(words.consentHow, bold = true)
                Choice(
                    listOf(Expression.Spoken to words.consentSpoken, Expression.Written to words.consentWritten, Expression.Gesture to words.consentGesture),
                    state.expression,
                    { actions.change(state.copy(expression = it)) },
                )
                Note(words.consentFamily)
            }
            Divider()
            CheckRow(state.isDoubtful, { actions.change(state.copy(isDoubtful = it)) }, words.consentDoubt, detail = words.consentDoubtNote)
        }
    }
    if (state.isDoubtful) Banner(Icons.Clock, palette.revisit, words.consentNotToday, detail = words.consentNotTodayNote)
}

@Composable
private fun Representative(state: ConsentState, actions: ConsentActions) {
    val words = LocalWords.current
    Field(words.consentRepresentativeName, state.representative, { actions.change(state.copy(representative = it)) }, Modifier.fillMaxWidth())
    Choice(
        listOf(Authority.Parent to words.consentParent, Authority.GuardianOfMinor to words.consentGuardianMinor, Authority.GuardianOfAdult to words.consentGuardianAdult),
        state.authority,
        { actions.change(state.copy(authority = it)) },
    )
    CheckRow(state.proofSeen, { actions.change(state.copy(proofSeen = it)) }, words.consentProof)
}
