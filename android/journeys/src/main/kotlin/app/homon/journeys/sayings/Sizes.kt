package app.homon.journeys.sayings

import app.homon.words.Words

private const val KIB = 1024uL
private const val MIB = 1_048_576uL

/** A size of which no less will do: 20KB. */
internal fun Words.atLeast(bytes: ULong): String =
    if (bytes < MIB) sizesKilobytes((bytes + KIB - 1uL) / KIB) else sizesMegabytes((bytes + MIB - 1uL) / MIB)

/** A size of which no more will do: 7MB. */
internal fun Words.atMost(bytes: ULong): String = if (bytes < MIB) sizesKilobytes(bytes / KIB) else sizesMegabytes(bytes / MIB)
