package app.homon.design

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.defaultMinSize
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.offset
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.key
import androidx.compose.ui.layout.Layout
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.isTraversalGroup
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.traversalIndex
import androidx.compose.ui.unit.dp

/** What the tablet owes the city; it stands on every screen of staff and never goes away. */
@Immutable
data class Safety(
    /** People of whom the city has nothing yet (市に未着). */
    val onlyHere: Int,
    /** Why it is not on its way, or how far it is. */
    val note: String? = null,
    /** Cards and papers in custody (お預かり). */
    val held: Int = 0,
    /** Whether only invented residents are received. */
    val isTraining: Boolean = false,
)

/** The places that can always be gone to. */
enum class Destination { Today, Visit, Messages, Settings }

/** What every screen of staff can do beside its own matter, and why it was not done. */
@Immutable
class FrameActions(val onGo: (Destination) -> Unit = {}, val onHide: () -> Unit = {}, val onBack: (() -> Unit)? = null, val problem: String? = null)

/** The frame of a staff screen: where one is, what is owed, where one can go, the matter, and what to do next. */
@Composable
fun Frame(
    title: String,
    subtitle: String?,
    safety: Safety,
    actions: FrameActions,
    here: Destination?,
    unread: Int = 0,
    side: (@Composable () -> Unit)? = null,
    bar: (@Composable () -> Unit)? = null,
    problem: String? = null,
    content: @Composable () -> Unit,
) {
    val layout = LocalLayout.current
    val palette = LocalPalette.current
    if (actions.onBack != null) Shortcut { event -> (event.key == Key.Escape).also { if (it) actions.onBack.invoke() } }
    BesideRail({ if (!layout.isPortrait && here != null) Rail(here, unread, actions.onGo) }) {
        if (safety.isTraining) TrainingStripe()
        Group { TopBar(title, subtitle, safety, actions) }
        Divider()
        Row(Modifier.weight(1f).fillMaxWidth()) {
            if (side != null && layout.hasSide) {
                Group(Modifier.width(232.dp).fillMaxHeight().background(palette.surface)) { side() }
                VerticalLine()
            }
            Column(Modifier.weight(1f).fillMaxHeight()) {
                if (side != null && !layout.hasSide) side()
                // What was refused is read without scrolling.
                val refused = problem ?: actions.problem
                if (refused != null) Banner(null, palette.error, refused, Modifier.padding(start = 20.dp, end = 20.dp, top = 16.dp))
                Group(Modifier.weight(1f).fillMaxWidth()) { content() }
                if (bar != null) {
                    Divider()
                    Group(Modifier.fillMaxWidth().background(palette.surface).heightIn(min = 80.dp).padding(horizontal = 24.dp, vertical = 12.dp)) { bar() }
                }
            }
        }
        if (layout.isPortrait && here != null) {
            Divider()
            Group { BottomBar(here, unread, actions.onGo) }
        }
    }
}

/** What is read to its end before anything else is. */
@Composable
private fun Group(modifier: Modifier = Modifier, content: @Composable () -> Unit) =
    Box(modifier.semantics { isTraversalGroup = true }, Alignment.CenterStart) { content() }

/** The rail stands first and is read last, by a screen reader as by whoever walks with the tabulator. */
@Composable
private fun BesideRail(rail: @Composable () -> Unit, page: @Composable ColumnScope.() -> Unit) {
    val palette = LocalPalette.current
    Layout(
        {
            Column(Modifier.fillMaxSize().semantics { isTraversalGroup = true }, content = page)
            Row(Modifier.fillMaxHeight().semantics { isTraversalGroup = true; traversalIndex = 1f }) { rail() }
        },
        Modifier.fillMaxSize().background(palette.background),
    ) { (pageOf, railOf), window ->
        val side = railOf.measure(window.copy(minWidth = 0))
        val rest = pageOf.measure(window.copy(minWidth = window.maxWidth - side.width, maxWidth = window.maxWidth - side.width))
        layout(window.maxWidth, window.maxHeight) {
            // The tabulator walks in the order in which things are placed.
            rest.place(side.width, 0)
            side.place(0, 0)
        }
    }
}

