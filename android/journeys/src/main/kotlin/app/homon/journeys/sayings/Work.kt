package app.homon.journeys.sayings

import app.homon.core.AmendmentReason
import app.homon.core.Method
import app.homon.core.Role
import app.homon.core.ServiceKind
import app.homon.core.TakeBackReason
import app.homon.core.VisitStage
import app.homon.words.Words

/** What somebody is for the work. */
fun Words.name(role: Role): String = when (role) {
    Role.WORKER -> namesWorker
    Role.SITE_MANAGER -> namesSiteManager
    Role.GENERAL_MANAGER -> namesGeneralManager
    Role.CITY_STAFF -> namesCityStaff
}

/** What is offered. */
fun Words.name(service: ServiceKind): String = when (service) {
    ServiceKind.VISIT_APPLICATION -> namesVisitApplication
    ServiceKind.VENUE_APPLICATION -> namesVenueApplication
    ServiceKind.VISIT_RENEWAL -> namesVisitRenewal
    ServiceKind.PORTAL_SUPPORT -> namesPortalSupport
}

/** When identity is checked. */
fun Words.name(method: Method): String = when (method) {
    Method.ON_SITE_APPLICATION -> namesOnSiteApplication
    Method.PICKUP_VERIFICATION -> namesPickupVerification
}

/** How far a visit is. */
fun Words.name(stage: VisitStage): String = when (stage) {
    VisitStage.PLANNED -> namesStagePlanned
    VisitStage.OPEN -> namesStageOpen
    VisitStage.CLOSED -> namesStageClosed
    VisitStage.SEALED -> namesStageSealed
    VisitStage.HELD -> namesStageHeld
    VisitStage.HANDED_OVER -> namesStageHandedOver
    VisitStage.ERASING -> namesStageErasing
    VisitStage.ERASED -> namesStageErased
}

/** Why a visit is opened again. */
fun Words.name(reason: AmendmentReason): String = when (reason) {
    AmendmentReason.CORRECTION -> namesAmendCorrection
    AmendmentReason.ADDITION -> namesAmendAddition
    AmendmentReason.ASKED_BY_CITY -> namesAskedByCity
}

/** Why a visit is taken back from another tablet. */
fun Words.name(reason: TakeBackReason): String = when (reason) {
    TakeBackReason.NOT_TAKEN -> namesNotTaken
    TakeBackReason.TABLET_LOST -> namesTabletLost
    TakeBackReason.ASKED_BY_CITY -> namesAskedByCity
}
