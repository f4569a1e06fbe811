package app.homon.desk

import androidx.compose.runtime.getValue
import androidx.compose.runtime.key
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.v2.runDesktopComposeUiTest
import app.homon.core.City
import app.homon.screens.Language
import app.homon.words.Words
import java.nio.file.Path
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.time.Duration.Companion.minutes

/** A person's day with a tablet and its city, and the steps that most days have. */
@OptIn(ExperimentalTestApi::class)
class Day private constructor(test: ComposeUiTest, val city: City, first: Tablet) : Person(test) {
    val words: Words = Catalogue.words(Language.Japanese)
    private val tablets = mutableListOf<Tablet>()

    /** The tablet that the person holds. Others go on meanwhile, unseen. */
    var tablet: Tablet by mutableStateOf(first)
        private set

    /** Lays the tablet aside and goes on with another; one that is not running is started. */
    fun takes(other: Tablet) {
        if (other !in tablets) {
            tablets += other
            other.start()
        }
        tablet = other
    }

    fun enrols(label: String = TABLET) {
        types(words.enrolLabel, label)
        presses(words.enrolAskDo)
        sees(words.enrolRequest("homon-request.txt"))
        tablet.offered = city.enrol(label, tablet.handedOut("homon-request.txt")).toByteArray()
        presses(words.enrolRead)
        sees(city.fingerprint().take(9))
        presses(words.enrolSame)
        presses(CITY_STAFF)
        types(words.enrolPin, PIN)
        types(words.enrolPinAgain, PIN)
        presses(words.enrolDo)
        sees(words.todayUnproven)
        photographs("01-today")
        // The hello package has left; once the desk has opened it, the chain is proven.
        seesNoMore(words.todaySyncing)
        city.desk("open")
        presses(words.todaySync)
        seesNoMore(words.todayUnproven)
    }

    fun beginsAVisit() {
        presses(words.todayBegin)
        checksIn()
        sees(words.boardEmpty)
    }

    fun checksIn() {
        presses(SITE)
        isReady()
    }

    /** Who is there, and what was looked at, before a visit begins. */
    fun isReady() {
        for (name in TEAM) presses(name)
        for (check in listOf("まわりから見えない", "専用の回線", "写真の道具", "消毒")) presses(check)
        photographs("02-check-in")
        typesEverywhere(words.checkinReason, "練習のため")
        presses(words.checkinBegin)
    }

    fun adds(room: String) {
        presses(words.boardAdd)
        types(words.addRoom, room)
        presses(words.addDo)
    }

    fun sendsHome(room: String) {
        adds(room)
        presses(words.caseLeave)
        presses(words.leavingRefused)
        presses(words.leavingDo)
        sees(room)
    }

    fun receivesSomeone() {
        adds(ROOM)
        consents()
        showsEvidence()
        fillsIn()
        isPhotographed()
        confirms()
    }

    fun consents() {
        presses(words.consentExplained)
        presses(words.consentSheet)
        presses(words.consentResident)
        presses(words.consentSpoken)
        presses(words.consentYes, 0)
        presses(words.consentNo, 1)
        photographs("03-consent")
        presses(words.consentNext)
        sees(words.evidenceDocuments)
    }

    fun showsEvidence() {
        presses("通知カード")
        presses("介護保険被保険者証")
        presses("年金の手帳・証書")
        presses(words.evidenceMark)
        sees(words.evidenceMarked)
        types(words.evidenceEnvelope, "0412")
        photographs("04-evidence")
        presses(words.evidenceNext)
    }

    fun fillsIn() {
        typesTheFourItems()
        for (digit in NUMBER) presses("$digit")
        photographs("05-attributes")
        presses(words.attributesNext)
    }

    fun typesTheFourItems() {
        types(words.attributesName, NAME)
        types(words.attributesKana, "シケン ウメコ")
        presses(words.attributesFemale)
        presses(words.attributesShowa)
        types(words.attributesYear, "13")
        types(words.attributesMonth, "3")
        types(words.attributesDay, "4")
        types(words.attributesAddress, ADDRESS)
        types(words.attributesPhone, "083-000-0000")
    }

    fun isPhotographed() {
        presses(words.photoShoot)
        sees(words.resultPicture)
        photographs("06-photo-result")
        presses(words.resultNext)
    }

    fun confirms() {
        sees(words.residentRight)
        photographs("07-resident")
        presses(words.residentRight)
        sees(words.signinHidden)
        signsIn()
        photographs("08-done")
        presses(words.doneBoard)
    }

    fun signsIn() {
        typesPin(PIN)
        seesNoMore(words.signinHidden)
        seesNoMore(words.signinTitle)
    }

    fun typesPin(pin: String) {
        for (digit in pin) presses("$digit")
        presses(words.signinDo)
    }

    fun endsTheVisit() {
        presses(words.boardClose)
        sees(words.closeEven)
        photographs("10-close")
        presses(words.closeSeal)
        sees(words.sendWay)
    }

    /** What the city has opened of the only visit, by the path in its folder. */
    fun opened(): Map<String, Path> = city.opened(city.folder.resolve("desk/visits").listDirectoryEntries().single().name)

    companion object {
        const val TABLET = "west-1"
        const val PIN = "472913"
        const val CITY_STAFF = "見本 職員"
        val TEAM = listOf("見本 現場", "見本 従事一", "見本 従事二")
        const val SITE = "みほん苑"
        const val ROOM = "東101"
        const val NAME = "試験 梅子"
        const val ADDRESS = "下関市見本町1-2-3"
        const val NUMBER = "40719950182366047123456"

        /**
         * Lets a day pass, in a city that was just founded; [line] is what lies between its intake and the tablet, [programme] what its rules
         * have otherwise than the example.
         */
        fun passes(
            out: Path,
            line: (Int) -> Int = { it },
            first: Tablet = Tablet(out.resolve("west")),
            programme: (String) -> String = { it },
            day: Day.() -> Unit,
        ) = City(out).use { city ->
            city.found("shimonoseki", line, programme)
            runDesktopComposeUiTest(1280, 800, testTimeout = 10.minutes) {
                val passing = Day(this, city, first)
                try {
                    passing.takes(first)
                    setContent { key(passing.tablet) { passing.tablet.Show() } }
                    passing.day()
                } finally {
                    passing.tablets.forEach { it.kill() }
                }
            }
        }
    }
}
