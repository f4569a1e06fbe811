package app.homon.android

import android.content.Context
import android.content.res.Configuration
import android.graphics.ImageDecoder
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.asImageBitmap
import app.homon.android.camera.Scanner
import app.homon.journeys.Camera
import app.homon.journeys.Platform
import app.homon.screens.Language
import app.homon.words.Words
import java.io.File
import java.io.IOException
import java.nio.ByteBuffer

/** What a tablet does beside keeping keys. */
class AndroidPlatform(
    private val context: Context,
    private val front: Front,
    private val documents: Documents,
    override val camera: Camera?,
    private val scanner: Scanner,
    private val catalogue: (Language) -> Words,
) : Platform {
    override fun words(language: Language): Words = catalogue(language)

    private val kept = context.getSharedPreferences("look", Context.MODE_PRIVATE)

    override var look: String
        get() = kept.getString("look", null).orEmpty()
        set(look) = kept.edit().putString("look", look).apply()

    override val isDark: Boolean
        get() = context.resources.configuration.uiMode and Configuration.UI_MODE_NIGHT_MASK == Configuration.UI_MODE_NIGHT_YES

    override suspend fun chooseFile(): ByteArray? = documents.read()

    override suspend fun handOut(name: String, text: String): String = documents.write(name, text)

    override suspend fun takeIn(): String? = documents.copyInto(context.cacheDir)?.path

    override suspend fun carry(path: String): String = documents.carry(File(path))

    override suspend fun scanCodes(take: (String) -> Int): Boolean = scanner.scan(take)

    /** Decoded from memory, upright as the photo says of itself, and no larger than a screen needs. */
    override fun picture(bytes: ByteArray): ImageBitmap? = try {
        ImageDecoder.decodeBitmap(ImageDecoder.createSource(ByteBuffer.wrap(bytes))) { decoder, info, _ ->
            decoder.allocator = ImageDecoder.ALLOCATOR_SOFTWARE
            decoder.setTargetSampleSize((maxOf(info.size.width, info.size.height) / LARGE).coerceAtLeast(1))
        }.asImageBitmap()
    } catch (_: IOException) {
        null
    }

    override fun keepAwake(awake: Boolean) = front.keepAwake(awake)

    private companion object {
        const val LARGE = 1600
    }
}
