package app.homon.screens

import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.toPixelMap
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.captureToImage
import androidx.compose.ui.test.onRoot
import androidx.compose.ui.test.v2.runDesktopComposeUiTest
import androidx.compose.ui.unit.Density
import app.homon.design.HomonTheme
import kotlin.math.pow
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** What a screen reader, a large finger and weak eyes need, measured on every screen as it is drawn. */
@OptIn(ExperimentalTestApi::class)
class AccessibilityTest {
    private val shots = listOf(Shot.Landscape, Shot.Portrait, Shot.Landscape.copy(isDark = true), Shot.Portrait.copy(fontScale = 2f))

    @Test
    fun everythingThatCanBePressedHasANameARoleAndRoomForAFinger() {
        val faults = shots.flatMap { shot -> Specimens.all.flatMap { (name, _) -> onScreen(shot, name) { root, _ -> pressFaults(root) }.map { "$name ${shot.name}: $it" } } }
        assertEquals(emptyList<String>(), faults)
    }

    @Test
    fun everyTextStandsOutFromItsGround() {
        val faults = shots.flatMap { shot -> Specimens.all.flatMap { (name, _) -> onScreen(shot, name, ::contrastFaults).map { "$name ${shot.name}: $it" } } }
        assertEquals(emptyList<String>(), faults)
    }

    private fun onScreen(shot: Shot, name: String, look: (SemanticsNode, ImageBitmap) -> List<String>): List<String> {
        var faults = emptyList<String>()
        runDesktopComposeUiTest(shot.width, shot.height) {
            setContent {
                CompositionLocalProvider(LocalDensity provides Density(1f, shot.fontScale)) {
                    HomonTheme(words(shot.language), shot.isDark, TestFont) { Specimens.all.getValue(name)() }
                }
            }
            faults = look(onRoot().fetchSemanticsNode(), onRoot().captureToImage())
        }
        return faults
    }

    private fun pressFaults(root: SemanticsNode): List<String> = everyNode(root).filter { SemanticsActions.OnClick in it.config }.flatMap { node ->
        val label = spoken(node)
        val isField = SemanticsActions.SetText in node.config
        val size = node.size
        listOfNotNull(
            "something without a name at ${node.boundsInRoot}".takeIf { label.isBlank() },
            "“$label” has no role".takeIf { !isField && node.config.getOrNull(SemanticsProperties.Role) == null },
            "“$label” is ${size.width} by ${size.height}".takeIf { size.width < 48 || size.height < 48 },
        )
    }

    /** What is read aloud of a node and what lies in it. */
    private fun spoken(node: SemanticsNode): String =
        (node.config.getOrNull(SemanticsProperties.ContentDescription).orEmpty() + node.config.getOrNull(SemanticsProperties.Text).orEmpty().map { it.text } + node.children.map(::spoken))
            .filter { it.isNotBlank() }.joinToString(" ")

    private fun contrastFaults(root: SemanticsNode, image: ImageBitmap): List<String> {
        val pixels = image.toPixelMap()
        val whole = Rect(0f, 0f, image.width.toFloat(), image.height.toFloat())
        return everyNode(root).mapNotNull { node ->
            val text = node.config.getOrNull(SemanticsProperties.Text)?.joinToString("") { it.text }?.takeIf { it.isNotBlank() } ?: return@mapNotNull null
            if (node.children.isNotEmpty()) return@mapNotNull null
            val bounds = node.boundsInRoot.intersect(whole)
            // What is scrolled to the edge shows no whole line to measure.
            if (bounds.height < node.size.height || bounds.width < node.size.width || bounds.isEmpty) return@mapNotNull null
            val luminances = sample(bounds) { x, y -> luminance(pixels[x, y].red, pixels[x, y].green, pixels[x, y].blue) }
            val ground = luminances.groupingBy { (it * 500).toInt() }.eachCount().maxBy { it.value }.key / 500f
            val contrast = luminances.maxOf { ratio(it, ground) }
            "“$text” has a contrast of $contrast".takeIf { contrast < 4.5f }
        }
    }

    private fun sample(bounds: Rect, luminance: (Int, Int) -> Float): List<Float> =
        (bounds.top.toInt() until bounds.bottom.toInt()).flatMap { y -> (bounds.left.toInt() until bounds.right.toInt()).map { x -> luminance(x, y) } }

    /** Relative luminance, WCAG 2.2. */
    private fun luminance(red: Float, green: Float, blue: Float): Float {
        fun linear(value: Float) = if (value <= 0.04045f) value / 12.92f else ((value + 0.055f) / 1.055f).pow(2.4f)
        return 0.2126f * linear(red) + 0.7152f * linear(green) + 0.0722f * linear(blue)
    }

    private fun ratio(one: Float, other: Float): Float = (maxOf(one, other) + 0.05f) / (minOf(one, other) + 0.05f)

    private fun everyNode(node: SemanticsNode): List<SemanticsNode> = listOf(node) + node.children.flatMap(::everyNode)
}
