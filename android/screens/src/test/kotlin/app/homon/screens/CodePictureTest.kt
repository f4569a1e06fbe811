package app.homon.screens

import androidx.compose.foundation.layout.Box
import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.unit.Density
import androidx.compose.ui.use
import app.homon.design.CodePicture
import app.homon.design.HomonTheme
import app.homon.design.MovingCode
import org.jetbrains.skia.Bitmap
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Codes that follow each other, as they stand on the screen. */
class CodePictureTest {
    private val codes = MoreSpecimens.codes

    @Test
    fun eachCodeIsDrawnInItsTimeWithLightAround() {
        for (isDark in listOf(false, true)) isDrawn(isDark)
    }

    private fun isDrawn(isDark: Boolean) {
        ImageComposeScene(SIDE, SIDE, Density(1f)) { HomonTheme(words("ja"), isDark, TestFont) { Box { MovingCode(codes, "") } } }.use { scene ->
            scene.render(0)
            scene.render(0)
            for (turn in 0..codes.size) {
                val nanos = turn * 200_000_000L + 1_000_000
                scene.render(nanos)
                val seen = Bitmap.makeFromImage(scene.render(nanos))
                assertTrue(codes[turn % codes.size].modules.toList() == modules(seen, codes.first()), "after $turn codes")
                assertEquals(WHITE, seen.getColor(SIDE / 2, 5))
            }
        }
    }

    /** The middle of each module. */
    private fun modules(seen: Bitmap, like: CodePicture): List<Byte> {
        val module = SIDE / (like.side + 8)
        val edge = (SIDE - module * like.side) / 2
        return List(like.side * like.side) { at ->
            val colour = seen.getColor(edge + at % like.side * module + module / 2, edge + at / like.side * module + module / 2)
            if (colour == WHITE) 0 else 1
        }
    }

    private companion object {
        const val SIDE = 340
        const val WHITE = -1
    }
}
