package app.homon.design

import androidx.compose.foundation.text.BasicText
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.LineBreak
import androidx.compose.ui.text.style.LineHeightStyle
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.em
import androidx.compose.ui.unit.sp

/** The sizes of the text, in sp. Nothing is smaller than [Note]. */
object Size {
    const val Note = 14
    const val Body = 16
    const val Name = 18
    const val Title = 20
    const val Time = 24
    const val Verdict = 28
    const val Count = 36
    const val Large = 45
    const val One = 64
}

/** The style of a text of [size] sp. */
@Composable
fun textStyle(size: Int, bold: Boolean = false, colour: Color = LocalPalette.current.text, align: TextAlign = TextAlign.Unspecified): TextStyle =
    TextStyle(
        color = colour,
        fontSize = size.sp,
        lineHeight = if (size >= Size.Title) 1.35.em else 1.5.em,
        fontWeight = if (bold) FontWeight.Bold else FontWeight.Normal,
        fontFamily = LocalFont.current,
        fontFeatureSettings = "tnum",
        lineHeightStyle = LineHeightStyle(LineHeightStyle.Alignment.Center, LineHeightStyle.Trim.None),
        lineBreak = LineBreak.Paragraph,
        textAlign = align,
    )

/** Text. It wraps and is never cut, unless [maxLines] says that what follows may be lost. */
@Composable
fun Label(
    text: String,
    modifier: Modifier = Modifier,
    size: Int = Size.Body,
    bold: Boolean = false,
    colour: Color = LocalPalette.current.text,
    align: TextAlign = TextAlign.Unspecified,
    maxLines: Int = Int.MAX_VALUE,
) {
    BasicText(text, modifier, textStyle(size, bold, colour, align), overflow = TextOverflow.Ellipsis, maxLines = maxLines)
}

/** What is said beside the matter. */
@Composable
fun Note(text: String, modifier: Modifier = Modifier, colour: Color = LocalPalette.current.secondary, align: TextAlign = TextAlign.Unspecified) {
    Label(text, modifier, Size.Note, colour = colour, align = align)
}
