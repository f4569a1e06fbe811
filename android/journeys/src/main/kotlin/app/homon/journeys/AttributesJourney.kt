package app.homon.journeys

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import app.homon.core.CaseInput
import app.homon.core.ContactInput
import app.homon.core.ContactOf
import app.homon.core.HomonException
import app.homon.core.NumberRule
import app.homon.core.Problem
import app.homon.core.RegisterNumber
import app.homon.core.StepKind
import app.homon.core.TownMatch
import app.homon.core.Warning
import app.homon.core.birthDateInEra
import app.homon.core.birthDateInGregorian
import app.homon.journeys.sayings.say
import app.homon.screens.AttributesActions
import app.homon.screens.AttributesScreen
import app.homon.screens.AttributesState
import app.homon.screens.BirthInput
import app.homon.screens.Era
import app.homon.screens.FieldState
import app.homon.screens.NumberKind
import app.homon.screens.NumberState
import app.homon.screens.PaperState
import app.homon.screens.Sex
import app.homon.screens.TownLine
import app.homon.screens.Whose
import kotlinx.coroutines.delay
import app.homon.core.Sex as CoreSex

/** The four items of the register, the number and the contact. What the core takes is kept field by field. */
class AttributesJourney(app: HomonApp, key: CaseKey) : CaseJourney(app, key, CaseStep.Attributes), AttributesActions {
    /** What can be typed here; each is kept by itself. */
    private enum class Entry { Name, Address, Birth, Number, Phone }

    private var state: AttributesState? by mutableStateOf(null)
    private val unsaved = mutableSetOf<Entry>()
    private var edits = 0
    private var towns: List<TownMatch> = emptyList()
    private var paperReason: String? = null

    /** What is missing is said on coming here and on going on. While someone types it would only be in their way. */
    override fun draw() {
        val page = state?.copy(head = head()) ?: fromCase().copy(reason = reason())
        state = page.copy(number = page.number.copy(isOptional = isNumberOptional()), paper = paper(), isPhotoNext = following() == CaseStep.Photo)
    }

    private fun isNumberOptional(): Boolean {
        val isMissed = case.problems.any { it == Problem.NumberMissing || it is Problem.NumberUnfinished || it == Problem.NumberNotAllowed }
        return canType() && case.case.applicant.number == null && !isMissed
    }

    private fun paper(): PaperState? {
        if (StepKind.CHOOSE_MEDIUM !in case.allowedActions) return null
        val missing = case.problems.firstOrNull { it == Problem.PaperFormMissing }?.let { words.say(it) }
        return PaperState(case.case.onPaper?.text, paperReason, missing)
    }

    /** Where it goes on: to the photo, unless the core has and asks for none. */
    private fun following(): CaseStep {
        val isPhotoAsked = case.case.portrait != null || case.problems.any { stepOf(it) == CaseStep.Photo }
        return if (isPhotoAsked) CaseStep.Photo else firstStep(case)
    }

    private fun fromCase(): AttributesState {
        val applicant = case.case.applicant
        val birth = applicant.birthDate
        return AttributesState(
            head = head(),
            name = FieldState(applicant.name?.text.orEmpty(), applicant.name != null),
            kana = FieldState(applicant.kana?.text.orEmpty(), applicant.kana != null),
            sex = applicant.sex?.let { Sex.entries[it.ordinal] },
            birth = birth?.let { birthInput(birthDateInEra(it)) } ?: BirthInput(),
            birthProof = birth?.let { birthDateInGregorian(it) },
            birthProblem = null,
            address = FieldState(applicant.address?.text.orEmpty(), applicant.address != null),
            offersTowns = app.programme.hasTowns,
            addressNote = addressNote(),
            whose = whose(applicant.contact?.whose),
            contactName = FieldState((applicant.contact?.whose as? ContactOf.Relation)?.name?.text.orEmpty()),
            phone = FieldState(applicant.contact?.phone?.text.orEmpty(), applicant.contact != null),
            number = kept(kindOf(applicant.number) ?: kinds().first()),
            reason = null,
        )
    }

    private fun kinds(): List<NumberKind> = when (app.programme.number) {
        NumberRule.APPLICATION_ID -> listOf(NumberKind.ApplicationId)
        NumberRule.INDIVIDUAL_NUMBER -> listOf(NumberKind.IndividualNumber)
        NumberRule.EITHER -> NumberKind.entries
    }

