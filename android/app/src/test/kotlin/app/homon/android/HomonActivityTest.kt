package app.homon.android

import android.app.Activity
import android.content.Intent
import android.os.Bundle
import android.os.Looper
import android.view.WindowManager
import app.homon.core.City
import app.homon.core.HomonException
import app.homon.journeys.Back
import app.homon.journeys.HomonApp
import app.homon.journeys.Place
import app.homon.journeys.back
import app.homon.journeys.goBack
import java.nio.file.Path
import java.time.Duration
import kotlin.time.toJavaDuration
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config

/** The window over the real core, with keys in memory. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], qualifiers = "ja-w1280dp-h800dp-land-mdpi", manifest = Config.NONE, application = TestApplication::class)
class HomonActivityTest {
    @get:Rule
    val out = TemporaryFolder()
    private val tablet get() = RuntimeEnvironment.getApplication() as TestApplication
    private val app: HomonApp get() = checkNotNull(tablet.running)

    @After
    fun close() = tablet.die()

    @Test
    fun `is in no picture, and begins with the enrolment`() {
        val window = started().get().window
        assertTrue(window.attributes.flags and WindowManager.LayoutParams.FLAG_SECURE != 0)
        assertEquals(Place.Enrol, app.place)
    }

    @Test
    fun `comes back to the same place when the process was ended, after a PIN`() {
        val first = started()
        enrol()
        app.go(Place.Settings)
        until { app.place == Place.Settings }
        val kept = Bundle()
        first.pause().stop().saveInstanceState(kept).destroy()
        assertEquals(setOf(HomonActivity.PLACE), kept.keySet())
        tablet.die()

        Robolectric.buildActivity(HomonActivity::class.java).create(kept).start().resume().visible()
        until { tablet.running?.isCovered == true }
        signIn()
        assertEquals(Place.Settings, app.place)
    }

    @Test
    fun `covers itself when it is left`() {
        val window = started()
        enrol()
        window.pause().stop()
        until { app.isCovered }
        assertThrows(HomonException.SignInAgain::class.java) { runBlocking { app.core.today() } }
        window.restart().start().resume()
        assertTrue(app.isCovered)
    }

    @Test
    fun `covers itself when nobody touches it`() {
        val window = started()
        enrol()
        window.get().onUserInteraction()
        shadowOf(Looper.getMainLooper()).idleFor(HomonActivity.UNTOUCHED.toJavaDuration() - Duration.ofSeconds(5))
        assertFalse(app.isCovered)
        window.get().onUserInteraction()
        shadowOf(Looper.getMainLooper()).idleFor(Duration.ofSeconds(10))
        assertFalse(app.isCovered)
        shadowOf(Looper.getMainLooper()).idleFor(HomonActivity.UNTOUCHED.toJavaDuration())
        until { app.isCovered }
    }

    @Test
    fun `stays open while the person chooses a file`() {
        val window = started()
        enrol()
        val chosen = tablet.scope.async { tablet.front.choose(Intent(Intent.ACTION_OPEN_DOCUMENT)) }
        until { tablet.front.isAsking }
        window.pause().stop()
        shadowOf(Looper.getMainLooper()).idle()
        assertFalse(app.isCovered)
        window.restart().start()
        tablet.front.chosen(1, Activity.RESULT_CANCELED, null)
        window.resume()
        until { chosen.isCompleted }
        assertNull(runBlocking { chosen.await() })
        runBlocking { app.core.today() }
    }

    @Test
    fun `back leads where the arrow of the page does`() {
        started()
        enrol()
        app.go(Place.Certificates)
        until { app.place == Place.Certificates }
        for (place in listOf(Place.Settings, Place.Today)) {
            assertEquals(Back.To(place), app.back())
            app.goBack()
            until { app.place == place }
        }
        assertEquals(Back.Out, app.back())
    }

    private fun started(): ActivityController<HomonActivity> {
        val window = Robolectric.buildActivity(HomonActivity::class.java).setup()
        until { tablet.running != null }
        until { app.place == Place.Enrol }
        return window
    }

    private fun enrol() = City(Path.of(out.root.path)).use { city ->
        city.found("shimonoseki")
        runBlocking {
            val request = app.core.enrolmentRequest("west-1")
            val answer = city.enrol("west-1", request)
            val preview = app.core.previewEnrolment(answer)
            app.core.acceptEnrolment(answer, preview.fingerprint, preview.staff.first().code, PIN)
        }
        signIn()
    }

    private fun signIn() {
        val signedIn = tablet.scope.async {
            val staff = app.core.staffWithPin().first().code
            app.core.signIn(staff, PIN)
            app.signedIn(staff)
        }
        until { signedIn.isCompleted }
        runBlocking { signedIn.await() }
        until { !app.isCovered }
    }

    /** Lets the main thread work until it is so. */
    private fun until(isSo: () -> Boolean) {
        val end = System.nanoTime() + Duration.ofSeconds(30).toNanos()
        while (!isSo()) {
            check(System.nanoTime() < end) { "waited in vain" }
            shadowOf(Looper.getMainLooper()).idle()
            Thread.sleep(10)
        }
    }

    private companion object {
        const val PIN = "472913"
    }
}
