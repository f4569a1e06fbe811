package app.homon.desk

import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.toComposeImageBitmap
import app.homon.journeys.Camera
import app.homon.journeys.FileTrouble
import app.homon.journeys.Platform
import app.homon.screens.Language
import app.homon.words.Words
import java.io.IOException
import java.nio.file.Path
import kotlin.io.path.copyTo
import kotlin.io.path.createDirectories
import kotlin.io.path.createTempFile
import kotlin.io.path.exists
import kotlin.io.path.name
import kotlin.io.path.readBytes
import kotlin.io.path.readText
import kotlin.io.path.writeBytes
import kotlin.io.path.writeText
import org.jetbrains.skia.Image

/** What a window on a desk has: files, and a picture before the camera. [choose] lets the person pick a file. */
class DeskPlatform(private val outbox: Path, override val camera: Camera?, private val choose: suspend () -> Path?) : Platform {
    override fun words(language: Language): Words = Catalogue.words(language)

    private val kept = outbox.resolveSibling("look.txt")

    override var look: String
        get() = if (kept.exists()) kept.readText() else ""
        set(look) = kept.writeText(look)

    override val isDark: Boolean = false

    override suspend fun chooseFile(): ByteArray? = choose()?.let { passing(FileTrouble.Kind.NotRead, it::readBytes) }

    override suspend fun handOut(name: String, text: String): String {
        passing(FileTrouble.Kind.NotWritten) { outbox.createDirectories().resolve(name).writeText(text) }
        return name
    }

    override suspend fun takeIn(): String? = chooseFile()?.let { bytes -> "${createTempFile().apply { writeBytes(bytes) }}" }

    override suspend fun carry(path: String): String {
        val file = Path.of(path)
        passing(FileTrouble.Kind.NotWritten) { file.copyTo(outbox.createDirectories().resolve(file.name), overwrite = true) }
        return file.name
    }

    /** On a desk codes are read from a picture of them, which may move. */
    override suspend fun scanCodes(take: (String) -> Int): Boolean = chooseFile()?.let(::codesOn)?.any { take(it) >= 100 } ?: false

    private inline fun <T> passing(kind: FileTrouble.Kind, work: () -> T): T = try {
        work()
    } catch (error: IOException) {
        throw FileTrouble(kind, error)
    }

    override fun picture(bytes: ByteArray): ImageBitmap? = runCatching { Image.makeFromEncoded(bytes).toComposeImageBitmap() }.getOrNull()

    override fun keepAwake(awake: Boolean) = Unit
}