@Composable
fun VerticalLine() = Box(Modifier.width(1.dp).fillMaxHeight().background(LocalPalette.current.divider))

@Composable
private fun TrainingStripe() {
    val palette = LocalPalette.current
    Box(Modifier.fillMaxWidth().background(palette.revisit.solid).padding(vertical = 4.dp), Alignment.Center) {
        Label(LocalWords.current.frameTraining, size = Size.Note, bold = true, colour = if (palette.isDark) palette.revisit.ground else palette.surface)
    }
}

@Composable
private fun TopBar(title: String, subtitle: String?, safety: Safety, actions: FrameActions) {
    val layout = LocalLayout.current
    val ground = Modifier.fillMaxWidth().background(LocalPalette.current.surface)
    if (layout.isPortrait && layout.isLarge) {
        // The pills take the whole width where the text is large; the title must not pay for it.
        Column(ground.padding(start = 8.dp, end = 16.dp, top = 4.dp, bottom = 4.dp)) {
            Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp, Alignment.End), Alignment.CenterVertically) { Pills(safety, actions) }
            Row(verticalAlignment = Alignment.CenterVertically) { Title(title, null, actions, Modifier.weight(1f)) }
        }
        return
    }
    Row(ground.heightIn(min = 64.dp).padding(start = 8.dp, end = 16.dp, top = 4.dp, bottom = 4.dp), Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
        Title(title, subtitle.takeUnless { layout.isLarge }, actions, Modifier.weight(1f))
        Pills(safety, actions)
    }
}

@Composable
private fun Title(title: String, subtitle: String?, actions: FrameActions, modifier: Modifier) {
    if (actions.onBack != null) IconButton(Icons.Back, LocalWords.current.frameBack, actions.onBack) else Spacer(Modifier.width(8.dp))
    Column(modifier) {
        Label(title, Modifier.semantics { heading() }, Size.Title, bold = true, maxLines = 2)
        if (subtitle != null) Note(subtitle)
    }
}

@Composable
private fun Pills(safety: Safety, actions: FrameActions) {
    val words = LocalWords.current
    val layout = LocalLayout.current
    val compact = layout.isPortrait || layout.isLarge
    if (safety.held > 0) HeldPill(safety.held)
    SafetyPill(safety, compact)
    Pill(Icons.Hide, if (compact) words.frameHideShort else words.frameHide, onPress = actions.onHide)
}

@Composable
private fun HeldPill(held: Int) {
    val tone = LocalPalette.current.progress
    Pill(Icons.Card, LocalWords.current.frameHeld(held), tone)
}

/** How many people's data the city does not have yet, and why. */
@Composable
fun SafetyPill(safety: Safety, compact: Boolean = false) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    if (safety.onlyHere == 0) {
        Pill(Icons.Shield, words.frameAllSafe, palette.ok)
    } else {
        Pill(Icons.Tablet, words.frameOnlyHere(safety.onlyHere), palette.attention, if (compact) null else safety.note)
    }
}

@Composable
private fun Pill(icon: ImageVector, text: String, tone: Tone? = null, note: String? = null, onPress: (() -> Unit)? = null) {
    val palette = LocalPalette.current
    val press = if (onPress == null) Modifier else Modifier.pressable(CircleShape, onPress = onPress)
    Row(
        Modifier.heightIn(min = 48.dp).background(tone?.ground ?: palette.surface, CircleShape).border(1.dp, tone?.line ?: palette.control, CircleShape)
            .then(press).padding(horizontal = 16.dp, vertical = 4.dp).semantics(mergeDescendants = true) {},
        Arrangement.spacedBy(9.dp),
        Alignment.CenterVertically,
    ) {
        val ink = tone?.text ?: palette.text
        Icon(icon, ink)
        Label(text, size = if (tone == null) Size.Note else Size.Body, bold = true, colour = ink)
        if (note != null) {
            Box(Modifier.size(1.dp, 18.dp).background(tone?.line ?: palette.control))
            Note(note, colour = ink)
        }
    }
}

