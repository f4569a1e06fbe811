package app.homon.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.homon.design.ActionBar
import app.homon.design.Banner
import app.homon.design.Destination
import app.homon.design.Divider
import app.homon.design.Fact
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalLayout
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Mark
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.PlainButton
import app.homon.design.PrimaryButton
import app.homon.design.Progress
import app.homon.design.ReceiptLine
import app.homon.design.Safety
import app.homon.design.SecondaryButton
import app.homon.design.Size
import app.homon.design.Standing
import app.homon.design.StepLine

/** How the sending stands. */
@Immutable
data class SendState(
    val site: String,
    val safety: Safety,
    val people: Int,
    /** The share of the bytes that the city has; `null` before the first answer. */
    val share: Float?,
    val bytes: String,
    val timeLeft: String?,
    val isRunning: Boolean,
    /** Whether it stopped on the way, and goes on from there. */
    val isPaused: Boolean,
    val stations: List<StepLine>,
    val others: List<OnItsWay>,
    /** What this tablet can still read, visit by visit. */
    val remains: List<Pair<String, String>>,
    val certificates: Int,
    val problem: String? = null,
    /** Whether the city has it: then there is only to be asked whether it was opened. */
    val isHeld: Boolean = false,
    /** Whether it may still be opened again to mend something. */
    val canAmend: Boolean = false,
    val unread: Int = 0,
)

/** What a person does while it is sent. */
interface SendActions {
    fun start()
    fun pause()
    fun amend()
    fun certificates()
    fun today()
}

/** Bytes, time left, what the city has, and what this tablet can still read. */
@Composable
fun SendScreen(state: SendState, actions: SendActions, frame: FrameActions) {
    val words = LocalWords.current
    val bar: @Composable () -> Unit = {
        ActionBar(
            leading = { if (state.stations.any { it.progress != Progress.Done }) Sender(state, actions) },
        ) { PrimaryButton(words.sendToday, actions::today, forward = true) }
    }
    Frame(words.sendTitle, state.site, state.safety, frame, Destination.Visit, state.unread, bar = bar) {
        TwoColumns(
            {
                if (state.problem != null) Banner(null, LocalPalette.current.attention, state.problem)
                Sending(state)
                Stations(state)
                if (state.canAmend && !state.isRunning) Amend(actions)
            },
            {
                if (state.others.isNotEmpty()) Others(state)
                Remains(state, actions)
            },
        )
    }
}

/** What is to be done about the sending. */
@Composable
private fun Sender(state: SendState, actions: SendActions) {
    val words = LocalWords.current
    when {
        state.isHeld -> SecondaryButton(if (state.isRunning) words.todaySyncing else words.todaySync, actions::start, icon = Icons.Turn, enabled = !state.isRunning, height = 56.dp)
        state.isRunning -> SecondaryButton(words.sendPause, actions::pause, icon = Icons.Pause, height = 56.dp)
        else -> SecondaryButton(if (state.isPaused) words.sendResume else words.sendStart, actions::start, icon = Icons.Upload, height = 56.dp)
    }
}

@Composable
private fun Sending(state: SendState) {
    val words = LocalWords.current
    val share = state.share ?: return
    Column {
        Heading(words.sendPeople(state.people))
        Panel(line = LocalPalette.current.primary) {
            Column(Modifier.padding(24.dp).semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Polite }, Arrangement.spacedBy(10.dp)) {
                Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp), Alignment.Bottom) {
                    Label("${(share * 100).toInt()}", size = if (LocalLayout.current.isLarge) Size.Count else Size.One, bold = true)
                    Label("%", Modifier.padding(bottom = 8.dp), Size.Verdict)
                    Column(Modifier.weight(1f), horizontalAlignment = Alignment.End) {
                        if (state.timeLeft != null) Label(state.timeLeft, size = Size.Title, bold = true)
                        Note(state.bytes)
                    }
                }
                Bar(share, Modifier.fillMaxWidth())
            }
        }
    }
}

@Composable
private fun Stations(state: SendState) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    Column {
        Heading(words.sendWay)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(12.dp)) {
                state.stations.forEachIndexed { at, station ->
                    Row(Modifier.heightIn(min = 48.dp).semantics(mergeDescendants = true) {}, Arrangement.spacedBy(14.dp), Alignment.CenterVertically) {
                        val side = LocalLayout.current.sign(32.dp)
                        when (station.progress) {
                            Progress.Done -> Mark(Standing.Ready, size = 32.dp)
                            Progress.Missing -> Box(Modifier.size(side).background(palette.primary, CircleShape), Alignment.Center) { Label("${at + 1}", bold = true, colour = palette.onPrimary) }
                            Progress.Open -> Box(Modifier.size(side).border(2.dp, palette.control, CircleShape), Alignment.Center) { Label("${at + 1}") }
                        }
                        Column {
                            Label(station.title, bold = station.progress == Progress.Missing)
                            if (station.note != null) Note(station.note)
                        }
                    }
                }
            }
        }
    }
}

/** For what somebody remembers late. */
@Composable
private fun Amend(actions: SendActions) {
    val words = LocalWords.current
    Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
        SecondaryButton(words.sendAmend, actions::amend, icon = Icons.Turn)
        Note(words.sendAmendNote)
    }
}

@Composable
private fun Others(state: SendState) {
    Column {
        Heading(LocalWords.current.sendOthers)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(12.dp)) {
                state.others.forEachIndexed { at, visit ->
                    if (at > 0) Divider()
                    Row(Modifier.fillMaxWidth(), verticalAlignment = Alignment.CenterVertically) {
                        Column(Modifier.weight(1f)) {
                            Label(visit.site, bold = true)
                            Note(visit.detail)
                        }
                        ReceiptLine(visit.station, visit.note)
                    }
                }
            }
        }
    }
}

@Composable
private fun Remains(state: SendState, actions: SendActions) {
    val words = LocalWords.current
    Column {
        Heading(words.sendRemains)
        Panel {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(10.dp)) {
                for ((site, what) in state.remains) {
                    Fact(site, what)
                }
                if (state.certificates > 0) {
                    Divider()
                    PlainButton(words.sendCertificates(state.certificates), actions::certificates, icon = Icons.Shield)
                }
            }
        }
    }
}
