package app.homon.desk

import app.homon.screens.Language
import app.homon.words.Words
import java.io.InputStream
import javax.xml.parsers.DocumentBuilderFactory

/** The words of the app, read from the string resources of the Android app. */
object Catalogue {
    private val japanese by lazy { words("values") }
    private val english by lazy { words("values-en") }

    fun words(language: Language): Words = if (language == Language.Japanese) japanese else english

    private fun words(folder: String): Words {
        val file = checkNotNull(Catalogue::class.java.getResourceAsStream("/words/$folder/strings.xml")) { "the words are not packed into the program" }
        val texts = file.use(::parse)
        return Words { key, values -> texts.getValue(key).let { if (values.isEmpty()) it else it.format(*values) } }
    }

    private fun parse(file: InputStream): Map<String, String> {
        val strings = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file).getElementsByTagName("string")
        return (0 until strings.length).associate { at ->
            val string = strings.item(at)
            string.attributes.getNamedItem("name").nodeValue to unescaped(string.textContent)
        }
    }

    /** As Android's resource compiler reads a string. */
    private fun unescaped(text: String): String = text.replace(Regex("""\\(.)""")) { if (it.groupValues[1] == "n") "\n" else it.groupValues[1] }
}
