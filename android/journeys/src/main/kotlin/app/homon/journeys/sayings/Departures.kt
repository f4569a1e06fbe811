package app.homon.journeys.sayings

import app.homon.core.Closed
import app.homon.core.Departure
import app.homon.core.Holiday
import app.homon.core.Hours
import app.homon.core.SiteCondition
import app.homon.words.Words

/** What is other than agreed with the city. */
fun Words.say(departure: Departure): String = when (departure) {
    Departure.OutsideContract -> departuresOutsideContract
    Departure.AnotherDay -> departuresAnotherDay
    is Departure.OutsideHours -> departuresOutsideHours(say(departure.closed))
    Departure.SiteNotApproved -> departuresSiteNotApproved
    is Departure.SiteCondition -> say(departure.condition)
    is Departure.TooFewWorkers -> departuresTooFewWorkers(present = departure.present, needed = departure.needed)
    Departure.NoSiteManager -> departuresNoSiteManager
    Departure.NoCityStaff -> departuresNoCityStaff
    is Departure.NotChecked -> departuresNotChecked(name(departure.item))
}

/** Why a time is outside the calendar. */
fun Words.say(closed: Closed): String = when (closed) {
    Closed.OutsideContract -> closedOutsideContract
    Closed.Weekend -> closedWeekend
    is Closed.Holiday -> closedHoliday(name(closed.holiday))
    Closed.Closure -> closedClosure
    Closed.NotThisSitesDay -> closedNotThisSitesDay
    is Closed.OutsideHours -> closedOutsideHours(closed.open.joinToString("・") { hours(it) })
}

/** A national holiday. */
fun Words.name(holiday: Holiday): String = when (holiday) {
    Holiday.NEW_YEARS_DAY -> holidaysNewYearsDay
    Holiday.COMING_OF_AGE_DAY -> holidaysComingOfAgeDay
    Holiday.FOUNDATION_DAY -> holidaysFoundationDay
    Holiday.EMPERORS_BIRTHDAY -> holidaysEmperorsBirthday
    Holiday.VERNAL_EQUINOX_DAY -> holidaysVernalEquinoxDay
    Holiday.SHOWA_DAY -> holidaysShowaDay
    Holiday.CONSTITUTION_DAY -> holidaysConstitutionDay
    Holiday.GREENERY_DAY -> holidaysGreeneryDay
    Holiday.CHILDRENS_DAY -> holidaysChildrensDay
    Holiday.MARINE_DAY -> holidaysMarineDay
    Holiday.MOUNTAIN_DAY -> holidaysMountainDay
    Holiday.RESPECT_FOR_THE_AGED_DAY -> holidaysRespectForTheAgedDay
    Holiday.AUTUMNAL_EQUINOX_DAY -> holidaysAutumnalEquinoxDay
    Holiday.SPORTS_DAY -> holidaysSportsDay
    Holiday.CULTURE_DAY -> holidaysCultureDay
    Holiday.LABOR_THANKSGIVING_DAY -> holidaysLaborThanksgivingDay
    Holiday.SUBSTITUTE -> holidaysSubstitute
    Holiday.SANDWICHED -> holidaysSandwiched
}

private fun Words.say(condition: SiteCondition): String = when (condition) {
    SiteCondition.NEUTRAL_EVENT -> departuresNeutralEvent
    SiteCondition.MANAGER_AGREED -> departuresManagerAgreed
    SiteCondition.PARTITION_POSSIBLE -> departuresPartitionPossible
    SiteCondition.DEDICATED_LINE_POSSIBLE -> departuresDedicatedLinePossible
}

/** `09:00-12:00` as the core writes it, as it is read: 9:00–12:00. */
private fun Words.hours(hours: Hours): String {
    val (from, until) = hours.split('-').map { it.removePrefix("0") }
    return closedHours(from = from, until = until)
}
