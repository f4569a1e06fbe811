package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.graphics.ImageBitmap
import app.homon.core.ActivityDraft
import app.homon.core.AreaKind
import app.homon.core.AreaMark
import app.homon.core.Bounds
import app.homon.core.FoundBy
import app.homon.design.FrameActions
import app.homon.screens.ActivityCoverScreen
import app.homon.screens.ActivityPreviewScreen
import app.homon.screens.CoverActions
import app.homon.screens.CoverKind
import app.homon.screens.CoverMark
import app.homon.screens.CoverPreviewActions
import app.homon.screens.CoverPreviewState
import app.homon.screens.CoverState

/** What of a photo is covered: the core proposes, a person adds and takes away. */
class CoverJourney(private val app: HomonApp, private val place: Place.Activity, private val picture: ImageBitmap?, private var draft: ActivityDraft) :
    Journey, CoverActions {
    private var state by mutableStateOf(CoverState(app.safety, picture, marks(), CoverKind.Face))

    private fun marks() = draft.areas.map { area ->
        val kind = area.kind
        val isFound = kind is AreaKind.Face && kind.v1 != FoundBy.PERSON
        CoverMark(area.number.toInt(), if (kind is AreaKind.Text) CoverKind.Text else CoverKind.Face, shares(area.bounds), isFound)
    }

    private fun shares(bounds: Bounds): Rect {
        val (width, height) = draft.width.toFloat() to draft.height.toFloat()
        return Rect(bounds.left / width, bounds.top / height, (bounds.left + bounds.width) / width, (bounds.top + bounds.height) / height)
    }

    private fun pixels(shares: Rect): Bounds {
        val (width, height) = draft.width.toFloat() to draft.height.toFloat()
        return Bounds(shares.left * width, shares.top * height, shares.width * width, shares.height * height)
    }

    @Composable
    override fun Show() = ActivityCoverScreen(state, this, FrameActions(onHide = { app.hide() }, onBack = ::discard))

    private fun fail(fault: String) {
        state = state.copy(problem = fault, isBusy = false)
    }

    private fun change(change: suspend () -> ActivityDraft) {
        app.work(::fail) {
            draft = change()
            state = state.copy(marks = marks(), pending = null, problem = null)
        }
    }

    override fun kind(kind: CoverKind) {
        state = state.copy(kind = kind)
    }

    override fun cover(where: Rect) {
        val mark = if (state.kind == CoverKind.Face) AreaMark.FACE else AreaMark.TEXT
        change { app.core.coverArea(draft.photo, mark, pixels(where)) }
    }

    override fun remove(number: Int) = change { app.core.uncoverArea(draft.photo, number.toUInt()) }

    override fun begin() {
        state = state.copy(pending = Rect(0.4f, 0.4f, 0.6f, 0.6f))
    }

    override fun move(right: Int, down: Int) {
        val frame = state.pending ?: return
        val left = (frame.left + right * STEP).coerceIn(0f, 1f - frame.width)
        val top = (frame.top + down * STEP).coerceIn(0f, 1f - frame.height)
        state = state.copy(pending = Rect(left, top, left + frame.width, top + frame.height))
    }

    override fun grow(steps: Int) {
        val frame = state.pending ?: return
        val grown = frame.inflate(steps * STEP).intersect(Rect(0f, 0f, 1f, 1f))
        if (grown.width > STEP && grown.height > STEP) state = state.copy(pending = grown)
    }

    override fun place() {
        state.pending?.let(::cover)
    }

    override fun abandon() {
        state = state.copy(pending = null)
    }

    override fun preview() {
        state = state.copy(isBusy = true, problem = null)
        app.work(::fail) {
            val covered = app.core.previewActivityPhoto(draft.photo)
            state = state.copy(isBusy = false)
            app.show(place, CoverPreviewJourney(app, place, this, draft.photo, app.platform.picture(covered)))
        }
    }

    override fun discard() {
        app.work(::fail) {
            app.core.discardActivityDraft()
            app.open(place)
        }
    }

    private companion object {
        /** How far a button moves a frame, in shares of the picture. */
        const val STEP = 0.02f
    }
}

/** The covered photo, before a person says that nobody in it can be known. */
class CoverPreviewJourney(
    private val app: HomonApp,
    private val place: Place.Activity,
    private val cover: CoverJourney,
    private val photo: String,
    picture: ImageBitmap?,
) : Journey, CoverPreviewActions {
    private var state by mutableStateOf(CoverPreviewState(app.safety, picture, isSeen = false))

    @Composable
    override fun Show() = ActivityPreviewScreen(state, this, FrameActions(onHide = { app.hide() }, onBack = ::change))

    private fun fail(fault: String) {
        state = state.copy(problem = fault, isBusy = false)
    }

    override fun seen(isSeen: Boolean) {
        state = state.copy(isSeen = isSeen)
    }

    override fun store() {
        state = state.copy(isBusy = true, problem = null)
        app.work(::fail) {
            app.core.confirmActivityPhoto(photo)
            app.open(place)
        }
    }

    override fun change() {
        app.work(::fail) { app.show(place, cover) }
    }
}
