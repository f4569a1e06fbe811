package app.homon.screens

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.gestures.detectDragGestures
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.runtime.MutableState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberUpdatedState
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
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.text.TextLayoutResult
import androidx.compose.ui.text.drawText
import androidx.compose.ui.text.rememberTextMeasurer
import androidx.compose.ui.unit.dp
import app.homon.design.ControlShape
import app.homon.design.LocalLayout
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Palette
import app.homon.design.Size
import app.homon.design.textStyle

/** What is covered on a photo of the activity. */
enum class CoverKind { Face, Text }

/** Something that is going to be covered: its number, and where it lies in shares of the picture. */
@Immutable
data class CoverMark(val number: Int, val kind: CoverKind, val where: Rect, val isFound: Boolean)

/** So little of a picture is a slip of the finger and not a frame. */
private const val SLIP = 0.01f

/**
 * The photo as it was taken with numbered frames over it. Dragging over it gives one more frame, in shares of the picture;
 * [pending] is a frame that is moved by buttons.
 */
@Composable
fun CoverPicture(picture: ImageBitmap, marks: List<CoverMark>, pending: Rect?, onDrawn: (Rect) -> Unit, modifier: Modifier = Modifier) {
    val spoken = LocalWords.current.activityPicture(marks.size)
    val drawn = remember { mutableStateOf<Rect?>(null) }
    val measurer = rememberTextMeasurer()
    // Numbers grow as signs do, not as text: they would hide the picture.
    val size = with(LocalDensity.current) { LocalLayout.current.sign(14.dp).toSp() }
    val style = textStyle(Size.Note, bold = true, colour = Palette.Focus).copy(fontSize = size)
    Box(modifier.background(LocalPalette.current.disabled, ControlShape), Alignment.Center) {
        Box(
            Modifier.aspectRatio(picture.width.toFloat() / picture.height).clip(ControlShape).drawable(drawn, onDrawn)
                .clearAndSetSemantics { contentDescription = spoken },
        ) {
            Image(picture, null, Modifier.fillMaxSize(), contentScale = ContentScale.FillBounds)
            Canvas(Modifier.fillMaxSize()) {
                // Frames lie over numbers: what is covered must be seen, whatever hangs near it.
                for (mark in marks) drawNumber(mark, measurer.measure("${mark.number}", style))
                for (mark in marks) drawFrame(mark.where, isDashed = false)
                pending?.let { drawFrame(it, isDashed = true) }
                drawn.value?.let { drawFrame(it, isDashed = true) }
            }
        }
    }
}

/** A finger, pen or mouse draws a frame from one corner to the other. */
@Composable
private fun Modifier.drawable(drawn: MutableState<Rect?>, onDrawn: (Rect) -> Unit): Modifier {
    val whenDrawn by rememberUpdatedState(onDrawn)
    return pointerInput(drawn) {
        var from = Offset.Zero
        detectDragGestures(
            onDragStart = { from = it },
            onDragEnd = {
                drawn.value?.takeIf { it.width > SLIP && it.height > SLIP }?.let(whenDrawn)
                drawn.value = null
            },
            onDragCancel = { drawn.value = null },
        ) { change, _ ->
            change.consume()
            val (x, y) = listOf(from.x, change.position.x).map { (it / size.width).coerceIn(0f, 1f) } to listOf(from.y, change.position.y).map { (it / size.height).coerceIn(0f, 1f) }
            drawn.value = Rect(x.min(), y.min(), x.max(), y.max())
        }
    }
}

/** Yellow over black, so that it is seen on any ground. */
private fun DrawScope.drawFrame(where: Rect, isDashed: Boolean) {
    val corner = Offset(where.left * size.width, where.top * size.height)
    val extent = Extent(where.width * size.width, where.height * size.height)
    val dashes = if (isDashed) PathEffect.dashPathEffect(floatArrayOf(12.dp.toPx(), 7.dp.toPx())) else null
    drawRoundRect(Color.Black, corner, extent, CornerRadius(4.dp.toPx()), Stroke(6.dp.toPx()))
    drawRoundRect(Palette.Focus, corner, extent, CornerRadius(4.dp.toPx()), Stroke(3.dp.toPx(), pathEffect = dashes))
}

/** The number hangs under its frame, so that what the frame holds is not hidden; inside where there is no room below. */
private fun DrawScope.drawNumber(mark: CoverMark, number: TextLayoutResult) {
    val inset = 6.dp.toPx()
    val extent = Extent(number.size.width + 2 * inset, number.size.height.toFloat())
    val top = (mark.where.bottom * size.height).coerceAtMost(size.height - extent.height)
    val left = (mark.where.left * size.width).coerceAtMost(size.width - extent.width)
    drawRoundRect(Color.Black, Offset(left, top), extent, CornerRadius(4.dp.toPx()))
    drawText(number, topLeft = Offset(left + inset, top))
}
