package app.homon.journeys

import app.homon.core.CaseInput
import app.homon.core.CaseView
import app.homon.core.StepKind
import app.homon.journeys.sayings.name
import app.homon.screens.CaseActions
import app.homon.screens.CaseHead

/** What all pages of one case share: the case as the core has it, and moving between its steps. */
abstract class CaseJourney(protected val app: HomonApp, protected val key: CaseKey, protected val step: CaseStep) : Journey, CaseActions {
    protected val words get() = app.words
    protected lateinit var case: CaseView
        private set
    private var problem: String? = null

    suspend fun load() {
        show(app.core.case(key.part.visit, key.part.number, key.case))
    }

    /** Draws the page from a case. */
    protected abstract fun draw()

    protected fun show(case: CaseView) {
        this.case = case
        problem = null
        draw()
    }

    protected fun fail(fault: String) {
        problem = fault
        draw()
    }

    /** One thing that a person did; it is durable before the page shows it. */
    protected suspend fun enter(input: CaseInput) = show(app.core.caseStep(key.part.visit, key.part.number, key.case, input))

    /** Does it now, and says on the page what was refused. */
    protected fun entering(input: CaseInput) {
        app.work(::fail) { enter(input) }
    }

    protected fun head(): CaseHead {
        val record = case.case
        val place = listOfNotNull(record.place.room?.text, record.place.bed?.text).joinToString(" ")
        return CaseHead(
            name = record.applicant.name?.let { words.boardPerson(it.text) } ?: words.shellNoName,
            about = listOfNotNull(words.boardNumberRoom(number = record.number, room = place), record.method?.let { words.name(it) }).joinToString("　"),
            safety = app.safety,
            steps = stepLines(words, case),
            now = step.ordinal,
            problem = problem,
            canLeave = StepKind.LEAVE in case.allowedActions,
            canChangePhoto = StepKind.CHOOSE_PHOTO_EXCEPTION in case.allowedActions,
        )
    }

    protected fun frame() = app.frame(Place.Board(key.part))

    override fun go(step: Int) {
        app.go(Place.Case(key, CaseStep.entries[step]))
    }

    override fun leave() {
        app.go(Place.Leaving(key))
    }
}

/** The page of a step. */
suspend fun caseJourney(app: HomonApp, key: CaseKey, step: CaseStep): Journey {
    if (step == CaseStep.Confirm) return ResidentJourney(app, key).also { it.load() }
    if (step == CaseStep.Photo) {
        val case = app.core.case(key.part.visit, key.part.number, key.case)
        if (case.case.portrait == null) return CameraJourney(app, key).also { it.load() }
    }
    val journey = when (step) {
        CaseStep.Consent -> ConsentJourney(app, key)
        CaseStep.Evidence -> EvidenceJourney(app, key)
        CaseStep.Attributes -> AttributesJourney(app, key)
        CaseStep.Photo -> PhotoResultJourney(app, key, Shot.Stored)
        CaseStep.Confirm, CaseStep.Done -> DoneJourney(app, key)
    }
    return journey.also { it.load() }
}
