package app.homon.screens

import java.io.ByteArrayInputStream
import java.io.File
import javax.imageio.ImageIO
import kotlin.math.abs
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/**
 * Every screen looks as it did when a person last looked at it. After a change that was looked at:
 * `mvn test -Dtest=GoldenTest -Dhomon.goldens=write`.
 */
class GoldenTest {
    private val folder = File("src/test/goldens")
    private val writes = System.getProperty("homon.goldens") == "write"

    @Test
    fun everyScreenLooksAsBefore() {
        val differing = listOf(Shot.Landscape, Shot.Portrait).flatMap { shot ->
            Specimens.all.mapNotNull { (name, screen) ->
                val picture = photograph(shot, screen)
                val golden = File(folder, "$name-${if (shot == Shot.Landscape) "landscape" else "portrait"}.png")
                if (writes) golden.apply { parentFile.mkdirs() }.writeBytes(picture)
                if (golden.exists()) fault(golden, picture) else "${golden.name} is missing"
            }
        }
        assertEquals(emptyList<String>(), differing)
    }

    @Test
    fun aChangedLetterIsSeen() {
        val before = photograph(Shot.Landscape, Specimens.all.getValue("board"))
        val file = File.createTempFile("golden", ".png").apply { writeBytes(before); deleteOnExit() }
        assertEquals(null, fault(file, before))
        val other = photograph(Shot.Landscape) { BoardScreen(Specimens.board.copy(site = "みほん園"), idle(), Specimens.frame) }
        assertEquals(true, fault(file, other) != null)
    }

    /**
     * Compares blocks of 8 by 8 by their mean brightness, so that a version of the font engine that smooths edges otherwise
     * is not a difference, and a letter that changes is.
     */
    private fun fault(golden: File, picture: ByteArray): String? {
        val (before, now) = blocks(golden.readBytes()) to blocks(picture)
        if (before.size != now.size) return "${golden.name} has another size"
        val differing = before.indices.count { abs(before[it] - now[it]) > 24 }
        return if (differing > 0) "${golden.name}: $differing blocks differ" else null
    }

    private fun blocks(png: ByteArray): List<Int> {
        val image = ImageIO.read(ByteArrayInputStream(png))
        return (0 until image.height / BLOCK).flatMap { row ->
            (0 until image.width / BLOCK).map { column ->
                var sum = 0
                for (y in row * BLOCK until (row + 1) * BLOCK) for (x in column * BLOCK until (column + 1) * BLOCK) {
                    val colour = image.getRGB(x, y)
                    sum += (colour shr 16 and 255) * 3 + (colour shr 8 and 255) * 6 + (colour and 255)
                }
                sum / (BLOCK * BLOCK * 10)
            }
        }
    }

    private companion object {
        const val BLOCK = 8
    }
}
