package app.homon.screens

import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.runtime.key
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.homon.design.ActionBar
import app.homon.design.Banner
import app.homon.design.Destination
import app.homon.design.FlowRowOf
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalLayout
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.PrimaryButton
import app.homon.design.Reason
import app.homon.design.Room
import app.homon.design.Safety
import app.homon.design.SecondaryButton
import app.homon.design.Size

/** A stored photo of the activity, as it will be sent. */
@Immutable
data class ActivityLine(val key: String, val title: String, val taken: String, val covered: String, val picture: ImageBitmap?)

/** The photos of a visit. */
@Immutable
data class ActivityState(
    val site: String,
    val safety: Safety,
    val photos: List<ActivityLine>,
    /** Why no photo can be added or deleted any more, where it is so. */
    val closed: String? = null,
    val hasCamera: Boolean = true,
    /** The photo of which it is asked whether it goes. */
    val deleting: String? = null,
    val isBusy: Boolean = false,
    val problem: String? = null,
    val unread: Int = 0,
)

/** What a person does with the photos of a visit. */
interface ActivityActions {
    fun shoot()
    fun choose()
    fun delete(photo: String)
    fun deleteNow()
    fun keepIt()
}

/** What shows how the visit went, with nobody in it who can be known. */
@Composable
fun ActivityScreen(state: ActivityState, actions: ActivityActions, frame: FrameActions) {
    val words = LocalWords.current
    val bar: @Composable () -> Unit = {
        ActionBar(leading = { if (state.hasCamera) SecondaryButton(words.activityChoose, actions::choose, icon = Icons.Picture, enabled = !state.isBusy, height = 56.dp) }) {
            if (state.hasCamera) PrimaryButton(words.activityShoot, actions::shoot, icon = Icons.Camera, enabled = !state.isBusy)
            else PrimaryButton(words.activityChoose, actions::choose, icon = Icons.Picture, enabled = !state.isBusy)
        }
    }
    Frame(words.activityTitle, state.site, state.safety, frame, Destination.Visit, state.unread, bar = bar.takeIf { state.closed == null }) {
        Column(Modifier.fillMaxSize().verticalScroll(rememberScrollState()).padding(20.dp), Arrangement.spacedBy(16.dp)) {
            Said(state)
            Heading(words.activityKept, note = words.activityCount(state.photos.size))
            if (state.photos.isEmpty()) Panel { Note(words.activityNone, Modifier.padding(20.dp)) }
            Cards(state, actions)
        }
    }
}

@Composable
private fun Said(state: ActivityState) {
    val palette = LocalPalette.current
    if (state.problem != null) Banner(null, palette.error, state.problem)
    if (state.isBusy) Banner(Icons.Search, palette.progress, LocalWords.current.activityLooking)
    if (state.closed != null) Banner(Icons.Lock, palette.progress, state.closed)
}

@Composable
private fun Cards(state: ActivityState, actions: ActivityActions) {
    val columns = if (LocalLayout.current.isLarge) 1 else if (LocalLayout.current.room == Room.TwoPanes) 3 else 2
    for (photos in state.photos.chunked(columns)) {
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(16.dp), Alignment.Top) {
            for (photo in photos) Box(Modifier.weight(1f)) { Card(photo, state, actions) }
            repeat(columns - photos.size) { Spacer(Modifier.weight(1f)) }
        }
    }
}

@Composable
private fun Card(photo: ActivityLine, state: ActivityState, actions: ActivityActions) {
    Panel {
        if (LocalLayout.current.isLarge) {
            Row(verticalAlignment = Alignment.Top) {
                Picture(photo, Modifier.weight(2f))
                Facts(photo, state, actions, Modifier.weight(3f))
            }
        } else {
            Picture(photo, Modifier.fillMaxWidth())
            Facts(photo, state, actions, Modifier.fillMaxWidth())
        }
    }
}

@Composable
private fun Picture(photo: ActivityLine, modifier: Modifier) {
    Box(modifier.aspectRatio(4f / 3f).background(LocalPalette.current.disabled)) {
        if (photo.picture != null) Image(photo.picture, photo.title, Modifier.fillMaxSize(), contentScale = ContentScale.Fit)
    }
}

@Composable
private fun Facts(photo: ActivityLine, state: ActivityState, actions: ActivityActions, modifier: Modifier) {
    Column(modifier.padding(16.dp), Arrangement.spacedBy(10.dp)) {
        Column(Modifier.semantics(mergeDescendants = true) {}) {
            Label(photo.title, size = Size.Name, bold = true)
            Note(photo.taken)
            Note(photo.covered)
        }
        if (state.closed == null) Deleting(photo, photo.key == state.deleting, actions)
    }
}

@Composable
private fun Deleting(photo: ActivityLine, isAsked: Boolean, actions: ActivityActions) {
    val words = LocalWords.current
    if (!isAsked) {
        SecondaryButton(words.activityDelete, { actions.delete(photo.key) }, Modifier.semantics { contentDescription = "${photo.title}　${words.activityDelete}" }, icon = Icons.Cross)
        return
    }
    Reason(words.activityDeleteAsk)
    FlowRowOf {
        SecondaryButton(words.activityKeep, actions::keepIt)
        SecondaryButton(words.activityDeleteDo, actions::deleteNow, icon = Icons.Cross)
    }
}
