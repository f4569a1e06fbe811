package app.homon.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.homon.design.Banner
import app.homon.design.Destination
import app.homon.design.Divider
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalLayout
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Mark
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.Safety
import app.homon.design.Size
import app.homon.design.Standing
import app.homon.design.wordOf

/** How many stand where, and for which reasons. */
@Immutable
data class OutcomeCount(val standing: Standing, val count: Int, val reasons: List<Pair<String, Int>> = emptyList())

/** Something that was other than agreed, and why; the reason is known while the visit can be read. */
@Immutable
data class DepartureNote(val what: String, val reason: String?)

/** A visit in counts and reasons, without anybody's name. */
@Immutable
data class SummaryState(
    val site: String,
    val safety: Safety,
    val facts: List<Pair<String, String>>,
    val received: Int,
    val outcomes: List<OutcomeCount>,
    val consultations: Int,
    val applications: List<Pair<String, Int>>,
    /** What was in custody: what, how many, and what became of them. */
    val kept: List<Pair<String, String>>,
    val departures: List<DepartureNote>,
    val remarks: String? = null,
    val problem: String? = null,
    val unread: Int = 0,
)

/** The day of a visit as it is told to the office: counts, times, and what was other than agreed. */
@Composable
fun SummaryScreen(state: SummaryState, frame: FrameActions) {
    val words = LocalWords.current
    Frame(words.summaryTitle, state.site, state.safety, frame, Destination.Visit, state.unread) {
        TwoColumns(
            {
                if (state.problem != null) Banner(null, LocalPalette.current.error, state.problem)
                People(state)
                Numbers(words.summaryApplications, state.applications.map { (name, count) -> name to words.summaryCases(count) })
            },
            {
                Numbers(words.summaryWhere, state.facts)
                Numbers(words.summaryKept, state.kept)
                Departures(state)
                Banner(Icons.Shield, LocalPalette.current.ok, words.summaryNoNames, detail = words.summaryNoNamesNote)
            },
        )
    }
}

@Composable
private fun People(state: SummaryState) {
    val words = LocalWords.current
    Column {
        Heading(words.summaryPeople)
        Panel {
            for (outcome in state.outcomes) {
                Outcome(outcome)
                Divider()
            }
            Line(words.summaryTotal, words.summaryCount(state.received), bold = true)
            Divider()
            Line(words.summaryConsultations, words.summaryCases(state.consultations))
        }
    }
}

@Composable
private fun Outcome(outcome: OutcomeCount) {
    val words = LocalWords.current
    Column(Modifier.fillMaxWidth().semantics(mergeDescendants = true) {}.padding(20.dp, 8.dp), Arrangement.spacedBy(2.dp)) {
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(10.dp), Alignment.CenterVertically) {
            Mark(outcome.standing, size = 20.dp)
            Label(wordOf(outcome.standing), Modifier.weight(1f))
            Label(words.summaryCount(outcome.count), size = Size.Name, bold = true)
        }
        for ((reason, count) in outcome.reasons) {
            Row(Modifier.fillMaxWidth().padding(start = LocalLayout.current.sign(20.dp) + 10.dp), Arrangement.spacedBy(10.dp)) {
                Note(reason, Modifier.weight(1f))
                Note(words.summaryCount(count))
            }
        }
    }
}

@Composable
private fun Line(name: String, value: String, bold: Boolean = false) {
    Row(Modifier.fillMaxWidth().semantics(mergeDescendants = true) {}.padding(20.dp, 8.dp), Arrangement.spacedBy(16.dp), Alignment.CenterVertically) {
        Label(name, Modifier.weight(1f), bold = bold)
        Label(value, size = Size.Name, bold = true)
    }
}

@Composable
private fun Numbers(title: String, lines: List<Pair<String, String>>) {
    if (lines.isEmpty()) return
    Column {
        Heading(title)
        Panel {
            Column(Modifier.padding(20.dp, 12.dp), Arrangement.spacedBy(8.dp)) {
                for ((name, value) in lines) {
                    Row(Modifier.fillMaxWidth().semantics(mergeDescendants = true) {}, Arrangement.spacedBy(16.dp)) {
                        Note(name, Modifier.weight(1f))
                        Label(value, Modifier.weight(2f))
                    }
                }
            }
        }
    }
}

@Composable
private fun Departures(state: SummaryState) {
    val words = LocalWords.current
    Column {
        Heading(words.summaryDepartures)
        Panel {
            Column(Modifier.padding(20.dp, 12.dp), Arrangement.spacedBy(10.dp)) {
                if (state.departures.isEmpty()) Note(words.summaryDeparturesNone)
                for (departure in state.departures) {
                    Column(Modifier.semantics(mergeDescendants = true) {}) {
                        Label(departure.what, bold = true)
                        if (departure.reason != null) Note(words.summaryBecause(departure.reason))
                    }
                }
                if (state.remarks != null) {
                    Divider()
                    Column(Modifier.semantics(mergeDescendants = true) {}) {
                        Note(words.summaryRemarks)
                        Label(state.remarks)
                    }
                }
            }
        }
    }
}
