package app.homon.android

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import app.homon.core.HomonException
import app.homon.core.SyncStop
import kotlinx.coroutines.launch

/**
 * Sends what is sealed once the tablet has a network, without anybody asking.
 *
 * The core sends only while somebody is signed in: the device's certificate and the list of what is sealed lie in the desk
 * file, which a PIN opens. So this is a retry while the app is in use, as when the network comes back on the way to the car,
 * and no upload in the night. When nobody is signed in it ends without a word, and whoever signs in schedules it again. For
 * the same reason it is not kept across a restart of the tablet, and the app needs no permission to be woken then.
 */
class UploadJob : JobService() {
    private var stop: SyncStop? = null

    override fun onStartJob(parameters: JobParameters): Boolean {
        val tablet = application as HomonApplication
        val app = tablet.running ?: return false
        val handle = SyncStop().also { stop = it }
        tablet.scope.launch {
            val again = isToBeRepeated {
                app.core.sync(null, handle)
                app.refresh()
            }
            if (stop === handle) stop = null
            jobFinished(parameters, again)
        }
        return true
    }

    /** The network is gone, or the system wants its power: what was sent stays sent, and the rest is tried again. */
    override fun onStopJob(parameters: JobParameters): Boolean {
        stop?.stop()
        stop = null
        return true
    }

    companion object {
        private const val ID = 1
        private const val FIRST_WAIT_MILLIS = 30_000L

        /** Any network will do: a sealed visit is small, and waiting is what loses it. Does nothing when it waits already. */
        fun schedule(context: Context) {
            val scheduler = checkNotNull(context.getSystemService(JobScheduler::class.java)) { "no scheduler" }
            if (scheduler.getPendingJob(ID) != null) return
            val job = JobInfo.Builder(ID, ComponentName(context, UploadJob::class.java))
                .setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY)
                .setBackoffCriteria(FIRST_WAIT_MILLIS, JobInfo.BACKOFF_POLICY_EXPONENTIAL)
                .build()
            scheduler.schedule(job)
        }

        /** Whether a sync that ended so is worth another: what the city or the tablet refuses, a person has to look at. */
        internal suspend fun isToBeRepeated(sync: suspend () -> Unit): Boolean = try {
            sync()
            false
        } catch (error: HomonException) {
            error is HomonException.RetryLater
        }
    }
}
