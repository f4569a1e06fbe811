package app.homon.journeys

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.text.font.FontFamily
import app.homon.core.Homon
import app.homon.core.HomonException
import app.homon.core.Mode
import app.homon.core.Programme
import app.homon.core.TodayView
import app.homon.design.Destination
import app.homon.design.FrameActions
import app.homon.design.HomonTheme
import app.homon.design.Safety
import app.homon.journeys.sayings.say
import app.homon.screens.Appearance
import app.homon.words.Words
import java.time.ZonedDateTime
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch

/** A page of the app: what it shows is drawn from its own state. */
interface Journey {
    @Composable
    fun Show()

    /** What it keeps before the app goes away; by default nothing is unsaved. */
    suspend fun keep() = Unit
}

/** The whole app around one core: where one is, who is signed in, and what is owed to the city. */
class HomonApp(val core: Homon, val platform: Platform, private val scope: CoroutineScope, place: Place = Place.Today) {
    var place: Place by mutableStateOf(place)
        private set
    private var journey: Journey? by mutableStateOf(null)

    /** Whether the page asks who is there, and shows nothing else. */
    val isCovered: Boolean get() = journey is SignInJourney
    private var looks: Look by mutableStateOf(Look.parse(platform.look))

    /** How the tablet looks. It is kept for the next time. */
    var look: Look
        get() = looks
        set(look) {
            looks = look
            platform.look = look.text()
        }
    val words: Words get() = platform.words(look.language)
    var safety: Safety by mutableStateOf(Safety(0))
        private set
    var unread: Int by mutableStateOf(0)
        private set

    /** The programme of whoever is signed in. */
    lateinit var programme: Programme
        private set
    var today: TodayView? by mutableStateOf(null)
        private set

    /** Who signed in last, so that they are offered first when the screen was hidden. */
    private var lastStaff: String? = null

    /** The one transfer to the city. It goes on when the page changes. */
    val transfer = Transfer(this)

    /** Begins: enrolment on a new tablet, otherwise the sign-in. */
    fun start(): Job = work { if (core.isEnrolled()) signIn(isHidden = false) else open(Place.Enrol) }

    @Composable
    fun Show(font: FontFamily = FontFamily.Default) {
        val isDark = when (look.appearance) {
            Appearance.AsSystem -> isSystemInDarkTheme()
            Appearance.Light -> false
            Appearance.Dark -> true
        }
        HomonTheme(words, isDark, font, look.isLeftHanded) { key(journey) { journey?.Show() } }
    }

    /** What was refused outside the matter of a page, until another is drawn. */
    var problem: String? by mutableStateOf(null)
        private set

    /** Does something that the core may refuse; what it refuses is said by [onFault], or above the page. */
    fun work(onFault: (String) -> Unit = { problem = it }, work: suspend () -> Unit): Job = scope.launch {
        try {
            work()
        } catch (stop: CancellationException) {
            throw stop
        } catch (error: HomonException) {
            if (error is HomonException.SignInAgain) signIn(isHidden = true) else onFault(words.say(error))
        } catch (trouble: FileTrouble) {
            onFault(words.say(trouble.kind))
        }
    }

    /** Goes to a place; what is unsaved on the page that is left is kept first. */
    fun go(place: Place): Job = work {
        journey?.keep()
        open(place)
    }

    /** Shows a place without looking back. */
    suspend fun open(place: Place) {
        this.place = place
        if (place != Place.Enrol) refresh()
        journey = at(place)
        problem = null
    }

    /** Shows a page that is not a place of its own. */
    suspend fun show(place: Place, journey: Journey) {
        this.place = place
        this.journey = journey
        problem = null
    }

