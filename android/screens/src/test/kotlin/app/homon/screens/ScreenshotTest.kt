package app.homon.screens

import java.io.File
import org.junit.jupiter.api.Test

/** Photographs every screen in every way, into the folder that the property `homon.screenshots` names. */
class ScreenshotTest {
    @Test
    fun everyScreenIsDrawn() {
        val folder = File(System.getProperty("homon.screenshots") ?: "target/screenshots").apply { mkdirs() }
        val only = System.getProperty("homon.screen")
        for ((name, screen) in Specimens.all) {
            if (only != null && name != only) continue
            for (shot in Shot.All) File(folder, "$name-${shot.name}.png").writeBytes(photograph(shot, screen))
        }
    }
}
