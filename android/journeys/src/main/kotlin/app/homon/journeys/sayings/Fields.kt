package app.homon.journeys.sayings

import app.homon.core.Column
import app.homon.core.Field
import app.homon.words.Words

/** A field, as its screen calls it. */
fun Words.name(field: Field): String = when (field) {
    Field.PIN -> signinPin
    Field.NEW_PIN -> settingsNewPin
    Field.STAFF -> fieldsStaff
    Field.LABEL -> enrolLabel
    Field.ENROLMENT -> fieldsEnrolment
    Field.ROSTER -> fieldsRoster
    Field.FINGERPRINT -> fieldsFingerprint
    Field.HANDOVER -> fieldsHandover
    Field.INVITATION -> fieldsInvitation
    Field.ROOM -> addRoom
    Field.BED -> addBed
    Field.NAME -> attributesName
    Field.KANA -> attributesKana
    Field.ADDRESS -> attributesAddress
    Field.BIRTH_DATE -> attributesBirth
    Field.APPLICATION_ID -> attributesId
    Field.INDIVIDUAL_NUMBER -> fieldsIndividualNumber
    Field.PHONE -> attributesPhone
    Field.CONTACT_NAME -> fieldsContactName
    Field.CONTACT_HOURS -> fieldsContactHours
    Field.REPRESENTATIVE_NAME -> consentRepresentativeName
    Field.DOCUMENT -> fieldsDocument
    Field.PIN_ENVELOPE -> evidenceEnvelope
    Field.EXPLANATION -> fieldsExplanation
    Field.REASON -> leavingWhy
    Field.NOTE -> fieldsNote
    Field.REMARKS -> closeRemarksLabel
    Field.PRIVATE_ADDRESS -> checkinAddress
    Field.PHOTO -> fieldsPhoto
    Field.AREA -> fieldsArea
}

/** A column of a roster, as its heading is written. */
fun Words.name(column: Column): String = when (column) {
    Column.NAME -> attributesName
    Column.FAMILY_NAME -> fieldsFamilyName
    Column.GIVEN_NAME -> fieldsGivenName
    Column.KANA -> attributesKana
    Column.FAMILY_KANA -> fieldsFamilyKana
    Column.GIVEN_KANA -> fieldsGivenKana
    Column.ADDRESS -> attributesAddress
    Column.BIRTH_DATE -> attributesBirth
    Column.SEX -> attributesSex
    Column.ROOM -> addRoom
    Column.BED -> addBed
    Column.ORDER -> fieldsOrder
    Column.PHONE -> attributesPhone
    Column.REMARK -> fieldsRemark
    Column.APPLICATION_ID -> attributesId
    Column.INDIVIDUAL_NUMBER -> fieldsIndividualNumber
}