    private fun kindOf(number: RegisterNumber?): NumberKind? = when (number) {
        is RegisterNumber.ApplicationId, is RegisterNumber.Unfinished -> NumberKind.ApplicationId
        is RegisterNumber.IndividualNumber -> NumberKind.IndividualNumber
        null -> null
    }

    /** What the core has of a kind of number. A 個人番号 is covered until somebody asks to see it. */
    private fun kept(kind: NumberKind, isShown: Boolean = false): NumberState {
        val number = case.case.applicant.number?.takeIf { kindOf(it) == kind }
        val isPrivate = number is RegisterNumber.IndividualNumber
        val digits = when (number) {
            is RegisterNumber.ApplicationId -> number.v1.text
            is RegisterNumber.Unfinished -> number.v1.text
            is RegisterNumber.IndividualNumber -> if (isShown) number.v1.text else ""
            null -> ""
        }
        return NumberState(kind, kinds(), digits, if (kind == NumberKind.ApplicationId) ID_GROUPS else INDIVIDUAL_GROUPS, isPrivate, isPrivate && !isShown)
    }

    /** Takes a date apart that the core wrote, `昭和13年3月4日`; a part that the register does not know stays empty. */
    private fun birthInput(text: String): BirthInput {
        val era = Era.entries.firstOrNull { text.startsWith(eraName(it)) } ?: return BirthInput()
        val parts = Regex("""(元|\d+)年(?:(\d+)月)?(?:(\d+)日)?""").find(text)?.groupValues ?: return BirthInput(era)
        val day = if (text.endsWith(UNKNOWN)) UNKNOWN else parts[3]
        return BirthInput(era, if (parts[1] == "元") "1" else parts[1], parts[2], day)
    }

    private fun eraName(era: Era): String = when (era) {
        Era.Meiji -> "明治"
        Era.Taisho -> "大正"
        Era.Showa -> "昭和"
        Era.Heisei -> "平成"
        Era.Reiwa -> "令和"
    }

    private fun addressNote(): String? = case.warnings.firstOrNull { it == Warning.TownUnknown }?.let { words.say(it) }

    /** The first thing that the core misses on this page. */
    private fun reason(): String? = case.problems.firstOrNull { stepOf(it) == CaseStep.Attributes && it !is Problem.BirthDateInFuture }?.let { words.say(it) }

    @Composable
    override fun Show() {
        state?.let { AttributesScreen(it, this, frame()) }
    }

    private fun edit(entry: Entry, change: (AttributesState) -> AttributesState) {
        unsaved += entry
        state = state?.let(change)?.copy(reason = null)
        val now = ++edits
        app.work(::fail) {
            delay(PAUSE_MILLIS)
            if (now == edits) keepQuietly()
        }
    }

    /** Keeps what is whole, once nobody types any more. What is not taken yet may only be half typed: it is said on going on. */
    private suspend fun keepQuietly() {
        if (canType()) for (entry in unsaved.toList()) if (isWhole(entry)) save(entry, isQuiet = true)
    }

    private fun canType() = StepKind.SET_NAME in case.allowedActions

    /** A date without its day is still being typed, as is a 個人番号 that lacks digits: no part of one is kept. */
    private fun isWhole(entry: Entry): Boolean = when (entry) {
        Entry.Birth -> !state?.birth?.day.isNullOrBlank()
        Entry.Number -> state?.number?.let { it.kind == NumberKind.ApplicationId || it.digits.length == it.length } == true
        Entry.Name, Entry.Address, Entry.Phone -> true
    }

    override fun name(text: String) = edit(Entry.Name) { it.copy(name = FieldState(text)) }

    override fun kana(text: String) = edit(Entry.Name) { it.copy(kana = FieldState(text)) }

    override fun birth(birth: BirthInput) = edit(Entry.Birth) { it.copy(birth = birth, birthProof = null, birthProblem = null) }

    override fun dayUnknown() = edit(Entry.Birth) { it.copy(birth = it.birth.copy(day = UNKNOWN), birthProof = null, birthProblem = null) }

    override fun address(text: String) {
        edit(Entry.Address) { it.copy(address = FieldState(text), addressNote = null) }
        app.work(::fail) {
            val found = app.core.findTowns(text)
            if (state?.address?.text == text) offer(found)
        }
    }

