package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.Mode
import app.homon.screens.EnrolActions
import app.homon.screens.EnrolScreen
import app.homon.screens.EnrolState
import app.homon.screens.EnrolmentOffer
import app.homon.screens.FieldState
import app.homon.screens.StaffChoice

/** From a name for the tablet to the first PIN. */
class EnrolJourney(private val app: HomonApp) : Journey, EnrolActions {
    private var state by mutableStateOf(EnrolState())
    private var request: String? = null
    private var token: String? = null

    @Composable
    override fun Show() = EnrolScreen(state, this)

    override fun label(text: String) {
        state = state.copy(label = FieldState(text))
    }

    override fun ask() {
        app.work(::fail) {
            val made = app.core.enrolmentRequest(state.label.text).also { request = it }
            state = state.copy(fingerprint = app.core.deviceFingerprint(), codes = emptyList(), problem = null)
            state = state.copy(request = app.platform.handOut("homon-request.txt", made))
        }
    }

    override fun showCodes() {
        app.work(::fail) { state = state.copy(codes = moving(request ?: return@work), problem = null) }
    }

    override fun readAnswer() {
        app.work(::fail) { preview(app.platform.chooseFile()?.decodeToString()?.trim() ?: return@work) }
    }

    override fun scanAnswer() {
        app.work(::fail) { preview(app.platform.scanToken() ?: return@work) }
    }

    private suspend fun preview(answer: String) {
        val preview = app.core.previewEnrolment(answer)
        token = answer
        val staff = preview.staff.map { StaffChoice(it.code, it.name) }
        val offer = EnrolmentOffer(preview.municipality, preview.programme, preview.fingerprint, preview.mode == Mode.TRAINING, staff)
        state = state.copy(offer = offer, codes = emptyList(), isCompared = false, problem = null)
    }

    override fun compared(isSame: Boolean) {
        state = state.copy(isCompared = isSame, problem = if (isSame) null else app.words.enrolStop)
    }

    override fun staff(code: String) {
        state = state.copy(staff = code)
    }

    override fun pin(text: String) {
        state = state.copy(pin = FieldState(text))
    }

    override fun again(text: String) {
        state = state.copy(again = FieldState(text))
    }

    override fun accept() {
        val (answer, offer, staff) = Triple(token ?: return, state.offer ?: return, state.staff ?: return)
        state = state.copy(isBusy = true)
        app.work(::fail) {
            app.core.acceptEnrolment(answer, offer.fingerprint, staff, state.pin.text)
            app.signedIn(staff)
            app.go(Place.Today)
            // The hello package leaves at once where there is a network, so that the chain is proven before a resident comes.
            app.transfer.start()
        }
    }

    private fun fail(problem: String) {
        state = state.copy(problem = problem, isBusy = false)
    }
}
