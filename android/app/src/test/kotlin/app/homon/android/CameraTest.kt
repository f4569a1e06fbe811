package app.homon.android

import android.util.Size
import android.view.Surface
import androidx.compose.ui.graphics.ImageBitmap
import app.homon.android.camera.Lens
import app.homon.android.camera.Planes
import app.homon.android.camera.codeOn
import app.homon.journeys.CameraFrame
import com.google.zxing.BarcodeFormat
import com.google.zxing.qrcode.QRCodeWriter
import java.nio.ByteBuffer
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** What of the camera can be known without one. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], manifest = Config.NONE)
class CameraTest {
    @Test
    fun `a picture stands upright, however the tablet is held`() {
        // As most tablets: the sensor upright when the tablet lies across; as most phones: a quarter turned.
        val (tablet, phone) = lens(0) to lens(90)
        assertEquals(listOf(0, 3, 2, 1), TURNS.map(tablet::quarters))
        assertEquals(listOf(1, 0, 3, 2), TURNS.map(phone::quarters))
        assertEquals(listOf(3, 0, 1, 2), TURNS.map(Lens("front", 270, true, Size(4, 3), Size(8, 6))::quarters))
    }

    @Test
    fun `what is seen has the shape of what is taken`() {
        val previews = listOf(Size(1920, 1080), Size(1280, 720), Size(1280, 960), Size(640, 480))
        val stills = listOf(Size(4608, 3456), Size(4000, 3000), Size(4096, 2304), Size(1280, 960))
        assertEquals(Size(1280, 960) to Size(4000, 3000), Lens.sizes(previews, stills))
        assertEquals(Size(1280, 720) to Size(1920, 1080), Lens.sizes(listOf(Size(1280, 720)), listOf(Size(1920, 1080), Size(640, 480))))
        assertNull(Lens.sizes(listOf(Size(640, 480)), listOf(Size(1920, 1080))))
    }

    @Test
    fun `the shown picture is turned and coloured as the frame`() {
        // Four blocks in rows longer than the picture, colours beside each other: grey 10, grey 200 / red, blue.
        val y = bytes(10, 10, 200, 200, 0, 0, 10, 10, 200, 200, 0, 0, 76, 76, 29, 29, 0, 0, 76, 76, 29, 29)
        val uv = bytes(128, 128, 128, 128, 0, 0, 85, 255, 255, 107)
        val v = uv.duplicate().apply { position(1) }.slice()
        val planes = Planes(4, 4, y, uv, v, 6, 6, 2)
        val upright = planes.upright(0)
        assertEquals(0xFF0A0A0A.toInt(), upright.colours[0])
        assertEquals(0xFFC8C8C8.toInt(), upright.colours[1])
        assertEquals(listOf(254, 0, 0), upright.colours[2].parts())
        assertEquals(listOf(0, 0, 254), upright.colours[3].parts())
        val (a, b, c, d) = upright.colours.toList()
        assertEquals(listOf(c, a, d, b), planes.upright(1).colours.toList())
        assertEquals(listOf(d, c, b, a), planes.upright(2).colours.toList())
        assertEquals(listOf(b, d, a, c), planes.upright(3).colours.toList())
    }

    @Test
    fun `a code is read from brightness alone`() {
        assertEquals("40719950182366047123456", codeOn(frame("40719950182366047123456")))
        assertNull(codeOn(frame(null)))
    }

    private fun frame(text: String?): CameraFrame {
        val code = text?.let { QRCodeWriter().encode(it, BarcodeFormat.QR_CODE, 240, 240) }
        val y = ByteBuffer.allocateDirect(320 * 240)
        for (row in 0 until 240) for (column in 0 until 240) y.put(row * 320 + column, if (code?.get(column, row) == true) 20 else 120)
        // The last row of a plane ends with its last pixel.
        y.limit(320 * 239 + 300)
        return CameraFrame(300, 240, y, y, y, 320, 320, 1, 0, ImageBitmap(1, 1))
    }

    private fun lens(mounted: Int) = Lens("back", mounted, false, Size(4, 3), Size(8, 6))

    private fun bytes(vararg values: Int): ByteBuffer = ByteBuffer.allocateDirect(values.size).apply { values.forEach { put(it.toByte()) } }.also { it.rewind() }

    private fun Int.parts() = listOf(this shr 16 and 255, this shr 8 and 255, this and 255)

    private companion object {
        val TURNS = listOf(Surface.ROTATION_0, Surface.ROTATION_90, Surface.ROTATION_180, Surface.ROTATION_270)
    }
}
