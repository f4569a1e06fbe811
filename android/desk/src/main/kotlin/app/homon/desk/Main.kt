package app.homon.desk

import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.remember
import androidx.compose.ui.unit.DpSize
import androidx.compose.ui.unit.dp
import androidx.compose.ui.window.Window
import androidx.compose.ui.window.WindowState
import androidx.compose.ui.window.application
import app.homon.core.Homon
import app.homon.core.PhotoModels
import app.homon.core.softwareVault
import app.homon.journeys.HomonApp
import java.awt.FileDialog
import java.awt.Frame
import java.nio.file.Path
import kotlin.io.path.createDirectories
import kotlin.io.path.readBytes
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.withContext

/** `homon-desk FOLDER [MODELS [PICTURE]]`: the app as a window. `cargo xtask app` gives it a city to work with. */
fun main(arguments: Array<String>) {
    val folder = Path.of(arguments.firstOrNull() ?: "homon-desk").createDirectories()
    val models = arguments.getOrNull(1)?.let { models(Path.of(it)) }
    val camera = arguments.getOrNull(2)?.let { cameraBefore(Path.of(it).readBytes()) }
    val core = Homon.open("${folder.resolve("tablet").createDirectories()}", softwareVault("${folder.resolve("vault").createDirectories()}"), null, models, null)
    val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main)
    application {
        Window(::exitApplication, WindowState(size = DpSize(1280.dp, 828.dp)), title = "Homon") {
            val app = remember { HomonApp(core, DeskPlatform(folder.resolve("outbox"), camera) { chooseFile(window) }, scope) }
            LaunchedEffect(app) { app.start() }
            app.Show()
        }
    }
}

/** The models of faces in one folder, as `cargo xtask assets` fetches them. */
fun models(folder: Path): PhotoModels = PhotoModels(
    folder.resolve("face_detection_short_range.tflite").readBytes(),
    folder.resolve("face_landmark.tflite").readBytes(),
    folder.resolve("selfie_segmentation.tflite").readBytes(),
    folder.resolve("seeta_fd_frontal_v1.0.bin").readBytes(),
)

private suspend fun chooseFile(window: Frame): Path? = withContext(Dispatchers.Main) {
    val dialog = FileDialog(window).apply { isVisible = true }
    dialog.files.firstOrNull()?.toPath()
}
