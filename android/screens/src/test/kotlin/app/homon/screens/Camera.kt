package app.homon.screens

import androidx.compose.runtime.Composable
import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.platform.Font
import androidx.compose.ui.unit.Density
import androidx.compose.ui.use
import app.homon.design.HomonTheme
import app.homon.words.Words
import java.io.File
import javax.xml.parsers.DocumentBuilderFactory
import org.jetbrains.skia.EncodedImageFormat

/** How a screen is photographed. */
data class Shot(val width: Int, val height: Int, val fontScale: Float = 1f, val isDark: Boolean = false, val language: String = "ja") {
    val name: String
        get() = listOfNotNull(
            if (width > height) "landscape" else "portrait",
            language,
            if (isDark) "dark" else null,
            if (fontScale > 1f) "200" else null,
        ).joinToString("-")

    companion object {
        val Landscape = Shot(1280, 800)
        val Portrait = Shot(834, 1112)

        /** Every way in which a screen is looked at. */
        val All = listOf(Landscape, Portrait).flatMap { shot -> listOf(shot, shot.copy(fontScale = 2f)) }
            .flatMap { shot -> listOf(shot, shot.copy(isDark = true)) }
            .flatMap { shot -> listOf(shot, shot.copy(language = "en")) }
    }
}

/** Noto Sans CJK, the font of the tablets. */
val TestFont: FontFamily by lazy {
    val folder = File("/usr/share/fonts/opentype/noto")
    FontFamily(
        Font(File(folder, "NotoSansCJK-Regular.ttc"), FontWeight.Normal),
        Font(File(folder, "NotoSansCJK-Bold.ttc"), FontWeight.Bold),
    )
}

/** The words of a language, from the resources of the app. */
fun words(language: String): Words {
    val folder = if (language == "ja") "values" else "values-$language"
    val document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(File("../app/src/main/res/$folder/strings.xml"))
    val strings = document.getElementsByTagName("string")
    val texts = (0 until strings.length).associate { at ->
        val string = strings.item(at)
        string.attributes.getNamedItem("name").nodeValue to string.textContent.replace(Regex("""\\(.)""")) { if (it.groupValues[1] == "n") "\n" else it.groupValues[1] }
    }
    return Words { key, values -> texts.getValue(key).let { if (values.isEmpty()) it else it.format(*values) } }
}

fun photograph(shot: Shot, content: @Composable () -> Unit): ByteArray =
    ImageComposeScene(shot.width, shot.height, Density(1f, shot.fontScale)) {
        HomonTheme(words(shot.language), shot.isDark, TestFont, content = content)
    }.use { scene ->
        scene.render()
        scene.render(500_000_000).encodeToData(EncodedImageFormat.PNG)!!.bytes
    }
