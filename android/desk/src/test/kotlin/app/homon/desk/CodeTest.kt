package app.homon.desk

import app.homon.core.CodeReader
import app.homon.core.CodeReading
import java.nio.file.Path
import kotlin.io.path.readBytes
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Requests and answers that go from a screen into a camera. */
class CodeTest {
    @Test
    fun aTabletIsEnrolledByTheCodesOnTheCitysScreen(@TempDir out: Path) = Day.passes(out) {
        types(words.enrolLabel, Day.TABLET)
        presses(words.enrolAskDo)
        sees(words.enrolRequest("homon-request.txt"))
        presses(words.enrolCodes)
        sees(words.enrolCodesNote)
        photographs("00-codes")
        isReadOffTheScreen()
        city.enrol(Day.TABLET, tablet.handedOut("homon-request.txt"))
        tablet.offered = city.codes(Day.TABLET).readBytes()
        presses(words.enrolScan)
        sees(city.fingerprint().take(9))
    }

    private fun Day.isReadOffTheScreen() = CodeReader().use { reader ->
        assertInstanceOf(CodeReading.Part::class.java, reader.read(codesOn(picture()).first()))
    }
}
