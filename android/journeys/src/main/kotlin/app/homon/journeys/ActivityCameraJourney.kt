package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.screens.ActivityCameraActions
import app.homon.screens.ActivityCameraScreen
import app.homon.screens.ActivityCameraState
import kotlinx.coroutines.flow.conflate

/** The camera before a room: nobody is guided. */
class ActivityCameraJourney(private val app: HomonApp, private val place: Place.Activity) : Journey, ActivityCameraActions {
    private var state by mutableStateOf(ActivityCameraState(app.safety, preview = null))
    private var isShooting = false

    @Composable
    override fun Show() {
        LaunchedEffect(Unit) {
            app.platform.camera?.frames?.conflate()?.collect { state = state.copy(preview = it.picture) }
        }
        DisposableEffect(Unit) {
            app.platform.keepAwake(true)
            onDispose { app.platform.keepAwake(false) }
        }
        ActivityCameraScreen(state, this, app.frame(place))
    }

    override fun shoot() {
        if (isShooting) return
        isShooting = true
        app.work(::fail) {
            val jpeg = app.platform.camera?.shoot() ?: return@work
            app.lookAtActivity(place, jpeg)
        }
    }

    private fun fail(fault: String) {
        isShooting = false
        state = state.copy(problem = fault)
    }
}
