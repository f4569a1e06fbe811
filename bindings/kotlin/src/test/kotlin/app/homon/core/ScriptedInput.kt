package app.homon.core

import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

// The JSON of scenarios as the types of the bindings. A word that this does not know is an error, as in Rust.

fun JsonObject.text(name: String): String = getValue(name).jsonPrimitive.content

fun JsonObject.textOrNull(name: String): String? = get(name)?.jsonPrimitive?.content

fun JsonObject.number(name: String): Int = getValue(name).jsonPrimitive.int

fun JsonObject.flag(name: String, default: Boolean = false): Boolean = get(name)?.jsonPrimitive?.boolean ?: default

fun JsonObject.inner(name: String): JsonObject = getValue(name).jsonObject

fun JsonObject.list(name: String): JsonArray = get(name)?.jsonArray ?: JsonArray(emptyList())

inline fun <reified E : Enum<E>> word(text: String): E = enumValueOf(text.uppercase())

fun planOf(json: JsonObject) = VisitPlan(
    id = json.text("id"),
    service = word(json.text("service")),
    site = json.text("site"),
    date = json.text("date"),
    from = json.text("from"),
    until = json.text("until"),
)

fun checkInOf(json: JsonObject) = CheckIn(
    staff = json.list("staff").map { it.jsonPrimitive.content },
    checked = json.list("checked").map { word<CheckItem>(it.jsonPrimitive.content) },
    cityAskedForWorker = json.flag("city_asked_for_worker"),
)

fun deviationOf(json: JsonObject) = DeviationInput(departureOf(json.inner("departure")), json.text("reason"))

private fun departureOf(json: JsonObject): Departure = when (val rule = json.text("rule")) {
    "outside_contract" -> Departure.OutsideContract
    "another_day" -> Departure.AnotherDay
    "not_checked" -> Departure.NotChecked(word(json.text("item")))
    "no_city_staff" -> Departure.NoCityStaff
    "no_site_manager" -> Departure.NoSiteManager
    else -> error("no such departure: $rule")
}

fun placeOf(json: JsonObject) = PlaceInput(
    order = json.textOrNull("order")?.toUInt(),
    room = json.textOrNull("room"),
    bed = json.textOrNull("bed"),
    queue = json.textOrNull("queue")?.toUInt(),
)

fun inputOf(json: JsonObject): CaseInput = when (val input = json.text("input")) {
    "place" -> CaseInput.Place(placeOf(json.inner("place")))
    "consent" -> CaseInput.Consent(consentOf(json))
    "eligibility" -> CaseInput.Eligibility(eligibilityOf(json.inner("answers")))
    "name" -> CaseInput.Name(json.text("name"), json.textOrNull("kana"))
    "address" -> CaseInput.Address(json.text("address"))
    "birth_date" -> CaseInput.BirthDate(json.text("text"))
    "sex" -> CaseInput.Sex(word(json.text("sex")))
    "application_id" -> CaseInput.ApplicationId(json.text("digits"))
    "application_id_qr" -> CaseInput.ApplicationIdQr(json.text("payload"))
    "individual_number" -> CaseInput.IndividualNumber(json.text("digits"))
    "contact" -> CaseInput.Contact(contactOf(json.inner("whose")), json.text("phone"), json.textOrNull("hours"))
    "see_document" -> CaseInput.SeeDocument(json.text("document"))
    "withdraw_document" -> CaseInput.WithdrawDocument(json.text("document"))
    "mark_evidence_sufficient" -> CaseInput.MarkEvidenceSufficient
    "pin_envelope" -> CaseInput.PinEnvelope(json.text("number"))
    "take_item" -> CaseInput.TakeItem(word(json.text("item")))
    "settle_item" -> CaseInput.SettleItem(word(json.text("item")), settlementOf(json.inner("settlement")))
    "photo_exception" -> CaseInput.PhotoException(exceptionOf(json.inner("exception")), json.text("reason"))
    "revoke_photo_exception" -> CaseInput.RevokePhotoException(exceptionOf(json.inner("exception")))
    "medium" -> CaseInput.Medium(json.textOrNull("on_paper"))
    "confirm" -> CaseInput.Confirm
    "leave" -> CaseInput.Leave(leavingOf(json.inner("leaving")))
    "reopen" -> CaseInput.Reopen
    else -> error("no such input: $input")
}

private fun exceptionOf(json: JsonObject): PhotoException = when (val kind = json.text("kind")) {
    "lying_down" -> PhotoException.LyingDown
    "wheelchair_or_tubes" -> PhotoException.WheelchairOrTubes
    "eyes_do_not_open" -> PhotoException.EyesDoNotOpen
    "head_covering" -> PhotoException.HeadCovering(word(json.text("ground")))
    else -> error("no such exception: $kind")
}

private fun consentOf(json: JsonObject) = ConsentInput(
    representative = json["representative"]?.jsonObject?.let {
        RepresentativeInput(it.text("name"), word(it.text("authority")), it.flag("proof_seen"))
    },
    how = word(json.text("how")),
    explainedBy = json.text("explained_by"),
    explanation = json.text("explanation"),
    leaveBehind = json.flag("leave_behind"),
    doubtful = json.flag("doubtful"),
)

private fun eligibilityOf(json: JsonObject) = Eligibility(
    registeredHere = json.flag("registered_here"),
    movePlanned = json.flag("move_planned"),
    cannotCome = json["cannot_come"]?.jsonPrimitive?.boolean,
    noProxy = json["no_proxy"]?.jsonPrimitive?.boolean,
)

private fun contactOf(json: JsonObject): ContactInput = when (val who = json.text("who")) {
    "own" -> ContactInput.Own
    "relation" -> ContactInput.Relation(json.text("name"))
    "facility" -> ContactInput.Facility
    else -> error("no such contact: $who")
}

private fun settlementOf(json: JsonObject): SettlementInput = when (val how = json.text("how")) {
    "returned" -> SettlementInput.Returned
    "handed_to_city" -> SettlementInput.HandedToCity
    "explained" -> SettlementInput.Explained(json.text("reason"))
    else -> error("no such settlement: $how")
}

private fun leavingOf(json: JsonObject): LeavingInput = when (val outcome = json.text("outcome")) {
    "refused" -> LeavingInput.Refused(json.textOrNull("note"))
    "withdrawn" -> LeavingInput.Withdrawn(json.textOrNull("note"))
    "ineligible" -> LeavingInput.Ineligible(word(json.text("reason")))
    "revisit" -> LeavingInput.Revisit(word(json.text("reason")), json.textOrNull("on"))
    else -> error("no such outcome: $outcome")
}
