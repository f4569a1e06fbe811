package app.homon.journeys

import app.homon.core.CaseStatus
import app.homon.core.CaseView
import app.homon.core.Problem
import app.homon.design.Progress
import app.homon.design.StepLine
import app.homon.journeys.sayings.brief
import app.homon.words.Words

/** On which page a problem is mended. That is where things stand in the app, not whether they are wrong. */
fun stepOf(problem: Problem): CaseStep = when (problem) {
    Problem.ConsentMissing, Problem.ConsentInDoubt, Problem.RepresentativeNeeded, Problem.AuthorityNotSeen, Problem.LeaveBehindMissing,
    Problem.EligibilityMissing, Problem.NonResident, Problem.MovePlanned, Problem.CanComeOrHasProxy,
    Problem.RenewalNotDocumented, Problem.ServiceNotAvailable,
    -> CaseStep.Consent
    is Problem.EvidenceMissing, Problem.EvidenceNotMarked, Problem.PinEnvelopeMissing, Problem.PaperFormMissing -> CaseStep.Evidence
    Problem.NameMissing, Problem.AddressMissing, Problem.BirthDateMissing, Problem.BirthDateInFuture, Problem.SexMissing,
    Problem.NumberMissing, is Problem.NumberUnfinished, Problem.NumberNotAllowed, Problem.ContactMissing,
    -> CaseStep.Attributes
    Problem.PortraitMissing, is Problem.PhotoExceptionMissing -> CaseStep.Photo
    Problem.NotConfirmed -> CaseStep.Confirm
}

/** The page where a case goes on. */
fun firstStep(case: CaseView): CaseStep = case.problems.firstOrNull()?.let(::stepOf) ?: CaseStep.Done

/** The steps with what is missing in each: the first that is not done is where one is, later ones are not reached. */
fun stepLines(words: Words, case: CaseView): List<StepLine> {
    val first = firstStep(case)
    return CaseStep.entries.map { step ->
        val problem = case.problems.firstOrNull { stepOf(it) == step }
        val progress = when {
            case.status != CaseStatus.DRAFT -> Progress.Done
            step == CaseStep.Done -> Progress.Open
            problem == null && step < CaseStep.Confirm -> Progress.Done
            step == first -> Progress.Missing
            else -> Progress.Open
        }
        StepLine(title(words, step), progress, problem?.let { words.brief(it) }?.takeIf { progress == Progress.Missing })
    }
}

private fun title(words: Words, step: CaseStep): String = when (step) {
    CaseStep.Consent -> words.stepConsent
    CaseStep.Evidence -> words.stepEvidence
    CaseStep.Attributes -> words.stepAttributes
    CaseStep.Photo -> words.stepPhoto
    CaseStep.Confirm -> words.stepConfirm
    CaseStep.Done -> words.stepDone
}
