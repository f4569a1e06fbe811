package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.BadRows
import app.homon.core.CaseRow
import app.homon.core.CaseView
import app.homon.core.ExpectedRow
import app.homon.core.RoundPlace
import app.homon.core.StepKind
import app.homon.core.Visit
import app.homon.core.VisitAction
import app.homon.core.VisitView
import app.homon.design.Standing
import app.homon.journeys.sayings.brief
import app.homon.journeys.sayings.name
import app.homon.journeys.sayings.say
import app.homon.screens.BoardActions
import app.homon.screens.BoardDetail
import app.homon.screens.BoardRow
import app.homon.screens.BoardScreen
import app.homon.screens.BoardState
import kotlinx.coroutines.Job

/** Everyone of a visit: those received, and those of the rosters who are still expected. */
class BoardJourney(private val app: HomonApp, private val part: Part) : Journey, BoardActions {
    private val words get() = app.words
    private var view: VisitView? = null
    private var received: List<CaseRow> = emptyList()
    private var expected: List<Pair<String, ExpectedRow>> = emptyList()
    private var state: BoardState? by mutableStateOf(null)
    private var chosen: String? = null
    private var search = ""
    private var filter: Standing? = null
    private var problem: String? = null
    private var isMoreOpen = false
    private var searching: Job? = null

    suspend fun load() {
        app.lastVisit = part
        val rosters = app.core.rosters().filter { it.visit == null || it.visit == part.visit }
        expected = rosters.flatMap { roster -> app.core.expected(part.visit, roster.roster).filter { it.receivedAs == null }.map { roster.roster to it } }
        view = app.core.visit(part.visit, part.number)
        find()
    }

    /** Draws the board anew. The core finds by name, reading and number; of those expected the room is all there is. */
    private suspend fun find() {
        val view = view ?: return
        received = if (search.isBlank()) app.core.board(part.visit, part.number) else app.core.search(part.visit, part.number, search)
        val waiting = expected.filter { (_, row) -> search.isBlank() || row.place.room?.text.orEmpty().contains(search.trim()) }
        val rows = (received.map { order(it.place, it.number) to row(it) } + waiting.map { (roster, row) -> order(row.place, "") to row(roster, row) })
            .sortedBy { it.first }.map { it.second }
        val counts = rows.groupingBy { it.standing }.eachCount()
        val shown = rows.filter { filter == null || it.standing == filter }
        state = BoardState(
            site = app.siteName(view.visit.plan.site),
            time = time(view.visit),
            safety = app.safety,
            search = search,
            filter = filter,
            counts = Standing.entries.mapNotNull { standing -> counts[standing]?.let { standing to it } },
            rows = shown,
            detail = shown.firstOrNull { it.key == chosen }?.let { detail(it) },
            consultations = view.visit.consultations.toInt(),
            unread = app.unread,
            photos = view.activityPhotos.toInt(),
            isMoreOpen = isMoreOpen,
            closed = if (VisitAction.RECEIVE in view.allowedActions) null else words.shellNotOpen(words.name(view.status)),
            problem = problem,
        )
    }

    private fun time(visit: Visit): String {
        val plan = visit.plan
        val time = words.shellVisitTime(from = plan.from.take(5), until = plan.until.take(5), service = words.name(plan.service))
        return "$time　${words.boardTablet(visit.part)}"
    }

    private fun order(place: RoundPlace, number: String): String =
        "%06d".format((place.order ?: place.queue)?.toInt() ?: number.substringAfter('-').toIntOrNull() ?: 999999)

    private fun row(case: CaseRow) = BoardRow(
        key = "case/${case.id}",
        number = case.number,
        name = case.maskedName ?: words.shellNoName,
        room = room(case.place),
        standing = Stages.standing(case.status),
        note = case.next?.let { words.brief(it) }.orEmpty(),
    )

    private fun row(roster: String, row: ExpectedRow) = BoardRow(
        key = "line/$roster/${row.line}",
        number = row.place.order?.toString().orEmpty(),
        name = row.maskedName,
        room = room(row.place),
        standing = Standing.NotReceived,
    )

    private fun room(place: RoundPlace): String =
        listOfNotNull(place.queue?.let { words.shellQueue(it) }, place.room?.text, place.bed?.text).joinToString(" ")

    private suspend fun detail(row: BoardRow): BoardDetail {
        val canReceive = view?.let { VisitAction.RECEIVE in it.allowedActions } == true
        if (!row.key.startsWith("case/")) return BoardDetail(row, about = words.shellExpected, next = null, steps = emptyList(), canLeave = canReceive)
        val case = app.core.case(part.visit, part.number, row.key.removePrefix("case/"))
        return BoardDetail(
            row,
            about = case.case.method?.let { words.name(it) }.orEmpty(),
            next = case.problems.firstOrNull()?.let { words.shellContinue(words.say(it)) },
            steps = stepLines(words, case),
            canLeave = StepKind.LEAVE in case.allowedActions,
            canMove = StepKind.PLACE in case.allowedActions,
        )
    }

    @Composable
    override fun Show() {
        state?.let { BoardScreen(it.copy(safety = app.safety), this, app.frame()) }
    }

    private fun redraw() {
        searching?.cancel()
        searching = app.work(::fail) { find() }
    }

    private fun fail(fault: String) {
        problem = fault
        state = state?.copy(problem = fault)
    }

    override fun search(text: String) {
        search = text
        state = state?.copy(search = text)
        redraw()
    }

    override fun filter(standing: Standing?) {
        filter = standing
        redraw()
    }

    override fun select(row: String) {
        chosen = row
        redraw()
    }

    /** The case of the chosen row; someone expected is received first. */
    private suspend fun chosenCase(): CaseView? {
        val words = chosen?.split('/') ?: return null
        if (words[0] == "case") return app.core.case(part.visit, part.number, words[1])
        return app.core.receiveFromRoster(part.visit, part.number, words[1], words[2].toUInt())
    }

    override fun openCase() {
        app.work(::fail) {
            val case = chosenCase() ?: return@work
            app.open(Place.Case(CaseKey(part, case.case.id), firstStep(case)))
        }
    }

    override fun notToday() {
        app.work(::fail) {
            val case = chosenCase() ?: return@work
            app.open(Place.Leaving(CaseKey(part, case.case.id)))
        }
    }

    override fun move() {
        app.work(::fail) {
            val case = chosenCase() ?: return@work
            app.open(Place.Move(CaseKey(part, case.case.id)))
        }
    }

    override fun add() {
        app.go(Place.Add(part))
    }

    override fun importRoster() {
        app.work(::fail) {
            val file = app.platform.chooseFile() ?: return@work
            val import = app.core.importRoster(file, part.visit, BadRows.REFUSE)
            problem = null
            if (import.roster == null || import.duplicates.isNotEmpty()) app.show(Place.Board(part), ImportJourney(app, part, file, import)) else load()
        }
    }

    override fun consultation() {
        app.work(::fail) {
            app.core.addConsultation(part.visit, part.number)
            load()
        }
    }

    override fun photos() {
        app.work(::fail) { app.open(Place.Activity(part)) }
    }

    override fun handOver() {
        app.work(::fail) { app.open(Place.HandOver(part)) }
    }

    override fun addTablet() {
        app.work(::fail) { app.open(Place.Invite(part)) }
    }

    override fun more(isOpen: Boolean) {
        isMoreOpen = isOpen
        state = state?.copy(isMoreOpen = isOpen)
    }

    override fun close() {
        app.go(Place.Close(part))
    }
}
