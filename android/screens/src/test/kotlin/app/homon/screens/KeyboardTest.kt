package app.homon.screens

import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.isFocused
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.onRoot
import androidx.compose.ui.test.performKeyInput
import androidx.compose.ui.test.pressKey
import androidx.compose.ui.test.v2.runDesktopComposeUiTest
import androidx.compose.ui.unit.Density
import app.homon.design.FrameActions
import app.homon.design.HomonTheme
import java.lang.reflect.Proxy
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** A keyboard of its own, and a screen reader: what keys do, and in which order a page is walked and read. */
@OptIn(ExperimentalTestApi::class)
class KeyboardTest {
    private val done = mutableListOf<String>()

    @Test
    fun aSlashLooksForSomeone() = on({ BoardScreen(Specimens.board, noted(), Specimens.frame) }) {
        press(Key.Slash)
        onNode(hasSetTextAction() and isFocused()).assertExists("the search has the focus")
    }

    @Test
    fun escapeLeadsBackAndEnterGoesOn() = on({ HandOverScreen(MoreSpecimens.handOver.copy(isSame = true), noted(), FrameActions(onBack = { done += "back" })) }) {
        press(Key.Escape)
        press(Key.Enter)
        assertEquals(listOf("back", "handOver"), done)
    }

    @Test
    fun enterDoesNotDoWhatCannotBeDoneYet() = on({ HandOverScreen(MoreSpecimens.handOver, noted(), Specimens.frame) }) {
        press(Key.Enter)
        assertEquals(emptyList<String>(), done)
    }

    @Test
    fun aPinCanBeTypedOnKeys() = on({ SignInScreen(Specimens.signIn, noted()) }) {
        press(Key.Seven)
        press(Key.NumPad2)
        press(Key.Backspace)
        press(Key.Enter)
        assertEquals(listOf("digit 7", "digit 2", "erase", "signIn"), done)
    }

    @Test
    fun whoWalksWithTheTabulatorComesToTheRailLast() = on({ HandOverScreen(MoreSpecimens.handOver, noted(), FrameActions(onBack = {})) }) {
        val walked = mutableListOf<String>()
        do {
            press(Key.Tab)
            // Past the last one the walk leaves the page.
            val here = onAllNodes(isFocused()).fetchSemanticsNodes().firstOrNull() ?: break
            walked += spoken(here)
        } while (walked.size < 40)
        val words = words("ja")
        assertEquals(words.frameBack, walked.first())
        val rail = listOf(words.frameToday, words.frameVisit, words.frameMessages, words.frameSettings)
        assertTrue(rail.zip(walked.takeLast(4)).all { (word, node) -> word in node }, "$walked")
    }

    @Test
    fun aScreenReaderReadsTheRailAfterThePage() = on({ HandOverScreen(MoreSpecimens.handOver, noted(), Specimens.frame) }) {
        val groups = everyNode(onRoot().fetchSemanticsNode()).filter { it.config.getOrNull(SemanticsProperties.IsTraversalGroup) == true }
        val last = groups.maxBy { it.config.getOrNull(SemanticsProperties.TraversalIndex) ?: 0f }
        assertTrue(words("ja").frameSettings in spoken(last))
        assertEquals(1, groups.count { (it.config.getOrNull(SemanticsProperties.TraversalIndex) ?: 0f) > 0f })
    }

    @Test
    fun whatIsPressedMostLiesUnderTheHandThatPresses() {
        val words = words("ja")
        for (isLeft in listOf(false, true)) for (shot in listOf(Shot.Landscape, Shot.Portrait.copy(fontScale = 2f))) runDesktopComposeUiTest(shot.width, shot.height) {
            setContent {
                CompositionLocalProvider(LocalDensity provides Density(1f, shot.fontScale)) {
                    HomonTheme(words, isDark = false, TestFont, isLeft) { HandOverScreen(MoreSpecimens.handOver, idle(), Specimens.frame) }
                }
            }
            val done = onNodeWithText(words.handoverDo).fetchSemanticsNode().boundsInRoot
            val left = onNodeWithText(words.handoverBoard).fetchSemanticsNode().boundsInRoot
            assertEquals(isLeft, done.left < left.left, "$shot, $isLeft: $done and $left")
            assertTrue(if (isLeft) done.left < shot.width * 0.4f else done.right > shot.width * 0.9f, "$shot, $isLeft: $done")
        }
    }

    private fun on(screen: @Composable () -> Unit, walk: ComposeUiTest.() -> Unit) = runDesktopComposeUiTest(1280, 800) {
        setContent { HomonTheme(words("ja"), isDark = false, TestFont, content = screen) }
        waitForIdle()
        walk()
    }

    private fun ComposeUiTest.press(key: Key) {
        onRoot().performKeyInput { pressKey(key) }
        waitForIdle()
    }

    /** Actions that are written down. */
    private inline fun <reified T> noted(): T = Proxy.newProxyInstance(T::class.java.classLoader, arrayOf(T::class.java)) { _, method, arguments ->
        done += (listOf(method.name) + arguments.orEmpty()).joinToString(" ")
    } as T

    private fun spoken(node: SemanticsNode): String =
        (node.config.getOrNull(SemanticsProperties.ContentDescription).orEmpty() + node.config.getOrNull(SemanticsProperties.Text).orEmpty().map { it.text } + node.children.map(::spoken)).joinToString(" ")

    private fun everyNode(node: SemanticsNode): List<SemanticsNode> = listOf(node) + node.children.flatMap(::everyNode)
}
