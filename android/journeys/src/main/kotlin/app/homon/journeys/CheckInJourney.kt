package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.CheckIn
import app.homon.core.CheckItem
import app.homon.core.Departure
import app.homon.core.DeviationInput
import app.homon.core.Invitation
import app.homon.core.ServiceKind
import app.homon.core.VisitPlan
import app.homon.core.canAskForWorker
import app.homon.core.hasPrivateAddress
import app.homon.journeys.sayings.name
import app.homon.journeys.sayings.note
import app.homon.journeys.sayings.say
import app.homon.screens.CheckInActions
import app.homon.screens.CheckInScreen
import app.homon.screens.CheckInState
import app.homon.screens.DepartureLine
import app.homon.screens.Option
import java.time.LocalTime
import java.util.UUID

/** Before a visit. The core says what departs from the programme; each departure needs a reason. */
class CheckInJourney(private val app: HomonApp, private val roster: String?) : Journey, CheckInActions {
    private val words get() = app.words
    private var visit = UUID.randomUUID().toString()

    /** What another tablet has agreed, where this one joins its visit. */
    private var invitation: Invitation? = null
    private var departures: List<Departure> = emptyList()
    private val reasons = mutableMapOf<String, String>()
    private var state by mutableStateOf(first())

    private fun first(): CheckInState {
        val programme = app.programme
        val services = programme.services.filter { it.kind in OFFERED }
        val now = app.now().toLocalTime().withSecond(0).withNano(0)
        return CheckInState(
            safety = app.safety,
            services = services.map { Option(it.kind.name, words.name(it.kind)) },
            service = services.firstOrNull()?.kind?.name,
            sites = programme.sites.map { Option(it.code, app.siteName(it.code)) },
            site = programme.sites.singleOrNull()?.code,
            from = "$now",
            until = "${afterwards(now)}",
            address = null,
            staff = programme.staff.map { Option(it.code, it.name, words.name(it.role)) },
            present = setOfNotNull(app.today?.staff?.code),
            isWorkerAsked = null,
            checks = CheckItem.entries.map { Option(it.name, words.name(it), words.note(it)) },
            checked = emptySet(),
            departures = emptyList(),
            isStaffed = false,
            unread = app.unread,
        )
    }

    /** Two hours later, and the same day: a visit ends before midnight. */
    private fun afterwards(from: LocalTime): LocalTime = from.plusHours(2).takeIf { it > from } ?: LocalTime.of(23, 59)

    suspend fun load() {
        val visitOfRoster = roster?.let { wanted -> app.core.rosters().firstOrNull { it.roster == wanted }?.visit }
        if (visitOfRoster != null) visit = visitOfRoster
        ask()
    }

    @Composable
    override fun Show() = CheckInScreen(state, this, app.frame(Place.Today))

    private fun plan(): VisitPlan? {
        invitation?.let { return it.plan }
        val (from, until) = (time(state.from) ?: return null) to (time(state.until) ?: return null)
        val service = ServiceKind.entries.firstOrNull { it.name == state.service } ?: return null
        return VisitPlan(visit, service, state.site ?: return null, app.now().toLocalDate().toString(), from, until)
    }

    /** `9:30`, `930` and `09:30` are the same time. */
    private fun time(text: String): String? {
        val digits = text.filter(Char::isDigit).padStart(4, '0')
        return runCatching { LocalTime.of(digits.take(2).toInt(), digits.drop(2).toInt()) }.getOrNull()?.toString()
    }

    private fun checkIn() = CheckIn(state.present.toList(), CheckItem.entries.filter { it.name in state.checked }, state.isWorkerAsked == true)

    /** What the core asks for at this site and for this service. */
    private fun asking(state: CheckInState): CheckInState {
        val site = app.programme.sites.firstOrNull { it.code == state.site }
        val terms = app.programme.services.firstOrNull { it.kind.name == state.service }
        return state.copy(
            address = if (site != null && hasPrivateAddress(site.kind)) state.address.orEmpty() else null,
            isWorkerAsked = if (terms != null && canAskForWorker(terms.staffing)) state.isWorkerAsked == true else null,
        )
    }

    private fun change(next: CheckInState) {
        state = next
        app.work(::fail) { ask() }
    }

    private suspend fun ask() {
        state = asking(state)
        val plan = plan()
        departures = if (plan == null) emptyList() else app.core.departures(plan, checkIn())
        val lines = departures.map { DepartureLine(words.say(it), words.say(it), reasons[words.say(it)].orEmpty()) }
        val open = lines.count { it.reason.isBlank() }
        val reason = when {
            state.site == null -> words.shellChooseSite
            plan == null -> words.shellTypeTimes
            state.address?.isBlank() == true -> words.checkinAddressFirst
            open > 0 -> words.shellDeparturesOpen(open)
            else -> null
        }
        state = state.copy(departures = lines, isStaffed = plan != null && departures.none(::isOfStaff), reason = reason)
    }

    private fun isOfStaff(departure: Departure) =
        departure is Departure.TooFewWorkers || departure is Departure.NoSiteManager || departure is Departure.NoCityStaff

    private fun fail(problem: String) {
        state = state.copy(problem = problem)
    }

    override fun join() {
        app.work(::fail) {
            val code = app.platform.scanCode() ?: return@work
            val read = app.core.readInvitation(code).also { invitation = it }
            val plan = read.plan
            state = state.copy(service = plan.service.name, site = plan.site, from = plan.from.take(5), until = plan.until.take(5), joins = read.part.toInt(), problem = null)
            ask()
        }
    }

    override fun service(code: String) = change(state.copy(service = code))

    override fun site(code: String) = change(state.copy(site = code))

    override fun from(text: String) = change(state.copy(from = text))

    override fun until(text: String) = change(state.copy(until = text))

    override fun address(text: String) = change(state.copy(address = text))

    override fun workerAsked(isAsked: Boolean) = change(state.copy(isWorkerAsked = isAsked))

    override fun present(staff: String, isPresent: Boolean) = change(state.copy(present = if (isPresent) state.present + staff else state.present - staff))

    override fun check(item: String, isChecked: Boolean) = change(state.copy(checked = if (isChecked) state.checked + item else state.checked - item))

    override fun explain(departure: String, reason: String) {
        reasons[departure] = reason
        change(state.copy(departures = state.departures.map { if (it.key == departure) it.copy(reason = reason) else it }))
    }

    override fun begin() {
        val plan = plan() ?: return
        app.work(::fail) {
            val explained = departures.map { DeviationInput(it, reasons[words.say(it)].orEmpty()) }
            val part = invitation?.part ?: 1u
            app.core.openVisit(plan, part, checkIn(), explained, state.address)
            app.open(Place.Board(Part(plan.id, part)))
        }
    }

    override fun cancel() {
        app.go(Place.Today)
    }

    private companion object {
        /** The services whose journey the app has. Renewals and the portal come later, and are not shown before. */
        val OFFERED = setOf(ServiceKind.VISIT_APPLICATION, ServiceKind.VENUE_APPLICATION)
    }
}
