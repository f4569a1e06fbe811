package app.homon.journeys.sayings

import app.homon.core.Edge
import app.homon.core.Finding
import app.homon.core.Side
import app.homon.words.Words

/** What is wrong with a photo, and how it comes right. Sides of the title are those of the photo as it is looked at. */
fun Words.say(finding: Finding): Saying = when (finding) {
    Finding.NoFace -> Saying(findingsNoFace, findingsNoFaceAdvice)
    Finding.TwoFaces -> Saying(findingsTwoFaces, findingsTwoFacesAdvice)
    Finding.FaceUnreadable -> Saying(findingsFaceUnreadable, findingsFaceUnreadableAdvice)
    Finding.HeadTooSmall -> Saying(findingsHeadTooSmall, findingsHeadTooSmallAdvice)
    Finding.HeadTooLarge -> Saying(findingsHeadTooLarge, findingsHeadTooLargeAdvice)
    is Finding.CutOff -> cutOff(finding.v1)
    is Finding.OffCentre -> offCentre(finding.v1)
    is Finding.TurnedAway -> turnedAway(finding.v1)
    Finding.Nodded -> Saying(findingsNodded, findingsNoddedAdvice)
    Finding.LeantBack -> Saying(findingsLeantBack, findingsLeantBackAdvice)
    is Finding.Tilted -> tilted(finding.v1)
    Finding.EyesClosed -> Saying(findingsEyesClosed, findingsEyesClosedAdvice)
    Finding.MouthOpen -> Saying(findingsMouthOpen, findingsMouthOpenAdvice)
    Finding.Blurred -> Saying(findingsBlurred, findingsBlurredAdvice)
    Finding.TooDark -> Saying(findingsTooDark, findingsTooDarkAdvice)
    Finding.TooBright -> Saying(findingsTooBright, findingsTooBrightAdvice)
    is Finding.SideLight -> sideLight(finding.v1)
    Finding.LittleContrast -> Saying(findingsLittleContrast, findingsLittleContrastAdvice)
    Finding.HarshLight -> Saying(findingsHarshLight, findingsHarshLightAdvice)
    Finding.BackgroundPatterned -> Saying(findingsBackgroundPatterned, findingsBackgroundPatternedAdvice)
    Finding.UnnaturalColour -> Saying(findingsUnnaturalColour, findingsUnnaturalColourAdvice)
    Finding.BlackAndWhite -> Saying(findingsBlackAndWhite, findingsBlackAndWhiteAdvice)
    Finding.OverCompressed -> Saying(findingsOverCompressed, findingsOverCompressedAdvice)
}

// What lies beyond an edge comes into view when the camera is pointed there.
private fun Words.cutOff(edge: Edge): Saying = when (edge) {
    Edge.LEFT -> Saying(findingsCutOffLeft, findingsAimLeftAdvice)
    Edge.RIGHT -> Saying(findingsCutOffRight, findingsAimRightAdvice)
    Edge.TOP -> Saying(findingsCutOffTop, findingsAimUpAdvice)
    Edge.BOTTOM -> Saying(findingsCutOffBottom, findingsAimDownAdvice)
}

private fun Words.offCentre(edge: Edge): Saying = when (edge) {
    Edge.LEFT -> Saying(findingsOffCentreLeft, findingsAimLeftAdvice)
    Edge.RIGHT -> Saying(findingsOffCentreRight, findingsAimRightAdvice)
    Edge.TOP -> Saying(findingsOffCentreTop, findingsAimUpAdvice)
    Edge.BOTTOM -> Saying(findingsOffCentreBottom, findingsAimDownAdvice)
}

// The left of the photo is the resident's right: who has gone to one comes back by moving to their own of the same name.
private fun Words.turnedAway(side: Side): Saying = when (side) {
    Side.LEFT -> Saying(findingsTurnedLeft, findingsTurnedLeftAdvice)
    Side.RIGHT -> Saying(findingsTurnedRight, findingsTurnedRightAdvice)
}

private fun Words.tilted(side: Side): Saying = when (side) {
    Side.LEFT -> Saying(findingsTiltedLeft, findingsTiltedLeftAdvice)
    Side.RIGHT -> Saying(findingsTiltedRight, findingsTiltedRightAdvice)
}

private fun Words.sideLight(side: Side): Saying = when (side) {
    Side.LEFT -> Saying(findingsLightLeft, findingsLightLeftAdvice)
    Side.RIGHT -> Saying(findingsLightRight, findingsLightRightAdvice)
}
