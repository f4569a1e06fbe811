package app.homon.android.camera

import android.annotation.SuppressLint
import android.graphics.ImageFormat
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CameraMetadata
import android.hardware.camera2.CaptureFailure
import android.hardware.camera2.CaptureRequest
import android.hardware.camera2.params.OutputConfiguration
import android.hardware.camera2.params.SessionConfiguration
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.os.HandlerThread
import java.util.concurrent.Executor
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.channels.Channel

/**
 * A camera that is switched on. It writes into two readers in memory, one for frames and one for photos, and into no file.
 * Whoever opened it closes it.
 */
internal class CameraSession(private val lens: Lens) : AutoCloseable {
    private val thread = HandlerThread("camera").apply { start() }
    private val handler = Handler(thread.looper)
    private val executor = Executor(handler::post)
    private val frames = ImageReader.newInstance(lens.preview.width, lens.preview.height, ImageFormat.YUV_420_888, IMAGES)
    private val photos = ImageReader.newInstance(lens.still.width, lens.still.height, ImageFormat.JPEG, 1)
    private val arrived = Channel<Unit>(Channel.CONFLATED)
    private val ready = CompletableDeferred<CameraCaptureSession?>()
    private var device: CameraDevice? = null
    private var photo: CompletableDeferred<ByteArray>? = null

    /** Switches it on; `false` when the system does not give it. The person has allowed it before. */
    @SuppressLint("MissingPermission")
    suspend fun open(manager: CameraManager): Boolean {
        frames.setOnImageAvailableListener({ arrived.trySend(Unit) }, handler)
        photos.setOnImageAvailableListener({ reader -> reader.acquireNextImage()?.use { photo?.complete(it.bytes()) } }, handler)
        manager.openCamera(lens.id, executor, Opened())
        val session = ready.await() ?: return false
        val request = session.device.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW).apply {
            addTarget(frames.surface)
            set(CaptureRequest.CONTROL_AF_MODE, CameraMetadata.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
        }
        session.setRepeatingRequest(request.build(), null, handler)
        return true
    }

    /** The latest frame, which the caller closes; `null` once the camera is gone. */
    suspend fun next(): Image? {
        while (true) {
            frames.acquireLatestImage()?.let { return it }
            if (arrived.receiveCatching().isClosed) return null
        }
    }

    /** A photo, turned by [quarters] in what it says of itself. It says nothing of where it was taken. */
    suspend fun shoot(quarters: Int): ByteArray {
        val session = ready.await() ?: throw CancellationException("the camera is gone")
        val taken = CompletableDeferred<ByteArray>().also { photo = it }
        val request = session.device.createCaptureRequest(CameraDevice.TEMPLATE_STILL_CAPTURE).apply {
            addTarget(photos.surface)
            set(CaptureRequest.CONTROL_AF_MODE, CameraMetadata.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
            set(CaptureRequest.JPEG_ORIENTATION, quarters * 90)
            set(CaptureRequest.JPEG_QUALITY, QUALITY)
        }
        session.capture(request.build(), Failed(taken), handler)
        return taken.await()
    }

    override fun close() {
        arrived.close()
        photo?.cancel()
        device?.close()
        frames.close()
        photos.close()
        thread.quitSafely()
    }

    private fun end() {
        ready.complete(null)
        photo?.cancel()
        arrived.close()
    }

    private fun Image.bytes(): ByteArray = planes[0].buffer.let { buffer -> ByteArray(buffer.remaining()).also(buffer::get) }

    private inner class Opened : CameraDevice.StateCallback() {
        override fun onOpened(camera: CameraDevice) {
            device = camera
            val outputs = listOf(OutputConfiguration(frames.surface), OutputConfiguration(photos.surface))
            camera.createCaptureSession(SessionConfiguration(SessionConfiguration.SESSION_REGULAR, outputs, executor, Configured()))
        }

        override fun onDisconnected(camera: CameraDevice) {
            camera.close()
            end()
        }

        override fun onError(camera: CameraDevice, error: Int) {
            camera.close()
            end()
        }
    }

    private inner class Configured : CameraCaptureSession.StateCallback() {
        override fun onConfigured(session: CameraCaptureSession) {
            ready.complete(session)
        }

        override fun onConfigureFailed(session: CameraCaptureSession) = end()
    }

    private class Failed(private val photo: CompletableDeferred<ByteArray>) : CameraCaptureSession.CaptureCallback() {
        override fun onCaptureFailed(session: CameraCaptureSession, request: CaptureRequest, failure: CaptureFailure) = photo.cancel()
    }

    private companion object {
        /** One that is looked at, one that waits, one that is written. */
        const val IMAGES = 3
        const val QUALITY: Byte = 95
    }
}
