package app.homon.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.graphics.RectangleShape
import androidx.compose.ui.unit.dp
import app.homon.design.DigitGroups
import app.homon.design.Divider
import app.homon.design.Field
import app.homon.design.FlowRowOf
import app.homon.design.FrameActions
import app.homon.design.Heading
import app.homon.design.Icon
import app.homon.design.Icons
import app.homon.design.Keys
import app.homon.design.Label
import app.homon.design.LocalLayout
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Note
import app.homon.design.NumberPad
import app.homon.design.Panel
import app.homon.design.PlainButton
import app.homon.design.Reason
import app.homon.design.Room
import app.homon.design.SecondaryButton
import app.homon.design.Segments
import app.homon.design.ShortField
import app.homon.design.Size
import app.homon.design.pressable

/** The sex that the register records. */
enum class Sex { Male, Female }

/** Whose telephone it is. */
enum class Whose { Own, Relation, Facility }

/** An era of the Japanese calendar that people living today were born in. */
enum class Era { Meiji, Taisho, Showa, Heisei, Reiwa }

/** The parts of a birth date as people say them. */
@Immutable
data class BirthInput(val era: Era? = null, val year: String = "", val month: String = "", val day: String = "")

/** A field and what the core says of it. */
@Immutable
data class FieldState(val text: String = "", val isAccepted: Boolean = false, val problem: String? = null)

/** A town that may be meant, and its postal codes. */
@Immutable
data class TownLine(val postalCodes: List<String>, val name: String, val kana: String)

/** Which number ties the application to the register. */
enum class NumberKind { ApplicationId, IndividualNumber }

/** The number, in the groups in which it is printed. */
@Immutable
data class NumberState(
    val kind: NumberKind,
    /** What the programme leaves to choose from. */
    val kinds: List<NumberKind>,
    /** The digits so far; none while the number is covered. */
    val digits: String,
    val groups: List<Int>,
    /** Whether a number is kept that others could read here. */
    val isPrivate: Boolean = false,
    /** Whether it is kept out of sight. */
    val isCovered: Boolean = false,
    /** Whether nothing is missing without it. */
    val isOptional: Boolean = false,
    val problem: String? = null,
) {
    val length: Int get() = groups.sum()
}

/** The four items of the register, the number, and whom to reach. */
@Immutable
data class AttributesState(
    val head: CaseHead,
    val name: FieldState,
    val kana: FieldState,
    val sex: Sex?,
    val birth: BirthInput,
    /** The date in the Western calendar and the age, as proof of what was typed; or what is wrong with it. */
    val birthProof: String?,
    val birthProblem: String?,
    val address: FieldState,
    /** Whether the city has a table of its towns. */
    val offersTowns: Boolean = true,
    /** What may be meant by the address so far. */
    val towns: List<TownLine> = emptyList(),
    /** What to look at in the address, though it was taken. */
    val addressNote: String? = null,
    val whose: Whose,
    val contactName: FieldState,
    val phone: FieldState,
    val number: NumberState,
    /** Nothing where it can't be chosen. */
    val paper: PaperState? = null,
    /** Whether the photo comes next. */
    val isPhotoNext: Boolean = true,
    val reason: String?,
)

/** What a person does on the page of the four items. */
interface AttributesActions : CaseActions, PaperActions {
    fun name(text: String)
    fun kana(text: String)
    fun sex(sex: Sex)
    fun birth(birth: BirthInput)
    fun dayUnknown()
    fun address(text: String)

    /** One of the towns is meant. */
    fun town(at: Int)
    fun whose(whose: Whose)
    fun contactName(text: String)
    fun phone(text: String)
    fun numberKind(kind: NumberKind)

    /** The number that is kept is shown, or covered again. */
    fun uncover(isShown: Boolean)
    fun digit(digit: Char)
    fun erase()
    fun clear()
    fun scan()
    fun later()
}

