package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.ActivityPhoto
import app.homon.core.VisitAction
import app.homon.journeys.sayings.name
import app.homon.screens.ActivityActions
import app.homon.screens.ActivityLine
import app.homon.screens.ActivityScreen
import app.homon.screens.ActivityState

/** The photos of a visit: those that are kept, and the way to one more. */
class ActivityJourney(private val app: HomonApp, private val place: Place.Activity) : Journey, ActivityActions {
    private val words get() = app.words
    private val part get() = place.part
    private var state: ActivityState? by mutableStateOf(null)

    suspend fun load() {
        val view = app.core.visit(part.visit, part.number)
        val photos = app.core.activityPhotos(part.visit, part.number)
        state = ActivityState(
            site = app.siteName(view.visit.plan.site),
            safety = app.safety,
            photos = photos.mapIndexed { at, photo -> line(at + 1, photo) },
            closed = if (VisitAction.PHOTOGRAPH in view.allowedActions) null else words.activityClosed(words.name(view.status)),
            hasCamera = app.platform.camera != null,
            unread = app.unread,
        )
    }

    private suspend fun line(number: Int, photo: ActivityPhoto) = ActivityLine(
        key = photo.id,
        title = words.activityNth(number),
        taken = words.activityTaken(time = words.clock(photo.takenAt), who = app.staffName(photo.confirmedBy)),
        covered = words.activityCovered(faces = photo.faces, texts = photo.texts),
        picture = app.platform.picture(app.core.activityPhoto(part.visit, part.number, photo.id)),
    )

    @Composable
    override fun Show() {
        state?.let { ActivityScreen(it, this, app.frame(place.origin())) }
    }

    private fun fail(fault: String) {
        state = state?.copy(problem = fault, isBusy = false)
    }

    override fun shoot() {
        app.work(::fail) { app.show(place, ActivityCameraJourney(app, place)) }
    }

    override fun choose() {
        app.work(::fail) {
            val jpeg = app.platform.chooseFile() ?: return@work
            state = state?.copy(isBusy = true, problem = null)
            app.lookAtActivity(place, jpeg)
        }
    }

    override fun delete(photo: String) {
        state = state?.copy(deleting = photo)
    }

    override fun keepIt() {
        state = state?.copy(deleting = null)
    }

    override fun deleteNow() {
        val photo = state?.deleting ?: return
        app.work(::fail) {
            app.core.deleteActivityPhoto(part.visit, part.number, photo)
            load()
        }
    }
}

/** Looks for the faces in a photo that was just taken, and shows them. It is in memory alone, so the place stays the list's. */
suspend fun HomonApp.lookAtActivity(place: Place.Activity, jpeg: ByteArray) {
    val draft = core.lookAtActivity(place.part.visit, place.part.number, jpeg)
    show(place, CoverJourney(this, place, platform.picture(jpeg), draft))
}

/** Where the photos of a visit were reached from. */
fun Place.Activity.origin(): Place = if (isClosing) Place.Close(part) else Place.Board(part)
