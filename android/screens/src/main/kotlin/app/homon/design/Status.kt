package app.homon.design

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.CornerRadius
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size as Extent
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.Path
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.StrokeJoin
import androidx.compose.ui.graphics.drawscope.DrawScope
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp

/** Where a resident of a visit stands. Colour, shape and word always come together. */
enum class Standing { NotReceived, Draft, Ready, Attention, Refused, Withdrawn, Revisit, Ineligible }

@Composable
fun toneOf(standing: Standing): Tone {
    val palette = LocalPalette.current
    return when (standing) {
        Standing.Draft -> palette.progress
        Standing.Ready -> palette.ok
        Standing.Attention -> palette.attention
        Standing.Revisit -> palette.revisit
        Standing.NotReceived, Standing.Refused, Standing.Withdrawn, Standing.Ineligible -> palette.quiet
    }
}

@Composable
fun wordOf(standing: Standing): String {
    val words = LocalWords.current
    return when (standing) {
        Standing.NotReceived -> words.statusNotReceived
        Standing.Draft -> words.statusDraft
        Standing.Ready -> words.statusReady
        Standing.Attention -> words.statusAttention
        Standing.Refused -> words.statusRefused
        Standing.Withdrawn -> words.statusWithdrawn
        Standing.Revisit -> words.statusRevisit
        Standing.Ineligible -> words.statusIneligible
    }
}

/** The shape of a standing, [size] high. */
@Composable
fun Mark(standing: Standing, modifier: Modifier = Modifier, size: Dp = 16.dp, colour: Color = toneOf(standing).solid, inside: Color = LocalPalette.current.surface) {
    Canvas(modifier.size(LocalLayout.current.sign(size))) { draw(standing, colour, inside) }
}

/** A standing in colour, shape and word. */
@Composable
fun StatusChip(standing: Standing, modifier: Modifier = Modifier) {
    val tone = toneOf(standing)
    val shape = RoundedCornerShape(4.dp)
    Row(
        modifier.background(tone.ground, shape).border(1.dp, tone.line, shape).padding(start = 6.dp, end = 7.dp, top = 1.dp, bottom = 1.dp),
        Arrangement.spacedBy(6.dp),
        Alignment.CenterVertically,
    ) {
        Mark(standing, inside = tone.ground)
        Label(wordOf(standing), size = Size.Note, bold = true, colour = tone.text)
    }
}

private fun DrawScope.draw(standing: Standing, colour: Color, inside: Color) {
    val side = size.minDimension
    val line = Stroke(side * 0.12f, cap = StrokeCap.Round, join = StrokeJoin.Round)
    val middle = Offset(side / 2, side / 2)
    val radius = side / 2 - line.width / 2
    when (standing) {
        Standing.NotReceived -> drawCircle(colour, radius, middle, style = line)
        Standing.Draft -> {
            drawCircle(colour, radius, middle, style = line)
            drawArc(colour, 90f, 180f, true, Offset(line.width / 2, line.width / 2), Extent(radius * 2, radius * 2))
        }
        Standing.Ready -> {
            drawCircle(colour, side / 2, middle)
            drawPath(path(side, 0.27f to 0.52f, 0.43f to 0.68f, 0.74f to 0.35f), inside, style = Stroke(side * 0.13f, cap = StrokeCap.Round, join = StrokeJoin.Round))
        }
        Standing.Attention -> {
            drawPath(path(side, 0.5f to 0.08f, 0.96f to 0.9f, 0.04f to 0.9f).apply { close() }, colour)
            drawPath(path(side, 0.5f to 0.08f, 0.96f to 0.9f, 0.04f to 0.9f).apply { close() }, colour, style = Stroke(side * 0.08f, join = StrokeJoin.Round))
            drawLine(inside, Offset(side * 0.5f, side * 0.38f), Offset(side * 0.5f, side * 0.6f), side * 0.1f, StrokeCap.Round)
            drawCircle(inside, side * 0.06f, Offset(side * 0.5f, side * 0.77f))
        }
        Standing.Refused -> {
            square(colour, side, null)
            drawLine(inside, Offset(side * 0.28f, side / 2), Offset(side * 0.72f, side / 2), side * 0.13f, StrokeCap.Round)
        }
        Standing.Withdrawn -> {
            square(colour, side, line)
            drawLine(colour, Offset(side * 0.3f, side * 0.7f), Offset(side * 0.7f, side * 0.3f), line.width, StrokeCap.Round)
        }
        Standing.Revisit -> {
            val inset = side * 0.14f
            drawArc(colour, -150f, 300f, false, Offset(inset, inset), Extent(side - 2 * inset, side - 2 * inset), style = line)
            drawPath(path(side, 0.08f to 0.12f, 0.14f to 0.42f, 0.44f to 0.38f), colour, style = line)
        }
        Standing.Ineligible -> {
            drawPath(path(side, 0.16f to 0.78f, 0.16f to 0.45f, 0.5f to 0.12f, 0.84f to 0.45f, 0.84f to 0.78f).apply { close() }, colour, style = line)
            drawLine(colour, Offset(side * 0.06f, side * 0.94f), Offset(side * 0.94f, side * 0.94f), line.width, StrokeCap.Round)
        }
    }
}

private fun DrawScope.square(colour: Color, side: Float, line: Stroke?) {
    val inset = side * 0.07f
    val extent = Extent(side - 2 * inset, side - 2 * inset)
    val corner = CornerRadius(side * 0.14f)
    if (line == null) drawRoundRect(colour, Offset(inset, inset), extent, corner) else drawRoundRect(colour, Offset(inset, inset), extent, corner, line)
}

private fun path(side: Float, vararg points: Pair<Float, Float>): Path = Path().apply {
    points.forEachIndexed { at, (x, y) -> if (at == 0) moveTo(x * side, y * side) else lineTo(x * side, y * side) }
}
