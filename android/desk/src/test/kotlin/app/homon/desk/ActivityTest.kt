package app.homon.desk

import java.io.ByteArrayOutputStream
import java.nio.file.Path
import java.awt.image.BufferedImage
import javax.imageio.ImageIO
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Photos of the activity: taken or chosen, covered, looked at, kept, deleted, sent. */
class ActivityTest {
    @Test
    fun photosAreCoveredLookedAtAndSent(@TempDir out: Path) {
        val (models, portraits) = System.getenv("HOMON_MODELS") to System.getenv("HOMON_PORTRAITS")
        assumeTrue(models != null && portraits != null, "the models of faces and a portrait are fetched by cargo xtask assets")
        val someone = jpeg(ImageIO.read(Path.of(portraits, "astronaut.png").toFile()))
        Day.passes(out, first = Tablet(out.resolve("west"), models(Path.of(models)), someone)) {
            enrols()
            beginsAVisit()
            sendsHome(Day.ROOM)
            takesAPhoto()
            choosesAPhotoAndDeletesIt(jpeg(BufferedImage(800, 600, BufferedImage.TYPE_INT_RGB)))
            endsWithThem()
        }
    }

    private fun Day.takesAPhoto() {
        presses(words.boardPhotos(0))
        sees(words.activityNone)
        presses(words.activityShoot)
        sees(words.activityViewfinderHint)
        presses(words.photoShoot)
        sees(words.activityFound)
        photographs("activity-cover")
        presses(words.activityKindText)
        presses(words.activityAdd)
        presses(words.activityRight)
        presses(words.activityLarger)
        presses(words.activityPlace)
        sees(words.activityAdded)
        presses(words.activityPreview)
        sees(words.activityNobodyFirst)
        photographs("activity-preview")
        presses(words.activityBackToMarks)
        sees(words.activityAdded)
        presses(words.activityPreview)
        presses(words.activityNobody)
        presses(words.activityStore)
        sees(words.activityCovered(faces = 1u, texts = 1u))
        photographs("activity-kept")
    }

    private fun Day.choosesAPhotoAndDeletesIt(nobody: ByteArray) {
        tablet.offered = nobody
        presses(words.activityChoose)
        sees(words.activityMarksNone)
        presses(words.activityPreview)
        presses(words.activityNobody)
        presses(words.activityStore)
        sees(words.activityCount(2))
        presses("${words.activityNth(2)}　${words.activityDelete}")
        sees(words.activityDeleteAsk)
        presses(words.activityDeleteDo)
        sees(words.activityCount(1))
    }

    private fun Day.endsWithThem() {
        presses(words.frameVisit)
        presses(words.boardClose)
        sees(words.closePhotosCount(1))
        presses(words.closePhotos)
        sees(words.activityCount(1))
        presses(words.frameBack)
        presses(words.closeSeal)
        sees(words.frameAllSafe)
        city.desk("open")
        assertEquals(1, opened().keys.count { it.startsWith("1-1/activity/") && it.endsWith(".jpg") })
    }

    private fun jpeg(picture: BufferedImage): ByteArray {
        val plain = BufferedImage(picture.width, picture.height, BufferedImage.TYPE_INT_RGB)
        plain.createGraphics().drawImage(picture, 0, 0, null)
        return ByteArrayOutputStream().also { ImageIO.write(plain, "jpg", it) }.toByteArray()
    }
}
