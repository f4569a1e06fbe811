package app.homon.desk

import androidx.compose.ui.semantics.AccessibilityAction
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.SemanticsNodeInteraction
import androidx.compose.ui.test.captureToImage
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.onRoot
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextReplacement
import androidx.compose.ui.test.performTouchInput
import androidx.compose.ui.test.longClick
import androidx.compose.ui.graphics.asSkiaBitmap
import java.io.File
import org.jetbrains.skia.EncodedImageFormat
import org.jetbrains.skia.Image

/** Someone who works with the app: reads what stands there, presses and types. Knows nothing of what lies behind. */
@OptIn(ExperimentalTestApi::class)
open class Person(private val test: ComposeUiTest) {
    /** Waits until a text can be read somewhere. */
    fun sees(text: String, seconds: Int = PATIENCE) = waitFor("“$text” to be seen", seconds) { isThere(text) }

    /** Whether a text can be read now. */
    fun isThere(text: String): Boolean = test.onAllNodes(says(text), useUnmergedTree = true).fetchSemanticsNodes().isNotEmpty()

    /** Waits until a text can be read no more. */
    fun seesNoMore(text: String) = waitFor("“$text” to go") { !isThere(text) }

    /** Whether nothing of this is drawn, typed or spoken anywhere: neither on the screen nor to a screen reader. */
    fun isNowhere(text: String): Boolean =
        test.onAllNodes(SemanticsMatcher("is there") { true }, useUnmergedTree = true).fetchSemanticsNodes()
            .none { node -> node.config.any { (_, value) -> text in saying(value) } }

    /** What a person learns of a property; what else is in it is the program's own. */
    private fun saying(value: Any?): String = when (value) {
        is CharSequence, is List<*> -> "$value"
        is AccessibilityAction<*> -> value.label.orEmpty()
        else -> ""
    }

    /** Waits until this stands in the field with this label. */
    fun reads(label: String, text: String) = waitFor("“$text” in the field “$label”") {
        test.onAllNodes(hasSetTextAction() and says(label)).fetchSemanticsNodes().any { it.config.getOrNull(SemanticsProperties.EditableText)?.text == text }
    }

    /** Presses what has this name, once it can be pressed. */
    fun presses(name: String) {
        waitFor("“$name” to press") { pressables(name).isNotEmpty() }
        node(name).scrolled().performClick()
        test.waitForIdle()
    }

    /** Presses one of several that have the same name. */
    fun presses(name: String, at: Int) {
        waitFor("“$name” to press") { pressables(name).size > at }
        test.onAllNodes(pressable(name))[at].scrolled().performClick()
        test.waitForIdle()
    }

    /** Presses it for long. */
    fun holds(name: String) {
        waitFor("“$name” to hold") { pressables(name).isNotEmpty() }
        node(name).performTouchInput { longClick() }
        test.waitForIdle()
    }

    /** Types into the field with this label. */
    fun types(label: String, text: String) {
        val field = hasSetTextAction() and isCalled(label)
        waitFor("the field “$label”") { test.onAllNodes(field).fetchSemanticsNodes().isNotEmpty() }
        test.onAllNodes(field)[0].scrolled().performTextReplacement(text)
        test.waitForIdle()
    }

    /** Types into every field with this label. */
    fun typesEverywhere(label: String, text: String) {
        val field = hasSetTextAction() and isCalled(label)
        repeat(test.onAllNodes(field).fetchSemanticsNodes().size) { at ->
            test.onAllNodes(field)[at].scrolled().performTextReplacement(text)
            test.waitForIdle()
        }
    }

    /** Keeps a picture of what is seen, for whoever reads the result. */
    fun photographs(name: String) {
        File("target/day").apply { mkdirs() }.resolve("$name.png").writeBytes(picture())
    }

    /** What is seen, as a picture. */
    fun picture(): ByteArray = Image.makeFromBitmap(test.onRoot().captureToImage().asSkiaBitmap()).encodeToData(EncodedImageFormat.PNG)!!.bytes

    private fun node(name: String): SemanticsNodeInteraction {
        // What says nothing else goes before what has the name among other words.
        val nodes = pressables(name)
        val at = nodes.indexOfFirst { it == name }.takeIf { it >= 0 } ?: 0
        return test.onAllNodes(pressable(name))[at]
    }

    private fun pressables(name: String): List<String> =
        test.onAllNodes(pressable(name)).fetchSemanticsNodes().map { node -> texts(node.config.getOrNull(SemanticsProperties.Text)?.map { it.text }, node.config.getOrNull(SemanticsProperties.ContentDescription)).joinToString(" ") }

    private fun pressable(name: String) = hasClickAction() and isCalled(name) and SemanticsMatcher("can be pressed") { SemanticsProperties.Disabled !in it.config }

    private fun says(text: String) = SemanticsMatcher("says “$text”") { node ->
        texts(node.config.getOrNull(SemanticsProperties.Text)?.map { it.text }, node.config.getOrNull(SemanticsProperties.ContentDescription)).any { text in it }
    }

    /** One of its words is the name as a whole: part of a word may stand on the page before, while the next one is still coming. */
    private fun isCalled(name: String) = SemanticsMatcher("is called “$name”") { node ->
        texts(node.config.getOrNull(SemanticsProperties.Text)?.map { it.text }, node.config.getOrNull(SemanticsProperties.ContentDescription))
            .any { text -> text == name || name in text.split('、') }
    }

    private fun texts(shown: List<String>?, spoken: List<String>?): List<String> = (shown.orEmpty() + spoken.orEmpty()).ifEmpty { listOf("") }

    private fun SemanticsNodeInteraction.scrolled(): SemanticsNodeInteraction {
        val canScroll = generateSequence(fetchSemanticsNode().parent) { it.parent }.any { SemanticsActions.ScrollBy in it.config }
        return if (canScroll) performScrollTo() else this
    }

    private fun waitFor(what: String, seconds: Int = PATIENCE, condition: () -> Boolean) {
        try {
            test.waitUntil(timeoutMillis = seconds * 1000L, condition = condition)
        } catch (late: Throwable) {
            photographs("waiting")
            throw AssertionError("waited in vain for $what; see target/day/waiting.png", late)
        }
    }

    private companion object {
        /** For so many seconds one waits for what should come at once. */
        const val PATIENCE = 90
    }
}
