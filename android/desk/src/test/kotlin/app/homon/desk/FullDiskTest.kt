package app.homon.desk

import java.nio.file.Path
import kotlin.io.path.createDirectories
import kotlin.io.path.readText
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** A tablet without room: the person reads what to do, nothing that was taken is lost, and the same step goes on. */
class FullDiskTest {
    @Test
    fun aFullTabletSaysWhatToDoAndGoesOnOnceThereIsRoom(@TempDir out: Path) {
        assumeTrue(SmallDisk.mayBeHad(), "this machine lets no program mount a disk in a name space of its own (unshare)")
        val disk = out.resolve("disk")
        assertEquals(0, SmallDisk.runs(disk, MEBIBYTES, "app.homon.desk.FullDiskDay", "$out", "$disk"))
    }

    private companion object {
        const val MEBIBYTES = 24
    }
}

/** The day of [FullDiskTest], in a process that has the small disk. */
object FullDiskDay {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val (out, disk) = arguments.map(Path::of)
        val ballast = Ballast(disk)
        Day.passes(out, first = Tablet(disk.resolve("west").createDirectories())) {
            enrols()
            beginsAVisit()
            aPhotoFindsNoRoom(ballast)
            aKilledAppKeepsWhatWasTaken(ballast)
            theEndFindsNoRoom(ballast)
        }
    }

    private fun Day.aPhotoFindsNoRoom(ballast: Ballast) {
        adds(Day.ROOM)
        consents()
        showsEvidence()
        fillsIn()
        sees(words.shellByHand)
        ballast.fills()
        presses(words.photoShoot)
        sees(words.errorsStorageFull)
        photographs("mishap-full")
        ballast.goes()
        isPhotographed()
        sees(words.residentRight)
        presses(words.residentRight)
        sees(words.signinHidden)
        signsIn()
        presses(words.doneBoard)
    }

    /** Whoever restarts the app because of it finds everything that was taken. */
    private fun Day.aKilledAppKeepsWhatWasTaken(ballast: Ballast) {
        ballast.fills()
        adds("東102")
        sees(words.errorsStorageFull)
        tablet.restart()
        sees(words.signinTitle)
        ballast.goes()
        signsIn()
        presses(words.addBack)
        sees(Day.ROOM)
        assertTrue(!isThere("東102"))
        presses(Day.ROOM)
        presses(words.boardOpen)
        sees(words.boardPerson(Day.NAME))
        presses(words.frameBack)
    }

    private fun Day.theEndFindsNoRoom(ballast: Ballast) {
        presses(words.boardClose)
        sees(words.closeEven)
        ballast.fills()
        presses(words.closeSeal)
        sees(words.errorsStorageFull)
        photographs("mishap-full-close")
        ballast.goes()
        presses(words.closeSeal)
        sees(words.sendWay)
        sees(words.frameAllSafe)
        city.desk("open")
        assertTrue(Day.NAME in opened().getValue("1-1/cases/1-001.json").readText())
    }
}
