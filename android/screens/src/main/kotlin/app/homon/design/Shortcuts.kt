package app.homon.design

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.focus.focusTarget
import androidx.compose.ui.focus.onFocusChanged
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEvent
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.onKeyEvent
import androidx.compose.ui.input.key.type
import androidx.compose.ui.input.key.utf16CodePoint

/** What the keys of a keyboard do beside typing and walking: each is taken by what is on the page, the last one first. */
class Shortcuts {
    private val takers = mutableListOf<(KeyEvent) -> Boolean>()

    internal fun add(taker: (KeyEvent) -> Boolean) = takers.add(taker)

    internal fun remove(taker: (KeyEvent) -> Boolean) = takers.remove(taker)

    internal fun take(event: KeyEvent): Boolean = event.type == KeyEventType.KeyDown && takers.reversed().any { it(event) }
}

private val LocalShortcuts = staticCompositionLocalOf { Shortcuts() }

/** A window that hears the keys which nothing in it has taken, wherever the focus is. */
@Composable
internal fun Keyboard(content: @Composable () -> Unit) {
    val shortcuts = remember { Shortcuts() }
    val window = remember { FocusRequester() }
    var hasFocus by remember { mutableStateOf(false) }
    // Keys go to what has the focus, and to nobody when that has left the page.
    LaunchedEffect(hasFocus) { if (!hasFocus) window.requestFocus() }
    CompositionLocalProvider(LocalShortcuts provides shortcuts) {
        Box(Modifier.fillMaxSize().onKeyEvent(shortcuts::take).onFocusChanged { hasFocus = it.hasFocus }.focusRequester(window).focusTarget()) { content() }
    }
}

/** Takes a key while this is on the page. */
@Composable
fun Shortcut(taker: (KeyEvent) -> Boolean) {
    val shortcuts = LocalShortcuts.current
    DisposableEffect(shortcuts, taker) {
        shortcuts.add(taker)
        onDispose { shortcuts.remove(taker) }
    }
}

internal val KeyEvent.isEnter: Boolean get() = key == Key.Enter || key == Key.NumPadEnter

internal val KeyEvent.isSlash: Boolean get() = key == Key.Slash || utf16CodePoint == '/'.code

/** The digit that was typed, on whichever block of keys. */
internal val KeyEvent.digit: Char? get() = BLOCK.indexOf(key).takeIf { it >= 0 }?.digitToChar() ?: utf16CodePoint.toChar().takeIf { it in '0'..'9' }

private val BLOCK = listOf(Key.NumPad0, Key.NumPad1, Key.NumPad2, Key.NumPad3, Key.NumPad4, Key.NumPad5, Key.NumPad6, Key.NumPad7, Key.NumPad8, Key.NumPad9)
