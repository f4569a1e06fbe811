package app.homon.android.camera

import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.unit.dp
import app.homon.design.HomonTheme
import app.homon.design.Label
import app.homon.design.LocalPalette
import app.homon.design.SecondaryButton
import app.homon.design.Size
import app.homon.journeys.Camera
import app.homon.words.Words
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.firstOrNull
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.withContext

/** Reads a code with the camera, over whichever page asked for it. */
class Scanner(private val camera: Camera?) {
    private var given: CompletableDeferred<Unit>? by mutableStateOf(null)
    private var sight: ImageBitmap? by mutableStateOf(null)

    /** Whether it lies over the page. */
    val isOpen: Boolean get() = given != null

    /** Looks until a code can be read; `null` when the person gave up, or the camera may not be used. */
    suspend fun scan(): String? = coroutineScope {
        val eye = camera ?: return@coroutineScope null
        val end = CompletableDeferred<Unit>().also { given = it }
        val reading = async {
            eye.frames.mapNotNull { frame ->
                sight = frame.picture
                withContext(Dispatchers.Default) { codeOn(frame) }
            }.firstOrNull()
        }
        try {
            select {
                reading.onAwait { it }
                end.onAwait { null }
            }
        } finally {
            reading.cancel()
            given = null
            sight = null
        }
    }

    /** Ends it without a code. */
    fun giveUp() {
        given?.complete(Unit)
    }

    @Composable
    fun Show(words: Words) {
        if (!isOpen) return
        HomonTheme(words, isDark = true) {
            Column(Modifier.fillMaxSize().background(LocalPalette.current.background).padding(20.dp), Arrangement.spacedBy(16.dp)) {
                Label(words.attributesScan, size = Size.Title, bold = true)
                sight?.let { Image(it, null, Modifier.weight(1f).fillMaxWidth(), contentScale = ContentScale.Fit) }
                SecondaryButton(words.frameBack, ::giveUp)
            }
        }
    }
}
