package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.Mode
import app.homon.core.RosterView
import app.homon.core.TodayView
import app.homon.core.VisitLine
import app.homon.core.VisitStage
import app.homon.journeys.sayings.name
import app.homon.journeys.sayings.say
import app.homon.screens.OnItsWay
import app.homon.screens.SyncState
import app.homon.screens.TodayActions
import app.homon.screens.TodayScreen
import app.homon.screens.TodayState
import app.homon.screens.TodayVisit
import app.homon.screens.WaitingRoster
import app.homon.design.Station

/** The first page: visits, what only this tablet holds, rosters that wait. */
class TodayJourney(private val app: HomonApp) : Journey, TodayActions {
    private var rosters: List<RosterView> by mutableStateOf(emptyList())

    suspend fun load() {
        rosters = app.core.rosters()
    }

    @Composable
    override fun Show() {
        val view = app.today ?: return
        TodayScreen(state(view), this, app.frame())
    }

    private fun state(view: TodayView) = TodayState(
        date = app.words.day(app.now()),
        staff = app.words.shellSignedIn(staff = view.staff.name, city = app.programme.municipality),
        safety = app.safety,
        isProven = view.chainProven,
        open = view.visits.filter { it.status == VisitStage.OPEN || it.status == VisitStage.CLOSED }.map(::visit),
        onItsWay = view.visits.filter { it.status != VisitStage.OPEN && it.status != VisitStage.CLOSED && it.status != VisitStage.PLANNED }.map { onItsWay(app, it) },
        rosters = rosters.map { WaitingRoster(it.roster, app.words.shellRoster(it.residents), app.words.shellReceivedAt(app.words.moment(it.receivedAt))) },
        sync = SyncState(app.transfer.isRunning, syncNote(), app.transfer.problem),
        unread = app.unread,
        canPractise = view.mode == Mode.TRAINING && rosters.isEmpty(),
    )

    private fun visit(line: VisitLine) = TodayVisit(
        key = Place.Board(line.key()).text(),
        site = app.siteName(line.site),
        detail = app.words.shellVisitDetail(day = app.words.day(line.date), service = app.words.name(line.service)),
        state = app.words.name(line.status),
        problem = line.problem?.let { app.words.say(it) },
        hasSummary = hasSummary(line),
    )

    private fun syncNote(): String? {
        val transfer = app.transfer
        return transfer.note() ?: transfer.lastAt?.let { app.words.shellLastSync(app.words.clock(it)) }
    }

    override fun begin() {
        app.go(Place.CheckIn(null))
    }

    override fun open(visit: String) {
        app.go(Place.parse(visit))
    }

    override fun follow(visit: String) {
        app.go(Place.parse(visit))
    }

    override fun summary(visit: String) {
        val place = when (val way = Place.parse(visit)) {
            is Place.Board -> way.part
            is Place.Send -> way.part
            is Place.HandOver -> way.part
            else -> return
        }
        app.go(Place.Summary(place))
    }

    override fun beginWith(roster: String) {
        app.go(Place.CheckIn(roster))
    }

    override fun practise() {
        app.work {
            app.core.makePracticeRoster()
            load()
        }
    }

    override fun sync() = app.transfer.start { load() }
}

/** The key of a line. */
fun VisitLine.key() = Part(visit, part)

/** A visit on its way to the city, as a line. */
fun onItsWay(app: HomonApp, line: VisitLine): OnItsWay {
    val station = Stages.station(line.status)
    return OnItsWay(
        key = (if (line.status == VisitStage.HANDED_OVER) Place.HandOver(line.key()) else Place.Send(line.key())).text(),
        site = app.siteName(line.site),
        detail = app.words.shellWayDetail(day = app.words.day(line.date), people = line.tally?.people?.received ?: 0u),
        station = station,
        note = if (station == Station.Opened) app.words.shellCertificate else null,
        hasSummary = hasSummary(line),
    )
}

/** Whether the counts of a visit are final, so that they can be told. */
private fun hasSummary(line: VisitLine): Boolean = line.status != VisitStage.OPEN && line.tally != null
