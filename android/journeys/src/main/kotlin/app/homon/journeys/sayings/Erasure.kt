package app.homon.journeys.sayings

import app.homon.core.Destroyed
import app.homon.core.NotClaimed
import app.homon.core.Thing
import app.homon.words.Words

/** What was destroyed, how many and how large. */
fun Words.say(destroyed: Destroyed): String {
    val what = say(destroyed.thing, destroyed.count)
    return if (destroyed.bytes == 0uL) what else erasureWithSize(what = what, size = atLeast(destroyed.bytes))
}

/** What an erasure does not promise. */
fun Words.say(notClaimed: NotClaimed): String = when (notClaimed) {
    NotClaimed.FLASH_BLOCKS -> erasureFlashBlocks
    NotClaimed.KEY_STORE_TRACES -> erasureKeyStoreTraces
    NotClaimed.SOFTWARE_KEY_COPIES -> erasureSoftwareKeyCopies
    NotClaimed.COPIES_ELSEWHERE -> erasureCopiesElsewhere
}

private fun Words.say(thing: Thing, count: UInt): String = when (thing) {
    Thing.WRAPPING_KEY -> erasureWrappingKey(count)
    Thing.WRAPPED_KEY -> erasureWrappedKey(count)
    Thing.VISIT_FILE -> erasureVisitFile(count)
    Thing.RECOVERY_COPY -> erasureRecoveryCopy(count)
    Thing.SET_ASIDE_FILE -> erasureSetAsideFile(count)
    Thing.SEALED_PACKAGE -> erasureSealedPackage(count)
}
