package app.homon.design

import androidx.compose.runtime.Immutable
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.graphics.Color

/** The colours of one meaning: words, what they stand on, a filled sign, a line around. */
@Immutable
class Tone(val text: Color, val ground: Color, val solid: Color, val line: Color)

/**
 * Colours by role, after the design tokens of the Digital Agency (デジタル庁). Every text has a contrast of 4.5:1 or more
 * on what it stands on, every sign and border of 3:1; a test measures them.
 */
@Immutable
class Palette(
    val isDark: Boolean,
    val background: Color,
    val surface: Color,
    val text: Color,
    val secondary: Color,
    val divider: Color,
    val control: Color,
    val primary: Color,
    val onPrimary: Color,
    val selected: Color,
    val onSelected: Color,
    val disabled: Color,
    val onDisabled: Color,
    val ok: Tone,
    val attention: Tone,
    val error: Tone,
    val progress: Tone,
    val revisit: Tone,
    val quiet: Tone,
) {
    companion object {
        val Light = Palette(
            isDark = false,
            background = Color(0xFFF2F2F2),
            surface = Color.White,
            text = Color(0xFF1A1A1A),
            secondary = Color(0xFF4D4D4D),
            divider = Color(0xFFCCCCCC),
            control = Color(0xFF767676),
            primary = Color(0xFF0017C1),
            onPrimary = Color.White,
            selected = Color(0xFFE8F1FE),
            onSelected = Color(0xFF00118F),
            disabled = Color(0xFFE6E6E6),
            onDisabled = Color(0xFF666666),
            ok = Tone(Color(0xFF115A36), Color(0xFFE6F5EC), Color(0xFF197A4B), Color(0xFF71C598)),
            attention = Tone(Color(0xFF8B3200), Color(0xFFFFEEE2), Color(0xFFC74700), Color(0xFFFFA66D)),
            error = Tone(Color(0xFFA90000), Color(0xFFFDEEEE), Color(0xFFCE0000), Color(0xFFFF9696)),
            progress = Tone(Color(0xFF00118F), Color(0xFFE8F1FE), Color(0xFF0017C1), Color(0xFF9DB7F9)),
            revisit = Tone(Color(0xFF41048E), Color(0xFFF1EAFA), Color(0xFF5C10BE), Color(0xFFCDA6FF)),
            quiet = Tone(Color(0xFF333333), Color(0xFFF2F2F2), Color(0xFF666666), Color(0xFFB3B3B3)),
        )

        val Dark = Palette(
            isDark = true,
            background = Color(0xFF1A1A1A),
            surface = Color(0xFF262626),
            text = Color.White,
            secondary = Color(0xFFCCCCCC),
            divider = Color(0xFF4D4D4D),
            control = Color(0xFF999999),
            primary = Color(0xFF9DB7F9),
            onPrimary = Color(0xFF000060),
            selected = Color(0xFF000060),
            onSelected = Color(0xFFC5D7FB),
            disabled = Color(0xFF333333),
            onDisabled = Color(0xFFB3B3B3),
            ok = Tone(Color(0xFF9BD4B5), Color(0xFF032213), Color(0xFF71C598), Color(0xFF197A4B)),
            attention = Tone(Color(0xFFFFC199), Color(0xFF541E00), Color(0xFFFFA66D), Color(0xFFC74700)),
            error = Tone(Color(0xFFFFBBBB), Color(0xFF620000), Color(0xFFFF9696), Color(0xFFCE0000)),
            progress = Tone(Color(0xFFC5D7FB), Color(0xFF000060), Color(0xFF9DB7F9), Color(0xFF3460FB)),
            revisit = Tone(Color(0xFFDDC2FF), Color(0xFF30016C), Color(0xFFCDA6FF), Color(0xFF6F23D0)),
            quiet = Tone(Color(0xFFE6E6E6), Color(0xFF333333), Color(0xFFB3B3B3), Color(0xFF666666)),
        )

        /** Around what has the keyboard's focus, in both themes: yellow, and black inside it. */
        val Focus = Color(0xFFFFD43D)
    }
}

val LocalPalette = staticCompositionLocalOf { Palette.Light }