    private fun offer(found: List<TownMatch>) {
        towns = found
        state = state?.copy(towns = found.map { TownLine(it.postalCodes, it.name, it.kana) })
    }

    override fun town(at: Int) {
        val chosen = towns.getOrNull(at) ?: return
        offer(emptyList())
        edit(Entry.Address) { it.copy(address = FieldState(chosen.address), addressNote = null) }
    }

    override fun whose(whose: Whose) = edit(Entry.Phone) { it.copy(whose = whose) }

    override fun contactName(text: String) = edit(Entry.Phone) { it.copy(contactName = FieldState(text)) }

    override fun phone(text: String) = edit(Entry.Phone) { it.copy(phone = FieldState(text)) }

    override fun sex(sex: Sex) {
        state = state?.copy(sex = sex, reason = null)
        entering(CaseInput.Sex(CoreSex.entries[sex.ordinal]))
    }

    override fun numberKind(kind: NumberKind) {
        val now = kept(kind)
        state = state?.copy(number = now, reason = null)
        // What the core has is of the other kind: it is asked for on going on.
        if (now.digits.isEmpty() && !now.isCovered) unsaved += Entry.Number else unsaved -= Entry.Number
    }

    override fun uncover(isShown: Boolean) {
        state = state?.let { it.copy(number = kept(it.number.kind, isShown)) }
    }

    override fun digit(digit: Char) {
        val number = state?.number ?: return
        if (number.isCovered || number.digits.length >= number.length) return
        type(number.digits + digit)
        if (isWholeGroup(number.kind, number.digits.length + 1, number.length)) app.work(::fail) { save(Entry.Number) }
    }

    /** A group of the printed form is kept as soon as it is whole; a 個人番号 only as a whole. */
    private fun isWholeGroup(kind: NumberKind, typed: Int, length: Int) = typed == length || kind == NumberKind.ApplicationId && typed % 4 == 0

    /** A covered number is typed anew: nobody sees which digit goes. */
    override fun erase() = type(state?.number?.digits?.dropLast(1).orEmpty())

    override fun clear() = type("")

    private fun type(digits: String) = edit(Entry.Number) { it.copy(number = it.number.copy(digits = digits, isPrivate = false, isCovered = false, problem = null)) }

    override fun scan() {
        app.work({ fault -> state = marked(Entry.Number, fault) }) {
            val code = app.platform.scanCode() ?: return@work
            enter(CaseInput.ApplicationIdQr(code))
            unsaved -= Entry.Number
            state = state?.copy(number = kept(NumberKind.ApplicationId))
        }
    }

    override fun askForPaper() = paperReason("")

    override fun paperReason(text: String) {
        paperReason = text
        draw()
    }

    override fun onPaper() = chooses(paperReason)

    override fun electronically() = if (case.case.onPaper != null) chooses(null) else chosen()

    private fun chooses(reason: String?) {
        app.work(::fail) {
            enter(CaseInput.Medium(reason))
            chosen()
        }
    }

    private fun chosen() {
        paperReason = null
        state = state?.copy(reason = null)
        draw()
    }

    override fun mendPaper() = go(CaseStep.Evidence.ordinal)

    override fun later() {
        app.go(Place.Board(key.part))
    }

    override fun next() {
        app.work(::fail) {
            val faults = unsaved.toList().count { !save(it) }
            val missing = reason()
            if (faults == 0 && missing == null) app.open(Place.Case(key, following())) else state = state?.copy(reason = missing.takeIf { faults == 0 })
        }
    }

    override suspend fun keep() {
        if (canType()) for (entry in unsaved.toList()) save(entry)
    }

    /** Gives the core one entry; what it does not take is said beside the field, unless it [isQuiet], and stays there to be mended. */
    private suspend fun save(entry: Entry, isQuiet: Boolean = false): Boolean {
        val state = state ?: return true
        val input = input(entry, state)
        if (input == null) {
            val fault = emptied(entry) ?: return true
            if (!isQuiet) this.state = marked(entry, fault)
            return false
        }
        try {
            enter(input)
        } catch (error: HomonException) {
            if (error !is HomonException.FixInput && error !is HomonException.Refused) throw error
            if (!isQuiet) this.state = marked(entry, words.say(error))
            return false
        }
        // What was typed meanwhile is still to be kept.
        if (input == this.state?.let { input(entry, it) }) {
            unsaved -= entry
            this.state = marked(entry, null)
        }
        return true
    }

