package app.homon.screens

import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.homon.design.Banner
import app.homon.design.ControlShape
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.HintBand
import app.homon.design.Icon
import app.homon.design.Icons
import app.homon.design.LocalLayout
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Palette
import app.homon.design.Safety
import app.homon.design.pressable

/** The camera before a room. */
@Immutable
data class ActivityCameraState(
    val safety: Safety,
    /** What the camera sees; `null` before its first frame. Never stored. */
    val preview: ImageBitmap?,
    val problem: String? = null,
)

/** What a person does at the camera. */
interface ActivityCameraActions {
    fun shoot()
}

/** Dark, so that the picture is the light; nobody is guided, a press takes the photo. */
@Composable
fun ActivityCameraScreen(state: ActivityCameraState, actions: ActivityCameraActions, frame: FrameActions) {
    CompositionLocalProvider(LocalPalette provides Palette.Dark) {
        Frame(LocalWords.current.activityTitle, null, state.safety, frame, here = null) {
            if (LocalLayout.current.isPortrait) {
                Column(Modifier.fillMaxSize().padding(16.dp), Arrangement.spacedBy(16.dp), Alignment.CenterHorizontally) {
                    Viewfinder(state, Modifier.fillMaxWidth().weight(1f))
                    Hint(state)
                    Shutter(actions)
                }
            } else {
                Row(Modifier.fillMaxSize().padding(20.dp), Arrangement.spacedBy(20.dp)) {
                    Column(Modifier.weight(1f).fillMaxHeight(), Arrangement.spacedBy(12.dp)) {
                        Viewfinder(state, Modifier.fillMaxWidth().weight(1f))
                        Hint(state)
                    }
                    Column(Modifier.fillMaxHeight(), Arrangement.Bottom) { Shutter(actions) }
                }
            }
        }
    }
}

@Composable
private fun Viewfinder(state: ActivityCameraState, modifier: Modifier) {
    val spoken = LocalWords.current.activityViewfinder
    Box(modifier.clip(ControlShape).background(LocalPalette.current.disabled).semantics { contentDescription = spoken }, Alignment.Center) {
        if (state.preview != null) Image(state.preview, null, Modifier.fillMaxSize(), contentScale = ContentScale.Fit)
    }
}

@Composable
private fun Hint(state: ActivityCameraState) {
    val words = LocalWords.current
    if (state.problem != null) Banner(null, LocalPalette.current.error, state.problem)
    else HintBand(Icons.Picture, words.activityViewfinderHint, words.activityViewfinderNote)
}

@Composable
private fun Shutter(actions: ActivityCameraActions) {
    val palette = LocalPalette.current
    val label = LocalWords.current.photoShoot
    Box(
        Modifier.size(112.dp).border(6.dp, palette.divider, CircleShape).padding(12.dp).background(palette.primary, CircleShape)
            .pressable(CircleShape, onPress = actions::shoot).semantics { contentDescription = label },
        Alignment.Center,
    ) { Icon(Icons.Camera, palette.onPrimary, size = 36.dp) }
}