    private suspend fun at(place: Place): Journey = when (place) {
        Place.Enrol -> EnrolJourney(this)
        Place.Today -> TodayJourney(this).also { it.load() }
        is Place.CheckIn -> CheckInJourney(this, place.roster).also { it.load() }
        is Place.Board -> BoardJourney(this, place.part).also { it.load() }
        is Place.Add -> AddJourney(this, place.part)
        is Place.Move -> MoveJourney(this, place.key).also { it.load() }
        is Place.Case -> caseJourney(this, place.key, place.step)
        is Place.Camera -> CameraJourney(this, place.key).also { it.load() }
        is Place.Resident -> ResidentJourney(this, place.key).also { it.load() }
        is Place.Leaving -> LeavingJourney(this, place.key).also { it.load() }
        is Place.Close -> CloseJourney(this, place.part).also { it.load() }
        is Place.Send -> SendJourney(this, place.part).also { it.load() }
        is Place.Activity -> ActivityJourney(this, place).also { it.load() }
        is Place.HandOver -> HandOverJourney(this, place.part).also { it.load() }
        is Place.Invite -> InviteJourney(this, place.part).also { it.load() }
        is Place.Summary -> SummaryJourney(this, place).also { it.load() }
        Place.TakeOver -> TakeOverJourney(this).also { it.load() }
        Place.Messages -> MessagesJourney(this).also { it.load() }
        Place.Settings -> SettingsJourney(this).also { it.load() }
        Place.Certificates -> CertificatesJourney(this).also { it.load() }
        Place.LostTablet -> LostTabletJourney(this).also { it.load() }
    }

    /** Draws a place anew, if it is the one that is shown. */
    suspend fun reload(place: Place) {
        if (this.place == place) open(place)
    }

    /** Covers everything: keys leave the memory, the page is kept, and a PIN brings it back. */
    fun hide(): Job = work {
        try {
            journey?.keep()
        } finally {
            core.signOut()
            signIn(isHidden = true)
        }
    }

    /** Covers everything; whoever signs in comes to another place. */
    fun hideAt(place: Place) {
        this.place = place
        work {
            core.signOut()
            signIn(isHidden = true)
        }
    }

    /** Ends the work of whoever is signed in. */
    fun signOut(): Job = work {
        journey?.keep()
        place = Place.Today
        core.signOut()
        signIn(isHidden = false)
    }

    private suspend fun signIn(isHidden: Boolean) {
        journey = SignInJourney(this, isHidden, lastStaff.takeIf { isHidden }).also { it.load() }
    }

    /** Called once somebody is signed in: back to where the tablet was. */
    suspend fun signedIn(staff: String) {
        lastStaff = staff
        programme = core.programme()
        try {
            open(place)
        } catch (gone: HomonException.Refused) {
            // The visit may have been erased meanwhile.
            open(Place.Today)
        }
    }

    /** Asks the core again what the city has, and what is in custody. */
    suspend fun refresh() {
        val view = core.today()
        today = view
        unread = core.messages().count { it.handled == null }
        safety = Safety(
            onlyHere = view.onlyHere.toInt(),
            note = transfer.note(),
            held = view.heldCards.toInt(),
            isTraining = view.mode == Mode.TRAINING,
        )
    }

    /** What the frame of every staff screen can do. */
    fun frame(back: Place? = null): FrameActions = FrameActions(
        onGo = { destination ->
            when (destination) {
                Destination.Today -> go(Place.Today)
                Destination.Visit -> go(lastVisit?.let(Place::Board) ?: Place.Today)
                Destination.Messages -> go(Place.Messages)
                Destination.Settings -> go(Place.Settings)
            }
        },
        onHide = { hide() },
        onBack = back?.let { { go(it) } },
        problem = problem,
    )

    /** The visit that was worked on last. */
    var lastVisit: Part? = null

    /** A site's name, or that it is a private home. */
    fun siteName(code: String): String {
        val site = programme.sites.firstOrNull { it.code == code }
        return site?.name ?: words.shellPrivateHome(code)
    }

    /** The time in Japan. */
    fun now(): ZonedDateTime = ZonedDateTime.now(JapanZone)

    /** The name of a member of staff. */
    fun staffName(code: String): String = programme.staff.firstOrNull { it.code == code }?.name ?: code
}

/** Shows a photo that was just taken. It is in memory alone, so the place that is kept is the camera's. */
suspend fun HomonApp.showTaken(key: CaseKey, jpeg: ByteArray) = show(Place.Camera(key), PhotoResultJourney(this, key, Shot.Taken(jpeg)).also { it.look() })

/** Shows the exceptions before a photo was taken. */
suspend fun HomonApp.showExceptions(key: CaseKey) = show(Place.Camera(key), PhotoResultJourney(this, key, Shot.None).also { it.look() })
