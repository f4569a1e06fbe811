package app.homon.android

import android.content.res.AssetManager
import app.homon.core.PhotoModels
import java.io.FileNotFoundException

/** The models of faces that are packed into the app; without them nobody guides, and photos can be taken all the same. */
internal fun photoModels(assets: AssetManager): PhotoModels? = try {
    fun model(name: String) = assets.open("models/$name").use { it.readBytes() }
    PhotoModels(
        model("face_detection_short_range.tflite"),
        model("face_landmark.tflite"),
        model("selfie_segmentation.tflite"),
        model("seeta_fd_frontal_v1.0.bin"),
    )
} catch (_: FileNotFoundException) {
    null
}
