package app.homon.journeys

import app.homon.core.CaseStatus
import app.homon.core.VisitStage
import app.homon.design.Standing
import app.homon.design.Station

/** How the core's stages are shown. */
object Stages {
    /** A visit that this tablet can still read. */
    val readable = setOf(VisitStage.OPEN, VisitStage.CLOSED, VisitStage.SEALED)

    fun station(stage: VisitStage): Station = when (stage) {
        VisitStage.PLANNED, VisitStage.OPEN, VisitStage.CLOSED, VisitStage.SEALED, VisitStage.HANDED_OVER -> Station.OnlyHere
        VisitStage.HELD -> Station.Held
        VisitStage.ERASING, VisitStage.ERASED -> Station.Opened
    }

    fun standing(status: CaseStatus): Standing = when (status) {
        CaseStatus.DRAFT -> Standing.Draft
        CaseStatus.READY -> Standing.Ready
        CaseStatus.REFUSED -> Standing.Refused
        CaseStatus.WITHDRAWN -> Standing.Withdrawn
        CaseStatus.INELIGIBLE -> Standing.Ineligible
        CaseStatus.REVISIT -> Standing.Revisit
    }
}
