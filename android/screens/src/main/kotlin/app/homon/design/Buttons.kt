package app.homon.design

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.interaction.MutableInteractionSource
import androidx.compose.foundation.interaction.collectIsFocusedAsState
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.defaultMinSize
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.ripple
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.Shape
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp

val ControlShape = RoundedCornerShape(8.dp)

/** Can be pressed by finger, keyboard and screen reader; shows the keyboard's focus as yellow around black. */
@Composable
fun Modifier.pressable(shape: Shape = ControlShape, enabled: Boolean = true, role: Role? = Role.Button, label: String? = null, onPress: () -> Unit): Modifier {
    val source = remember { MutableInteractionSource() }
    val focused by source.collectIsFocusedAsState()
    val ring = if (focused) Modifier.border(3.dp, Palette.Focus, shape).padding(3.dp).border(2.dp, Color.Black, shape) else Modifier
    return this.then(ring).clip(shape).clickable(source, ripple(), enabled, label, role, onPress)
}

/** The one thing to do on a screen. */
@Composable
fun PrimaryButton(text: String, onPress: () -> Unit, modifier: Modifier = Modifier, icon: ImageVector? = null, forward: Boolean = false, enabled: Boolean = true, height: Dp = 56.dp) {
    val palette = LocalPalette.current
    val ink = if (enabled) palette.onPrimary else palette.onDisabled
    val ground = if (enabled) palette.primary else palette.disabled
    val border = if (enabled) Modifier else Modifier.border(1.dp, palette.control, ControlShape)
    if (enabled) Shortcut { event -> event.isEnter.also { if (it) onPress() } }
    ButtonRow(modifier.heightIn(min = height).background(ground, ControlShape).then(border).pressable(enabled = enabled, onPress = onPress)) {
        if (icon != null) Icon(icon, ink)
        Label(text, size = Size.Name, bold = true, colour = ink, align = TextAlign.Center)
        if (forward) Icon(Icons.Forward, ink)
    }
}

/** Something else that can be done. */
@Composable
fun SecondaryButton(text: String, onPress: () -> Unit, modifier: Modifier = Modifier, icon: ImageVector? = null, enabled: Boolean = true, height: Dp = 48.dp) {
    val palette = LocalPalette.current
    val ink = if (enabled) palette.primary else palette.onDisabled
    val line = if (enabled) palette.primary else palette.control
    ButtonRow(modifier.heightIn(min = height).background(palette.surface, ControlShape).border(1.dp, line, ControlShape).pressable(enabled = enabled, onPress = onPress)) {
        if (icon != null) Icon(icon, ink)
        Label(text, bold = true, colour = ink, align = TextAlign.Center)
    }
}

/** Something that leads elsewhere, without a border. */
@Composable
fun PlainButton(text: String, onPress: () -> Unit, modifier: Modifier = Modifier, icon: ImageVector? = null, forward: Boolean = false) {
    val ink = LocalPalette.current.primary
    ButtonRow(modifier.heightIn(min = 48.dp).pressable(onPress = onPress), inset = 12.dp) {
        if (icon != null) Icon(icon, ink)
        Label(text, bold = true, colour = ink)
        if (forward) Icon(Icons.Forward, ink)
    }
}

/** A sign alone; [label] is what a screen reader says. */
@Composable
fun IconButton(icon: ImageVector, label: String, onPress: () -> Unit, modifier: Modifier = Modifier, colour: Color = LocalPalette.current.text) {
    Box(modifier.size(48.dp).pressable(CircleShape, onPress = onPress).semantics { contentDescription = label }, Alignment.Center) {
        Icon(icon, colour, size = 24.dp)
    }
}

@Composable
private fun ButtonRow(modifier: Modifier, inset: Dp = 20.dp, content: @Composable RowScope.() -> Unit) {
    Row(
        modifier.defaultMinSize(minWidth = 48.dp).padding(horizontal = inset, vertical = 6.dp),
        Arrangement.spacedBy(10.dp, Alignment.CenterHorizontally),
        Alignment.CenterVertically,
        content,
    )
}
