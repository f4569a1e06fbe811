package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.CaseInput
import app.homon.core.Sex
import app.homon.core.birthDateInEra
import app.homon.design.RubyPiece
import app.homon.screens.ConfirmActions
import app.homon.screens.ConfirmScreen
import app.homon.screens.ConfirmState

/** The page that is turned to the resident. Staff come back by a long press and a PIN. */
class ResidentJourney(private val app: HomonApp, private val key: CaseKey) : Journey, ConfirmActions {
    private var state: ConfirmState? by mutableStateOf(null)

    suspend fun load() {
        val applicant = app.core.case(key.part.visit, key.part.number, key.case).case.applicant
        val portrait = app.core.portrait(key.part.visit, key.part.number, key.case)
        state = ConfirmState(
            name = withReading(applicant.name?.text.orEmpty(), applicant.kana?.text.orEmpty()),
            birth = applicant.birthDate?.let { withReadings(birthDateInEra(it)) }.orEmpty(),
            sex = when (applicant.sex) {
                Sex.MALE -> app.words.residentMale
                Sex.FEMALE -> app.words.residentFemale
                null -> ""
            },
            address = applicant.address?.let { pieces(it.text) }.orEmpty(),
            picture = portrait?.let(app.platform::picture),
            hasPicture = portrait != null,
        )
    }

    private suspend fun pieces(address: String) = app.core.readAddress(address).map { RubyPiece(it.text, it.reading) }

    @Composable
    override fun Show() {
        state?.let { ConfirmScreen(it, this) }
    }

    override fun confirm() = answer {
        app.core.caseStep(key.part.visit, key.part.number, key.case, CaseInput.Confirm)
        Place.Case(key, CaseStep.Done)
    }

    override fun differs() = answer { Place.Case(key, CaseStep.Attributes) }

    override fun backToStaff() = answer { Place.Case(key, CaseStep.Done) }

    /** Whatever the answer, the tablet is covered until staff have it in hand again. */
    private fun answer(then: suspend () -> Place) {
        app.work({ app.hideAt(Place.Case(key, CaseStep.Done)) }) { app.hideAt(then()) }
    }
}

/** A name with its reading over each part, where both have as many parts. */
fun withReading(name: String, kana: String): String {
    val (names, readings) = parts(name) to parts(kana)
    if (readings.isEmpty() || names.size != readings.size) return name
    return names.zip(readings).joinToString("　") { (part, reading) -> "｜$part《${hiragana(reading)}》" }
}

private fun parts(text: String) = text.split(' ', '　').filter { it.isNotBlank() }

/** Katakana as hiragana, which more people read with ease. */
private fun hiragana(text: String): String = text.map { if (it in 'ァ'..'ヶ') it - ('ァ' - 'ぁ') else it }.joinToString("")

/** The words of a date with their readings. */
private fun withReadings(date: String): String = READINGS.entries.fold(date) { text, (word, reading) -> text.replace(word, "｜$word《$reading》") }

private val READINGS = mapOf(
    "明治" to "めいじ",
    "大正" to "たいしょう",
    "昭和" to "しょうわ",
    "平成" to "へいせい",
    "令和" to "れいわ",
    "元年" to "がんねん",
    "年" to "ねん",
    "月" to "がつ",
    "日" to "にち",
    "不詳" to "ふしょう",
)
