package app.homon.android

import android.app.job.JobInfo
import android.app.job.JobScheduler
import app.homon.core.HomonException
import app.homon.core.Later
import app.homon.core.Refusal
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], manifest = Config.NONE, application = TestApplication::class)
class UploadJobTest {
    @Test
    fun `waits for any network, once`() {
        val context = RuntimeEnvironment.getApplication()
        repeat(2) { UploadJob.schedule(context) }
        val job = checkNotNull(context.getSystemService(JobScheduler::class.java)).allPendingJobs.single()
        @Suppress("DEPRECATION")
        assertEquals(JobInfo.NETWORK_TYPE_ANY, job.networkType)
        assertEquals(JobInfo.BACKOFF_POLICY_EXPONENTIAL, job.backoffPolicy)
        assertFalse(job.isPersisted)
    }

    @Test
    fun `tries again what may succeed later, and leaves the rest to a person`() = runBlocking {
        assertTrue(UploadJob.isToBeRepeated { throw HomonException.RetryLater(Later.Offline) })
        assertFalse(UploadJob.isToBeRepeated { throw HomonException.SignInAgain() })
        assertFalse(UploadJob.isToBeRepeated { throw HomonException.Refused(Refusal.Revoked) })
        assertFalse(UploadJob.isToBeRepeated { })
    }

    @Test
    fun `ends without a word when the app is not open`() {
        val service = Robolectric.buildService(UploadJob::class.java).create().get()
        assertFalse(service.onStartJob(org.robolectric.util.ReflectionHelpers.callConstructor(android.app.job.JobParameters::class.java)))
    }
}
