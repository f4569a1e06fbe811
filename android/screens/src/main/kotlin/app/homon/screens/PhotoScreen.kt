package app.homon.screens

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.geometry.CornerRadius
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.geometry.Size as Extent
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.PathEffect
import androidx.compose.ui.graphics.drawscope.DrawScope
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.homon.design.ControlShape
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Icon
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalLayout
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Mark
import app.homon.design.Note
import app.homon.design.Palette
import app.homon.design.Panel
import app.homon.design.Room
import app.homon.design.Safety
import app.homon.design.SecondaryButton
import app.homon.design.Size
import app.homon.design.Standing
import app.homon.design.pressable

/** What the camera is guided to right now. */
@Immutable
data class PhotoState(
    val name: String,
    val about: String,
    val safety: Safety,
    /** What the camera sees; `null` before its first frame. Never stored. */
    val preview: ImageBitmap?,
    /** What the print would show, in shares of the preview. */
    val print: Rect?,
    /** Around the face, likewise. */
    val face: Rect?,
    /** The one thing to say, and a plain sentence. */
    val hint: String,
    val hintNote: String?,
    val isReady: Boolean,
    /** Why nobody guides, where it is so; photos can be taken all the same. */
    val unguided: String? = null,
)

/** What a person does at the camera. */
interface PhotoActions {
    fun shoot()
    fun exceptions()
}

/** Dark, so that the picture is the light; one hint; it shoots by itself. */
@Composable
fun PhotoScreen(state: PhotoState, actions: PhotoActions, frame: FrameActions) {
    CompositionLocalProvider(LocalPalette provides Palette.Dark) {
        val layout = LocalLayout.current
        Frame(state.name, state.about, state.safety, frame, here = null) {
            if (layout.room != Room.Narrow && !layout.isPortrait) {
                Row(Modifier.fillMaxSize().padding(20.dp), Arrangement.spacedBy(20.dp)) {
                    Column(Modifier.weight(1f).fillMaxHeight(), Arrangement.spacedBy(12.dp)) {
                        Preview(state, Modifier.weight(1f))
                        HintBar(state)
                    }
                    Column(Modifier.width(layout.sign(300.dp).coerceAtMost(380.dp)).fillMaxHeight()) {
                        Column(Modifier.weight(1f).verticalScroll(rememberScrollState()), Arrangement.spacedBy(16.dp)) { Aside(state, actions) }
                        Shutter(state, actions)
                    }
                }
            } else {
                Column(Modifier.fillMaxSize().padding(16.dp), Arrangement.spacedBy(12.dp)) {
                    Preview(state, Modifier.weight(1f))
                    HintBar(state)
                    Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(16.dp), Alignment.CenterVertically) {
                        SecondaryButton(LocalWords.current.photoExceptions, actions::exceptions, Modifier.weight(1f), icon = Icons.Bed)
                        Shutter(state, actions)
                    }
                }
            }
        }
    }
}

@Composable
private fun Preview(state: PhotoState, modifier: Modifier) {
    val palette = LocalPalette.current
    val spoken = LocalWords.current.photoPreview
    Box(modifier.fillMaxWidth().clip(ControlShape).background(palette.disabled).semantics { contentDescription = spoken }, Alignment.Center) {
        if (state.preview != null) Image(state.preview, null, Modifier.fillMaxSize(), contentScale = ContentScale.Fit)
        Canvas(Modifier.fillMaxSize()) {
            val shown = fitted(state.preview, size)
            state.print?.let { drawPrint(it.within(shown)) }
            state.face?.let { drawFace(it.within(shown), state.isReady, palette.ok.solid) }
        }
    }
}

/** Where a picture lies that fits into `size` as a whole. */
private fun fitted(picture: ImageBitmap?, size: Extent): Rect {
    if (picture == null) return Rect(Offset.Zero, size)
    val scale = minOf(size.width / picture.width, size.height / picture.height)
    val extent = Extent(picture.width * scale, picture.height * scale)
    return Rect(Offset((size.width - extent.width) / 2, (size.height - extent.height) / 2), extent)
}

private fun Rect.within(whole: Rect): Rect = Rect(
    whole.left + left * whole.width,
    whole.top + top * whole.height,
    whole.left + right * whole.width,
    whole.top + bottom * whole.height,
)

private fun DrawScope.drawPrint(print: Rect) {
    drawRoundRect(Color.White, print.topLeft, print.size, CornerRadius(8.dp.toPx()), Stroke(3.dp.toPx()))
}

/** Yellow dashes over black ones, so that they are seen on any ground; a green line once all is well. */
private fun DrawScope.drawFace(face: Rect, isReady: Boolean, ready: Color) {
    if (isReady) {
        drawOval(ready, face.topLeft, face.size, style = Stroke(5.dp.toPx()))
        return
    }
    drawOval(Color.Black, face.topLeft, face.size, style = Stroke(6.dp.toPx(), pathEffect = PathEffect.dashPathEffect(floatArrayOf(20.dp.toPx(), 12.dp.toPx()))))
    drawOval(Palette.Focus, face.topLeft, face.size, style = Stroke(4.dp.toPx(), pathEffect = PathEffect.dashPathEffect(floatArrayOf(20.dp.toPx(), 12.dp.toPx()))))
}

/** One hint, under the picture and never on the face. It is black on yellow in both themes. */
@Composable
private fun HintBar(state: PhotoState) {
    Row(
        Modifier.fillMaxWidth().heightIn(min = 80.dp).background(Palette.Focus, ControlShape).padding(24.dp, 10.dp)
            .semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Polite },
        Arrangement.spacedBy(20.dp),
        Alignment.CenterVertically,
    ) {
        Icon(if (state.isReady) Icons.Check else Icons.Turn, Color.Black, size = 28.dp)
        Column {
            Label(state.hint, size = Size.Verdict, bold = true, colour = Color(0xFF1A1A1A))
            if (state.hintNote != null && !LocalLayout.current.isLarge) Label(state.hintNote, colour = Color(0xFF1A1A1A))
        }
    }
}

@Composable
private fun Aside(state: PhotoState, actions: PhotoActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    if (state.unguided != null) Label(state.unguided, colour = palette.attention.text, bold = true)
    SecondaryButton(words.photoExceptions, actions::exceptions, Modifier.fillMaxWidth(), icon = Icons.Bed)
}

@Composable
private fun Shutter(state: PhotoState, actions: PhotoActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    val layout = LocalLayout.current
    Row(verticalAlignment = Alignment.CenterVertically) {
        if (!layout.isPortrait && !layout.isLarge) {
            Column(Modifier.weight(1f)) {
                if (state.unguided == null) Note(if (state.isReady) words.photoShooting else words.photoByItself)
                Note(words.photoByHand)
            }
        } else if (!layout.isPortrait) {
            Spacer(Modifier.weight(1f))
        }
        val label = words.photoShoot
        Box(
            Modifier.size(112.dp).border(6.dp, if (state.isReady) palette.ok.solid else palette.divider, CircleShape).padding(12.dp)
                .background(palette.primary, CircleShape).pressable(CircleShape, onPress = actions::shoot).semantics { contentDescription = label },
            Alignment.Center,
        ) { Icon(Icons.Camera, palette.onPrimary, size = 36.dp) }
    }
}
