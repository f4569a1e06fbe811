package app.homon.screens

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.width
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.CornerRadius
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.geometry.Size as Extent
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.PathEffect
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.homon.design.Banner
import app.homon.design.Choice
import app.homon.design.Divider
import app.homon.design.Field
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icon
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalLayout
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Mark
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.SecondaryButton
import app.homon.design.Standing

/** Why a photo may be other than the rules ask. */
enum class PhotoExceptionKind { Lying, Aids, EyesClosed, CoveredMedical, CoveredReligious }

/** One finding in words: what it is and what to do. */
@Immutable
data class FindingLine(val title: String, val advice: String, val decides: Boolean, val excused: String? = null)

/** The photo that was taken and what the core found. */
@Immutable
data class PhotoResultState(
    val head: CaseHead,
    val picture: ImageBitmap?,
    val about: String,
    val findings: List<FindingLine>,
    val well: List<String>,
    /** What of the photo was not checked, if so. */
    val extent: String? = null,
    /** Another case whose photo is the same. */
    val same: String? = null,
    val isTaken: Boolean,
    val exception: PhotoExceptionKind? = null,
    val exceptionReason: String = "",
    val chosen: List<String> = emptyList(),
)

/** What a person does with the photo that was taken. */
interface PhotoResultActions : CaseActions {
    fun retake()
    fun exception(kind: PhotoExceptionKind)
    fun reason(text: String)
    fun useException()
}

/** What is well, what is not and what to do about it; where it cannot be mended, the official exceptions. */
@Composable
fun PhotoResultScreen(state: PhotoResultState, actions: PhotoResultActions, frame: FrameActions) {
    val words = LocalWords.current
    val reason = if (state.isTaken) null else words.resultRetakeFirst
    CaseFrame(state.head, actions, frame, if (LocalLayout.current.isLarge) words.caseNext else words.resultNext, reason, leading = { SecondaryButton(words.resultRetake, actions::retake, icon = Icons.Camera, height = 56.dp) }) {
        TwoColumns({ Picture(state) }, { Findings(state, actions) })
    }
}

@Composable
private fun Picture(state: PhotoResultState) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    Column(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp)) {
        Heading(words.resultPicture)
        Box(Modifier.width(320.dp).aspectRatio(35f / 45f).background(palette.disabled).border(1.dp, palette.control), Alignment.Center) {
            val spoken = words.resultPicture
            if (state.picture != null) Image(state.picture, null, Modifier.fillMaxSize().semantics { contentDescription = spoken }, contentScale = ContentScale.Fit)
        }
        Note(state.about)
        if (state.same != null) Banner(null, palette.attention, state.same, detail = words.resultSameNote)
    }
}

@Composable
private fun Findings(state: PhotoResultState, actions: PhotoResultActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    val all = state.well.size + state.findings.size
    if (all > 0 || state.extent != null) Column {
        Heading(words.resultFound, note = if (all > 0) words.resultCount(all = all, well = state.well.size) else null)
        if (state.extent != null) Banner(Icons.Info, palette.attention, state.extent)
        if (all > 0) Panel(line = if (state.findings.any { it.decides }) palette.attention.line else palette.divider) {
            state.findings.forEachIndexed { at, finding ->
                if (at > 0) Divider()
                FindingRow(finding)
            }
            state.well.forEachIndexed { at, what ->
                if (at > 0 || state.findings.isNotEmpty()) Divider()
                Row(Modifier.fillMaxWidth().heightIn(min = 48.dp).semantics(mergeDescendants = true) {}.padding(16.dp, 8.dp), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
                    Mark(Standing.Ready, size = 20.dp)
                    Label(what, Modifier.weight(1f), bold = true)
                    Note(words.photoWell)
                }
            }
        }
    }
    if (state.head.canChangePhoto) Exceptions(state, actions)
}

@Composable
private fun FindingRow(finding: FindingLine) {
    val palette = LocalPalette.current
    val ground = if (finding.decides) palette.attention.ground else palette.surface
    Row(Modifier.fillMaxWidth().heightIn(min = 56.dp).background(ground).semantics(mergeDescendants = true) {}.padding(16.dp, 10.dp), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
        if (finding.decides) Mark(Standing.Attention, size = 22.dp, inside = ground) else Icon(Icons.Info, palette.secondary)
        Column(Modifier.weight(1f)) {
            Label(finding.title, bold = true, colour = if (finding.decides) palette.attention.text else palette.text)
            Note(finding.excused ?: finding.advice, colour = palette.text)
        }
    }
}

@Composable
private fun Exceptions(state: PhotoResultState, actions: PhotoResultActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    Column {
        Heading(words.resultExceptions)
        Panel {
            Column(Modifier.padding(16.dp), Arrangement.spacedBy(12.dp)) {
                for (chosen in state.chosen) Banner(Icons.Check, palette.ok, chosen)
                Choice(
                    listOf(
                        PhotoExceptionKind.Lying to words.resultLying,
                        PhotoExceptionKind.Aids to words.resultAids,
                        PhotoExceptionKind.EyesClosed to words.resultEyes,
                        PhotoExceptionKind.CoveredMedical to words.resultMedical,
                        PhotoExceptionKind.CoveredReligious to words.resultReligious,
                    ),
                    state.exception,
                    actions::exception,
                )
                if (state.exception != null) {
                    Field(words.resultReason, state.exceptionReason, actions::reason, Modifier.fillMaxWidth())
                    SecondaryButton(words.resultUse, actions::useException, enabled = state.exceptionReason.isNotBlank())
                    if (state.exceptionReason.isBlank()) Note(words.resultUseNeeds)
                }
                Note(words.resultExceptionsNote)
            }
        }
    }
}
