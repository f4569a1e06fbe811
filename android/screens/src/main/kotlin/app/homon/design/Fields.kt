package app.homon.design

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.interaction.MutableInteractionSource
import androidx.compose.foundation.interaction.collectIsFocusedAsState
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.text.BasicTextField
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.runtime.Composable
import androidx.compose.runtime.MutableState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.SolidColor
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.key
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.error
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.TextRange
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.text.input.PasswordVisualTransformation
import androidx.compose.ui.text.input.TextFieldValue
import androidx.compose.ui.text.input.VisualTransformation
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp

/** What a keyboard is asked for. None of them learns from what is typed: it is about people. */
enum class Keys { Words, Digits, Secret, Phone }

private fun options(keys: Keys): KeyboardOptions = KeyboardOptions(
    capitalization = KeyboardCapitalization.None,
    autoCorrectEnabled = false,
    keyboardType = when (keys) {
        Keys.Words -> KeyboardType.Text
        Keys.Digits -> KeyboardType.Number
        Keys.Secret -> KeyboardType.NumberPassword
        Keys.Phone -> KeyboardType.Phone
    },
)

/** The box of a field: a ring around it while it has the focus, and a line that may say that something is wrong. */
@Composable
private fun Modifier.fieldBox(focused: Boolean, height: Dp, wrong: Color? = null): Modifier {
    val palette = LocalPalette.current
    val ring = if (focused) border(3.dp, Palette.Focus, ControlShape).padding(2.dp) else this
    val line = wrong ?: if (focused) palette.primary else palette.control
    return ring.heightIn(min = height).background(palette.surface, ControlShape).border(if (focused) 2.dp else 1.dp, line, ControlShape)
}

/** A field with its label above; a check when the core has accepted it, and what to mend when it has not. */
@Composable
fun Field(
    label: String,
    value: String,
    onChange: (String) -> Unit,
    modifier: Modifier = Modifier,
    keys: Keys = Keys.Words,
    accepted: Boolean = false,
    problem: String? = null,
    help: String? = null,
    lines: Int = 1,
    icon: ImageVector? = null,
) {
    val palette = LocalPalette.current
    val source = remember { MutableInteractionSource() }
    val focused by source.collectIsFocusedAsState()
    val line = if (problem != null) palette.error.solid else null
    val typed = typed(value)
    Column(modifier, Arrangement.spacedBy(4.dp)) {
        Label(label, size = Size.Note, bold = true)
        BasicTextField(
            typed.value,
            { typed.value = it; if (it.text != value) onChange(it.text) },
            Modifier.fillMaxWidth().semantics {
                contentDescription = label
                if (problem != null) error(problem)
            },
            textStyle = textStyle(Size.Name),
            keyboardOptions = options(keys),
            singleLine = lines == 1,
            minLines = lines,
            visualTransformation = if (keys == Keys.Secret) PasswordVisualTransformation() else VisualTransformation.None,
            interactionSource = source,
            cursorBrush = SolidColor(palette.primary),
        ) { inner ->
            Row(
                Modifier.fieldBox(focused, 56.dp, line).padding(horizontal = 14.dp, vertical = 8.dp),
                Arrangement.spacedBy(10.dp),
                if (lines == 1) Alignment.CenterVertically else Alignment.Top,
            ) {
                if (icon != null) Icon(icon, palette.secondary)
                Box(Modifier.weight(1f)) { inner() }
                if (accepted) Icon(Icons.Check, palette.ok.solid)
            }
        }
        if (problem != null) Label(problem, size = Size.Note, bold = true, colour = palette.error.text)
        else if (help != null) Note(help)
    }
}

/** What is being typed. What did not come from the keyboard is gone on from at its end. */
@Composable
private fun typed(value: String): MutableState<TextFieldValue> {
    val typed = remember { mutableStateOf(TextFieldValue(value, TextRange(value.length))) }
    if (typed.value.text != value) typed.value = TextFieldValue(value, TextRange(value.length))
    return typed
}

