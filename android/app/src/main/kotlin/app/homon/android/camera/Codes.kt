package app.homon.android.camera

import app.homon.journeys.CameraFrame
import com.google.zxing.BinaryBitmap
import com.google.zxing.DecodeHintType
import com.google.zxing.PlanarYUVLuminanceSource
import com.google.zxing.ReaderException
import com.google.zxing.common.HybridBinarizer
import com.google.zxing.qrcode.QRCodeReader

/** What the QR code before the camera says; `null` when none can be read. Brightness alone is looked at. */
fun codeOn(frame: CameraFrame): String? {
    val light = ByteArray(frame.rowStride * frame.height)
    frame.y.duplicate().apply { rewind() }.run { get(light, 0, remaining().coerceAtMost(light.size)) }
    val source = PlanarYUVLuminanceSource(light, frame.rowStride, frame.height, 0, 0, frame.width, frame.height, false)
    return try {
        QRCodeReader().decode(BinaryBitmap(HybridBinarizer(source)), mapOf(DecodeHintType.TRY_HARDER to true)).text
    } catch (_: ReaderException) {
        // None, or one that is blurred: the next frame comes soon.
        null
    }
}
