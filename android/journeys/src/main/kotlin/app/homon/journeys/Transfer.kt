package app.homon.journeys

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.Subject
import app.homon.core.SyncObserver
import app.homon.core.SyncProgress
import app.homon.core.SyncReport
import app.homon.core.SyncStop
import java.time.Duration
import java.time.Instant

/** One sync with the city at a time, whichever page is open. */
class Transfer(private val app: HomonApp) {
    var isRunning by mutableStateOf(false)
        private set
    var isPaused by mutableStateOf(false)
        private set
    var problem: String? by mutableStateOf(null)
        private set
    var progress: Moment? by mutableStateOf(null)
        private set
    var lastReport: SyncReport? by mutableStateOf(null)
        private set
    var lastAt: Instant? by mutableStateOf(null)
        private set
    private var stop: SyncStop? = null

    /** How far the package that is on its way is. */
    data class Moment(val subject: Subject, val sent: Long, val total: Long, val bytesPerSecond: Double?) {
        val share: Float get() = if (total == 0L) 0f else sent.toFloat() / total
        val secondsLeft: Long? get() = bytesPerSecond?.takeIf { it > 0 }?.let { ((total - sent) / it).toLong() }
    }

    /** Begins, or goes on at the byte where it stopped. */
    fun start(then: suspend () -> Unit = {}) {
        if (isRunning) return
        isRunning = true
        isPaused = false
        problem = null
        val handle = SyncStop().also { stop = it }
        app.work({ fault -> problem = fault.takeUnless { isPaused } }) {
            try {
                lastReport = app.core.sync(Watch(), handle)
                lastAt = Instant.now()
            } finally {
                end()
                // Also what left before the line broke is known now.
                app.refresh()
                then()
            }
        }
    }

    /** Stops; what the city has stays there. */
    fun pause() {
        isPaused = true
        stop?.stop()
    }

    /** What stands beside the count of people that only this tablet holds. */
    fun note(): String? = progress?.takeIf { isRunning }?.let { app.words.shellSending((it.share * 100).toInt()) }

    private fun end() {
        isRunning = false
        progress = null
        stop = null
    }

    private inner class Watch : SyncObserver {
        private val began = Instant.now()
        private var first: Long? = null

        override fun progressed(progress: SyncProgress) {
            val sent = progress.sent.toLong()
            val from = first ?: sent.also { first = it }
            val seconds = Duration.between(began, Instant.now()).toMillis() / 1000.0
            // Bytes that were there before it went on must not make it look fast.
            val speed = if (seconds > 0.5 && sent > from) (sent - from) / seconds else null
            this@Transfer.progress = Moment(progress.`package`.subject, sent, progress.total.toLong(), speed)
        }
    }
}
