package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.Held
import app.homon.core.HomonException
import app.homon.core.IneligibleReason
import app.homon.core.Method
import app.homon.core.RevisitReason
import app.homon.core.Tally
import app.homon.core.Visit
import app.homon.design.Standing
import app.homon.journeys.sayings.name
import app.homon.journeys.sayings.say
import app.homon.screens.DepartureNote
import app.homon.screens.OutcomeCount
import app.homon.screens.SummaryScreen
import app.homon.screens.SummaryState

/** A visit in counts, as the core counted it when it was closed. Reasons in words are known while it can be read. */
class SummaryJourney(private val app: HomonApp, private val place: Place.Summary) : Journey {
    private val words get() = app.words
    private val part get() = place.part
    private var state: SummaryState? by mutableStateOf(null)

    suspend fun load() {
        val line = app.today?.visits?.firstOrNull { it.key() == part } ?: return
        val visit = if (line.status in Stages.readable && line.problem == null) reasonsAndRemarks() else null
        state = line.tally?.let { state(it, visit) }
    }

    /** What the counts alone don't tell. Where the file does not open, the counts are told without it. */
    private suspend fun reasonsAndRemarks(): Visit? = try {
        app.core.visit(part.visit, part.number).visit
    } catch (fault: HomonException) {
        if (fault is HomonException.SignInAgain) throw fault
        null
    }

    private fun state(tally: Tally, visit: Visit?) = SummaryState(
        site = app.siteName(tally.site),
        safety = app.safety,
        facts = facts(tally),
        received = tally.people.received.toInt(),
        outcomes = outcomes(tally),
        consultations = tally.consultations.toInt(),
        applications = listOf(
            words.name(Method.ON_SITE_APPLICATION) to tally.onSite.toInt(),
            words.name(Method.PICKUP_VERIFICATION) to tally.pickup.toInt(),
            words.summaryOnPaper to tally.onPaper.toInt(),
        ),
        kept = listOf(words.summaryCards to held(tally.cards), words.summaryPapers to held(tally.papers)),
        departures = visit?.deviations?.map { DepartureNote(words.say(it.departure), it.reason.text) } ?: tally.departures.map { DepartureNote(words.say(it), null) },
        remarks = visit?.remarks?.text,
        unread = app.unread,
    )

    private fun facts(tally: Tally): List<Pair<String, String>> = listOfNotNull(
        words.summarySite to app.siteName(tally.site),
        words.summaryDay to words.day(tally.date),
        words.summaryService to words.name(tally.service),
        words.summaryOpened to words.clock(tally.openedAt),
        tally.closedAt?.let { words.summaryClosed to words.clock(it) },
    )

    private fun outcomes(tally: Tally): List<OutcomeCount> {
        val ineligible = IneligibleReason.entries.mapNotNull { reason -> tally.ineligible[reason.name.lowercase()]?.let { words.name(reason) to it.toInt() } }
        val revisit = RevisitReason.entries.mapNotNull { reason -> tally.revisit[reason.name.lowercase()]?.let { words.name(reason) to it.toInt() } }
        return listOf(
            OutcomeCount(Standing.Ready, tally.people.ready.toInt()),
            OutcomeCount(Standing.Refused, tally.people.refused.toInt()),
            OutcomeCount(Standing.Withdrawn, tally.people.withdrawn.toInt()),
            OutcomeCount(Standing.Ineligible, tally.people.ineligible.toInt(), ineligible),
            OutcomeCount(Standing.Revisit, tally.people.revisit.toInt(), revisit),
        )
    }

    private fun held(held: Held): String {
        val parts = listOf(words.shellReturned to held.returned, words.shellToCity to held.handedToCity, words.shellExplained to held.explained)
        val told = parts.filter { it.second > 0u }.joinToString("・") { (name, count) -> "$name $count" }
        return listOf(words.summaryItems(held.taken), told).filter { it.isNotEmpty() }.joinToString("　")
    }

    @Composable
    override fun Show() {
        val shown = state
        // A visit that was opened again has no final counts.
        if (shown == null) LaunchedEffect(Unit) { app.go(Place.Today) } else SummaryScreen(shown, app.frame(place.origin()))
    }
}

/** Where the counts of a visit were reached from. */
fun Place.Summary.origin(): Place = if (isClosing) Place.Close(part) else Place.Today
