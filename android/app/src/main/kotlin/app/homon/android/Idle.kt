package app.homon.android

import android.os.Handler
import android.os.Looper
import android.os.SystemClock
import kotlin.time.Duration

/** Does something once nobody has touched the tablet for some time. */
class Idle(private val after: Duration, private val act: () -> Unit) {
    private val handler = Handler(Looper.getMainLooper())
    private val run = Runnable(act)
    private var since: Long? = null

    /** Whether it is so long ago. A process that was frozen, or a tablet that slept, learns of it only here. */
    val isOver: Boolean get() = since?.let { SystemClock.elapsedRealtime() - it >= after.inWholeMilliseconds } ?: false

    /** Somebody did: it begins anew. */
    fun touched() {
        end()
        since = SystemClock.elapsedRealtime()
        handler.postDelayed(run, after.inWholeMilliseconds)
    }

    /** Waits no more. */
    fun end() {
        since = null
        handler.removeCallbacks(run)
    }
}
