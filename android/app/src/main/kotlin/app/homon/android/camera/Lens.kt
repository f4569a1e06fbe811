package app.homon.android.camera

import android.graphics.ImageFormat
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraManager
import android.util.Size
import android.view.Surface

/** One of the tablet's cameras: what it is called, how it is mounted, and how large its pictures are. */
class Lens(val id: String, private val mounted: Int, private val isFront: Boolean, val preview: Size, val still: Size) {
    /** How many pixels a photo has for each of a frame, across. */
    val stillScale: Float get() = still.width.toFloat() / preview.width

    /** By how many quarters of a turn clockwise its picture must be turned on a display that is turned itself. */
    fun quarters(display: Int): Int {
        val turned = when (display) {
            Surface.ROTATION_90 -> 1
            Surface.ROTATION_180 -> 2
            Surface.ROTATION_270 -> 3
            else -> 0
        }
        val quarter = mounted / 90
        return (if (isFront) quarter + turned else quarter - turned).mod(4)
    }

    companion object {
        /** A frame that is large enough to judge a face, and small enough to judge ten in a second. */
        private val LARGEST_PREVIEW = Size(1280, 960)

        /** A photo that is larger gives the print nothing, and the sealed package much. */
        private val LARGEST_STILL = Size(4096, 3072)

        /** The camera on the back, because staff look at the person; otherwise whichever there is. */
        fun choose(manager: CameraManager): Lens? {
            val found = manager.cameraIdList.map { it to manager.getCameraCharacteristics(it) }
            val (id, traits) = found.firstOrNull { it.second[CameraCharacteristics.LENS_FACING] == CameraCharacteristics.LENS_FACING_BACK } ?: found.firstOrNull() ?: return null
            val sizes = traits[CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP] ?: return null
            val (preview, still) = sizes(sizes.getOutputSizes(ImageFormat.YUV_420_888).asList(), sizes.getOutputSizes(ImageFormat.JPEG).asList()) ?: return null
            val isFront = traits[CameraCharacteristics.LENS_FACING] == CameraCharacteristics.LENS_FACING_FRONT
            return Lens(id, traits[CameraCharacteristics.SENSOR_ORIENTATION] ?: 0, isFront, preview, still)
        }

        /** The largest of each, of one shape: what is seen must be what is taken. 4:3 shows the whole sensor. */
        fun sizes(previews: List<Size>, stills: List<Size>): Pair<Size, Size>? {
            val pairs = stills.filter { it.fits(LARGEST_STILL) }.mapNotNull { still ->
                previews.filter { it.fits(LARGEST_PREVIEW) && it.hasShapeOf(still) }.maxByOrNull { it.width * it.height }?.let { it to still }
            }
            return pairs.filter { it.second.hasShapeOf(LARGEST_STILL) }.largest() ?: pairs.largest()
        }

        private fun List<Pair<Size, Size>>.largest() = maxByOrNull { it.second.width * it.second.height }

        private fun Size.fits(limit: Size) = width <= limit.width && height <= limit.height

        private fun Size.hasShapeOf(other: Size) = width * other.height == height * other.width
    }
}
