package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.geometry.Rect
import app.homon.core.Bounds
import app.homon.core.CaseRef
import app.homon.core.CaseView
import app.homon.core.Frame
import app.homon.core.Guide
import app.homon.core.Hint
import app.homon.core.HomonException
import app.homon.core.Rotation
import app.homon.journeys.sayings.say
import app.homon.screens.PhotoActions
import app.homon.screens.PhotoScreen
import app.homon.screens.PhotoState
import java.time.Duration
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** At the camera: the core says the one thing to change, and when the moment is right. */
class CameraJourney(private val app: HomonApp, private val key: CaseKey) : Journey, PhotoActions {
    private val words get() = app.words
    private lateinit var case: CaseView
    private var guide: Guide? = null
    private var state: PhotoState? by mutableStateOf(null)
    private val began = System.nanoTime()
    private var isShooting = false

    suspend fun load() {
        case = app.core.case(key.part.visit, key.part.number, key.case)
        val unguided = prepareGuide()
        val name = case.case.applicant.name?.text ?: words.shellNoName
        state = PhotoState(
            name = words.shellPhotoOf(name),
            about = words.boardNumber(case.case.number),
            safety = app.safety,
            preview = null,
            print = null,
            face = null,
            hint = if (app.platform.camera == null) words.shellNoCamera else words.shellStarting,
            hintNote = null,
            isReady = false,
            unguided = unguided,
        )
    }

    /** Answers why nobody guides, if it is so: photos can be taken all the same. */
    private suspend fun prepareGuide(): String? {
        val camera = app.platform.camera ?: return null
        return try {
            guide = app.core.guide(CaseRef(key.part.visit, key.part.number, key.case), camera.stillScale)
            null
        } catch (error: HomonException.Refused) {
            words.say(error)
        }
    }

    @Composable
    override fun Show() {
        LaunchedEffect(Unit) { watch() }
        DisposableEffect(Unit) {
            app.platform.keepAwake(true)
            onDispose {
                app.platform.keepAwake(false)
                guide?.close()
            }
        }
        state?.let { PhotoScreen(it, this, app.frame(Place.Board(key.part))) }
    }

    /** Looks at one frame after the other. Nothing may stand between: a frame that waits is no longer what it was. */
    private suspend fun watch() {
        val camera = app.platform.camera ?: return
        camera.frames.collect { frame ->
            withContext(Dispatchers.Default) { look(frame) }
            // After a photo that could not be kept, the person says when the next one is taken.
            if (state?.isReady == true && app.problem == null) app.work { take() }.join()
        }
    }

    private fun look(frame: CameraFrame) {
        val guidance = guide?.checkFrame(described(frame), frame.y.slice(), frame.u.slice(), frame.v.slice())
        val now = state ?: return
        val (width, height) = if (frame.quarters % 2 == 0) frame.width to frame.height else frame.height to frame.width
        val said = guidance?.let { words.say(it.hint) }
        state = now.copy(
            preview = frame.picture,
            print = guidance?.photo?.within(width, height),
            face = guidance?.face?.within(width, height),
            hint = said?.title ?: words.shellByHand,
            hintNote = said?.advice,
            isReady = guidance?.hint == Hint.READY,
        )
    }

    private fun described(frame: CameraFrame) = Frame(
        frame.width.toUInt(),
        frame.height.toUInt(),
        frame.rowStride.toUInt(),
        frame.colourRowStride.toUInt(),
        frame.colourPixelStride.toUInt(),
        Rotation.entries[frame.quarters % 4],
        Duration.ofNanos(System.nanoTime() - began),
    )

    private fun Bounds.within(width: Int, height: Int) = Rect(left / width, top / height, (left + this.width) / width, (top + this.height) / height)

    override fun shoot() {
        app.work { take() }
    }

    private suspend fun take() {
        if (isShooting) return
        isShooting = true
        try {
            val photo = app.platform.camera?.shoot() ?: return
            app.showTaken(key, photo)
        } finally {
            isShooting = false
        }
    }

    override fun exceptions() {
        app.work { app.showExceptions(key) }
    }
}
