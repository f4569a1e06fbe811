package app.homon.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import app.homon.design.Banner
import app.homon.design.Destination
import app.homon.design.Fact
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icons
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Note
import app.homon.design.Panel
import app.homon.design.Safety

/** What was destroyed with a visit, and what is not claimed. */
@Immutable
data class CertificateLine(val title: String, val facts: List<Pair<String, String>>)

/** The certificates of erasure on this tablet. */
@Immutable
data class CertificatesState(val safety: Safety, val certificates: List<CertificateLine>, val unread: Int = 0)

/** What was erased, when, by which receipt; and what nobody can promise of a flash memory. */
@Composable
fun CertificatesScreen(state: CertificatesState, frame: FrameActions) {
    val words = LocalWords.current
    Frame(words.certificatesTitle, null, state.safety, frame, Destination.Settings, state.unread) {
        Column(Modifier.fillMaxSize().verticalScroll(rememberScrollState()).padding(20.dp), Arrangement.spacedBy(16.dp)) {
            Banner(Icons.Info, LocalPalette.current.progress, words.certificatesClaim, detail = words.certificatesClaimNote)
            if (state.certificates.isEmpty()) Note(words.certificatesNone)
            for (certificate in state.certificates) {
                Column {
                    Heading(certificate.title)
                    Panel {
                        Column(Modifier.padding(20.dp), Arrangement.spacedBy(8.dp)) {
                            for ((what, value) in certificate.facts) {
                                Fact(what, value)
                            }
                        }
                    }
                }
            }
        }
    }
}
