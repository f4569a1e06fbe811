package app.homon.journeys

import androidx.compose.ui.graphics.ImageBitmap
import app.homon.screens.Language
import app.homon.words.Words
import java.io.IOException
import java.nio.ByteBuffer
import kotlinx.coroutines.flow.Flow

/** A file that the person chose does not go through. Which one is theirs to know, and is not kept. */
class FileTrouble(val kind: Kind, cause: Throwable? = null) : IOException(cause) {
    enum class Kind { NotRead, NotWritten }
}

/** What a tablet, or a window on a desk, does beside keeping keys. Where a file does not go through it throws [FileTrouble]. */
interface Platform {
    /** The words in a language. */
    fun words(language: Language): Words

    /** How the tablet looks, as somebody has chosen it, in one line; kept when the app ends. */
    var look: String

    /** Whether the system asks for dark screens. */
    val isDark: Boolean

    /** Lets the person choose a file, and answers what is in it; `null` when they chose none. */
    suspend fun chooseFile(): ByteArray?

    /** Keeps text in a file that the person carries to the city; answers its name. Never about a resident. */
    suspend fun handOut(name: String, text: String): String

    /** Lets the person choose a file that may be large; answers the path of a copy, which is the caller's to delete. `null` when they chose none. */
    suspend fun takeIn(): String?

    /** Lets the person carry a sealed file to another tablet; answers its name. */
    suspend fun carry(path: String): String

    /**
     * Reads QR codes with the camera and gives each to [take], which answers how much is read of what is wanted, in hundredths.
     * Ends at 100; `false` when the person gave up.
     */
    suspend fun scanCodes(take: (String) -> Int): Boolean

    /** The camera; `null` where there is none. */
    val camera: Camera?

    /** A picture from a file in memory. */
    fun picture(bytes: ByteArray): ImageBitmap?

    /** Keeps the screen awake while someone is photographed. */
    fun keepAwake(awake: Boolean)
}

/** A camera that looks at a person. */
interface Camera {
    /**
     * What it sees, until nobody collects it any more. A frame's bytes are only valid while it is handled, so nothing may keep
     * it meanwhile, no buffer either; frames that come while one is handled are passed over.
     */
    val frames: Flow<CameraFrame>

    /** Takes a photo: a JPEG, in memory alone. */
    suspend fun shoot(): ByteArray

    /** How many pixels a photo has for each of a frame. */
    val stillScale: Float
}

/** A frame in YUV 4:2:0, as `android.media.Image` gives it. */
class CameraFrame(
    val width: Int,
    val height: Int,
    val y: ByteBuffer,
    val u: ByteBuffer,
    val v: ByteBuffer,
    val rowStride: Int,
    val colourRowStride: Int,
    val colourPixelStride: Int,
    /** By how many quarters of a turn clockwise the picture must be turned to be upright. */
    val quarters: Int,
    /** The frame as it is shown. */
    val picture: ImageBitmap,
)
