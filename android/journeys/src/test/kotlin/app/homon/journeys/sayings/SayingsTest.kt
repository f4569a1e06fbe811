package app.homon.journeys.sayings

import app.homon.core.AmendmentReason
import app.homon.core.Authority
import app.homon.core.BadCell
import app.homon.core.BirthDateFault
import app.homon.core.Blocker
import app.homon.core.CaseStatus
import app.homon.core.CheckExtent
import app.homon.core.CheckItem
import app.homon.core.Closed
import app.homon.core.Column
import app.homon.core.DeficiencyKind
import app.homon.core.Departure
import app.homon.core.Destroyed
import app.homon.core.DocumentClass
import app.homon.core.Duplicate
import app.homon.core.Era
import app.homon.core.ExceptionToDeclare
import app.homon.core.Expression
import app.homon.core.Field
import app.homon.core.FileFault
import app.homon.core.Finding
import app.homon.core.Hint
import app.homon.core.Holiday
import app.homon.core.HomonException
import app.homon.core.IneligibleReason
import app.homon.core.ItemKind
import app.homon.core.Leaving
import app.homon.core.Method
import app.homon.core.NotClaimed
import app.homon.core.PhotoException
import app.homon.core.PhotoMeasure
import app.homon.core.PhotoRefused
import app.homon.core.Problem
import app.homon.core.Refusal
import app.homon.core.RevisitReason
import app.homon.core.Role
import app.homon.core.RosterRule
import app.homon.core.Rule
import app.homon.core.ServiceKind
import app.homon.core.Settlement
import app.homon.core.Sex
import app.homon.core.StepRefused
import app.homon.core.TakeBackReason
import app.homon.core.VisitStage
import app.homon.core.Warning
import app.homon.screens.words
import app.homon.words.Words
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Whatever the core says is said in plain words: short, never the same for two things, never loud. */
class SayingsTest {
    private val languages = listOf("ja", "en").associateWith { words(it) }

    private inline fun <reified T> hear(differ: Boolean = true, crossinline say: Words.(T) -> List<String?>) {
        val values = every<T>()
        assertTrue(values.isNotEmpty())
        for ((language, words) in languages) {
            val said = values.associateWith { words.say(it) }
            for ((value, parts) in said) parts.filterNotNull().forEach { check(language, value, it) }
            if (!differ) continue
            val same = said.entries.groupBy({ it.value }, { it.key }).filterValues { it.size > 1 }
            assertEquals(emptyMap<List<String?>, List<T>>(), same, "$language says the same of different things")
        }
    }

    private fun check(language: String, value: Any?, text: String) {
        assertTrue(text.isNotBlank(), "nothing is said of $value")
        assertTrue('!' !in text && '！' !in text, text)
        assertTrue('{' !in text && '%' !in text, text)
        val longest = if (language == "ja") 60 else 120
        assertTrue(text.length <= longest, "${text.length}: $text")
    }

    @Test
    fun errors() {
        // What a rule says of itself is the same in every field.
        hear<HomonException>(differ = false) { listOf(say(it)) }
        hear<Refusal> { listOf(say(it)) }
        hear<StepRefused> { listOf(say(it)) }
        hear<Field> { listOf(name(it)) }
    }

    @Test
    fun rules() {
        // The file of the request is spoken of in both places.
        hear<Rule> { listOf(say(it)) }
        hear<BirthDateFault> { listOf(say(it)) }
        hear<PhotoRefused> { listOf(say(it)) }
        hear<Era> { listOf(name(it)) }
    }

    @Test
    fun rosters() {
        hear<FileFault> { listOf(say(it)) }
        hear<RosterRule> { listOf(say(it)) }
        hear<BadCell> { listOf(say(it)) }
        hear<Duplicate> { listOf(say(it)) }
        hear<Column> { listOf(name(it)) }
    }

    @Test
    fun problems() {
        hear<Problem> { listOf(say(it)) }
        hear<Problem>(differ = false) { listOf(brief(it)) }
        val briefs = every<Problem>().groupBy { it::class }.values.map { languages.getValue("ja").brief(it.first()) }
        assertEquals(briefs.distinct(), briefs)
        assertTrue(briefs.all { it.length <= 12 }, briefs.joinToString())
    }

    @Test
    fun photos() {
        hear<Finding> { say(it).run { listOf(title, advice) } }
        hear<Finding> { listOf(say(it).title) }
        hear<Hint> { listOf(say(it).title) }
        hear<Hint> { listOf(say(it).title, say(it).advice) }
        hear<PhotoMeasure> { listOf(name(it)) }
        hear<PhotoException> { listOf(say(it)) }
        hear<ExceptionToDeclare> { listOf(say(it)) }
        hear<Warning> { listOf(say(it)) }
        hear<CheckExtent> { listOf(say(it)) }
    }

    @Test
    fun visits() {
        hear<Departure> { listOf(say(it)) }
        hear<Closed> { listOf(say(it)) }
        hear<Holiday> { listOf(name(it)) }
        hear<CheckItem> { listOf(name(it)) }
        hear<CheckItem> { listOf(note(it)) }
        hear<Role> { listOf(name(it)) }
        hear<ServiceKind> { listOf(name(it)) }
        hear<Method> { listOf(name(it)) }
        hear<VisitStage> { listOf(name(it)) }
        hear<AmendmentReason> { listOf(name(it)) }
        hear<TakeBackReason> { listOf(name(it)) }
    }

    @Test
    fun cases() {
        hear<CaseStatus> { listOf(name(it)) }
        hear<Sex> { listOf(name(it)) }
        hear<Authority> { listOf(name(it)) }
        hear<Expression> { listOf(name(it)) }
        hear<DeficiencyKind> { listOf(name(it)) }
        hear<RevisitReason> { listOf(name(it)) }
        hear<IneligibleReason> { listOf(name(it)) }
        hear<DocumentClass> { listOf(name(it)) }
        hear<DocumentClass> { listOf(note(it)) }
        hear<ItemKind> { listOf(name(it)) }
        hear<Settlement> { listOf(say(it)) }
        hear<Blocker> { listOf(say(it)) }
    }

    @Test
    fun endings() {
        for (reason in every<RevisitReason>()) {
            val spoken = languages.getValue("ja").say(Leaving.Revisit(reason, "2026-11-27"))
            assertTrue(spoken.endsWith("　11/27"), spoken)
        }
        hear<IneligibleReason> { listOf(say(Leaving.Ineligible(it))) }
        hear<RevisitReason> { listOf(say(Leaving.Revisit(it, null))) }
        hear<NotClaimed> { listOf(say(it)) }
        hear<Destroyed> { listOf(say(it)) }
    }
}
