package app.homon.android

import app.homon.android.keys.KeystoreVault
import app.homon.core.KeyVault
import app.homon.screens.Language
import app.homon.words.Words
import java.io.File
import javax.xml.parsers.DocumentBuilderFactory
import kotlinx.coroutines.cancelChildren

/** The app with keys in memory, and the words from their files: no resource compiler is needed here. */
class TestApplication : HomonApplication() {
    /** As hardware does, it outlives the process. */
    private val chest = SoftwareKeyChest()

    override fun vault(): KeyVault = KeystoreVault(chest)

    override val catalogue: (Language) -> Words = { words }

    /** Ends the process, as far as the app can tell. */
    fun die() {
        scope.coroutineContext.cancelChildren()
        running?.core?.close()
        running = null
    }

    companion object {
        private val words: Words by lazy {
            val file = File(System.getProperty("homon.repository"), "android/app/src/main/res/values/strings.xml")
            val strings = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file).getElementsByTagName("string")
            val texts = (0 until strings.length).map { strings.item(it) }.associate { it.attributes.getNamedItem("name").nodeValue to it.textContent }
            Words { key, values -> texts.getValue(key).let { if (values.isEmpty()) it else it.format(*values) } }
        }
    }
}
