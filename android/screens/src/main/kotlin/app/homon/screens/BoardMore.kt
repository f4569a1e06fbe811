package app.homon.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.homon.design.Divider
import app.homon.design.Icon
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalLayout
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Note
import app.homon.design.PlainButton
import app.homon.design.Size
import app.homon.design.pressable

/** What is done less often on the board. Where the text is large, also what stands at its foot otherwise. */
@Composable
internal fun BoardMore(state: BoardState, actions: BoardActions, modifier: Modifier) {
    val words = LocalWords.current
    Column(modifier.fillMaxWidth().background(LocalPalette.current.surface).verticalScroll(rememberScrollState())) {
        Row(Modifier.fillMaxWidth().padding(start = 20.dp, end = 8.dp, top = 4.dp, bottom = 4.dp), verticalAlignment = Alignment.CenterVertically) {
            Label(words.boardMore, Modifier.weight(1f).semantics { heading() }, Size.Title, bold = true)
            PlainButton(words.boardMoreClose, { actions.more(false) }, icon = Icons.Cross)
        }
        val detail = state.detail
        if (LocalLayout.current.isLarge && detail != null && detail.canLeave) Entry(Icons.Turn, words.boardNotToday, words.boardPerson(detail.row.name), actions::notToday)
        if (LocalLayout.current.isLarge && detail != null && detail.canMove) Entry(Icons.Pencil, words.boardMove, words.boardPerson(detail.row.name), actions::move)
        if (state.closed == null) {
            Entry(Icons.Paper, words.boardImport, null, actions::importRoster)
            Entry(Icons.Messages, words.boardMoreConsultation(state.consultations), null, actions::consultation)
        }
        Entry(Icons.Camera, words.boardMorePhotos(state.photos), null, actions::photos)
        if (state.closed == null) Entry(Icons.Tablet, words.boardAddTablet, null, actions::addTablet)
        Entry(Icons.Exchange, words.boardHandOver, null, actions::handOver)
        Entry(Icons.Flag, words.boardClose, null, actions::close)
    }
}

@Composable
private fun Entry(icon: ImageVector, text: String, note: String?, onPress: () -> Unit) {
    val palette = LocalPalette.current
    Divider()
    Row(
        Modifier.fillMaxWidth().heightIn(min = 56.dp).pressable(RoundedCornerShape(0.dp), onPress = onPress).semantics(mergeDescendants = true) {}.padding(20.dp, 8.dp),
        Arrangement.spacedBy(16.dp),
        Alignment.CenterVertically,
    ) {
        Icon(icon, palette.secondary, size = 24.dp)
        Column(Modifier.weight(1f)) {
            Label(text, size = Size.Name, bold = true)
            if (note != null) Note(note)
        }
        Icon(Icons.Right, palette.secondary)
    }
}
