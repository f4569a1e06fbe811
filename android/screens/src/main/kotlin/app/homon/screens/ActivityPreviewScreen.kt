package app.homon.screens

import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.homon.design.ActionBar
import app.homon.design.Banner
import app.homon.design.CheckRow
import app.homon.design.ControlShape
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icon
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalLayout
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Panel
import app.homon.design.PlainButton
import app.homon.design.PrimaryButton
import app.homon.design.Safety

/** The covered photo, exactly as it would be kept. */
@Immutable
data class CoverPreviewState(
    val safety: Safety,
    val picture: ImageBitmap?,
    /** Whether the person says that nobody in it can be known. */
    val isSeen: Boolean,
    val isBusy: Boolean = false,
    val problem: String? = null,
)

/** What a person does with the covered photo. */
interface CoverPreviewActions {
    fun seen(isSeen: Boolean)
    fun store()
    fun change()
}

/** The covered photo is looked at by a person before it is kept; the one that was taken is gone then. */
@Composable
fun ActivityPreviewScreen(state: CoverPreviewState, actions: CoverPreviewActions, frame: FrameActions) {
    val words = LocalWords.current
    val reason = if (state.isSeen) null else words.activityNobodyFirst
    val bar: @Composable () -> Unit = {
        ActionBar(reason, leading = { PlainButton(words.activityBackToMarks, actions::change, icon = Icons.Back) }) {
            PrimaryButton(words.activityStore, actions::store, icon = Icons.Check, enabled = reason == null && !state.isBusy)
        }
    }
    Frame(words.activityPreviewTitle, null, state.safety, frame, here = null, bar = bar) {
        PictureBeside({ modifier -> Covered(state, modifier) }) {
            val palette = LocalPalette.current
            if (state.problem != null) Banner(null, palette.error, state.problem)
            // What blocks is seen without scrolling, also where the text is large.
            if (LocalLayout.current.isLarge) Seen(state, actions)
            Banner(Icons.Info, palette.progress, words.activityPreviewHint, detail = words.activityPreviewNote)
            Look()
            if (!LocalLayout.current.isLarge) Seen(state, actions)
        }
    }
}

@Composable
private fun Covered(state: CoverPreviewState, modifier: Modifier) {
    Box(modifier.clip(ControlShape).background(LocalPalette.current.disabled), Alignment.Center) {
        if (state.picture != null) Image(state.picture, LocalWords.current.activityPreviewPicture, Modifier.fillMaxSize(), contentScale = ContentScale.Fit)
    }
}

@Composable
private fun Seen(state: CoverPreviewState, actions: CoverPreviewActions) {
    val words = LocalWords.current
    Panel { CheckRow(state.isSeen, actions::seen, words.activityNobody, detail = words.activityNobodyNote) }
}

/** What people overlook: it is said, not ticked off. */
@Composable
private fun Look() {
    val words = LocalWords.current
    val palette = LocalPalette.current
    Column {
        Heading(words.activityCheck)
        Panel {
            Column(Modifier.fillMaxWidth().padding(16.dp, 12.dp), Arrangement.spacedBy(8.dp)) {
                for ((sign, what) in listOf(Icons.Person to words.activityCheckFaces, Icons.Card to words.activityCheckNames, Icons.Paper to words.activityCheckPapers)) {
                    Row(Modifier.semantics(mergeDescendants = true) {}, Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
                        Icon(sign, palette.secondary)
                        Label(what, Modifier.weight(1f))
                    }
                }
            }
        }
    }
}
