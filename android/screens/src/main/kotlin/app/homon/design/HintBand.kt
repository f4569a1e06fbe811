package app.homon.design

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp

/** The one hint while a picture is made: under it and never on it, black on yellow in both themes. */
@Composable
fun HintBand(icon: ImageVector, hint: String, note: String?, modifier: Modifier = Modifier) {
    val ink = Palette.Light.text
    Row(
        modifier.fillMaxWidth().heightIn(min = 56.dp).background(Palette.Focus, ControlShape).padding(20.dp, 8.dp)
            .semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Polite },
        Arrangement.spacedBy(16.dp),
        Alignment.CenterVertically,
    ) {
        Icon(icon, ink, size = 24.dp)
        Column {
            Label(hint, size = Size.Name, bold = true, colour = ink)
            if (note != null) Note(note, colour = ink)
        }
    }
}
