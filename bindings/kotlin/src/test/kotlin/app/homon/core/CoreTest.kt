package app.homon.core

import java.awt.image.BufferedImage
import java.io.ByteArrayOutputStream
import java.io.RandomAccessFile
import java.lang.management.ManagementFactory
import java.nio.ByteBuffer
import java.nio.MappedByteBuffer
import java.nio.channels.FileChannel
import java.nio.file.Path
import java.time.Duration
import java.time.Instant
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit.SECONDS
import javax.imageio.ImageIO
import kotlin.io.path.readBytes
import kotlin.io.path.readLines
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.serialization.json.jsonObject
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.io.TempDir

/** How things cross: answers, errors, callbacks, cancellation, bytes. One tablet with an open visit serves all. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CoreTest {
    private class StoppableClock(val instant: Instant) : Clock {
        @Volatile var asked: CountDownLatch? = null
        val goOn = CountDownLatch(1)

        override fun now(): Timestamp {
            asked?.let {
                it.countDown()
                goOn.await()
            }
            return instant
        }
    }

    /** A key store of the platform: a software vault that can be locked, or broken. */
    private class PlatformVault(private val keys: KeyVault) : KeyVault by keys {
        @Volatile var fault: (() -> Exception)? = null
        val threads = CopyOnWriteArrayList<Thread>()

        override fun unwrap(alias: KeyAlias, wrapped: ByteArray): ByteArray {
            threads += Thread.currentThread()
            fault?.let { throw it() }
            return keys.unwrap(alias, wrapped)
        }
    }

    private class Changes : StateListener {
        val seen = CopyOnWriteArrayList<Change>()
        val threads = CopyOnWriteArrayList<Thread>()

        override fun stateChanged(change: Change) {
            seen += change
            threads += Thread.currentThread()
            throw IllegalStateException("a listener must not be able to harm the core")
        }
    }

    private val scenario = scenario("short-visit")
    private val visit = scenario.list("visits").single().jsonObject
    private val plan = planOf(visit.inner("plan"))
    private val part: PartNumber = 1u
    private val staff = "worker-02"
    private val pin = scenario.inner("pins").text(staff)
    private val clock = StoppableClock(Instant.parse(scenario.text("begins_at")))
    private val changes = Changes()
    private lateinit var vault: PlatformVault
    private lateinit var city: City
    private lateinit var homon: Homon

    @BeforeAll
    fun `a tablet with an open visit`(@TempDir out: Path) = runBlocking {
        city = City(out)
        city.found(scenario.text("programme"))
        vault = PlatformVault(softwareVault("${out.resolve("vault")}"))
        homon = Homon.open("${out.resolve("files")}", vault, clock, photoModels(), changes)
        assertEquals(HomonException.Refused(Refusal.NotEnrolled).reason, refusal { homon.signIn(staff, pin) })
        homon.acceptEnrolment(city.enrol("tablet-1", homon.enrolmentRequest("tablet-1")), city.fingerprint(), staff, pin)
        val deviations = visit.list("deviations").map { deviationOf(it.jsonObject) }
        homon.openVisit(plan, part, checkInOf(visit.inner("check_in")), deviations, null)
        Unit
    }

    @BeforeEach
    fun `somebody is signed in`() = runBlocking {
        vault.fault = null
        homon.signIn(staff, pin)
        changes.seen.clear()
    }

    @AfterAll
    fun `the city ends`() {
        homon.close()
        city.close()
    }

    private suspend fun refusal(call: suspend () -> Unit): Refusal = assertFailsWith<HomonException.Refused> { call() }.reason

    /** The listener is told after the write, on a thread of its own; of nothing else. */
    private suspend fun hears(vararg expected: Change) {
        withTimeoutOrNull(10_000) { while (changes.seen.size < expected.size) delay(5) }
        assertEquals(expected.toList(), changes.seen.toList())
    }

    private suspend fun receive(): CaseView = homon.receive(plan.id, part, PlaceInput(null, "105", null, null))

    @Test
    fun `who stops waiting takes nothing back`(): Unit = runBlocking {
        val before = homon.board(plan.id, part).size
        val asked = CountDownLatch(1)
        clock.asked = asked
        val waiting = launch(Dispatchers.IO, CoroutineStart.UNDISPATCHED) { receive() }
        assertTrue(asked.await(10, SECONDS))
        waiting.cancel()
        waiting.join()
        assertTrue(waiting.isCancelled)
        clock.asked = null
        clock.goOn.countDown()
        assertEquals(before + 1, homon.board(plan.id, part).size)
        hears(Change.Visit(plan.id, part))
    }

    @Test
    fun `a wrong PIN says how many tries are left`(): Unit = runBlocking {
        val error = assertFailsWith<HomonException.FixInput> { homon.signIn(staff, "271828") }
        assertEquals(Field.PIN, error.field)
        assertIs<Rule.PinWrong>(error.rule)
        assertFailsWith<HomonException.SignInAgain> { homon.today() }
        assertFalse("271828" in "$error ${error.message}")
    }

    @Test
    fun `a locked key store is KeyUnavailable, and so is one that breaks`(): Unit = runBlocking {
        for (fault in listOf({ VaultException.Unavailable() }, { VaultException.KeyMissing() }, { IllegalStateException("山田") })) {
            vault.fault = fault
            assertFailsWith<HomonException.KeyUnavailable> { homon.signIn(staff, pin) }
        }
        vault.fault = null
        assertEquals(staff, homon.signIn(staff, pin).code)
    }

    @Test
    fun `callbacks come on threads of the core`(): Unit = runBlocking {
        receive()
        assertTrue(changes.threads.isNotEmpty() && vault.threads.isNotEmpty())
        assertFalse(Thread.currentThread() in changes.threads || Thread.currentThread() in vault.threads)
        hears(Change.Visit(plan.id, part))
    }

    @Test
    fun `an upload tells how far it has come, and can be stopped`(): Unit = runBlocking {
        val seen = CopyOnWriteArrayList<SyncProgress>()
        val observer = object : SyncObserver {
            override fun progressed(progress: SyncProgress) {
                seen += progress
            }
        }
        val stop = SyncStop().also { it.stop() }
        assertEquals(Later.Stopped, assertFailsWith<HomonException.RetryLater> { homon.sync(observer, stop) }.why)
        homon.sync(observer, null)
        assertTrue(seen.any { it.sent == it.total && it.total > 0u })
        hears(Change.Everything, Change.Everything)
    }

    @Test
    fun `what the core does not write is a fault of the shell, and is not repeated`(): Unit = runBlocking {
        val error = assertFailsWith<HomonException.Internal> { homon.case("山田", part, "山田") }
        assertFalse("山田" in "$error")
        assertFailsWith<HomonException.Internal> { homon.visit(plan.id, 0u) }
    }

    @Test
    fun `a view that is printed shows nobody`(): Unit = runBlocking {
        val case = receive().case
        val consent = ConsentInput(null, Expression.SPOKEN, staff, "visit-1", leaveBehind = true, doubtful = false)
        homon.caseStep(plan.id, part, case.id, CaseInput.Consent(consent))
        homon.caseStep(plan.id, part, case.id, CaseInput.Name("葛󠄀原　ハツヱ", null))
        val view = homon.caseStep(plan.id, part, case.id, CaseInput.BirthDate("昭和5年3月12日"))
        assertEquals("葛󠄀原　ハツヱ", view.case.applicant.name?.text)
        assertEquals("昭和5年3月12日", birthDateInEra(view.case.applicant.birthDate!!))
        assertTrue(needsFontCheck(view.case.applicant.name!!))
        assertFalse("葛" in "$view" || "1930" in "${view.case.applicant}")
    }

    @Test
    fun `many ask at once`(): Unit = runBlocking {
        val boards = List(50) { async(Dispatchers.IO) { homon.board(plan.id, part).size } }
        assertEquals(1, boards.map { it.await() }.toSet().size)
    }

    @Test
    fun `a photo of the activity is seen covered before it is stored`(): Unit = runBlocking {
        assumeTrue(photoModels() != null, "the models of faces are not here")
        val picture = ByteArrayOutputStream().use {
            ImageIO.write(BufferedImage(640, 480, BufferedImage.TYPE_INT_RGB), "jpeg", it)
            it.toByteArray()
        }
        val draft = homon.lookAtActivity(plan.id, part, picture)
        val marked = homon.coverArea(draft.photo, AreaMark.TEXT, Bounds(10f, 10f, 100f, 40f))
        assertEquals(AreaKind.Text, marked.areas.last().kind)
        val outside = assertFailsWith<HomonException.FixInput> {
            homon.coverArea(draft.photo, AreaMark.FACE, Bounds(900f, 10f, 100f, 40f))
        }
        assertEquals(Rule.OutsideThePicture, outside.rule)
        assertEquals(Refusal.NotPreviewed, refusal { homon.confirmActivityPhoto(draft.photo) })
        val seen = homon.previewActivityPhoto(draft.photo)
        val stored = homon.confirmActivityPhoto(draft.photo)
        assertContentEquals(seen, homon.activityPhoto(plan.id, part, stored.id))
        homon.deleteActivityPhoto(plan.id, part, stored.id)
        assertEquals(emptyList(), homon.activityPhotos(plan.id, part))
    }

    @Test
    fun `a frame is looked at where it lies`(): Unit = runBlocking {
        assumeTrue(photoModels() != null, "the models of faces are not here")
        homon.guide(null, 4f).use { guide ->
            val frame = Frame(640u, 480u, 640u, 320u, 1u, Rotation.NONE, Duration.ofMillis(33))
            val y = ByteBuffer.allocateDirect(640 * 480)
            val chroma = ByteBuffer.allocateDirect(320 * 240)
            assertEquals(Hint.FIND_FACE, guide.checkFrame(frame, y, chroma, chroma).hint)
            guide.beginAgain()
            val short = ByteBuffer.allocateDirect(10)
            assertFailsWith<HomonException.Internal> { guide.checkFrame(frame, short, chroma, chroma) }
        }
    }

    /**
     * The planes lie in files of a thousand million bytes that are nothing but holes, mapped: only what is read takes memory.
     * Whoever copied a frame on its way, in Kotlin or in the core, would hold as much as all of it.
     */
    @Test
    fun `a frame is not copied`(@TempDir folder: Path): Unit = runBlocking {
        assumeTrue(photoModels() != null, "the models of faces are not here")
        val rowStride = 2 shl 20
        val y = hole(folder.resolve("y"), 480L * rowStride)
        val chroma = hole(folder.resolve("chroma"), 240L * rowStride)
        val frame = Frame(640u, 480u, rowStride.toUInt(), rowStride.toUInt(), 1u, Rotation.NONE, Duration.ofMillis(33))
        val threads = ManagementFactory.getThreadMXBean() as com.sun.management.ThreadMXBean
        homon.guide(null, 4f).use { guide ->
            guide.checkFrame(frame, y, chroma, chroma)
            val (held, made) = mostMemory() to threads.currentThreadAllocatedBytes
            repeat(8) { assertEquals(Hint.FIND_FACE, guide.checkFrame(frame, y, chroma, chroma).hint) }
            val frameBytes = 640L * 480
            assertTrue(threads.currentThreadAllocatedBytes - made < frameBytes, "Kotlin made as many bytes as a frame has")
            assertTrue(mostMemory() - held < y.capacity() / 4, "something held a frame a second time")
        }
    }

    /** So many bytes that nothing was written to. */
    private fun hole(file: Path, bytes: Long): MappedByteBuffer = RandomAccessFile(file.toFile(), "rw").use {
        it.setLength(bytes)
        it.channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes)
    }

    /** The most memory that this process has held, in bytes. */
    private fun mostMemory(): Long {
        val line = Path.of("/proc/self/status").readLines().first { it.startsWith("VmHWM:") }
        return line.filter(Char::isDigit).toLong() * 1024
    }

    private fun photoModels(): PhotoModels? {
        val folder = System.getenv("HOMON_MODELS")?.let(Path::of) ?: return null
        fun model(name: String) = folder.resolve(name).readBytes()
        return PhotoModels(
            detector = model("face_detection_short_range.tflite"),
            landmarks = model("face_landmark.tflite"),
            segmentation = model("selfie_segmentation.tflite"),
            frontal = model("seeta_fd_frontal_v1.0.bin"),
        )
    }
}