    /** What to do where the core has something and the page nothing any more: it must not go on with what was wiped out. */
    private fun emptied(entry: Entry): String? {
        val kept = case.case.applicant
        return when (entry) {
            Entry.Name -> words.problemsNameMissing.takeIf { kept.name != null }
            Entry.Address -> words.problemsAddressMissing.takeIf { kept.address != null }
            Entry.Birth -> words.problemsBirthDateMissing.takeIf { kept.birthDate != null }
            Entry.Number -> words.problemsNumberMissing.takeIf { kept.number != null }
            Entry.Phone -> words.problemsContactMissing.takeIf { kept.contact != null }
        }
    }

    private fun input(entry: Entry, state: AttributesState): CaseInput? = when (entry) {
        Entry.Name -> state.name.text.takeIf { it.isNotBlank() }?.let { CaseInput.Name(it, state.kana.text) }
        Entry.Address -> state.address.text.takeIf { it.isNotBlank() }?.let { CaseInput.Address(it) }
        Entry.Birth -> birthText(state.birth)?.let { CaseInput.BirthDate(it) }
        Entry.Number -> state.number.takeIf { it.digits.isNotEmpty() }?.let {
            if (it.kind == NumberKind.ApplicationId) CaseInput.ApplicationId(it.digits) else CaseInput.IndividualNumber(it.digits)
        }
        Entry.Phone -> state.phone.text.takeIf { it.isNotBlank() }?.let { CaseInput.Contact(contactInput(state), it, case.case.applicant.contact?.hours?.text) }
    }

    private fun contactInput(state: AttributesState): ContactInput = when (state.whose) {
        Whose.Own -> ContactInput.Own
        Whose.Relation -> ContactInput.Relation(state.contactName.text)
        Whose.Facility -> ContactInput.Facility
    }

    private fun whose(contact: ContactOf?): Whose = when (contact) {
        is ContactOf.Relation -> Whose.Relation
        ContactOf.Facility -> Whose.Facility
        ContactOf.Own, null -> Whose.Own
    }

    /** The date as it is written. A part that is empty is missing: that the register does not know it has to be said. */
    private fun birthText(birth: BirthInput): String? {
        val year = "${eraName(birth.era ?: return null)}${birth.year.ifBlank { return null }}年"
        return when {
            birth.month == UNKNOWN || birth.month.isBlank() && birth.day == UNKNOWN -> "${year}月日$UNKNOWN"
            birth.day == UNKNOWN -> "$year${birth.month}月日$UNKNOWN"
            else -> year + birth.month.suffixed("月") + birth.day.suffixed("日")
        }
    }

    private fun String.suffixed(word: String) = if (isBlank()) "" else this + word

    private fun marked(entry: Entry, fault: String?): AttributesState? = state?.let { now ->
        val accepted = fault == null
        when (entry) {
            Entry.Name -> now.copy(
                name = now.name.copy(isAccepted = accepted, problem = fault),
                kana = now.kana.copy(isAccepted = accepted && now.kana.text.isNotBlank()),
            )
            Entry.Address -> now.copy(address = now.address.copy(isAccepted = accepted, problem = fault), addressNote = addressNote().takeIf { accepted })
            Entry.Phone -> now.copy(phone = now.phone.copy(isAccepted = accepted, problem = fault))
            Entry.Number -> now.copy(number = if (accepted) kept(now.number.kind) else now.number.copy(problem = fault))
            Entry.Birth -> now.copy(
                birthProblem = fault,
                birthProof = if (accepted) case.case.applicant.birthDate?.let { birthDateInGregorian(it) } else null,
            )
        }
    }

    private companion object {
        /** So long after the last change what was typed is kept. */
        const val PAUSE_MILLIS = 700L

        /** What the register says of a day or a month that it does not know. */
        const val UNKNOWN = "不詳"

        /** As the form prints 23 digits. */
        val ID_GROUPS = listOf(4, 4, 4, 4, 4, 3)

        /** As 個人番号 are printed. */
        val INDIVIDUAL_GROUPS = listOf(4, 4, 4)
    }
}
