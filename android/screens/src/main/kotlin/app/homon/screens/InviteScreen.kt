package app.homon.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import app.homon.design.ActionBar
import app.homon.design.Choice
import app.homon.design.CodePicture
import app.homon.design.Destination
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalLayout
import app.homon.design.LocalWords
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.PlainButton
import app.homon.design.Room
import app.homon.design.Safety
import app.homon.design.StillCode

/** The code by which a further tablet works on the same visit. */
@Immutable
data class InviteState(
    val site: String,
    val safety: Safety,
    /** Which tablets may be added. */
    val numbers: List<Int>,
    val chosen: Int? = null,
    val code: CodePicture? = null,
    val problem: String? = null,
    val unread: Int = 0,
)

/** What a person does on the page for a further tablet. */
interface InviteActions {
    fun choose(number: Int)
    fun back()
}

/** Which tablet is added, and the code that its camera reads. */
@Composable
fun InviteScreen(state: InviteState, actions: InviteActions, frame: FrameActions) {
    val words = LocalWords.current
    val bar: @Composable () -> Unit = { ActionBar(leading = { PlainButton(words.joinBack, actions::back, icon = Icons.Back) }) {} }
    Frame(words.joinTitle, state.site, state.safety, frame, Destination.Visit, state.unread, bar = bar, problem = state.problem) {
        // Where there is one column, the code is seen without scrolling; what to do with it stands below.
        if (LocalLayout.current.room == Room.TwoPanes) {
            TwoColumns({ Which(state, actions); How() }, { Code(state) })
        } else {
            TwoColumns({ Which(state, actions) }, { Code(state); How() })
        }
    }
}

@Composable
private fun Which(state: InviteState, actions: InviteActions) {
    val words = LocalWords.current
    Column {
        Heading(words.joinWhich)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(12.dp)) {
                Choice(state.numbers.map { it to words.joinNth(it) }, state.chosen, actions::choose)
                Note(words.joinWhichNote)
            }
        }
    }
}

@Composable
private fun How() {
    val words = LocalWords.current
    Column {
        Heading(words.joinHow)
        Panel { Label(words.joinHowSteps, Modifier.padding(20.dp)) }
    }
}

@Composable
private fun Code(state: InviteState) {
    val words = LocalWords.current
    val (number, code) = (state.chosen ?: 0) to state.code
    Column {
        Heading(if (code == null) words.joinTitle else words.joinCode(number))
        Panel {
            Column(Modifier.fillMaxWidth().padding(20.dp), Arrangement.spacedBy(12.dp), Alignment.CenterHorizontally) {
                if (code == null) Label(words.joinFirst) else StillCode(code, words.joinCode(number))
                if (code != null) Note(words.joinCodeNote)
            }
        }
    }
}
