package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.CaseInput
import app.homon.core.IneligibleReason
import app.homon.core.LeavingInput
import app.homon.core.RevisitReason
import app.homon.journeys.sayings.name
import app.homon.screens.LeavingActions
import app.homon.screens.LeavingKind
import app.homon.screens.LeavingScreen
import app.homon.screens.LeavingState
import app.homon.screens.Option
import java.time.LocalDate

/** A case that ends without an application. */
class LeavingJourney(private val app: HomonApp, private val key: CaseKey) : Journey, LeavingActions {
    private val words get() = app.words
    private var state: LeavingState? by mutableStateOf(null)

    suspend fun load() {
        val name = app.core.case(key.part.visit, key.part.number, key.case).case.applicant.name?.let { words.boardPerson(it.text) }
        state = LeavingState(name ?: words.shellNoName, app.safety, null, emptyList(), null, "", "", words.leavingChoose)
    }

    @Composable
    override fun Show() {
        state?.let { LeavingScreen(it, this, app.frame(Place.Board(key.part))) }
    }

    private fun change(change: (LeavingState) -> LeavingState) {
        state = state?.let(change)?.let { it.copy(reason = reason(it), problem = null) }
    }

    private fun reason(state: LeavingState): String? = when {
        state.kind == null -> words.leavingChoose
        state.reasons.isNotEmpty() && state.chosen == null -> words.leavingChooseReason
        state.day.isNotBlank() && dayOf(state.day) == null -> words.leavingDayNote
        else -> null
    }

    override fun kind(kind: LeavingKind) = change {
        val reasons = when (kind) {
            LeavingKind.Revisit -> RevisitReason.entries.map { reason -> Option(reason.name, words.name(reason)) }
            LeavingKind.Ineligible -> IneligibleReason.entries.map { reason -> Option(reason.name, words.name(reason)) }
            LeavingKind.Refused, LeavingKind.Withdrawn -> emptyList()
        }
        it.copy(kind = kind, reasons = reasons, chosen = null)
    }

    override fun reason(code: String) = change { it.copy(chosen = code) }

    override fun day(text: String) = change { it.copy(day = text) }

    override fun note(text: String) = change { it.copy(note = text) }

    override fun leave() {
        val leaving = state?.let(::leaving) ?: return
        app.work({ fault -> state = state?.copy(problem = fault) }) {
            app.core.caseStep(key.part.visit, key.part.number, key.case, CaseInput.Leave(leaving))
            app.open(Place.Board(key.part))
        }
    }

    override fun back() {
        app.go(Place.Board(key.part))
    }

    private fun leaving(state: LeavingState): LeavingInput? = when (state.kind) {
        LeavingKind.Refused -> LeavingInput.Refused(state.note.ifBlank { null })
        LeavingKind.Withdrawn -> LeavingInput.Withdrawn(state.note.ifBlank { null })
        LeavingKind.Ineligible -> state.chosen?.let { LeavingInput.Ineligible(IneligibleReason.valueOf(it)) }
        LeavingKind.Revisit -> state.chosen?.let { LeavingInput.Revisit(RevisitReason.valueOf(it), dayOf(state.day)?.toString()) }
        null -> null
    }

    /** `11/27` is the next one that comes. */
    private fun dayOf(text: String): LocalDate? {
        val numbers = Regex("""\d+""").findAll(text).map { it.value.toInt() }.toList()
        if (numbers.size != 2) return null
        val today = app.now().toLocalDate()
        val day = runCatching { LocalDate.of(today.year, numbers[0], numbers[1]) }.getOrNull() ?: return null
        return if (day < today) day.plusYears(1) else day
    }
}
