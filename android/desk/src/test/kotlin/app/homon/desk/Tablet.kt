package app.homon.desk

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.Homon
import app.homon.core.PhotoModels
import app.homon.core.softwareVault
import app.homon.journeys.HomonApp
import app.homon.journeys.Place
import app.homon.screens.TestFont
import java.awt.Color
import java.awt.GradientPaint
import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import java.nio.file.Path
import java.util.Random
import javax.imageio.ImageIO
import kotlin.io.path.createDirectories
import kotlin.io.path.extension
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.readText
import kotlin.io.path.writeBytes
import kotlinx.coroutines.CoroutineExceptionHandler
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel

/**
 * The app on a folder of its own, with the real core. It can be killed and started again on the same folder. [seen] is the
 * picture that its camera sees; without [models] of faces the file alone is checked.
 */
class Tablet(private val folder: Path, private val models: PhotoModels? = null, private val seen: ByteArray = drawnPhoto()) {
    /** What is in the file that the person picks when the app asks for one. */
    var offered: ByteArray? = null

    /** Whether the person picks a folder, which no program reads as a file. */
    var offersAFolder = false
    private var app: HomonApp? by mutableStateOf(null)
    private var core: Homon? = null
    private var scope: CoroutineScope? = null

    /** What is on its screen. */
    @Composable
    fun Show() {
        app?.Show(TestFont)
    }

    /** Starts the app where it was; nothing but the place is remembered for it by the system. */
    fun start(place: Place = Place.Today) {
        val vault = softwareVault("${folder.resolve("vault").createDirectories()}")
        val opened = Homon.open("${folder.resolve("tablet").createDirectories()}", vault, null, models, null)
        // What a killed app still says, nobody hears.
        val deaf = CoroutineExceptionHandler { _, fault -> if (core === opened) throw fault }
        val running = CoroutineScope(SupervisorJob() + Dispatchers.Default + deaf)
        core = opened
        scope = running
        val platform = DeskPlatform(outbox, PictureCamera(seen), ::chosen)
        app = HomonApp(opened, platform, running, place).also { it.start() }
    }

    private fun chosen(): Path? = if (offersAFolder) folder else offered?.let { bytes -> folder.resolve("chosen").apply { writeBytes(bytes) } }

    /** Where the app's files for others go. */
    val outbox: Path = folder.resolve("outbox")

    /** Ends the app at once, as a system does that needs its memory. */
    fun kill() {
        val dying = core
        core = null
        scope?.cancel()
        dying?.close()
        app = null
    }

    /** Kills the app and starts it again, with the one line of text that the system has kept for it. */
    fun restart() {
        val remembered = checkNotNull(app).place.text()
        kill()
        start(Place.parse(remembered))
    }

    /** What lies in the outbox. */
    fun handedOut(name: String): String = outbox.resolve(name).readText()

    /** The file that lies in the outbox beside the texts. */
    fun carriedFile(): Path = outbox.listDirectoryEntries().single { it.extension != "txt" }
}

/** A picture of nobody, as large as a photo. */
private fun drawnPhoto(): ByteArray {
    val picture = BufferedImage(1050, 1350, BufferedImage.TYPE_INT_RGB)
    picture.createGraphics().apply {
        paint = GradientPaint(0f, 0f, Color(225, 230, 235), 0f, 1350f, Color(190, 195, 200))
        fillRect(0, 0, 1050, 1350)
        color = Color(200, 160, 140)
        fillOval(280, 250, 490, 650)
    }
    val noise = Random(1)
    for (y in 0 until picture.height) for (x in 0 until picture.width) {
        val colour = Color(picture.getRGB(x, y))
        val by = noise.nextInt(9) - 4
        picture.setRGB(x, y, Color(bounded(colour.red + by), bounded(colour.green + by), bounded(colour.blue + by)).rgb)
    }
    return ByteArrayOutputStream().also { ImageIO.write(picture, "jpg", it) }.toByteArray()
}

private fun bounded(value: Int) = value.coerceIn(0, 255)
