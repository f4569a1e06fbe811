package app.homon.android.camera

import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraManager
import android.media.Image
import app.homon.android.Front
import app.homon.journeys.Camera
import app.homon.journeys.CameraFrame
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull

/**
 * The tablet's camera. It is on while someone collects its frames, and off otherwise. A frame is the camera's own memory: it
 * is given back when its collector has handled it, and frames that come meanwhile are passed over.
 */
class Camera2Camera(private val manager: CameraManager, private val lens: Lens, private val front: Front) : Camera {
    private var session: CameraSession? = null

    override val stillScale: Float = lens.stillScale

    override val frames: Flow<CameraFrame> = flow {
        if (!front.mayUseCamera()) return@flow
        while (true) {
            watch()
            // Another app has taken it, or the system does not give it: it may come back.
            delay(AGAIN)
        }
    }

    /** A photo. When none comes, the press of the button is forgotten, and the person presses again. */
    override suspend fun shoot(): ByteArray {
        val on = session ?: throw CancellationException("the camera is off")
        return withTimeoutOrNull(PATIENCE) { on.shoot(lens.quarters(front.rotation)) } ?: throw CancellationException("no photo came")
    }

    private suspend fun FlowCollector<CameraFrame>.watch() {
        CameraSession(lens).use { camera ->
            session = camera
            try {
                if (!camera.open(manager)) return
                while (true) camera.next()?.use { emit(frame(it)) } ?: return
            } catch (_: CameraAccessException) {
                return
            } finally {
                session = null
            }
        }
    }

    /** The planes as the camera gives them, and beside them what the screen shows. */
    private suspend fun frame(image: Image): CameraFrame {
        val (y, u, v) = image.planes
        val planes = Planes(image.width, image.height, y.buffer, u.buffer, v.buffer, y.rowStride, u.rowStride, u.pixelStride)
        val quarters = lens.quarters(front.rotation)
        val picture = withContext(Dispatchers.Default) { planes.upright(quarters).toBitmap() }
        return CameraFrame(image.width, image.height, y.buffer, u.buffer, v.buffer, y.rowStride, u.rowStride, u.pixelStride, quarters, picture)
    }

    private companion object {
        val AGAIN = 1.seconds
        val PATIENCE = 10.seconds
    }
}
