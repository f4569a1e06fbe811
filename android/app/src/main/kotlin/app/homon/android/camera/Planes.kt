package app.homon.android.camera

import android.graphics.Bitmap
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.asImageBitmap
import java.nio.ByteBuffer

/** A frame in YUV 4:2:0: brightness for each pixel, colour for each four (BT.601, full range). */
class Planes(
    private val width: Int,
    private val height: Int,
    private val y: ByteBuffer,
    private val u: ByteBuffer,
    private val v: ByteBuffer,
    private val rowStride: Int,
    private val colourRowStride: Int,
    private val colourPixelStride: Int,
) {
    /** The picture turned clockwise by [quarters], at half its size: enough to be shown, and quick. */
    fun upright(quarters: Int): Pixels {
        val (across, down) = width / 2 to height / 2
        val pixels = if (quarters % 2 == 0) Pixels(across, down) else Pixels(down, across)
        for (row in 0 until down) {
            for (column in 0 until across) {
                val at = when (quarters) {
                    1 -> column * pixels.width + (down - 1 - row)
                    2 -> (down - 1 - row) * pixels.width + (across - 1 - column)
                    3 -> (across - 1 - column) * pixels.width + row
                    else -> row * pixels.width + column
                }
                pixels.colours[at] = colour(row, column)
            }
        }
        return pixels
    }

    private fun colour(row: Int, column: Int): Int {
        val light = (y[row * 2 * rowStride + column * 2].toInt() and 255) shl 8
        val at = row * colourRowStride + column * colourPixelStride
        val (blue, red) = (u[at].toInt() and 255) - 128 to (v[at].toInt() and 255) - 128
        val r = (light + 359 * red shr 8).coerceIn(0, 255)
        val g = (light - 88 * blue - 183 * red shr 8).coerceIn(0, 255)
        val b = (light + 454 * blue shr 8).coerceIn(0, 255)
        return 255 shl 24 or (r shl 16) or (g shl 8) or b
    }
}

/** Colours in rows. */
class Pixels(val width: Int, val height: Int) {
    val colours = IntArray(width * height)

    fun toBitmap(): ImageBitmap = Bitmap.createBitmap(colours, width, height, Bitmap.Config.ARGB_8888).asImageBitmap()
}