/** As on the register: era with the Western date and the age as proof, 23 digits that can be counted. */
@Composable
fun AttributesScreen(state: AttributesState, actions: AttributesActions, frame: FrameActions) {
    val words = LocalWords.current
    CaseFrame(state.head, actions, frame, if (state.isPhotoNext && !LocalLayout.current.isLarge) words.attributesNext else words.caseNext, state.reason, leading = { PlainButton(words.attributesLater, actions::later) }) {
        TwoColumns(
            {
                FourItems(state, actions)
                Number(state.number, actions)
                Contact(state, actions)
                if (state.paper != null) PaperChoice(state.paper, actions)
            },
            { Pad(state.number, actions) },
            secondWidth = 300.dp,
        )
    }
}

@Composable
private fun FourItems(state: AttributesState, actions: AttributesActions) {
    val words = LocalWords.current
    Column {
        Heading(words.attributesTitle, note = words.attributesAsRegistered)
        Panel {
            Column(Modifier.padding(16.dp), Arrangement.spacedBy(12.dp)) {
                Beside(
                    { Field(words.attributesName, state.name.text, actions::name, it, accepted = state.name.isAccepted, problem = state.name.problem) },
                    { Field(words.attributesKana, state.kana.text, actions::kana, it, accepted = state.kana.isAccepted, problem = state.kana.problem) },
                ) {
                    Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
                        Label(words.attributesSex, size = Size.Note, bold = true)
                        Segments(listOf(Sex.Male to words.attributesMale, Sex.Female to words.attributesFemale), state.sex, actions::sex)
                    }
                }
                Birth(state, actions)
                Address(state, actions)
            }
        }
    }
}

/** The address begins with its postal code or its town, and goes on where the chosen town ends. */
@Composable
private fun Address(state: AttributesState, actions: AttributesActions) {
    val words = LocalWords.current
    val field = remember { FocusRequester() }
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        Field(
            words.attributesAddress,
            state.address.text,
            actions::address,
            Modifier.fillMaxWidth().focusRequester(field),
            accepted = state.address.isAccepted,
            problem = state.address.problem,
            help = words.attributesAddressNote.takeIf { state.offersTowns && !state.address.isAccepted },
        )
        if (state.addressNote != null) Reason(state.addressNote)
        if (state.towns.isNotEmpty()) {
            Panel {
                state.towns.forEachIndexed { at, town ->
                    if (at > 0) Divider()
                    Town(town) {
                        actions.town(at)
                        field.requestFocus()
                    }
                }
            }
        }
    }
}

@Composable
private fun Town(town: TownLine, onPress: () -> Unit) {
    Box(Modifier.fillMaxWidth().heightIn(min = 48.dp).pressable(RectangleShape, onPress = onPress).padding(horizontal = 14.dp, vertical = 8.dp), Alignment.CenterStart) {
        FlowRow(horizontalArrangement = Arrangement.spacedBy(12.dp)) {
            Label(town.postalCodes.joinToString("・"), Modifier.align(Alignment.CenterVertically), colour = LocalPalette.current.secondary)
            Label(town.name, Modifier.align(Alignment.CenterVertically), bold = true)
            Note(town.kana, Modifier.align(Alignment.CenterVertically))
        }
    }
}

/** Fields side by side where there is room, below each other where there is not. */
@Composable
private fun Beside(first: @Composable (Modifier) -> Unit, second: @Composable (Modifier) -> Unit, after: @Composable () -> Unit) {
    if (LocalLayout.current.room == Room.Narrow) {
        first(Modifier.fillMaxWidth())
        second(Modifier.fillMaxWidth())
        after()
    } else {
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp), Alignment.Top) {
            first(Modifier.weight(1f))
            second(Modifier.weight(1f))
            after()
        }
    }
}

@Composable
private fun Birth(state: AttributesState, actions: AttributesActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    val birth = state.birth
    val eras = listOf(
        Era.Meiji to words.attributesMeiji,
        Era.Taisho to words.attributesTaisho,
        Era.Showa to words.attributesShowa,
        Era.Heisei to words.attributesHeisei,
        Era.Reiwa to words.attributesReiwa,
    )
    Column(verticalArrangement = Arrangement.spacedBy(4.dp)) {
        Label(words.attributesBirth, size = Size.Note, bold = true)
        FlowRowOf {
            Segments(eras, birth.era, { actions.birth(birth.copy(era = it)) })
            ShortField(words.attributesYear, birth.year, { actions.birth(birth.copy(year = it)) })
            ShortField(words.attributesMonth, birth.month, { actions.birth(birth.copy(month = it)) })
            ShortField(words.attributesDay, birth.day, { actions.birth(birth.copy(day = it)) })
        }
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
            Box(Modifier.weight(1f)) {
                if (state.birthProblem != null) Label(state.birthProblem, size = Size.Note, bold = true, colour = palette.error.text)
                else if (state.birthProof != null) Note(state.birthProof)
            }
            PlainButton(words.attributesDayUnknown, actions::dayUnknown)
        }
    }
}

