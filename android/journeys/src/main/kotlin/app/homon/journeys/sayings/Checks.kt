package app.homon.journeys.sayings

import app.homon.core.CheckItem
import app.homon.words.Words

/** What is checked before the first resident is received. */
fun Words.name(check: CheckItem): String = when (check) {
    CheckItem.PARTITION -> checksPartition
    CheckItem.DEDICATED_LINE -> checksDedicatedLine
    CheckItem.EQUIPMENT -> checksEquipment
    CheckItem.DISINFECTION -> checksDisinfection
}

/** What it means that it was checked. */
fun Words.note(check: CheckItem): String = when (check) {
    CheckItem.PARTITION -> checksPartitionNote
    CheckItem.DEDICATED_LINE -> checksDedicatedLineNote
    CheckItem.EQUIPMENT -> checksEquipmentNote
    CheckItem.DISINFECTION -> checksDisinfectionNote
}
