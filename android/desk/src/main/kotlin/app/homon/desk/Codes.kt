package app.homon.desk

import com.google.zxing.BinaryBitmap
import com.google.zxing.DecodeHintType
import com.google.zxing.NotFoundException
import com.google.zxing.RGBLuminanceSource
import com.google.zxing.common.HybridBinarizer
import com.google.zxing.qrcode.QRCodeReader
import java.io.ByteArrayInputStream
import javax.imageio.ImageIO

/** What the QR code on a picture says; `null` when there is none that can be read. */
fun codeOn(file: ByteArray): String? {
    val picture = ImageIO.read(ByteArrayInputStream(file)) ?: return null
    val pixels = picture.getRGB(0, 0, picture.width, picture.height, null, 0, picture.width)
    val bitmap = BinaryBitmap(HybridBinarizer(RGBLuminanceSource(picture.width, picture.height, pixels)))
    return try {
        QRCodeReader().decode(bitmap, mapOf(DecodeHintType.TRY_HARDER to true)).text
    } catch (_: NotFoundException) {
        null
    }
}
