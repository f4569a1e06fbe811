package app.homon.android

import android.content.Context
import android.content.res.Configuration
import android.content.res.Resources
import app.homon.screens.Language
import app.homon.words.Words
import java.util.Locale
import java.util.concurrent.ConcurrentHashMap

/** The words of the app from its string resources, in the language that the app is set to, whichever the tablet is. */
class ResourceWords(private val context: Context) {
    private val numbers = ConcurrentHashMap<String, Int>()
    private val japanese by lazy { words(Locale.JAPANESE) }
    private val english by lazy { words(Locale.ENGLISH) }

    fun of(language: Language): Words = if (language == Language.Japanese) japanese else english

    private fun words(locale: Locale): Words {
        val configuration = Configuration(context.resources.configuration).apply { setLocale(locale) }
        return words(context.createConfigurationContext(configuration).resources)
    }

    /** Looks a name up once: the lookup by name is slow. */
    internal fun words(resources: Resources) = Words { key, values ->
        val number = numbers.getOrPut(key) { resources.getIdentifier(key, "string", context.packageName) }
        check(number != 0) { "no word for $key" }
        if (values.isEmpty()) resources.getString(number) else resources.getString(number, *values)
    }
}
