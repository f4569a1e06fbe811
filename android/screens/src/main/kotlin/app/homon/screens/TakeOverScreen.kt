package app.homon.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import app.homon.design.ActionBar
import app.homon.design.Banner
import app.homon.design.CodePicture
import app.homon.design.Destination
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.MovingCode
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.PrimaryButton
import app.homon.design.Safety
import app.homon.design.SecondaryButton

/** A tablet that asks for a part of another. */
@Immutable
data class TakeOverState(
    val safety: Safety,
    /** What people compare on the two screens. */
    val fingerprint: String?,
    /** The request as codes, for the camera of the tablet that gives. */
    val codes: List<CodePicture> = emptyList(),
    /** The file with the request, once it was made. */
    val request: String? = null,
    val isBusy: Boolean = false,
    val problem: String? = null,
    val unread: Int = 0,
)

/** What a person does on the tablet that receives. */
interface TakeOverActions {
    fun ask()
    fun accept()
}

/** The request with its fingerprint, and then the file that the other tablet made for this one alone. */
@Composable
fun TakeOverScreen(state: TakeOverState, actions: TakeOverActions, frame: FrameActions) {
    val words = LocalWords.current
    val bar: @Composable () -> Unit = {
        ActionBar {
            PrimaryButton(if (state.isBusy) words.handoverAccepting else words.handoverAccept, actions::accept, icon = Icons.Exchange, enabled = !state.isBusy)
        }
    }
    Frame(words.handoverTitleTake, null, state.safety, frame, Destination.Settings, state.unread, bar = bar) {
        TwoColumns({ Ask(state, actions) }, { Accept() })
    }
}

@Composable
private fun Ask(state: TakeOverState, actions: TakeOverActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    if (state.problem != null) Banner(null, palette.error, state.problem)
    Column {
        Heading(words.handoverAskHead)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(14.dp)) {
                if (state.fingerprint != null) Fingerprint(words.handoverOwn, state.fingerprint)
                Label(words.handoverOwnNote)
                Note(words.handoverAskNote)
                if (state.codes.isNotEmpty()) MovingCode(state.codes, words.codeMoving)
                if (state.request != null) Banner(Icons.Check, palette.ok, words.handoverAskMade(state.request))
                SecondaryButton(if (state.request == null) words.handoverAskFile else words.handoverCarryAgain, actions::ask, icon = Icons.Paper, enabled = state.fingerprint != null)
            }
        }
    }
}

@Composable
private fun Accept() {
    val words = LocalWords.current
    Column {
        Heading(words.handoverAcceptHead)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(12.dp)) {
                Label(words.handoverAcceptNote)
            }
        }
    }
}
