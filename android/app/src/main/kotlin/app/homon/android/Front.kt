package app.homon.android

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import android.view.Surface
import android.view.WindowManager
import kotlinx.coroutines.CompletableDeferred

/**
 * The activity that is shown, and what the person is asked through it. It outlives the activity: whoever waits for an answer
 * gets it also when the activity was made anew meanwhile. Used on the main thread alone.
 */
class Front {
    var activity: Activity? = null
    private var file: CompletableDeferred<Uri?>? = null
    private var permission: CompletableDeferred<Boolean>? = null

    /** Whether the app itself has put another one's page in front, so that it will come back. */
    val isAsking: Boolean get() = file != null

    /** How the display is turned. */
    val rotation: Int
        get() = activity?.let {
            @Suppress("DEPRECATION") // Its successor needs Android 11.
            it.windowManager.defaultDisplay.rotation
        } ?: Surface.ROTATION_0

    /** Lets the person choose a file in the system's own page; `null` when they chose none. */
    suspend fun choose(intent: Intent): Uri? {
        file?.complete(null)
        val shown = activity ?: return null
        val answer = CompletableDeferred<Uri?>().also { file = it }
        try {
            shown.startActivityForResult(intent, FILE)
            return answer.await()
        } finally {
            if (file === answer) file = null
        }
    }

    /** The person is back from [choose]. */
    fun chosen(request: Int, result: Int, data: Intent?) {
        if (request != FILE) return
        file?.complete(data?.data.takeIf { result == Activity.RESULT_OK })
        file = null
    }

    /** Whether the camera may be used; the person is asked when they were not yet. */
    suspend fun mayUseCamera(): Boolean {
        val shown = activity ?: return false
        if (shown.checkSelfPermission(Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED) return true
        permission?.complete(false)
        val answer = CompletableDeferred<Boolean>().also { permission = it }
        shown.requestPermissions(arrayOf(Manifest.permission.CAMERA), CAMERA)
        return answer.await()
    }

    /** The person has answered [mayUseCamera]. */
    fun allowed(request: Int, results: IntArray) {
        if (request == CAMERA) permission?.complete(results.firstOrNull() == PackageManager.PERMISSION_GRANTED)
    }

    /** Keeps the screen awake, or lets it sleep. */
    fun keepAwake(awake: Boolean) {
        val window = activity?.window ?: return
        if (awake) window.addFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON) else window.clearFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON)
    }

    private companion object {
        const val FILE = 1
        const val CAMERA = 2
    }
}
