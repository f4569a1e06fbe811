package app.homon.journeys.sayings

import app.homon.core.Blocker
import app.homon.core.DocumentClass
import app.homon.core.ItemKind
import app.homon.core.Settlement
import app.homon.words.Words

/** A paper or a card in our care. */
fun Words.name(item: ItemKind): String = when (item) {
    ItemKind.LETTER -> namesLetter
    ItemKind.NOTIFICATION_CARD -> namesNotificationCard
    ItemKind.APPLICATION_FORM -> namesApplicationForm
    ItemKind.CERTIFICATE -> namesCertificate
    ItemKind.PIN_REQUEST_ENVELOPE -> namesPinRequestEnvelope
    ItemKind.CARD -> namesCard
}

/** What came of something in our care. */
fun Words.say(settlement: Settlement): String = when (settlement) {
    Settlement.Returned -> custodyReturned
    Settlement.HandedToCity -> custodyHandedToCity
    is Settlement.Explained -> custodyExplained
}

/** What keeps a visit from ending, and its mend. */
fun Words.say(blocker: Blocker): String = when (blocker) {
    is Blocker.Draft -> custodyDraft(blocker.case)
    is Blocker.StillHeld -> custodyStillHeld(number = blocker.case, item = name(blocker.item))
}

/** What a document counts as. */
fun Words.name(document: DocumentClass): String = when (document) {
    DocumentClass.A -> namesDocumentA
    DocumentClass.B -> namesDocumentB
    DocumentClass.LETTER -> namesLetter
    DocumentClass.NOTIFICATION_CARD -> namesNotificationCard
    DocumentClass.FACILITY_PHOTO_CERTIFICATE -> namesDocumentFacility
}

/** What such a document is. */
fun Words.note(document: DocumentClass): String = when (document) {
    DocumentClass.A -> namesDocumentANote
    DocumentClass.B -> namesDocumentBNote
    DocumentClass.LETTER -> namesDocumentLetterNote
    DocumentClass.NOTIFICATION_CARD -> namesDocumentNotificationCardNote
    DocumentClass.FACILITY_PHOTO_CERTIFICATE -> namesDocumentFacilityNote
}
