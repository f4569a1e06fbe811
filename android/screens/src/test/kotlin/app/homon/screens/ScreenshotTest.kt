package app.homon.screens

import java.awt.Image
import java.awt.image.BufferedImage
import java.io.ByteArrayInputStream
import java.io.File
import javax.imageio.ImageIO
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/**
 * Photographs every screen in every way, into the folder that the property `homon.screenshots` names, and all of them small
 * on one sheet.
 */
class ScreenshotTest {
    @Test
    fun everyScreenIsDrawn() {
        val folder = File(System.getProperty("homon.screenshots") ?: "target/screenshots").apply { mkdirs() }
        val only = System.getProperty("homon.screen")?.split(',')
        val chosen = Specimens.all.filterKeys { only == null || it in only }
        assertTrue(chosen.isNotEmpty(), "there is no screen $only")
        for ((name, screen) in chosen) for (shot in Shot.All) File(folder, "$name-${shot.name}.png").writeBytes(photograph(shot, screen))
        ImageIO.write(sheet(chosen.keys.map { File(folder, "$it-${Shot.Landscape.name}.png").readBytes() }), "png", File(folder, "sheet.png"))
    }

    private fun sheet(pictures: List<ByteArray>): BufferedImage {
        val rows = (pictures.size + COLUMNS - 1) / COLUMNS
        val sheet = BufferedImage(COLUMNS * (WIDTH + GAP) + GAP, rows * (HEIGHT + GAP) + GAP, BufferedImage.TYPE_INT_RGB)
        val canvas = sheet.createGraphics()
        pictures.forEachIndexed { at, picture ->
            val small = ImageIO.read(ByteArrayInputStream(picture)).getScaledInstance(WIDTH, HEIGHT, Image.SCALE_AREA_AVERAGING)
            canvas.drawImage(small, GAP + at % COLUMNS * (WIDTH + GAP), GAP + at / COLUMNS * (HEIGHT + GAP), null)
        }
        canvas.dispose()
        return sheet
    }

    private companion object {
        const val COLUMNS = 4
        const val WIDTH = 480
        const val HEIGHT = 300
        const val GAP = 8
    }
}
