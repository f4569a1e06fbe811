package app.homon.journeys

import app.homon.screens.Appearance
import app.homon.screens.Language

/** How the tablet looks and lies in the hand. It is the tablet's and says nothing of anybody, so it is kept in the open. */
data class Look(val language: Language = Language.Japanese, val appearance: Appearance = Appearance.AsSystem, val isLeftHanded: Boolean = false) {
    /** The look as one line of text. */
    fun text(): String = "$language/$appearance/${if (isLeftHanded) "left" else "right"}"

    companion object {
        /** Reads what [text] wrote; what it does not know is as on a new tablet. */
        fun parse(text: String): Look {
            val words = text.split('/')
            return Look(
                Language.entries.firstOrNull { it.name == words.getOrNull(0) } ?: Language.Japanese,
                Appearance.entries.firstOrNull { it.name == words.getOrNull(1) } ?: Appearance.AsSystem,
                words.getOrNull(2) == "left",
            )
        }
    }
}