@Composable
private fun Rail(here: Destination, unread: Int, onGo: (Destination) -> Unit) {
    Column(Modifier.widthIn(min = 88.dp).fillMaxHeight().background(LocalPalette.current.surface).padding(vertical = 12.dp), Arrangement.spacedBy(8.dp), Alignment.CenterHorizontally) {
        for (destination in Destination.entries) {
            if (destination == Destination.Settings) Spacer(Modifier.weight(1f))
            Place(destination, destination == here, if (destination == Destination.Messages) unread else 0) { onGo(destination) }
        }
    }
    VerticalLine()
}

@Composable
private fun BottomBar(here: Destination, unread: Int, onGo: (Destination) -> Unit) {
    Row(Modifier.fillMaxWidth().background(LocalPalette.current.surface).padding(vertical = 6.dp), Arrangement.SpaceAround) {
        for (destination in Destination.entries) {
            Place(destination, destination == here, if (destination == Destination.Messages) unread else 0) { onGo(destination) }
        }
    }
}

@Composable
private fun Place(destination: Destination, isHere: Boolean, unread: Int, onPress: () -> Unit) {
    val palette = LocalPalette.current
    val words = LocalWords.current
    val (icon, word) = when (destination) {
        Destination.Today -> Icons.Today to words.frameToday
        Destination.Visit -> Icons.Visit to words.frameVisit
        Destination.Messages -> Icons.Messages to words.frameMessages
        Destination.Settings -> Icons.Settings to words.frameSettings
    }
    Column(
        Modifier.defaultMinSize(minWidth = 72.dp, minHeight = 60.dp).pressable(role = Role.Tab, onPress = onPress).semantics { selected = isHere }.padding(4.dp),
        Arrangement.spacedBy(2.dp, Alignment.CenterVertically),
        Alignment.CenterHorizontally,
    ) {
        Box {
            Box(Modifier.background(if (isHere) palette.primary else palette.surface, CircleShape).padding(horizontal = 16.dp, vertical = 5.dp)) {
                Icon(icon, if (isHere) palette.onPrimary else palette.text, size = 22.dp)
            }
            if (unread > 0) Badge(unread, Modifier.align(Alignment.TopEnd).offset(x = 6.dp, y = (-6).dp))
        }
        Label(word, size = Size.Note, bold = isHere, colour = if (isHere) palette.primary else palette.text)
    }
}

@Composable
private fun Badge(count: Int, modifier: Modifier) {
    val palette = LocalPalette.current
    Box(modifier.widthIn(min = 20.dp).background(palette.error.solid, CircleShape).padding(horizontal = 5.dp), Alignment.Center) {
        Label("$count", size = Size.Note, bold = true, colour = if (palette.isDark) palette.error.ground else palette.surface)
    }
}

/** The foot of a screen: what leads away, what is missing, and the one thing to do under the hand that presses. */
@Composable
fun ActionBar(reason: String? = null, leading: @Composable () -> Unit = {}, primary: @Composable () -> Unit) {
    val layout = LocalLayout.current
    val hand = if (layout.isLeftHanded) Alignment.Start else Alignment.End
    if (layout.room == Room.Narrow) {
        Column(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp), hand) {
            if (reason != null) Reason(reason)
            Handed({ leading() }, { Spacer(Modifier.weight(1f)) }, { primary() })
        }
    } else {
        Handed({ leading() }, { Column(Modifier.weight(1f), horizontalAlignment = hand) { if (reason != null) Reason(reason) } }, { primary() })
    }
}

/** A row that ends on the right, or on the left for whoever presses with that hand. */
@Composable
private fun Handed(vararg parts: @Composable RowScope.() -> Unit) {
    val ordered = if (LocalLayout.current.isLeftHanded) parts.reversed() else parts.asList()
    Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(16.dp), Alignment.CenterVertically) { for (part in ordered) part() }
}
