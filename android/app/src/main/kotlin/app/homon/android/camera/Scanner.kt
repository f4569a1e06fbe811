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
import androidx.compose.runtime.mutableIntStateOf
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
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

/** Reads codes with the camera, over whichever page asked for it. */
class Scanner(private val camera: Camera?) {
    private var given: CompletableDeferred<Unit>? by mutableStateOf(null)
    private var sight: ImageBitmap? by mutableStateOf(null)
    private var hundredths by mutableIntStateOf(0)

    /** Whether it lies over the page. */
    val isOpen: Boolean get() = given != null

    /** Looks until what was read suffices for [take]; `false` when the person gave up, or the camera may not be used. */
    suspend fun scan(take: (String) -> Int): Boolean = coroutineScope {
        val eye = camera ?: return@coroutineScope false
        val end = CompletableDeferred<Unit>().also { given = it }
        val reading = async {
            eye.frames.mapNotNull { frame ->
                sight = frame.picture
                withContext(Dispatchers.Default) { codeOn(frame) }
            }.firstOrNull { code ->
                hundredths = take(code)
                hundredths >= 100
            }
        }
        try {
            select {
                reading.onAwait { it != null }
                end.onAwait { false }
            }
        } finally {
            reading.cancel()
            given = null
            sight = null
            hundredths = 0
        }
    }

    /** Ends it. */
    fun giveUp() {
        given?.complete(Unit)
    }

    @Composable
    fun Show(words: Words) {
        if (!isOpen) return
        HomonTheme(words, isDark = true) {
            Column(Modifier.fillMaxSize().background(LocalPalette.current.background).padding(20.dp), Arrangement.spacedBy(16.dp)) {
                Label(if (hundredths == 0) words.codeScan else words.codeShare(hundredths), Modifier.semantics { liveRegion = LiveRegionMode.Polite }, Size.Title, bold = true)
                sight?.let { Image(it, null, Modifier.weight(1f).fillMaxWidth(), contentScale = ContentScale.Fit) }
                SecondaryButton(words.frameBack, ::giveUp)
            }
        }
    }
}