@Composable
private fun Number(number: NumberState, actions: AttributesActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    val isId = number.kind == NumberKind.ApplicationId
    Column {
        Heading(if (isId) words.attributesId else words.attributesIndividual, note = if (isId) words.attributesIdNote(number.length) else words.attributesIndividualNote(number.length))
        Panel(line = palette.primary) {
            Column(Modifier.padding(20.dp), Arrangement.spacedBy(14.dp)) {
                if (number.kinds.size > 1) Segments(number.kinds.map { it to if (it == NumberKind.ApplicationId) words.attributesId else words.attributesIndividual }, number.kind, actions::numberKind)
                if (number.isCovered) Covered() else Digits(number)
                if (number.isOptional) Note(words.attributesOptional)
                if (number.isPrivate) SecondaryButton(if (number.isCovered) words.attributesShow else words.attributesCover, { actions.uncover(number.isCovered) }, icon = Icons.Hide.takeIf { !number.isCovered })
                if (number.problem != null) Label(number.problem, bold = true, colour = palette.error.text)
            }
        }
    }
}

/** A number that is kept and that nobody reads by the way. */
@Composable
private fun Covered() {
    val words = LocalWords.current
    Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
        Icon(Icons.Check, LocalPalette.current.ok.solid)
        Column {
            Label(words.attributesCovered, bold = true)
            Note(words.attributesCoveredNote)
        }
    }
}

@Composable
private fun Digits(number: NumberState) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    val typed = number.digits.length
    DigitGroups(number.digits, number.groups)
    Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
        Bar(typed.toFloat() / number.length, Modifier.weight(1f))
        Label(words.attributesIdCount(typed, number.length), bold = true, colour = palette.onSelected)
        if (typed < number.length) Label(words.attributesIdLeft(number.length - typed), bold = true, colour = palette.onSelected)
    }
}

@Composable
private fun Contact(state: AttributesState, actions: AttributesActions) {
    val words = LocalWords.current
    Panel {
        Column(Modifier.padding(16.dp), Arrangement.spacedBy(12.dp)) {
            val owners = listOf(Whose.Own to words.attributesOwn, Whose.Relation to words.attributesRelation, Whose.Facility to words.attributesFacility)
            Segments(owners, state.whose, actions::whose)
            if (state.whose == Whose.Relation) {
                Field(words.attributesContactName, state.contactName.text, actions::contactName, Modifier.fillMaxWidth(), accepted = state.contactName.isAccepted, problem = state.contactName.problem)
            }
            Field(words.attributesPhone, state.phone.text, actions::phone, Modifier.fillMaxWidth(), Keys.Phone, state.phone.isAccepted, state.phone.problem, help = words.attributesPhoneNote)
        }
    }
}

/** How far something is, as a bar; the number stands beside it in words. */
@Composable
fun Bar(share: Float, modifier: Modifier = Modifier) {
    val palette = LocalPalette.current
    Box(modifier.height(10.dp).background(palette.disabled, CircleShape)) {
        Box(Modifier.fillMaxWidth(share.coerceIn(0f, 1f)).fillMaxHeight().background(palette.primary, CircleShape))
    }
}

@Composable
private fun Pad(number: NumberState, actions: AttributesActions) {
    val words = LocalWords.current
    Column {
        Heading(words.attributesPad)
        Panel { NumberPad(actions::digit, actions::erase, actions::clear, Modifier.padding(12.dp)) }
    }
    // The code of the form holds a 申請書ID.
    if (number.kind != NumberKind.ApplicationId) return
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        SecondaryButton(words.attributesScan, actions::scan, Modifier.fillMaxWidth(), icon = Icons.Code, height = 56.dp)
        Note(words.attributesScanNote)
    }
}
