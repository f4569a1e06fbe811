package app.homon.design

import androidx.compose.foundation.Image
import androidx.compose.foundation.layout.size
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.ColorFilter
import androidx.compose.ui.graphics.SolidColor
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.StrokeJoin
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.graphics.vector.PathParser
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp

/** The signs of the app, drawn as lines on 24 by 24. */
object Icons {
    val Today = line("M4 6H20V20H4ZM4 10H20M8 3V7M16 3V7M13 14H16V17H13Z")
    val Visit = line("M4 21V4H13V21M13 9H20V21M2 21H22M7 8H10M7 12H10M7 16H10M16 13H17M16 17H17")
    val Messages = line("M4 4H20V16H9L4 20ZM8 8H16M8 12H13")
    val Settings = line("M4 7H20M4 17H20M15 4.5A2.5 2.5 0 1 1 15 9.5A2.5 2.5 0 1 1 15 4.5M9 14.5A2.5 2.5 0 1 1 9 19.5A2.5 2.5 0 1 1 9 14.5")
    val Hide = line("M3 3L21 21M10 6.2C10.6 6.1 11.3 6 12 6C17 6 20.5 10 21.5 12C21.1 12.9 20.1 14.4 18.6 15.6M14 14.2A3 3 0 0 1 9.8 10M6.5 7.5C4.4 8.8 3 10.8 2.5 12C3.5 14 7 18 12 18C13.3 18 14.5 17.7 15.5 17.3")
    val Tablet = line("M6 3H18V21H6ZM11 18H13")
    val Card = line("M3 5H21V19H3ZM3 9H21M6 15H11")
    val Search = line("M10.5 4A6.5 6.5 0 1 1 10.5 17A6.5 6.5 0 1 1 10.5 4M15.5 15.5L21 21")
    val Plus = line("M12 5V19M5 12H19")
    val Right = line("M9 5L16 12L9 19")
    val Down = line("M5 9L12 16L19 9")
    val Minus = line("M5 12H19")
    val Up = line("M12 20V4M6 10L12 4L18 10")
    val Below = line("M12 4V20M6 14L12 20L18 14")
    val More = line("M4 6H20M4 12H20M4 18H20")
    val Forward = line("M4 12H20M14 6L20 12L14 18")
    val Back = line("M20 12H4M10 6L4 12L10 18")
    val Pencil = line("M5 19L6 15L16 5L19 8L9 18ZM14 7L17 10")
    val Check = line("M5 12.5L10 17.5L19.5 7")
    val Cross = line("M5 5L19 19M19 5L5 19")
    val Lock = line("M6 11H18V20H6ZM9 11V7.5A3 3 0 0 1 15 7.5V11M12 14.5V16.5")
    val Box = line("M12 3L20 7.5V16.5L12 21L4 16.5V7.5ZM4 7.5L12 12L20 7.5M12 12V21")
    val OpenBox = line("M5 11V20H19V11M3 7L12 11L21 7M3 7L5 11M21 7L19 11M9 4L12 7L15 4M9 15H15")
    val Turn = line("M5 5V10H10M5.5 10A7.5 7.5 0 1 1 4.6 14")
    val Camera = line("M3 8H7L9 5H15L17 8H21V19H3ZM12 10A3.2 3.2 0 1 1 12 16.4A3.2 3.2 0 1 1 12 10")
    val Code = line("M4 4H10V10H4ZM14 4H20V10H14ZM4 14H10V20H4ZM14 14H17V17H14ZM20 14V17M17 20H20M14 20V20.01")
    val Info = line("M12 3A9 9 0 1 1 12 21A9 9 0 1 1 12 3M12 11V16.5M12 7.5V7.6")
    val Shield = line("M12 3L19 6V11.5C19 16 16 19.5 12 21C8 19.5 5 16 5 11.5V6ZM8.5 12L11 14.5L15.5 9.5")
    val Upload = line("M12 16V5M7 10L12 5L17 10M5 20H19")
    val Pause = line("M9 5V19M15 5V19")
    val Flag = line("M6 21V4H18L15.5 8L18 12H6")
    val Clock = line("M12 3A9 9 0 1 1 12 21A9 9 0 1 1 12 3M12 7V12L15.5 14")
    val Bed = line("M3 19V6M3 16H21M21 19V12H10V16M6.5 9A1.6 1.6 0 1 1 6.5 12.2A1.6 1.6 0 1 1 6.5 9")
    val Sound = line("M4 9.5V14.5H7.5L12 18.5V5.5L7.5 9.5ZM15.5 9A4.2 4.2 0 0 1 15.5 15M18 6.5A8 8 0 0 1 18 17.5")
    val Erase = line("M9 5H21V19H9L3 12ZM12 9.5L17 14.5M17 9.5L12 14.5")
    val Offline = line("M3 3L21 21M5 12.5C6.2 11.3 7.7 10.4 9.3 9.9M19 12.5C17.9 11.4 16.5 10.6 15 10.1M8.5 16C9.5 15 10.7 14.5 12 14.5C13.3 14.5 14.5 15 15.5 16M12 19.5V19.6M2.5 9C4 7.5 5.5 6.6 7 6M21.5 9C19 6.6 15.6 5.2 12 5")
    val Person = line("M12 4A4 4 0 1 1 12 12A4 4 0 1 1 12 4M4 21C4 17 7.5 15 12 15C16.5 15 20 17 20 21")
    val Picture = line("M3 5H21V19H3ZM3 16L9 10.5L13.5 15L16.5 12.5L21 16.5M16 8.5V8.6")
    val Exchange = line("M4 8H19M15 4L19 8L15 12M20 16H5M9 12L5 16L9 20")
    val Help = line("M12 3A9 9 0 1 1 12 21A9 9 0 1 1 12 3M9.3 9.5A2.7 2.7 0 1 1 12 12.4V14M12 17V17.1")
    val Paper = line("M6 3H14L18 7V21H6ZM14 3V7H18M9 12H15M9 16H15")
}

private fun line(path: String): ImageVector =
    ImageVector.Builder(defaultWidth = 24.dp, defaultHeight = 24.dp, viewportWidth = 24f, viewportHeight = 24f)
        .addPath(
            PathParser().parsePathString(path).toNodes(),
            stroke = SolidColor(Color.Black),
            strokeLineWidth = 2f,
            strokeLineCap = StrokeCap.Round,
            strokeLineJoin = StrokeJoin.Round,
        )
        .build()

/** A sign beside a word that says the same; a reader of the screen passes it over. */
@Composable
fun Icon(icon: ImageVector, colour: Color, modifier: Modifier = Modifier, size: Dp = 20.dp) {
    Image(icon, null, modifier.size(LocalLayout.current.sign(size)), colorFilter = ColorFilter.tint(colour))
}
