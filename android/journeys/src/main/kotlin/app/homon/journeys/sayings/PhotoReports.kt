package app.homon.journeys.sayings

import app.homon.core.CheckExtent
import app.homon.core.PhotoMeasure
import app.homon.core.Warning
import app.homon.words.Words

/** What was measured, in a word or two. */
fun Words.name(measure: PhotoMeasure): String = when (measure) {
    PhotoMeasure.BACKGROUND_UNIFORMITY -> measuresBackground
    PhotoMeasure.ILLUMINATION_UNIFORMITY -> measuresLightSpread
    PhotoMeasure.LUMINANCE_MEAN -> measuresBrightness
    PhotoMeasure.LUMINANCE_VARIANCE -> measuresContrast
    PhotoMeasure.UNDER_EXPOSURE_PREVENTION -> measuresDarkParts
    PhotoMeasure.OVER_EXPOSURE_PREVENTION -> measuresBrightParts
    PhotoMeasure.DYNAMIC_RANGE -> measuresShades
    PhotoMeasure.NATURAL_COLOUR -> measuresColour
    PhotoMeasure.SINGLE_FACE_PRESENT -> measuresOneFace
    PhotoMeasure.EYES_OPEN -> measuresEyes
    PhotoMeasure.MOUTH_CLOSED -> measuresMouth
    PhotoMeasure.INTER_EYE_DISTANCE -> measuresEyeDistance
    PhotoMeasure.HEAD_SIZE -> measuresHeadSize
    PhotoMeasure.LEFTWARD_CROP_OF_THE_FACE_IMAGE -> measuresRoomLeft
    PhotoMeasure.RIGHTWARD_CROP_OF_THE_FACE_IMAGE -> measuresRoomRight
    PhotoMeasure.MARGIN_ABOVE_OF_THE_FACE_IMAGE -> measuresRoomAbove
    PhotoMeasure.MARGIN_BELOW_OF_THE_FACE_IMAGE -> measuresRoomBelow
    PhotoMeasure.HEAD_POSE_YAW -> measuresYaw
    PhotoMeasure.HEAD_POSE_PITCH -> measuresPitch
    PhotoMeasure.HEAD_POSE_ROLL -> measuresRoll
    PhotoMeasure.FINE_DETAIL -> measuresDetail
    PhotoMeasure.IRIS_VISIBLE -> measuresIrises
    PhotoMeasure.LIGHT_BALANCE -> measuresLightBalance
    PhotoMeasure.JPEG_QUALITY -> measuresQuality
}

/** Something at which somebody should look. */
fun Words.say(warning: Warning): String = when (warning) {
    Warning.TownUnknown -> attributesTownUnknown
    is Warning.SamePhoto -> findingsSamePhoto(warning.cases.joinToString("・"))
}

/** What of a photo was not checked; nothing where all of it was. */
fun Words.say(extent: CheckExtent): String? = when (extent) {
    CheckExtent.WHOLE -> null
    CheckExtent.NO_MODELS -> findingsFileOnly
    CheckExtent.MODELS_DAMAGED -> findingsFileOnlyDamaged
}
