package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.screens.SignInActions
import app.homon.screens.SignInScreen
import app.homon.screens.SignInState
import app.homon.screens.StaffChoice

/** Who works with the tablet; also what covers it. */
class SignInJourney(private val app: HomonApp, isHidden: Boolean, staff: String?) : Journey, SignInActions {
    private var state by mutableStateOf(SignInState(emptyList(), chosen = staff, isHidden = isHidden))
    private val pin = StringBuilder()

    suspend fun load() {
        val names = app.core.staffWithPin().map { StaffChoice(it.code, it.name ?: it.code) }
        state = state.copy(staff = names, chosen = state.chosen ?: names.singleOrNull()?.code)
    }

    @Composable
    override fun Show() = SignInScreen(state, this)

    override fun choose(staff: String) {
        state = state.copy(chosen = staff, problem = null)
    }

    override fun digit(digit: Char) {
        pin.append(digit)
        state = state.copy(typed = pin.length, problem = null)
    }

    override fun erase() {
        if (pin.isNotEmpty()) pin.setLength(pin.length - 1)
        state = state.copy(typed = pin.length)
    }

    override fun clear() {
        pin.setLength(0)
        state = state.copy(typed = 0)
    }

    override fun signIn() {
        val staff = state.chosen ?: return
        val typed = pin.toString()
        clear()
        state = state.copy(isBusy = true, problem = null)
        app.work({ state = state.copy(isBusy = false, problem = it) }) {
            app.core.signIn(staff, typed)
            app.signedIn(staff)
        }
    }
}
