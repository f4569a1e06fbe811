package app.homon.android

import android.app.Application
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraManager
import app.homon.android.camera.Camera2Camera
import app.homon.android.camera.Lens
import app.homon.android.camera.Scanner
import app.homon.android.keys.AndroidKeyChest
import app.homon.android.keys.KeystoreVault
import app.homon.core.Homon
import app.homon.core.HomonException
import app.homon.core.KeyVault
import app.homon.core.VisitStage
import app.homon.journeys.Camera
import app.homon.journeys.HomonApp
import app.homon.journeys.Place
import app.homon.screens.Language
import app.homon.words.Words
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext

/** The app while its process lives: one core and one row of pages over it, whichever activity shows them. */
open class HomonApplication : Application() {
    val front = Front()

    /** Work that goes on when an activity is made anew. Pages change on the main thread alone. */
    val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main)
    val scanner by lazy { Scanner(camera) }
    private val camera: Camera? by lazy { camera() }
    private val opening = Mutex()

    /** The app, once it is open. */
    var running: HomonApp? = null
        protected set

    /** Where the keys are. */
    protected open fun vault(): KeyVault = KeystoreVault(AndroidKeyChest(this))

    /** The words of the app. */
    open val catalogue: (Language) -> Words by lazy { ResourceWords(this)::of }

    /** Opens the app at a place, or answers the one that is open, wherever it is. */
    suspend fun open(place: Place): HomonApp = opening.withLock {
        running ?: HomonApp(core(), AndroidPlatform(this, front, Documents(contentResolver, front), camera, scanner, catalogue), scope, place).also {
            running = it
            it.start()
        }
    }

    private suspend fun core(): Homon = withContext(Dispatchers.IO) {
        val folder = noBackupFilesDir.resolve("tablet").apply { mkdirs() }
        Homon.open(folder.path, vault(), null, photoModels(assets), Sealed { scheduleUpload() })
    }

    /** Lets the system send, once it has a network, if something is sealed. */
    private fun scheduleUpload() {
        scope.launch {
            try {
                if (running?.core?.today()?.visits.orEmpty().any { it.status == VisitStage.SEALED }) UploadJob.schedule(this@HomonApplication)
            } catch (_: HomonException) {
                // Nobody is signed in. Whoever does is a change of its own.
            }
        }
    }

    private fun camera(): Camera? {
        val manager = getSystemService(CameraManager::class.java) ?: return null
        return try {
            Lens.choose(manager)?.let { Camera2Camera(manager, it, front) }
        } catch (_: CameraAccessException) {
            null
        }
    }
}
