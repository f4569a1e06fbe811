package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.ErasureCertificate
import app.homon.journeys.sayings.say
import app.homon.screens.CertificateLine
import app.homon.screens.CertificatesScreen
import app.homon.screens.CertificatesState

/** What was erased from this tablet. */
class CertificatesJourney(private val app: HomonApp) : Journey {
    private val words get() = app.words
    private var state: CertificatesState? by mutableStateOf(null)

    suspend fun load() {
        state = CertificatesState(app.safety, app.core.erasureCertificates().map(::line), app.unread)
    }

    private fun line(certificate: ErasureCertificate): CertificateLine {
        val visit = app.today?.visits?.firstOrNull { it.visit == certificate.visit && it.part == certificate.part }
        val title = visit?.let { words.shellSiteDay(site = app.siteName(it.site), day = words.day(it.date)) } ?: certificate.visit
        return CertificateLine(
            title,
            certificate.inventory.destroyed.map { words.shellDestroyed to words.say(it) } +
                (words.shellSeal to "${certificate.seal}") +
                (words.shellErasedAt to words.moment(certificate.erasedAt)) +
                certificate.inventory.notClaimed.map { words.shellNotClaimed to words.say(it) },
        )
    }

    @Composable
    override fun Show() {
        state?.let { CertificatesScreen(it, app.frame(Place.Settings)) }
    }
}
