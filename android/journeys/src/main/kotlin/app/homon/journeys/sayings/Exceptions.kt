package app.homon.journeys.sayings

import app.homon.core.Caller
import app.homon.core.CoveringGround
import app.homon.core.Declaration
import app.homon.core.ExceptionToDeclare
import app.homon.core.PhotoException
import app.homon.words.Words

/** In which way a photo is other than the rules ask. */
fun Words.say(exception: PhotoException): String = when (exception) {
    PhotoException.LyingDown -> exceptionsLyingDown
    PhotoException.WheelchairOrTubes -> exceptionsWheelchairOrTubes
    PhotoException.EyesDoNotOpen -> exceptionsEyesDoNotOpen
    is PhotoException.HeadCovering -> when (exception.ground) {
        CoveringGround.MEDICAL -> exceptionsCoveringMedical
        CoveringGround.RELIGIOUS -> exceptionsCoveringReligious
    }
}

/** An exception, and what has to be done so that the issuing body takes the photo. */
fun Words.say(declaration: ExceptionToDeclare): String =
    exceptionsDeclare(exception = say(declaration.exception), what = say(declaration.declaration))

/** What has to be done so that the issuing body takes a photo. */
fun Words.say(declaration: Declaration): String = when (declaration) {
    is Declaration.CallWithApplicationId -> when (declaration.by) {
        Caller.CONTRACTOR -> exceptionsCallContractor
        Caller.CITY -> exceptionsCallCity
    }
    Declaration.WriteInNameField -> exceptionsWriteInNameField
    Declaration.CallByCity -> exceptionsCallByCity
}
