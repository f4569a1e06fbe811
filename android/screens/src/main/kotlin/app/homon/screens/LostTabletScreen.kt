package app.homon.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import app.homon.design.Banner
import app.homon.design.Destination
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.Safety
import app.homon.design.Size

/** What would be on this tablet, were it lost now. */
@Immutable
data class LostTabletState(val safety: Safety, val tablet: String, val visits: List<Pair<String, String>>, val contact: String?, val unread: Int = 0)

/** The drill for a lost tablet: what to do in which order, and what is on this one by count. */
@Composable
fun LostTabletScreen(state: LostTabletState, frame: FrameActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    Frame(words.lostTitle, null, state.safety, frame, Destination.Settings, state.unread) {
        TwoColumns(
            {
                Column {
                    Heading(words.lostDo)
                    Panel {
                        Column(Modifier.padding(20.dp), Arrangement.spacedBy(16.dp)) {
                            for ((at, step) in listOf(words.lostCall, words.lostRevoke, words.lostTell, words.lostVisitAgain).withIndex()) {
                                Row(horizontalArrangement = Arrangement.spacedBy(14.dp)) {
                                    Label("${at + 1}", size = Size.Title, bold = true, colour = palette.primary)
                                    Label(step, Modifier.weight(1f))
                                }
                            }
                            if (state.contact != null) Label(words.lostContact(state.contact), size = Size.Name, bold = true)
                        }
                    }
                }
            },
            {
                Banner(Icons.Shield, palette.ok, words.lostSafe, detail = words.lostSafeNote)
                Column {
                    Heading(words.lostOn(state.tablet))
                    Panel {
                        Column(Modifier.padding(20.dp), Arrangement.spacedBy(8.dp)) {
                            if (state.visits.isEmpty()) Note(words.lostNothing)
                            for ((site, what) in state.visits) {
                                Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(16.dp)) {
                                    Label(site, Modifier.weight(1f), bold = true)
                                    Label(what, Modifier.weight(1f))
                                }
                            }
                        }
                    }
                }
            },
        )
    }
}
