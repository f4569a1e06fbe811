package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.CaseInput
import app.homon.core.ConsentInput
import app.homon.core.Eligibility
import app.homon.core.ExpressedBy
import app.homon.core.RepresentativeInput
import app.homon.core.StepKind
import app.homon.screens.Authority
import app.homon.screens.ConsentActions
import app.homon.screens.ConsentScreen
import app.homon.screens.ConsentState
import app.homon.screens.Expression
import app.homon.screens.Option
import app.homon.screens.Speaker
import app.homon.core.Authority as CoreAuthority
import app.homon.core.Expression as CoreExpression

/** What was asked before anything else. */
class ConsentJourney(app: HomonApp, key: CaseKey) : CaseJourney(app, key, CaseStep.Consent), ConsentActions {
    private var state: ConsentState? by mutableStateOf(null)

    override fun draw() {
        val known = state ?: fromCase()
        state = known.copy(head = head(), reason = reason(known))
    }

    private fun fromCase(): ConsentState {
        val answers = case.case.consent?.answers
        val representative = answers?.by as? ExpressedBy.LegalRepresentative
        val eligibility = case.case.eligibility
        return ConsentState(
            head = head(),
            explanations = app.programme.explanations.map { Option(it.code, it.code, it.text.trim()) },
            explanation = answers?.explanation ?: app.programme.explanations.firstOrNull()?.code,
            explained = answers != null,
            speaker = answers?.let { if (representative == null) Speaker.Resident else Speaker.Representative },
            representative = representative?.name?.text.orEmpty(),
            authority = representative?.authority?.let { Authority.entries[it.ordinal] },
            proofSeen = representative?.proofSeen == true,
            expression = answers?.how?.let { Expression.entries[it.ordinal] },
            leaveBehind = answers?.leaveBehind == true,
            isDoubtful = answers?.doubtful == true,
            registeredHere = eligibility?.registeredHere,
            movePlanned = eligibility?.movePlanned,
        )
    }

    /** What is not answered yet: without it there is nothing to record. */
    private fun reason(state: ConsentState): String? {
        val open = listOfNotNull(
            words.shellExplain.takeIf { !state.explained },
            words.shellWho.takeIf { state.speaker == null },
            words.consentRepresentativeName.takeIf { state.speaker == Speaker.Representative && state.representative.isBlank() },
            words.shellAuthority.takeIf { state.speaker == Speaker.Representative && state.authority == null },
            words.shellHow.takeIf { state.expression == null },
            words.shellRegistered.takeIf { state.registeredHere == null },
            words.shellMove.takeIf { state.movePlanned == null },
        )
        return if (open.isEmpty()) null else words.shellOpenQuestions(count = open.size, first = open.first())
    }

    @Composable
    override fun Show() {
        state?.let { ConsentScreen(it, this, frame()) }
    }

    override fun change(state: ConsentState) {
        this.state = state.copy(reason = reason(state))
    }

    override fun next() {
        app.work(::fail) {
            record()
            app.open(Place.Case(key, CaseStep.Evidence))
        }
    }

    /** Half an answer is not kept: consent is recorded as a whole or not at all. */
    override suspend fun keep() {
        val state = state ?: return
        if (state.reason == null && StepKind.RECORD_CONSENT in case.allowedActions) record()
    }

    private suspend fun record() {
        val answers = state ?: return
        val consent = ConsentInput(
            representative = if (answers.speaker == Speaker.Representative) representative(answers) else null,
            how = CoreExpression.entries[(answers.expression ?: return).ordinal],
            explainedBy = app.today?.staff?.code ?: return,
            explanation = answers.explanation ?: return,
            leaveBehind = answers.leaveBehind,
            doubtful = answers.isDoubtful,
        )
        val recorded = case.case.consent?.answers
        if (recorded == null || differs(answers, fromCase())) enter(CaseInput.Consent(consent))
        val eligibility = Eligibility(answers.registeredHere ?: return, answers.movePlanned ?: return, null, null)
        if (case.case.eligibility != eligibility) enter(CaseInput.Eligibility(eligibility))
    }

    private fun differs(one: ConsentState, other: ConsentState) = one.copy(head = other.head, reason = other.reason) != other

    private fun representative(answers: ConsentState) = answers.authority?.let {
        RepresentativeInput(answers.representative, CoreAuthority.entries[it.ordinal], answers.proofSeen)
    }
}
