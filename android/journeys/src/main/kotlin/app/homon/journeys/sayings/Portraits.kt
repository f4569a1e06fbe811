package app.homon.journeys.sayings

import app.homon.core.PhotoRefused
import app.homon.words.Words

/** Why a file is not taken as a photo. */
fun Words.say(refused: PhotoRefused): String = when (refused) {
    PhotoRefused.NotJpeg -> portraitsNotJpeg
    PhotoRefused.UnsupportedKind -> portraitsUnsupportedKind
    PhotoRefused.Cmyk -> portraitsCmyk
    PhotoRefused.Truncated -> portraitsTruncated
    PhotoRefused.Damaged -> portraitsDamaged
    is PhotoRefused.TooFewBytes -> portraitsTooFewBytes(atLeast(refused.min.toULong()))
    is PhotoRefused.TooManyBytes -> portraitsTooManyBytes(atMost(refused.max.toULong()))
    is PhotoRefused.TooFewPixels -> portraitsTooFewPixels(refused.min)
    is PhotoRefused.TooManyPixels -> portraitsTooManyPixels(refused.max)
}
