package app.homon.desk

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.v2.runDesktopComposeUiTest
import app.homon.core.City
import app.homon.screens.Language
import app.homon.screens.TestFont
import app.homon.words.Words
import java.nio.file.Path
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** A day at a care home, by pressing and typing alone: the real core, a real city, a real intake on this machine. */
@OptIn(ExperimentalTestApi::class)
class DayTest {
    private val words: Words = Catalogue.words(Language.Japanese)

    @Test
    fun aDayFromEnrolmentToErasure(@TempDir out: Path) = City(out).use { city ->
        city.found("shimonoseki")
        val tablet = Tablet(out.resolve("west"))
        shown(tablet) {
            enrols(tablet, city)
            beginsAVisit()
            receivesSomeone()
            sendsHomeWithoutAnApplication()
            endsTheVisit()
            isOpenedAndErased(city)
        }
        assertTrue(city.desk("status").isNotBlank())
    }

    private fun shown(tablet: Tablet, day: Person.() -> Unit) = runDesktopComposeUiTest(1280, 800) {
        val app = tablet.start()
        setContent { app.Show(TestFont) }
        try {
            Person(this).day()
        } finally {
            tablet.kill()
        }
    }

    private fun Person.enrols(tablet: Tablet, city: City) {
        types(words.enrolLabel, "west-1")
        presses(words.enrolAskDo)
        sees(words.enrolOwn)
        tablet.offered = city.enrol("west-1", tablet.handedOut("homon-request.txt")).toByteArray()
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

    private fun Person.beginsAVisit() {
        presses(words.todayBegin)
        presses(SITE)
        for (name in TEAM) presses(name)
        for (check in listOf("まわりから見えない", "専用の回線", "写真の道具", "消毒")) presses(check)
        photographs("02-check-in")
        typesEverywhere(words.checkinReason, "練習のため")
        presses(words.checkinBegin)
        sees(words.boardEmpty)
    }

    private fun Person.receivesSomeone() {
        presses(words.boardAdd)
        types(words.addRoom, "東101")
        presses(words.addDo)
        consents()
        presses("通知カード")
        presses("介護保険被保険者証")
        presses("年金の手帳・証書")
        presses(words.evidenceMark)
        sees(words.evidenceMarked)
        types(words.evidenceEnvelope, "0412")
        photographs("04-evidence")
        presses(words.evidenceNext)
        fillsIn()
        isPhotographed()
        confirms()
    }

    private fun Person.consents() {
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

    private fun Person.fillsIn() {
        types(words.attributesName, "試験 梅子")
        types(words.attributesKana, "シケン ウメコ")
        presses(words.attributesFemale)
        presses(words.attributesShowa)
        types(words.attributesYear, "13")
        types(words.attributesMonth, "3")
        types(words.attributesDay, "4")
        types(words.attributesAddress, "下関市見本町1-2-3")
        for (digit in "40719950182366047123456") presses("$digit")
        types(words.attributesPhone, "083-000-0000")
        photographs("05-attributes")
        presses(words.attributesNext)
    }

    private fun Person.isPhotographed() {
        presses(words.photoShoot)
        sees(words.resultPicture)
        photographs("06-photo-result")
        presses(words.resultNext)
    }

    private fun Person.confirms() {
        sees(words.residentRight)
        photographs("07-resident")
        presses(words.residentRight)
        sees(words.signinHidden)
        signsIn()
        photographs("08-done")
        presses(words.doneBoard)
    }

    private fun Person.signsIn() {
        for (digit in PIN) presses("$digit")
        presses(words.signinDo)
        seesNoMore(words.signinHidden)
    }

    private fun Person.sendsHomeWithoutAnApplication() {
        presses(words.boardAdd)
        types(words.addRoom, "東102")
        presses(words.addDo)
        presses(words.caseLeave)
        presses(words.leavingRefused)
        presses(words.leavingDo)
        sees("東102")
        photographs("09-board")
    }

    private fun Person.endsTheVisit() {
        presses(words.boardClose)
        sees(words.closeEven)
        photographs("10-close")
        presses(words.closeSeal)
        sees(words.sendWay)
        sees(words.frameAllSafe)
        photographs("11-send")
    }

    private fun Person.isOpenedAndErased(city: City) {
        city.desk("open")
        presses(words.sendToday)
        presses(words.todaySync)
        sees(words.receiptOpened)
        photographs("12-today")
        presses(words.frameSettings)
        presses(words.settingsCertificates)
        sees(words.shellErasedAt)
        photographs("13-certificate")
    }

    private companion object {
        const val PIN = "472913"
        const val CITY_STAFF = "見本 職員"
        val TEAM = listOf("見本 現場", "見本 従事一", "見本 従事二")
        const val SITE = "みほん苑"
    }
}