/** Where one types what is looked for. The lens and the words inside it say so; they give way to what is typed. */
@Composable
fun SearchField(label: String, value: String, onChange: (String) -> Unit, modifier: Modifier = Modifier) {
    val palette = LocalPalette.current
    val source = remember { MutableInteractionSource() }
    val focused by source.collectIsFocusedAsState()
    val here = remember { FocusRequester() }
    Shortcut { event -> event.isSlash.also { if (it) here.requestFocus() } }
    BasicTextField(
        value,
        onChange,
        modifier.focusRequester(here).semantics { contentDescription = label },
        textStyle = textStyle(Size.Body),
        keyboardOptions = options(Keys.Words),
        singleLine = true,
        interactionSource = source,
        cursorBrush = SolidColor(palette.primary),
    ) { inner ->
        Row(
            Modifier.fieldBox(focused, 48.dp).padding(horizontal = 14.dp, vertical = 6.dp),
            Arrangement.spacedBy(10.dp),
            Alignment.CenterVertically,
        ) {
            Icon(Icons.Search, palette.secondary)
            Box(Modifier.weight(1f)) {
                if (value.isEmpty()) Label(label, colour = palette.secondary, maxLines = 1)
                inner()
            }
        }
    }
}

/** A field for two or three digits with its word behind it: 13 年. */
@Composable
fun ShortField(label: String, value: String, onChange: (String) -> Unit, modifier: Modifier = Modifier) {
    val palette = LocalPalette.current
    val source = remember { MutableInteractionSource() }
    val focused by source.collectIsFocusedAsState()
    Row(modifier, Arrangement.spacedBy(6.dp), Alignment.CenterVertically) {
        BasicTextField(
            value,
            onChange,
            Modifier.width(LocalLayout.current.letters(52.dp)).semantics { contentDescription = label },
            textStyle = textStyle(Size.Name, align = TextAlign.Center),
            keyboardOptions = options(Keys.Digits),
            singleLine = true,
            interactionSource = source,
            cursorBrush = SolidColor(palette.primary),
        ) { inner ->
            Box(
                Modifier.fieldBox(focused, 56.dp).padding(6.dp),
                Alignment.Center,
            ) { inner() }
        }
        Label(label, Modifier.clearAndSetSemantics {})
    }
}

/** Digits in groups on underlines, so that they can be counted and compared with the printed form. */
@Composable
fun DigitGroups(digits: String, groups: List<Int>, modifier: Modifier = Modifier) {
    val palette = LocalPalette.current
    val spoken = digits.chunked(4).joinToString(" ")
    FlowRow(modifier.semantics(mergeDescendants = true) { contentDescription = spoken }, Arrangement.spacedBy(14.dp), Arrangement.spacedBy(8.dp)) {
        var at = 0
        for (group in groups) {
            Row(horizontalArrangement = Arrangement.spacedBy(2.dp)) {
                repeat(group) {
                    val digit = digits.getOrNull(at)?.toString() ?: ""
                    val isNext = at == digits.length
                    val line = if (isNext) palette.primary else if (digit.isEmpty()) palette.control else palette.text
                    Column(Modifier.width(LocalLayout.current.letters(20.dp)), horizontalAlignment = Alignment.CenterHorizontally) {
                        Box(Modifier.fillMaxWidth().background(if (isNext) palette.selected else palette.surface), Alignment.Center) {
                            Label(digit.ifEmpty { " " }, size = Size.Verdict, bold = true)
                        }
                        Box(Modifier.fillMaxWidth().height(if (isNext) 3.dp else 2.dp).background(line))
                    }
                    at += 1
                }
            }
        }
    }
}

/** Keys for digits, large enough for someone who stands at a bed. */
@Composable
fun NumberPad(onDigit: (Char) -> Unit, onErase: () -> Unit, onClear: () -> Unit, modifier: Modifier = Modifier) {
    val words = LocalWords.current
    Shortcut { event -> event.digit?.let(onDigit) != null || (event.key == Key.Backspace).also { if (it) onErase() } }
    Column(modifier, Arrangement.spacedBy(8.dp)) {
        for (row in listOf("123", "456", "789")) {
            Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp)) {
                for (digit in row) PadKey(digit.toString(), Modifier.weight(1f)) { onDigit(digit) }
            }
        }
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp)) {
            PadKey(words.padClear, Modifier.weight(1f), small = true, onPress = onClear)
            PadKey("0", Modifier.weight(1f)) { onDigit('0') }
            PadKey(words.padErase, Modifier.weight(1f), icon = Icons.Erase, onPress = onErase)
        }
    }
}

@Composable
private fun PadKey(text: String, modifier: Modifier, small: Boolean = false, icon: ImageVector? = null, onPress: () -> Unit) {
    val palette = LocalPalette.current
    Box(
        modifier.heightIn(min = 68.dp).background(palette.background, ControlShape).border(1.dp, palette.control, ControlShape)
            .pressable(onPress = onPress).semantics { if (icon != null) contentDescription = text },
        Alignment.Center,
    ) {
        if (icon != null) Icon(icon, palette.text, size = 24.dp) else Label(text, size = if (small) Size.Body else Size.Verdict, bold = !small)
    }
}
