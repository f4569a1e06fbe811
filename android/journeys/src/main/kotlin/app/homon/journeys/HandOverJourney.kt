package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.HandoverAsk
import app.homon.core.TakeBackReason
import app.homon.core.VisitAction
import app.homon.core.VisitStage
import app.homon.journeys.sayings.name
import app.homon.screens.HandOverActions
import app.homon.screens.HandOverScreen
import app.homon.screens.HandOverState
import app.homon.screens.Option

/** A part that goes on to another tablet, or comes back from it. */
class HandOverJourney(private val app: HomonApp, private val part: Part) : Journey, HandOverActions {
    private val words get() = app.words
    private var state: HandOverState? by mutableStateOf(null)
    private var asked: HandoverAsk? = null

    suspend fun load() = draw(file = null)

    private suspend fun draw(file: String?) {
        val line = app.today?.visits?.firstOrNull { it.key() == part } ?: return
        val isHandedOver = line.status == VisitStage.HANDED_OVER
        val mayHandOver = !isHandedOver && VisitAction.HAND_OVER in app.core.visit(part.visit, part.number).allowedActions
        state = HandOverState(
            site = app.siteName(line.site),
            safety = app.safety,
            refused = if (mayHandOver || isHandedOver) null else words.handoverNotNow(words.name(line.status)),
            isHandedOver = isHandedOver,
            file = file,
            reasons = TakeBackReason.entries.map { Option(it.name, words.name(it)) },
            unread = app.unread,
        )
    }

    @Composable
    override fun Show() {
        state?.let { HandOverScreen(it, this, app.frame(if (it.isHandedOver) Place.Today else Place.Board(part))) }
    }

    private fun change(change: (HandOverState) -> HandOverState) {
        state = state?.let(change)
    }

    private fun fail(fault: String) = change { it.copy(problem = fault, isBusy = false) }

    override fun read() {
        app.work(::fail) { preview(app.platform.chooseFile()?.decodeToString()?.trim() ?: return@work) }
    }

    override fun scan() {
        app.work(::fail) { preview(app.platform.scanToken() ?: return@work) }
    }

    private suspend fun preview(token: String) {
        val ask = app.core.previewHandover(token).also { asked = it }
        change { it.copy(fingerprint = ask.fingerprint, isSame = null, problem = null) }
    }

    override fun compared(isSame: Boolean) = change { it.copy(isSame = isSame) }

    override fun handOver() {
        val ask = asked ?: return
        change { it.copy(isBusy = true, problem = null) }
        app.work(::fail) {
            val file = app.core.handOver(part.visit, part.number, ask.token, ask.fingerprint)
            app.refresh()
            draw(file = null)
            // The part is locked here from now on, also when nobody takes the file yet.
            draw(app.platform.carry(file))
        }
    }

    override fun carry() {
        app.work(::fail) { draw(app.platform.carry(app.core.handoverFile(part.visit, part.number))) }
    }

    override fun why(reason: String) = change { it.copy(why = reason) }

    override fun takeBack() {
        val reason = TakeBackReason.entries.firstOrNull { it.name == state?.why } ?: return
        change { it.copy(isBusy = true, problem = null) }
        app.work(::fail) {
            app.core.takeBack(part.visit, part.number, reason)
            app.open(Place.Board(part))
        }
    }

    override fun board() {
        app.go(if (state?.isHandedOver == true) Place.Today else Place.Board(part))
    }
}
