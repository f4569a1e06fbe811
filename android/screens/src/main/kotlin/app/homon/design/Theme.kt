package app.homon.design

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.Immutable
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import app.homon.words.Words

/** How much room there is, measured in letters rather than in millimetres: the width divided by the size of the text. */
enum class Room { TwoPanes, OnePane, Narrow }

/** What the window gives. */
@Immutable
class Layout(val room: Room, val isPortrait: Boolean, val fontScale: Float, val isLeftHanded: Boolean = false) {
    /** Signs grow with the text, though not as far. */
    fun sign(size: Dp): Dp = size * fontScale.coerceIn(1f, 1.6f)

    /** A width that a given number of letters needs. */
    fun letters(size: Dp): Dp = size * fontScale

    /** Whether the steps of a case stand beside it, rather than above. */
    val hasSide: Boolean get() = !isPortrait && room != Room.Narrow && !isLarge

    /** Whether the text is so large that lesser things make room. */
    val isLarge: Boolean get() = fontScale >= 1.5f
}

val LocalLayout = staticCompositionLocalOf { Layout(Room.TwoPanes, isPortrait = false, fontScale = 1f) }
val LocalFont = staticCompositionLocalOf<FontFamily> { FontFamily.Default }
val LocalWords = staticCompositionLocalOf<Words> { error("no words") }

/** The whole window: colours, words, font and the measure of the room. */
@Composable
fun HomonTheme(words: Words, isDark: Boolean, font: FontFamily = FontFamily.Default, isLeftHanded: Boolean = false, content: @Composable () -> Unit) {
    val palette = if (isDark) Palette.Dark else Palette.Light
    val scheme = if (isDark) darkColorScheme() else lightColorScheme()
    val colours = scheme.copy(
        primary = palette.primary,
        onPrimary = palette.onPrimary,
        background = palette.background,
        onBackground = palette.text,
        surface = palette.surface,
        onSurface = palette.text,
        outline = palette.control,
        error = palette.error.solid,
    )
    BoxWithConstraints(Modifier.fillMaxSize().background(palette.background)) {
        val fontScale = LocalDensity.current.fontScale
        val letters = maxWidth / fontScale
        val room = when {
            letters >= 1000.dp -> Room.TwoPanes
            letters >= 600.dp -> Room.OnePane
            else -> Room.Narrow
        }
        val layout = Layout(room, isPortrait = maxHeight > maxWidth, fontScale, isLeftHanded)
        CompositionLocalProvider(
            LocalPalette provides palette,
            LocalLayout provides layout,
            LocalFont provides font,
            LocalWords provides words,
        ) {
            MaterialTheme(colours) { Keyboard(content) }
        }
    }
}
