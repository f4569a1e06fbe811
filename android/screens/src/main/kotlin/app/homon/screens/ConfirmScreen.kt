package app.homon.screens

import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.combinedClickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
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
import app.homon.design.PanelShape
import app.homon.design.Room
import app.homon.design.Ruby
import app.homon.design.RubyPiece
import app.homon.design.Size
import app.homon.design.plain
import app.homon.design.pressable
import app.homon.design.rubyPieces

/** What the resident confirms; readings of name and date are marked as Aozora Bunko does. */
@Immutable
data class ConfirmState(
    val name: String,
    val birth: String,
    val sex: String,
    val address: List<RubyPiece>,
    val picture: ImageBitmap?,
    val hasPicture: Boolean = true,
)

/** What is pressed on the resident's page. */
interface ConfirmActions {
    fun confirm()
    fun differs()

    /** A long press: the page goes back to staff, who have to type their PIN. */
    fun backToStaff()
}

/** The page that is turned to the resident: their own data in large letters, two answers, and nothing else. */
@Composable
fun ConfirmScreen(state: ConfirmState, actions: ConfirmActions) {
    val words = LocalWords.current
    val layout = LocalLayout.current
    val beside = layout.room != Room.Narrow && !layout.isPortrait && !layout.isLarge
    Column(Modifier.fillMaxSize().background(LocalPalette.current.surface).padding(horizontal = 32.dp, vertical = 20.dp)) {
        if (layout.room == Room.Narrow) {
            BackToStaff(actions)
            Ruby(words.residentTitle, Size.Verdict, Modifier.semantics { heading() }, bold = true)
        } else {
            Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(16.dp), Alignment.CenterVertically) {
                Ruby(words.residentTitle, if (layout.isLarge) Size.Verdict else Size.Count, Modifier.weight(1f).semantics { heading() }, bold = true)
                BackToStaff(actions)
            }
        }
        Row(Modifier.weight(1f).fillMaxWidth().padding(top = 8.dp), Arrangement.spacedBy(48.dp)) {
            Column(Modifier.weight(1f).verticalScroll(rememberScrollState())) {
                Line(words.residentName, rubyPieces(state.name), Size.Large)
                Line(words.residentBirth, rubyPieces(state.birth))
                Line(words.residentSex, rubyPieces(state.sex))
                Line(words.residentAddress, state.address, last = true)
                if (!beside && state.hasPicture) {
                    Divider()
                    Portrait(state, Modifier.padding(top = 12.dp).width(layout.letters(280.dp)))
                }
            }
            if (beside && state.hasPicture) Portrait(state, Modifier.width(280.dp))
        }
        Answers(actions)
    }
}

@Composable
private fun Line(label: String, value: List<RubyPiece>, wanted: Int = 40, last: Boolean = false) {
    // Twice as large as wanted would leave three letters on a line.
    val size = if (LocalLayout.current.isLarge) Size.Verdict else wanted
    val narrow = LocalLayout.current.room != Room.TwoPanes
    if (narrow) {
        Column(Modifier.fillMaxWidth().padding(vertical = 8.dp)) {
            Ruby(label, if (LocalLayout.current.isLarge) Size.Name else Size.Verdict)
            Ruby(value, size, bold = true)
        }
    } else {
        Row(Modifier.fillMaxWidth().padding(vertical = 8.dp), Arrangement.spacedBy(16.dp), Alignment.Bottom) {
            Ruby(label, Size.Verdict, Modifier.width(200.dp))
            Ruby(value, size, Modifier.weight(1f), bold = true)
        }
    }
    if (!last) Divider()
}

@Composable
private fun Portrait(state: ConfirmState, modifier: Modifier) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    val spoken = plain(words.residentPhotoSpoken)
    Column(modifier, Arrangement.spacedBy(8.dp), Alignment.CenterHorizontally) {
        Box(Modifier.fillMaxWidth().aspectRatio(35f / 45f).clip(PanelShape).background(palette.disabled).border(1.dp, palette.control, PanelShape)) {
            if (state.picture != null) Image(state.picture, null, Modifier.fillMaxSize().semantics { contentDescription = spoken }, contentScale = ContentScale.Crop)
        }
        Ruby(words.residentPhoto, if (LocalLayout.current.isLarge) Size.Name else Size.Verdict)
    }
}

@Composable
private fun Answers(actions: ConfirmActions) {
    val words = LocalWords.current
    val stacked = LocalLayout.current.room == Room.Narrow
    if (stacked) {
        Column(Modifier.fillMaxWidth().padding(top = 12.dp), Arrangement.spacedBy(12.dp)) {
            Answer(words.residentRight, Icons.Check, true, Modifier.fillMaxWidth(), actions::confirm)
            Answer(words.residentWrong, Icons.Cross, false, Modifier.fillMaxWidth(), actions::differs)
        }
    } else {
        Row(Modifier.fillMaxWidth().padding(top = 12.dp), Arrangement.spacedBy(24.dp)) {
            Answer(words.residentWrong, Icons.Cross, false, Modifier.weight(1f), actions::differs)
            Answer(words.residentRight, Icons.Check, true, Modifier.weight(1f), actions::confirm)
        }
    }
}

@Composable
private fun Answer(text: String, icon: ImageVector, filled: Boolean, modifier: Modifier, onPress: () -> Unit) {
    val palette = LocalPalette.current
    val ink = if (filled) palette.onPrimary else palette.primary
    Row(
        modifier.heightIn(min = 112.dp).background(if (filled) palette.primary else palette.surface, PanelShape)
            .border(3.dp, palette.primary, PanelShape).pressable(PanelShape, onPress = onPress).padding(16.dp),
        Arrangement.spacedBy(20.dp, Alignment.CenterHorizontally),
        Alignment.CenterVertically,
    ) {
        Icon(icon, ink, size = 36.dp)
        Ruby(text, if (LocalLayout.current.isLarge) Size.Title else 34, bold = true, colour = ink)
    }
}

@Composable
private fun BackToStaff(actions: ConfirmActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    val spoken = plain(words.residentBackSpoken)
    Row(
        Modifier.heightIn(min = 48.dp).clip(CircleShape).border(1.dp, palette.control, CircleShape)
            .combinedClickable(role = Role.Button, onLongClickLabel = spoken, onLongClick = actions::backToStaff, onClick = {})
            .padding(18.dp, 8.dp),
        Arrangement.spacedBy(10.dp),
        Alignment.CenterVertically,
    ) {
        Icon(Icons.Lock, palette.text)
        Label(words.caseBackToStaff, size = Size.Note, bold = true)
    }
}
