package app.homon.journeys.sayings

import app.homon.core.Authority
import app.homon.core.CaseStatus
import app.homon.core.DeficiencyKind
import app.homon.core.Expression
import app.homon.core.Sex
import app.homon.words.Words

/** What came of a case so far. */
fun Words.name(status: CaseStatus): String = when (status) {
    CaseStatus.DRAFT -> statusDraft
    CaseStatus.READY -> statusReady
    CaseStatus.REFUSED -> statusRefused
    CaseStatus.WITHDRAWN -> statusWithdrawn
    CaseStatus.INELIGIBLE -> statusIneligible
    CaseStatus.REVISIT -> statusRevisit
}

/** 男 or 女. */
fun Words.name(sex: Sex): String = when (sex) {
    Sex.MALE -> attributesMale
    Sex.FEMALE -> attributesFemale
}

/** What makes somebody a legal representative. */
fun Words.name(authority: Authority): String = when (authority) {
    Authority.PARENT -> consentParent
    Authority.GUARDIAN_OF_MINOR -> consentGuardianMinor
    Authority.GUARDIAN_OF_ADULT -> consentGuardianAdult
}

/** How a wish was expressed. */
fun Words.name(expression: Expression): String = when (expression) {
    Expression.SPOKEN -> consentSpoken
    Expression.WRITTEN -> consentWritten
    Expression.GESTURE -> consentGesture
}

/** Why an application came back. */
fun Words.name(deficiency: DeficiencyKind): String = when (deficiency) {
    DeficiencyKind.PHOTO -> namesDeficiencyPhoto
    DeficiencyKind.NUMBER -> namesDeficiencyNumber
    DeficiencyKind.ATTRIBUTE -> namesDeficiencyAttribute
    DeficiencyKind.OTHER -> namesDeficiencyOther
}
