package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.journeys.sayings.name
import app.homon.screens.Appearance
import app.homon.screens.FieldState
import app.homon.screens.Language
import app.homon.screens.Option
import app.homon.screens.SettingsActions
import app.homon.screens.SettingsScreen
import app.homon.screens.SettingsState

/** The tablet and its people. */
class SettingsJourney(private val app: HomonApp) : Journey, SettingsActions {
    private val words get() = app.words
    private var state: SettingsState? by mutableStateOf(null)

    suspend fun load() = draw(null)

    private suspend fun draw(done: String?) {
        val programme = app.programme
        val withPin = app.core.staffWithPin().map { it.code }
        state = SettingsState(
            safety = app.safety,
            programme = listOf(
                words.shellMunicipality to programme.municipality,
                words.shellProgramme to programme.name,
                words.shellContract to words.shellFromUntil(from = words.day(programme.contractFrom), until = words.day(programme.contractUntil)),
                words.shellInquiries to "${programme.inquiry.name}　${programme.inquiry.phone}",
            ),
            staffWithPin = withPin.map(app::staffName),
            staffWithout = programme.staff.filter { it.code !in withPin }.map { Option(it.code, it.name, words.name(it.role)) },
            appearance = app.look.appearance,
            language = app.look.language,
            isLeftHanded = app.look.isLeftHanded,
            done = done,
            unread = app.unread,
        )
    }

    @Composable
    override fun Show() {
        state?.let { SettingsScreen(it, this, app.frame()) }
    }

    private fun change(change: (SettingsState) -> SettingsState) {
        state = state?.let(change)
    }

    private fun fail(fault: String) = change { it.copy(problem = fault, done = null) }

    override fun choose(staff: String) = change { it.copy(chosen = staff, done = null) }

    override fun newPin(text: String) = change { it.copy(newPin = FieldState(text)) }

    override fun addStaff() {
        val (staff, pin) = (state?.chosen ?: return) to (state?.newPin?.text ?: return)
        app.work(::fail) {
            app.core.addStaff(staff, pin)
            draw(words.shellMayNow(app.staffName(staff)))
        }
    }

    override fun oldPin(text: String) = change { it.copy(oldPin = FieldState(text)) }

    override fun ownPin(text: String) = change { it.copy(ownPin = FieldState(text)) }

    override fun changePin() {
        val now = state ?: return
        val staff = app.today?.staff?.code ?: return
        app.work(::fail) {
            app.core.changePin(staff, now.oldPin.text, now.ownPin.text)
            draw(words.shellPinChanged)
        }
    }

    override fun appearance(appearance: Appearance) = look { it.copy(appearance = appearance) }

    override fun language(language: Language) = look { it.copy(language = language) }

    override fun hand(isLeft: Boolean) = look { it.copy(isLeftHanded = isLeft) }

    private fun look(change: (Look) -> Look) {
        app.look = change(app.look)
        app.work(::fail) { load() }
    }

    override fun takeOver() {
        app.work(::fail) { app.open(Place.TakeOver) }
    }

    override fun certificates() {
        app.go(Place.Certificates)
    }

    override fun lostTablet() {
        app.go(Place.LostTablet)
    }

    override fun signOut() {
        app.signOut()
    }
}
