package app.homon.design

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.unit.dp

/** A piece of text and the reading over it, if it has one. */
data class RubyPiece(val text: String, val reading: String?)

/** Takes `お｜名前《なまえ》` apart. What is not marked has no reading. */
fun rubyPieces(marked: String): List<RubyPiece> {
    val pieces = mutableListOf<RubyPiece>()
    var rest = marked
    while (rest.isNotEmpty()) {
        val start = rest.indexOf('｜')
        val middle = rest.indexOf('《', start + 1)
        val end = rest.indexOf('》', middle + 1)
        if (start < 0 || middle < 0 || end < 0) return pieces + RubyPiece(rest, null)
        if (start > 0) pieces += RubyPiece(rest.substring(0, start), null)
        pieces += RubyPiece(rest.substring(start + 1, middle), rest.substring(middle + 1, end))
        rest = rest.substring(end + 1)
    }
    return pieces
}

/** The text without its readings, for a reader of the screen. */
fun plain(marked: String): String = plain(rubyPieces(marked))

private fun plain(pieces: List<RubyPiece>): String = pieces.joinToString("") { it.text }

/** Text with furigana at half of its size, never under 14. Where the language has none, it is plain text. */
@Composable
fun Ruby(marked: String, size: Int, modifier: Modifier = Modifier, bold: Boolean = false, colour: Color = LocalPalette.current.text) =
    Ruby(rubyPieces(marked), size, modifier, bold, colour)

/** Text in pieces with furigana, as above. */
@Composable
fun Ruby(pieces: List<RubyPiece>, size: Int, modifier: Modifier = Modifier, bold: Boolean = false, colour: Color = LocalPalette.current.text) {
    val plain = plain(pieces)
    if (pieces.all { it.reading == null }) {
        Label(plain, modifier, size, bold, colour)
        return
    }
    FlowRow(modifier.clearAndSetSemantics { contentDescription = plain }, Arrangement.Start, Arrangement.spacedBy(4.dp)) {
        pieces.forEachIndexed { at, piece ->
            // Two readings beside each other would be read as one.
            val apart = if (piece.reading != null && pieces.getOrNull(at - 1)?.reading != null) 8.dp else 0.dp
            Column(Modifier.align(Alignment.Bottom).padding(start = apart), horizontalAlignment = Alignment.CenterHorizontally) {
                if (piece.reading != null) Label(piece.reading, size = (size / 2).coerceAtLeast(Size.Note), colour = colour)
                Label(piece.text, size = size, bold = bold, colour = colour)
            }
        }
    }
}
