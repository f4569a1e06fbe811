package app.homon.design

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.widthIn
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableIntStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.animation.core.withInfiniteAnimationFrameMillis
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.drawscope.DrawScope
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import kotlin.math.floor

/** A QR code: [modules] on each side, row by row, 1 where it is dark. */
@Immutable
class CodePicture(val side: Int, val modules: ByteArray)

/** A code for a camera. Black on white whatever the theme: a camera wants no other. */
@Composable
fun StillCode(code: CodePicture, label: String, modifier: Modifier = Modifier) {
    Canvas(modifier.widthIn(max = 340.dp).fillMaxWidth().aspectRatio(1f).semantics { contentDescription = label; role = Role.Image }) { draw(code) }
}

/** Codes that follow each other, five in a second. */
@Composable
fun MovingCode(codes: List<CodePicture>, label: String, modifier: Modifier = Modifier) {
    var at by remember(codes) { mutableIntStateOf(0) }
    LaunchedEffect(codes) {
        var start: Long? = null
        while (true) withInfiniteAnimationFrameMillis { now ->
            at = ((now - (start ?: now.also { start = it })) / SHOWN_MILLIS % codes.size).toInt()
        }
    }
    StillCode(codes[at], label, modifier)
}

/** Modules of whole pixels: a camera reads even ones best. */
private fun DrawScope.draw(code: CodePicture) {
    val module = floor(size.minDimension / (code.side + 2 * QUIET)).coerceAtLeast(1f)
    val left = floor((size.width - module * code.side) / 2)
    val top = floor((size.height - module * code.side) / 2)
    drawRect(Color.White)
    for (row in 0 until code.side) for (column in 0 until code.side) {
        if (code.modules[row * code.side + column] == DARK) drawRect(Color.Black, Offset(left + column * module, top + row * module), Size(module, module))
    }
}

private const val DARK: Byte = 1
private const val QUIET = 4
private const val SHOWN_MILLIS = 200L
