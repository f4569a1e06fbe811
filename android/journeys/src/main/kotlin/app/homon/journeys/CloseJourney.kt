package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.AmendmentReason
import app.homon.core.Blocker
import app.homon.core.Held
import app.homon.core.ItemKind
import app.homon.core.VisitAction
import app.homon.core.VisitStage
import app.homon.core.VisitView
import app.homon.design.Standing
import app.homon.journeys.sayings.name
import app.homon.journeys.sayings.say
import app.homon.screens.BlockerLine
import app.homon.screens.CloseActions
import app.homon.screens.CloseScreen
import app.homon.screens.CloseState
import app.homon.screens.Sum

/** The end of a visit: what balances and what does not. */
class CloseJourney(private val app: HomonApp, private val part: Part) : Journey, CloseActions {
    private val words get() = app.words
    private lateinit var view: VisitView
    private var state: CloseState? by mutableStateOf(null)
    private var remarks: String? = null
    private var address: String? = null

    suspend fun load() = show(app.core.visit(part.visit, part.number))

    private fun show(view: VisitView) {
        this.view = view
        val people = view.balance.people
        val held = view.balance.blockers.filterIsInstance<Blocker.StillHeld>()
        val outcomes = listOf(
            Standing.Ready to people.ready,
            Standing.Refused to people.refused,
            Standing.Withdrawn to people.withdrawn,
            Standing.Ineligible to people.ineligible,
            Standing.Revisit to people.revisit,
        ).map { (standing, count) -> standing to count.toInt() }
        state = CloseState(
            site = app.siteName(view.visit.plan.site),
            safety = app.safety,
            received = people.received.toInt(),
            outcomes = outcomes,
            difference = view.balance.blockers.count { it is Blocker.Draft },
            papers = sum(view.balance.papers, held.count { it.item != ItemKind.CARD }),
            cards = sum(view.balance.cards, held.count { it.item == ItemKind.CARD }),
            blockers = view.balance.blockers.map { BlockerLine(caseOf(it), words.say(it)) },
            remarks = remarks ?: view.visit.remarks?.text.orEmpty(),
            address = view.visit.privateAddress?.let { address ?: it.text },
            isClosed = view.status != VisitStage.OPEN,
            reason = reason(view),
            photos = view.activityPhotos.toInt(),
            hasSummary = view.status != VisitStage.OPEN && app.today?.visits?.firstOrNull { it.key() == part }?.tally != null,
            unread = app.unread,
        )
    }

    /** The core says what is left over: it keeps the visit from being closed. */
    private fun sum(held: Held, difference: Int): Sum {
        val parts = listOf(words.shellReturned to held.returned, words.shellToCity to held.handedToCity, words.shellExplained to held.explained)
            .map { (name, count) -> name to count.toInt() }
        return Sum(held.taken.toInt(), words.shellTaken, parts, difference)
    }

    private fun reason(view: VisitView): String? = when {
        VisitAction.CLOSE in view.allowedActions || VisitAction.SEAL in view.allowedActions || VisitAction.SEND in view.allowedActions -> null
        view.balance.blockers.isNotEmpty() -> words.shellBlocked(view.balance.blockers.size)
        else -> words.shellNotOpen(words.name(view.status))
    }

    private fun caseOf(blocker: Blocker): String = when (blocker) {
        is Blocker.Draft -> blocker.case
        is Blocker.StillHeld -> blocker.case
    }

    @Composable
    override fun Show() {
        state?.let { CloseScreen(it, this, app.frame(Place.Board(part))) }
    }

    private fun fail(fault: String) {
        state = state?.copy(problem = fault, isBusy = false)
    }

    override fun mend(case: String) {
        app.work(::fail) {
            val blocker = view.balance.blockers.first { caseOf(it) == case }
            val row = app.core.board(part.visit, part.number).first { it.number == case }
            val key = CaseKey(part, row.id)
            app.open(Place.Case(key, if (blocker is Blocker.StillHeld) CaseStep.Evidence else firstStep(app.core.case(part.visit, part.number, row.id))))
        }
    }

    override fun photos() {
        app.work(::fail) {
            keep()
            app.open(Place.Activity(part, isClosing = true))
        }
    }

    override fun summary() {
        app.work(::fail) {
            keep()
            app.open(Place.Summary(part, isClosing = true))
        }
    }

    override fun remarks(text: String) {
        remarks = text
        state = state?.copy(remarks = text)
    }

    override fun address(text: String) {
        address = text
        state = state?.copy(address = text)
    }

    override suspend fun keep() {
        val visit = view.visit
        remarks?.let { if (it != visit.remarks?.text.orEmpty()) app.core.setRemarks(part.visit, part.number, it) }
        remarks = null
        address?.let { if (it != visit.privateAddress?.text) app.core.setPrivateAddress(part.visit, part.number, it) }
        address = null
    }

    override fun closeAndSeal() {
        state = state?.copy(isBusy = true, problem = null)
        app.work(::fail) {
            keep()
            if (view.status == VisitStage.OPEN) show(app.core.closeVisit(part.visit, part.number))
            if (view.status == VisitStage.CLOSED) show(app.core.sealVisit(part.visit, part.number))
            app.open(Place.Send(part))
            app.transfer.start { app.reload(Place.Send(part)) }
        }
    }

    override fun reopen() {
        app.work(::fail) { show(app.core.reopenVisit(part.visit, part.number, AmendmentReason.CORRECTION)) }
    }

    override fun back() {
        app.go(Place.Board(part))
    }
}
