package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.CaseInput
import app.homon.core.DocumentClass
import app.homon.core.Item
import app.homon.core.ItemKind
import app.homon.core.Problem
import app.homon.core.RouteSum
import app.homon.core.SettlementInput
import app.homon.core.StepKind
import app.homon.journeys.sayings.name
import app.homon.journeys.sayings.say
import app.homon.screens.CustodyLine
import app.homon.screens.DocumentGroup
import app.homon.screens.DocumentLine
import app.homon.screens.EvidenceActions
import app.homon.screens.EvidenceScreen
import app.homon.screens.EvidenceState
import app.homon.screens.RouteLine

/** What was shown as evidence of identity, whether it suffices, and what staff hold. */
class EvidenceJourney(app: HomonApp, key: CaseKey) : CaseJourney(app, key, CaseStep.Evidence), EvidenceActions {
    private var state: EvidenceState? by mutableStateOf(null)
    private var envelope: String? = null
    private var explaining: String? = null
    private var explanation = ""

    override fun draw() {
        val record = case.case
        val sufficient = record.evidence.sufficient
        state = EvidenceState(
            head = head(),
            groups = groups(),
            routes = case.evidence.map(::route),
            isEnough = case.problems.none { it is Problem.EvidenceMissing },
            marked = sufficient?.let { words.shellByAt(who = app.staffName(it.by), time = words.clock(it.at)) },
            canMark = StepKind.MARK_EVIDENCE_SUFFICIENT in case.allowedActions,
            custody = record.custody.map(::custody),
            canTake = if (StepKind.TAKE_ITEM in case.allowedActions) canTake() else emptyList(),
            explaining = explaining,
            explanation = explanation,
            asksEnvelope = record.pinEnvelope != null || case.problems.contains(Problem.PinEnvelopeMissing),
            envelope = envelope ?: record.pinEnvelope.orEmpty(),
            // What is missing here keeps nobody from going on: the photo can be taken while a paper is being fetched.
            reason = null,
        )
    }

    private fun groups(): List<DocumentGroup> = app.programme.documents.groupBy { it.`class` }.map { (kind, documents) ->
        DocumentGroup(
            words.name(kind),
            documents.map { document ->
                val seen = case.case.evidence.seen.firstOrNull { it.document == document.code }
                DocumentLine(document.code, document.name, seen != null, seen?.let { words.shellSeenAt(words.clock(it.at)) })
            },
        )
    }

    private fun route(sum: RouteSum): RouteLine {
        val missing = sum.slots.filter { !it.filled }
        return RouteLine(sum.slots.map { slot(it.`class`) to it.filled }, if (missing.isEmpty()) null else words.shellMissing(missing.joinToString("・") { slot(it.`class`) }))
    }

    private fun slot(kind: DocumentClass): String = when (kind) {
        DocumentClass.A -> words.shellSlotA
        DocumentClass.B -> words.shellSlotB
        DocumentClass.LETTER, DocumentClass.NOTIFICATION_CARD, DocumentClass.FACILITY_PHOTO_CERTIFICATE -> words.name(kind)
    }

    private fun custody(item: Item) = CustodyLine(
        key = item.kind.name,
        name = words.name(item.kind),
        isHeld = item.settled == null,
        note = item.settled?.let { words.say(it.settlement) + "　" + words.shellByAt(who = app.staffName(it.by), time = words.clock(it.at)) }
            ?: words.shellHeldBy(who = app.staffName(item.receivedBy), time = words.clock(item.receivedAt)),
    )

    private fun canTake() = ItemKind.entries.filter { kind -> case.case.custody.none { it.kind == kind && it.settled == null } }.map { it.name to words.name(it) }

    @Composable
    override fun Show() {
        state?.let { EvidenceScreen(it, this, frame()) }
    }

    override fun see(document: String, isSeen: Boolean) = entering(if (isSeen) CaseInput.SeeDocument(document) else CaseInput.WithdrawDocument(document))

    override fun mark() = entering(CaseInput.MarkEvidenceSufficient)

    override fun take(item: String) = entering(CaseInput.TakeItem(ItemKind.valueOf(item)))

    override fun giveBack(item: String) = entering(CaseInput.SettleItem(ItemKind.valueOf(item), SettlementInput.Returned))

    override fun handToCity(item: String) = entering(CaseInput.SettleItem(ItemKind.valueOf(item), SettlementInput.HandedToCity))

    override fun explain(item: String) {
        explaining = item.takeIf { it != explaining }
        explanation = ""
        draw()
    }

    override fun explanation(text: String) {
        explanation = text
        draw()
    }

    override fun explained() {
        val item = explaining ?: return
        app.work(::fail) {
            enter(CaseInput.SettleItem(ItemKind.valueOf(item), SettlementInput.Explained(explanation)))
            explaining = null
            draw()
        }
    }

    override fun envelope(number: String) {
        envelope = number
        draw()
    }

    override fun next() {
        app.work(::fail) {
            keep()
            app.open(Place.Case(key, CaseStep.Attributes))
        }
    }

    override suspend fun keep() {
        val typed = envelope?.trim()?.takeIf { it.isNotEmpty() && it != case.case.pinEnvelope } ?: return
        enter(CaseInput.PinEnvelope(typed))
    }
}
