package app.homon.desk

import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.toComposeImageBitmap
import app.homon.journeys.Camera
import app.homon.journeys.CameraFrame
import java.awt.RenderingHints
import java.awt.image.BufferedImage
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.nio.ByteBuffer
import javax.imageio.ImageIO
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOn

/** A camera before the picture in a file, of whatever kind and size: as large as a tablet's camera would see it. */
fun cameraBefore(file: ByteArray): PictureCamera {
    val picture = checkNotNull(ImageIO.read(ByteArrayInputStream(file))) { "the file is not a picture" }
    val scale = maxOf(1.0, 2000.0 / minOf(picture.width, picture.height))
    val (width, height) = (picture.width * scale).toInt() to (picture.height * scale).toInt()
    val large = BufferedImage(width, height, BufferedImage.TYPE_INT_RGB)
    large.createGraphics().apply {
        setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC)
        drawImage(picture, 0, 0, width, height, null)
        dispose()
    }
    return PictureCamera(ByteArrayOutputStream().also { ImageIO.write(large, "jpg", it) }.toByteArray())
}

/** A camera before a picture: what a desk has instead of a person. It sees the picture over and over, and shoots the file. */
class PictureCamera(private val jpeg: ByteArray, private val perSecond: Int = 10) : Camera {
    private val picture: BufferedImage = checkNotNull(ImageIO.read(ByteArrayInputStream(jpeg))) { "the file is not a picture" }
    private val preview: BufferedImage = picture.within(1280, 960)

    override val stillScale: Float = picture.width.toFloat() / preview.width

    override val frames: Flow<CameraFrame> = flow {
        val frame = frame()
        while (true) {
            emit(frame)
            delay(1000L / perSecond)
        }
    }.flowOn(Dispatchers.Default).conflate()

    override suspend fun shoot(): ByteArray = jpeg

    /** The picture as a camera would give it: brightness for each pixel, colour for each four (BT.601, full range). */
    private fun frame(): CameraFrame {
        val (width, height) = preview.width to preview.height
        val (halfWidth, halfHeight) = (width + 1) / 2 to (height + 1) / 2
        val y = ByteBuffer.allocateDirect(width * height)
        val u = ByteBuffer.allocateDirect(halfWidth * halfHeight)
        val v = ByteBuffer.allocateDirect(halfWidth * halfHeight)
        for (row in 0 until height) {
            for (column in 0 until width) {
                val colour = preview.getRGB(column, row)
                val (red, green, blue) = Triple(colour shr 16 and 255, colour shr 8 and 255, colour and 255)
                y.put(row * width + column, byte(0.299 * red + 0.587 * green + 0.114 * blue))
                if (row % 2 == 0 && column % 2 == 0) {
                    val at = row / 2 * halfWidth + column / 2
                    u.put(at, byte(128 - 0.168736 * red - 0.331264 * green + 0.5 * blue))
                    v.put(at, byte(128 + 0.5 * red - 0.418688 * green - 0.081312 * blue))
                }
            }
        }
        return CameraFrame(width, height, y, u, v, width, halfWidth, 1, 0, shown())
    }

    private fun shown(): ImageBitmap = preview.toComposeImageBitmap()

    private fun byte(value: Double): Byte = value.toInt().coerceIn(0, 255).toByte()
}

/** The picture, no larger than a preview. */
private fun BufferedImage.within(width: Int, height: Int): BufferedImage {
    val scale = minOf(1.0, width.toDouble() / this.width, height.toDouble() / this.height)
    val (newWidth, newHeight) = (this.width * scale).toInt() to (this.height * scale).toInt()
    val small = BufferedImage(newWidth, newHeight, BufferedImage.TYPE_INT_RGB)
    small.createGraphics().apply {
        drawImage(this@within.getScaledInstance(newWidth, newHeight, java.awt.Image.SCALE_AREA_AVERAGING), 0, 0, null)
        dispose()
    }
    return small
}
