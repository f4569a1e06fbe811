package app.homon.android

import android.content.Intent
import android.os.Build
import android.os.Bundle
import android.view.View
import android.view.WindowManager
import androidx.activity.ComponentActivity
import androidx.activity.OnBackPressedCallback
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.runtime.Composable
import androidx.compose.runtime.SideEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.ComposeView
import app.homon.core.HomonException
import app.homon.design.HomonTheme
import app.homon.design.Label
import app.homon.journeys.Back
import app.homon.journeys.HomonApp
import app.homon.journeys.Place
import app.homon.journeys.back
import app.homon.journeys.goBack
import app.homon.journeys.sayings.say
import app.homon.screens.Language
import kotlin.time.Duration.Companion.minutes
import kotlinx.coroutines.launch

/**
 * The only window. It is not in pictures of the screen nor among the recent apps, covers itself when nobody touches it or it
 * is left, and keeps nothing in the system but the place where it was.
 */
class HomonActivity : ComponentActivity() {
    private val tablet get() = application as HomonApplication
    private val app get() = shown ?: tablet.running
    private var shown: HomonApp? by mutableStateOf(null)
    private var fault: HomonException? by mutableStateOf(null)
    private val idle = Idle(UNTOUCHED) { app?.hide() }
    private val backKey = BackKey()

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(null)
        window.setFlags(WindowManager.LayoutParams.FLAG_SECURE, WindowManager.LayoutParams.FLAG_SECURE)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) setRecentsScreenshotEnabled(false)
        window.decorView.keepFromServices()
        onBackPressedDispatcher.addCallback(this, backKey)
        setContentView(ComposeView(this).apply { setContent { Discreet { Pages() } } })
        val place = savedInstanceState?.getString(PLACE)?.let(Place::parse) ?: Place.Today
        tablet.scope.launch {
            try {
                shown = tablet.open(place)
            } catch (error: HomonException) {
                fault = error
            }
        }
    }

    @Composable
    private fun Pages() {
        Box(Modifier.safeDrawingPadding()) {
            fault?.let { HomonTheme(tablet.catalogue(Language.Japanese), isDark = false) { Label(tablet.catalogue(Language.Japanese).say(it)) } }
            shown?.let {
                val leads = tablet.scanner.isOpen || it.back() != Back.Out
                SideEffect { backKey.isEnabled = leads }
                it.Show()
                tablet.scanner.Show(it.words)
            }
        }
    }

    override fun onStart() {
        super.onStart()
        tablet.front.activity = this
        app?.apply { if (idle.isOver) hide() else work { core.resume() } }
        idle.touched()
    }

    override fun onUserInteraction() {
        super.onUserInteraction()
        idle.touched()
    }

    /**
     * Left: the keys leave the memory. Only while the person chooses a file, which the app asked them to, are they not signed
     * out: the files are closed until they come back, and the time without a touch goes on.
     */
    override fun onStop() {
        super.onStop()
        if (isChangingConfigurations) return
        if (tablet.front.isAsking) {
            app?.apply { work { core.pause() } }
        } else {
            idle.end()
            tablet.scanner.giveUp()
            app?.hide()
        }
    }

    override fun onDestroy() {
        super.onDestroy()
        idle.end()
        if (tablet.front.activity === this) tablet.front.activity = null
    }

    /** Where it was, and nothing else: what stands in a field is about a resident. */
    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.clear()
        app?.let { outState.putString(PLACE, it.place.text()) }
    }

    @Suppress("OVERRIDE_DEPRECATION", "DEPRECATION") // Its successor keeps who waits in the state that is not kept here.
    override fun onActivityResult(requestCode: Int, resultCode: Int, data: Intent?) {
        super.onActivityResult(requestCode, resultCode, data)
        tablet.front.chosen(requestCode, resultCode, data)
    }

    @Suppress("OVERRIDE_DEPRECATION", "DEPRECATION")
    override fun onRequestPermissionsResult(requestCode: Int, permissions: Array<String>, grantResults: IntArray) {
        super.onRequestPermissionsResult(requestCode, permissions, grantResults)
        tablet.front.allowed(requestCode, grantResults)
    }

    /** No service fills fields, or reads what is shown to suggest something. */
    private fun View.keepFromServices() {
        importantForAutofill = View.IMPORTANT_FOR_AUTOFILL_NO_EXCLUDE_DESCENDANTS
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) importantForContentCapture = View.IMPORTANT_FOR_CONTENT_CAPTURE_NO_EXCLUDE_DESCENDANTS
    }

    /** "Back" of the system, which asks beforehand whether it leads out of the app, to show where to. */
    private inner class BackKey : OnBackPressedCallback(false) {
        override fun handleOnBackPressed() {
            if (tablet.scanner.isOpen) tablet.scanner.giveUp() else app?.goBack()
        }
    }

    companion object {
        /** The key of the place in the state that the system keeps. */
        const val PLACE = "place"

        /** So long nobody need touch it: long enough to hold a card beside it, short enough to be forgotten on a table. */
        val UNTOUCHED = 5.minutes
    }
}
