package app.homon.design

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp

/** How far the city has a visit. */
enum class Station { OnlyHere, Held, Opened }

/** Three stations from the tablet to the opened box; only the present one is filled. */
@Composable
fun ReceiptLine(station: Station, note: String?, modifier: Modifier = Modifier) {
    val palette = LocalPalette.current
    val words = LocalWords.current
    val (tone, word) = when (station) {
        Station.OnlyHere -> palette.attention to words.receiptOnlyHere
        Station.Held -> palette.progress to words.receiptHeld
        Station.Opened -> palette.ok to words.receiptOpened
    }
    Column(modifier.semantics(mergeDescendants = true) {}, Arrangement.spacedBy(4.dp), Alignment.End) {
        Row(verticalAlignment = Alignment.CenterVertically) {
            for (at in Station.entries) {
                if (at != Station.OnlyHere) Box(Modifier.width(22.dp).height(2.dp).background(if (at <= station) tone.solid else palette.divider))
                Stop(at, station, tone)
            }
        }
        Row(horizontalArrangement = Arrangement.spacedBy(12.dp)) {
            Label(word, size = Size.Note, bold = true, colour = tone.text)
            if (note != null) Note(note)
        }
    }
}

@Composable
private fun Stop(at: Station, now: Station, tone: Tone) {
    val palette = LocalPalette.current
    val icon = when (at) {
        Station.OnlyHere -> Icons.Lock
        Station.Held -> Icons.Box
        Station.Opened -> Icons.OpenBox
    }
    val (ground, line, ink) = when {
        at == now -> Triple(tone.solid, tone.solid, if (palette.isDark) palette.background else palette.surface)
        at < now -> Triple(tone.ground, tone.line, tone.text)
        else -> Triple(palette.surface, palette.divider, palette.secondary)
    }
    Box(Modifier.size(LocalLayout.current.sign(28.dp)).background(ground, CircleShape).border(1.dp, line, CircleShape), Alignment.Center) {
        Icon(icon, ink, size = 16.dp)
    }
}
