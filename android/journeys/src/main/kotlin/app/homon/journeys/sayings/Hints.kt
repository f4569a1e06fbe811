package app.homon.journeys.sayings

import app.homon.core.Hint
import app.homon.words.Words

/** The one thing to say while a photo is taken. Where the camera is to be pointed is as the one behind it sees it. */
fun Words.say(hint: Hint): Saying = when (hint) {
    Hint.FIND_FACE -> Saying(hintsFindFace, hintsFindFaceNote)
    Hint.ONE_PERSON_ONLY -> Saying(hintsOnePersonOnly, hintsOnePersonOnlyNote)
    Hint.MOVE_CLOSER -> Saying(hintsMoveCloser, null)
    Hint.MOVE_BACK -> Saying(hintsMoveBack, null)
    Hint.AIM_LEFT -> Saying(hintsAimLeft, hintsAimNote)
    Hint.AIM_RIGHT -> Saying(hintsAimRight, hintsAimNote)
    Hint.AIM_UP -> Saying(hintsAimUp, null)
    Hint.AIM_DOWN -> Saying(hintsAimDown, null)
    Hint.MORE_LIGHT -> Saying(hintsMoreLight, hintsMoreLightNote)
    Hint.LESS_LIGHT -> Saying(hintsLessLight, hintsLessLightNote)
    Hint.LIGHT_FROM_FRONT -> Saying(hintsLightFromFront, hintsLightFromFrontNote)
    Hint.LOOK_HERE -> Saying(hintsLookHere, hintsByItselfNote)
    Hint.HOLD_HEAD_UPRIGHT -> Saying(hintsHoldHeadUpright, hintsByItselfNote)
    Hint.OPEN_EYES -> Saying(hintsOpenEyes, null)
    Hint.CLOSE_MOUTH -> Saying(hintsCloseMouth, null)
    Hint.PLAIN_BACKGROUND -> Saying(hintsPlainBackground, hintsPlainBackgroundNote)
    Hint.HOLD_STILL -> Saying(hintsHoldStill, hintsHoldStillNote)
    Hint.READY -> Saying(hintsReady, null)
}
