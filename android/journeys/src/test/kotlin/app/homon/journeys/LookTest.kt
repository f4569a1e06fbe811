package app.homon.journeys

import app.homon.screens.Appearance
import app.homon.screens.Language
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class LookTest {
    @Test
    fun aLookIsKeptInOneLine() {
        for (language in Language.entries) for (appearance in Appearance.entries) for (hand in listOf(false, true)) {
            val look = Look(language, appearance, hand)
            assertEquals(look, Look.parse(look.text()))
        }
    }

    @Test
    fun whatIsNotKnownIsAsOnANewTablet() {
        for (text in listOf("", "Klingon/Neon", "English", "///")) assertEquals(Look().appearance, Look.parse(text).appearance, text)
        assertEquals(Language.English, Look.parse("English").language)
    }
}
