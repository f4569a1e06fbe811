package app.homon.desk

import com.google.zxing.BinaryBitmap
import com.google.zxing.DecodeHintType
import com.google.zxing.ReaderException
import com.google.zxing.RGBLuminanceSource
import com.google.zxing.common.HybridBinarizer
import com.google.zxing.qrcode.QRCodeReader
import java.awt.image.BufferedImage
import java.io.ByteArrayInputStream
import javax.imageio.ImageIO

/** What the QR codes on a picture say, one after another where the picture moves. */
fun codesOn(file: ByteArray): Sequence<String> = sequence {
    ImageIO.createImageInputStream(ByteArrayInputStream(file)).use { stream ->
        val reader = ImageIO.getImageReaders(stream).asSequence().firstOrNull() ?: return@sequence
        reader.input = stream
        for (at in 0 until reader.getNumImages(true)) codeOn(reader.read(at))?.let { yield(it) }
        reader.dispose()
    }
}

private fun codeOn(picture: BufferedImage): String? {
    val pixels = picture.getRGB(0, 0, picture.width, picture.height, null, 0, picture.width)
    val bitmap = BinaryBitmap(HybridBinarizer(RGBLuminanceSource(picture.width, picture.height, pixels)))
    return try {
        QRCodeReader().decode(bitmap, mapOf(DecodeHintType.TRY_HARDER to true)).text
    } catch (_: ReaderException) {
        null
    }
}
