package app.homon.journeys

/** A part of a visit, as the core names it. */
data class Part(val visit: String, val number: UByte)

/** One resident of a visit. */
data class CaseKey(val part: Part, val case: String)

/** The steps of a case, in the order in which they are gone through. */
enum class CaseStep { Consent, Evidence, Attributes, Photo, Confirm, Done }

/**
 * Where the app is. Identifiers only, so that it can be kept by the system while the app is away: whoever comes back signs
 * in, and is at the same step.
 */
sealed interface Place {
    data object Enrol : Place
    data object Today : Place
    data class CheckIn(val roster: String?) : Place
    data class Board(val part: Part) : Place
    data class Add(val part: Part) : Place
    data class Move(val key: CaseKey) : Place
    data class Case(val key: CaseKey, val step: CaseStep) : Place
    data class Camera(val key: CaseKey) : Place
    data class Resident(val key: CaseKey) : Place
    data class Leaving(val key: CaseKey) : Place
    data class Close(val part: Part) : Place
    data class Send(val part: Part) : Place

    /** The photos of the activity; [isClosing] when they were reached from the end of the visit. */
    data class Activity(val part: Part, val isClosing: Boolean = false) : Place
    data class HandOver(val part: Part) : Place
    data class Invite(val part: Part) : Place

    /** The counts of a visit; [isClosing] when they were reached from its end. */
    data class Summary(val part: Part, val isClosing: Boolean = false) : Place
    data object TakeOver : Place
    data object Messages : Place
    data object Settings : Place
    data object Certificates : Place
    data object LostTablet : Place

    /** The place as one line of text. */
    fun text(): String = when (this) {
        Enrol -> "enrol"
        Today -> "today"
        is CheckIn -> "check-in/${roster.orEmpty()}"
        is Board -> "board/${part.text()}"
        is Add -> "add/${part.text()}"
        is Move -> "move/${key.text()}"
        is Case -> "case/${key.text()}/${step.name}"
        is Camera -> "camera/${key.text()}"
        is Resident -> "resident/${key.text()}"
        is Leaving -> "leaving/${key.text()}"
        is Close -> "close/${part.text()}"
        is Send -> "send/${part.text()}"
        is Activity -> "activity/${part.text()}" + if (isClosing) "/close" else ""
        is HandOver -> "hand-over/${part.text()}"
        is Invite -> "invite/${part.text()}"
        is Summary -> "summary/${part.text()}" + if (isClosing) "/close" else ""
        TakeOver -> "take-over"
        Messages -> "messages"
        Settings -> "settings"
        Certificates -> "certificates"
        LostTablet -> "lost-tablet"
    }

    companion object {
        /** Reads what [text] wrote; anything else is the first page. */
        fun parse(text: String): Place {
            val words = text.split('/')
            val part = words.getOrNull(2)?.toUByteOrNull()?.let { Part(words[1], it) }
            val key = part?.let { words.getOrNull(3)?.let { case -> CaseKey(part, case) } }
            return when (words[0]) {
                "enrol" -> Enrol
                "check-in" -> CheckIn(words.getOrNull(1)?.takeIf { it.isNotEmpty() })
                "board" -> part?.let(::Board)
                "add" -> part?.let(::Add)
                "move" -> key?.let(::Move)
                "case" -> key?.let { CaseStep.entries.firstOrNull { step -> step.name == words.getOrNull(4) }?.let { step -> Case(it, step) } }
                "camera" -> key?.let(::Camera)
                "resident" -> key?.let(::Resident)
                "leaving" -> key?.let(::Leaving)
                "close" -> part?.let(::Close)
                "send" -> part?.let(::Send)
                "activity" -> part?.let { Activity(it, words.getOrNull(3) == "close") }
                "hand-over" -> part?.let(::HandOver)
                "invite" -> part?.let(::Invite)
                "summary" -> part?.let { Summary(it, words.getOrNull(3) == "close") }
                "take-over" -> TakeOver
                "messages" -> Messages
                "settings" -> Settings
                "certificates" -> Certificates
                "lost-tablet" -> LostTablet
                else -> null
            } ?: Today
        }
    }
}

private fun Part.text() = "$visit/$number"

private fun CaseKey.text() = "${part.text()}/$case"
