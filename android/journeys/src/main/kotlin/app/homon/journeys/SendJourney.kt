package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.TodayView
import app.homon.core.VisitAction
import app.homon.core.VisitLine
import app.homon.core.VisitStage
import app.homon.design.Progress
import app.homon.design.Station
import app.homon.design.StepLine
import app.homon.screens.SendActions
import app.homon.screens.SendScreen
import app.homon.screens.SendState

/** A visit on its way to the city. */
class SendJourney(private val app: HomonApp, private val part: Part) : Journey, SendActions {
    private val words get() = app.words
    private var certificates by mutableStateOf(0)
    private var canAmend by mutableStateOf(false)

    suspend fun load() {
        certificates = app.core.erasureCertificates().size
        val status = app.today?.visits?.firstOrNull { it.key() == part }?.status
        canAmend = status in Stages.readable && VisitAction.REOPEN in app.core.visit(part.visit, part.number).allowedActions
    }

    @Composable
    override fun Show() {
        val today = app.today ?: return
        val line = today.visits.firstOrNull { it.key() == part } ?: return
        SendScreen(state(today, line), this, app.frame(Place.Today))
    }

    private fun state(today: TodayView, line: VisitLine): SendState {
        val transfer = app.transfer
        val moment = transfer.progress
        return SendState(
            site = words.shellSiteDay(site = app.siteName(line.site), day = words.day(line.date)),
            safety = app.safety.copy(note = transfer.note() ?: app.safety.note),
            people = line.tally?.people?.received?.toInt() ?: 0,
            share = if (transfer.isRunning) moment?.share ?: 0f else null,
            bytes = moment?.let { bytes(it) }.orEmpty(),
            timeLeft = moment?.secondsLeft?.let { words.shellSecondsLeft(it) },
            isRunning = transfer.isRunning,
            isPaused = transfer.isPaused || transfer.problem != null,
            isHeld = Stages.station(line.status) != Station.OnlyHere,
            canAmend = canAmend,
            stations = stations(line),
            others = today.visits.filter { it.key() != part && it.status in SENT }.map { onItsWay(app, it) },
            remains = today.visits.filter { it.status != VisitStage.PLANNED }.map { app.siteName(it.site) to remains(it) },
            certificates = certificates,
            problem = transfer.problem,
            unread = app.unread,
        )
    }

    private fun bytes(moment: Transfer.Moment): String {
        val megabytes = { count: Number -> "%.1f".format(count.toDouble() / 1_000_000) }
        val speed = moment.bytesPerSecond?.let { words.shellSpeed(megabytes(it)) }
        return listOfNotNull(words.shellBytes(sent = megabytes(moment.sent), total = megabytes(moment.total)), speed).joinToString("　")
    }

    private fun stations(line: VisitLine): List<StepLine> {
        val reached = when (line.status) {
            VisitStage.PLANNED, VisitStage.OPEN, VisitStage.CLOSED, VisitStage.HANDED_OVER -> 0
            VisitStage.SEALED -> 1
            VisitStage.HELD -> 3
            VisitStage.ERASING, VisitStage.ERASED -> 4
        }
        val titles = listOf(
            words.shellSealed to words.shellSealedNote,
            words.shellOnItsWay to words.shellOnItsWayNote,
            words.receiptHeld to words.shellHeldNote,
            words.receiptOpened to words.shellOpenedNote,
        )
        return titles.mapIndexed { at, (title, note) ->
            StepLine(title, if (at < reached) Progress.Done else if (at == reached) Progress.Missing else Progress.Open, note)
        }
    }

    private fun remains(line: VisitLine): String = when (line.status) {
        VisitStage.PLANNED, VisitStage.OPEN, VisitStage.CLOSED, VisitStage.SEALED -> words.shellReadable(line.tally?.people?.received ?: 0u)
        VisitStage.HANDED_OVER -> words.shellHandedOver
        VisitStage.HELD -> words.shellSealedOnly
        VisitStage.ERASING, VisitStage.ERASED -> words.shellCountsOnly
    }

    override fun start() = app.transfer.start { load() }

    override fun pause() = app.transfer.pause()

    override fun amend() {
        app.go(Place.Close(part))
    }

    override fun certificates() {
        app.go(Place.Certificates)
    }

    override fun today() {
        app.go(Place.Today)
    }

    private companion object {
        val SENT = setOf(VisitStage.SEALED, VisitStage.HELD, VisitStage.ERASING, VisitStage.ERASED)
    }
}
