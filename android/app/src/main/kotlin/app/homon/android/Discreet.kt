package app.homon.android

import android.view.inputmethod.EditorInfo
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.ExperimentalComposeUiApi
import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.platform.ClipEntry
import androidx.compose.ui.platform.Clipboard
import androidx.compose.ui.platform.InterceptPlatformTextInput
import androidx.compose.ui.platform.LocalClipboard
import androidx.compose.ui.platform.LocalTextToolbar
import androidx.compose.ui.platform.PlatformTextInputInterceptor
import androidx.compose.ui.platform.PlatformTextInputMethodRequest
import androidx.compose.ui.platform.PlatformTextInputSession
import androidx.compose.ui.platform.TextToolbar
import androidx.compose.ui.platform.TextToolbarStatus

/** Everything that is typed in the app may be about a resident: no keyboard learns it, and nothing of it is copied out. */
@OptIn(ExperimentalComposeUiApi::class)
@Composable
fun Discreet(content: @Composable () -> Unit) {
    CompositionLocalProvider(LocalClipboard provides NoClipboard, LocalTextToolbar provides NoToolbar) {
        InterceptPlatformTextInput(Forgetful, content)
    }
}

/** Asks each keyboard not to learn from what is typed. One that ignores it can't be held back: see the README. */
@OptIn(ExperimentalComposeUiApi::class)
internal object Forgetful : PlatformTextInputInterceptor {
    override suspend fun interceptStartInputMethod(request: PlatformTextInputMethodRequest, nextHandler: PlatformTextInputSession): Nothing {
        nextHandler.startInputMethod { editor ->
            request.createInputConnection(editor).also { editor.imeOptions = editor.imeOptions or EditorInfo.IME_FLAG_NO_PERSONALIZED_LEARNING }
        }
    }
}

/** Takes nothing and has nothing: the tablet's clipboard is read by other apps, and by the keyboard. */
internal object NoClipboard : Clipboard {
    override suspend fun getClipEntry(): ClipEntry? = null

    override suspend fun setClipEntry(clipEntry: ClipEntry?) = Unit
}

/** The menu over a selection: copy, share, translate. It is not shown. */
internal object NoToolbar : TextToolbar {
    override val status: TextToolbarStatus = TextToolbarStatus.Hidden

    override fun hide() = Unit

    override fun showMenu(rect: Rect, onCopyRequested: (() -> Unit)?, onPasteRequested: (() -> Unit)?, onCutRequested: (() -> Unit)?, onSelectAllRequested: (() -> Unit)?) = Unit
}
