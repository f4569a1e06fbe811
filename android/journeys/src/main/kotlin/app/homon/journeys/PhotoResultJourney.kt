package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.graphics.ImageBitmap
import app.homon.core.CaseInput
import app.homon.core.CoveringGround
import app.homon.core.FindingWeight
import app.homon.core.MeasureTaken
import app.homon.core.PhotoException
import app.homon.core.PhotoFinding
import app.homon.core.PortraitReport
import app.homon.journeys.sayings.name
import app.homon.journeys.sayings.say
import app.homon.screens.FindingLine
import app.homon.screens.PhotoExceptionKind
import app.homon.screens.PhotoResultActions
import app.homon.screens.PhotoResultScreen
import app.homon.screens.PhotoResultState

/** Which photo a page of results is about. */
sealed interface Shot {
    /** The one that the case has. */
    data object Stored : Shot

    /** None yet: an exception is chosen before the camera is used. */
    data object None : Shot

    /** One that was just taken, in memory alone. */
    class Taken(val jpeg: ByteArray) : Shot
}

/** The photo that was taken, what was found, and the exceptions. */
class PhotoResultJourney(app: HomonApp, key: CaseKey, private var shot: Shot) : CaseJourney(app, key, CaseStep.Photo), PhotoResultActions {
    private var state: PhotoResultState? by mutableStateOf(null)
    private var report: PortraitReport? = null
    private var picture: ImageBitmap? = null
    private var chosen: PhotoExceptionKind? = null
    private var reason = ""

    /** Looks at the photo, and attaches it unless something decides against it. */
    suspend fun look() {
        load()
        when (val shot = shot) {
            Shot.None -> Unit
            Shot.Stored -> picture = app.core.portrait(key.part.visit, key.part.number, key.case)?.let(app.platform::picture)
            is Shot.Taken -> {
                picture = app.platform.picture(shot.jpeg)
                val found = app.core.checkPortrait(key.part.visit, key.part.number, key.case, shot.jpeg).also { report = it }
                if (found.findings.none { it.weight == FindingWeight.Decides }) attach(shot)
            }
        }
        draw()
    }

    private suspend fun attach(taken: Shot.Taken) {
        show(app.core.attachPortrait(key.part.visit, key.part.number, key.case, taken.jpeg))
        shot = Shot.Stored
        picture = app.core.portrait(key.part.visit, key.part.number, key.case)?.let(app.platform::picture)
    }

    override fun draw() {
        val portrait = case.case.portrait
        val found = report
        state = PhotoResultState(
            head = head(),
            picture = picture,
            about = if (shot == Shot.Stored && portrait != null) words.shellPhotoSize(width = portrait.width, height = portrait.height) else "",
            findings = found?.findings.orEmpty().map(::line),
            well = found?.measures.orEmpty().filter { it.score >= GOOD && !it.isWrong(found) }.map { words.name(it.measure) }.distinct().take(6),
            extent = found?.let { words.say(it.extent) },
            same = found?.sameAs?.takeIf { it.isNotEmpty() }?.let { words.shellSamePhoto(it.joinToString("・")) },
            isTaken = shot == Shot.Stored && portrait != null,
            exception = chosen,
            exceptionReason = reason,
            chosen = case.declarations.map { words.say(it) },
        )
    }

    private fun MeasureTaken.isWrong(report: PortraitReport?) = report?.findings.orEmpty().isNotEmpty() && score < 100u

    private fun line(finding: PhotoFinding): FindingLine {
        val said = words.say(finding.finding)
        val excused = (finding.weight as? FindingWeight.Noted)?.let { words.shellExcused(words.say(it.v1)) }
        return FindingLine(said.title, said.advice.orEmpty(), decides = finding.weight == FindingWeight.Decides, excused = excused)
    }

    @Composable
    override fun Show() {
        state?.let { PhotoResultScreen(it, this, frame()) }
    }

    override fun retake() {
        app.go(Place.Camera(key))
    }

    override fun exception(kind: PhotoExceptionKind) {
        chosen = kind
        draw()
    }

    override fun reason(text: String) {
        reason = text
        draw()
    }

    override fun useException() {
        val kind = chosen ?: return
        app.work(::fail) {
            enter(CaseInput.PhotoException(exceptionOf(kind), reason))
            chosen = null
            reason = ""
            // What was found may be excused now.
            if (shot is Shot.Taken) look() else draw()
        }
    }

    private fun exceptionOf(kind: PhotoExceptionKind): PhotoException = when (kind) {
        PhotoExceptionKind.Lying -> PhotoException.LyingDown
        PhotoExceptionKind.Aids -> PhotoException.WheelchairOrTubes
        PhotoExceptionKind.EyesClosed -> PhotoException.EyesDoNotOpen
        PhotoExceptionKind.CoveredMedical -> PhotoException.HeadCovering(CoveringGround.MEDICAL)
        PhotoExceptionKind.CoveredReligious -> PhotoException.HeadCovering(CoveringGround.RELIGIOUS)
    }

    override fun next() {
        app.go(Place.Resident(key))
    }

    private companion object {
        /** From this score on a measure is named as good. */
        const val GOOD: UByte = 50u
    }
}
