package app.homon.screens

import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.IntrinsicSize
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.onClick
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.homon.design.Banner
import app.homon.design.ControlShape
import app.homon.design.Destination
import app.homon.design.Divider
import app.homon.design.FlowRowOf
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.Icon
import app.homon.design.Icons
import app.homon.design.Label
import app.homon.design.LocalLayout
import app.homon.design.LocalPalette
import app.homon.design.LocalWords
import app.homon.design.Mark
import app.homon.design.Note
import app.homon.design.PlainButton
import app.homon.design.PrimaryButton
import app.homon.design.Progress
import app.homon.design.Room
import app.homon.design.Safety
import app.homon.design.SearchField
import app.homon.design.SecondaryButton
import app.homon.design.Size
import app.homon.design.Standing
import app.homon.design.StatusChip
import app.homon.design.StepLine
import app.homon.design.VerticalLine
import app.homon.design.pressable
import app.homon.design.wordOf

/** One resident on the board. */
@Immutable
data class BoardRow(
    val key: String,
    val number: String,
    val name: String,
    val room: String,
    val standing: Standing,
    val note: String = "",
)

/** The chosen resident, with what is done and what is not. */
@Immutable
data class BoardDetail(val row: BoardRow, val about: String, val next: String?, val steps: List<StepLine>, val canLeave: Boolean, val canMove: Boolean = false)

/** Everyone of a visit, in the order of the round. */
@Immutable
data class BoardState(
    val site: String,
    val time: String,
    val safety: Safety,
    val search: String,
    val filter: Standing?,
    /** How many stand where; their sum is the first cell. */
    val counts: List<Pair<Standing, Int>>,
    val rows: List<BoardRow>,
    val detail: BoardDetail?,
    val consultations: Int,
    val unread: Int,
    /** Photos of the activity that are kept. */
    val photos: Int = 0,
    /** Whether what is done less often is shown in place of the rows. */
    val isMoreOpen: Boolean = false,
    /** Why nobody can be received any more, where it is so. */
    val closed: String? = null,
    /** What was not taken, and what to do. */
    val problem: String? = null,
)

/** What a person does on the board. */
interface BoardActions {
    fun search(text: String)
    fun filter(standing: Standing?)
    fun select(row: String)
    fun openCase()
    fun notToday()
    fun move()
    fun add()
    fun importRoster()
    fun consultation()
    fun photos()
    fun handOver()
    fun addTablet()
    fun close()
    fun more(isOpen: Boolean)
}

/** Who is done, who is not and why; going on where it stopped. */
@Composable
fun BoardScreen(state: BoardState, actions: BoardActions, frame: FrameActions) {
    val wide = LocalLayout.current.room == Room.TwoPanes
    Frame(state.site, state.time, state.safety, frame, Destination.Visit, state.unread) {
        Row(Modifier.fillMaxSize()) {
            Column(Modifier.weight(1f).fillMaxHeight()) {
                Finding(state, actions)
                Divider()
                if (state.isMoreOpen) BoardMore(state, actions, Modifier.weight(1f)) else Rows(state, actions, Modifier.weight(1f))
                if (LocalLayout.current.isLarge) {
                    LargeFoot(state, actions)
                } else {
                    if (!wide && state.detail != null) DetailBelow(state.detail, actions)
                    Foot(state, actions)
                }
            }
            if (wide && state.detail != null) {
                VerticalLine()
                DetailBeside(state.detail, actions)
            }
        }
    }
}

@Composable
private fun Finding(state: BoardState, actions: BoardActions) {
    val words = LocalWords.current
    val layout = LocalLayout.current
    Column(Modifier.fillMaxWidth().padding(horizontal = 20.dp, vertical = 12.dp), Arrangement.spacedBy(10.dp)) {
        var choosing by remember { mutableStateOf(false) }
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
            val search = if (layout.isLarge) words.boardSearchShort else words.boardSearch
            SearchField(search, state.search, actions::search, Modifier.weight(1f))
            if (layout.isLarge) FilterButton(state) { choosing = !choosing }
            if (state.closed == null) {
                SecondaryButton(if (layout.isLarge) words.boardAddShort else words.boardAdd, actions::add, icon = Icons.Plus)
                if (!layout.isLarge) SecondaryButton(words.boardImport, actions::importRoster)
            }
        }
        if (choosing) FilterChoices(state) {
            choosing = false
            actions.filter(it)
        }
        if (state.closed != null) Banner(Icons.Lock, LocalPalette.current.progress, state.closed)
        if (state.problem != null) Banner(null, LocalPalette.current.error, state.problem)
        if (!layout.isLarge) Cells(state, actions)
    }
}

/** Counts that are filters too. */
@Composable
private fun Cells(state: BoardState, actions: BoardActions) {
    Row(Modifier.fillMaxWidth().height(IntrinsicSize.Min), Arrangement.spacedBy(8.dp)) {
        Cell(null, state.counts.sumOf { it.second }, state.filter == null, Modifier.weight(1f)) { actions.filter(null) }
        for ((standing, count) in state.counts) {
            Cell(standing, count, state.filter == standing, Modifier.weight(1f)) { actions.filter(standing) }
        }
    }
}

@Composable
private fun Cell(standing: Standing?, count: Int, isChosen: Boolean, modifier: Modifier, onPress: () -> Unit) {
    val palette = LocalPalette.current
    val ink = if (isChosen) palette.onPrimary else palette.text
    Column(
        modifier.fillMaxHeight().heightIn(min = 58.dp).background(if (isChosen) palette.primary else palette.surface, ControlShape)
            .border(1.dp, if (isChosen) palette.primary else palette.control, ControlShape)
            .pressable(role = Role.Tab, onPress = onPress).semantics(mergeDescendants = true) { selected = isChosen }.padding(vertical = 3.dp),
        Arrangement.Center,
        Alignment.CenterHorizontally,
    ) {
        Label("$count", size = Size.Title, bold = true, colour = ink)
        Row(horizontalArrangement = Arrangement.spacedBy(5.dp), verticalAlignment = Alignment.CenterVertically) {
            if (standing != null) {
                if (isChosen) Mark(standing, colour = ink, inside = palette.primary) else Mark(standing)
            }
            Label(standing?.let { wordOf(it) } ?: LocalWords.current.boardAll, size = Size.Note, bold = true, colour = ink, maxLines = 1)
        }
    }
}

/** Where the text is large, the cells fold into one button. */
@Composable
private fun FilterButton(state: BoardState, onPress: () -> Unit) {
    val words = LocalWords.current
    val now = state.filter
    val count = if (now == null) state.counts.sumOf { it.second } else state.counts.first { it.first == now }.second
    SecondaryButton(words.boardFilter(now?.let { wordOf(it) } ?: words.boardAll, count), onPress, icon = Icons.Down)
}

@Composable
private fun FilterChoices(state: BoardState, onChoose: (Standing?) -> Unit) {
    val words = LocalWords.current
    FlowRowOf {
        for ((standing, number) in listOf<Pair<Standing?, Int>>(null to state.counts.sumOf { it.second }) + state.counts) {
            SecondaryButton(words.boardFilter(standing?.let { wordOf(it) } ?: words.boardAll, number), { onChoose(standing) })
        }
    }
}

@Composable
private fun Rows(state: BoardState, actions: BoardActions, modifier: Modifier) {
    val words = LocalWords.current
    val surface = LocalPalette.current.surface
    if (state.rows.isEmpty()) {
        Box(modifier.fillMaxWidth().background(surface).padding(32.dp), Alignment.Center) {
            Label(if (state.search.isEmpty() && state.filter == null) words.boardEmpty else words.boardNobody, size = Size.Name)
        }
        return
    }
    LazyColumn(modifier.fillMaxWidth().background(surface)) {
        items(state.rows, { it.key }) { row -> PersonRow(row, row.key == state.detail?.row?.key) { actions.select(row.key) } }
    }
}

@Composable
private fun PersonRow(row: BoardRow, isChosen: Boolean, onPress: () -> Unit) {
    val palette = LocalPalette.current
    val words = LocalWords.current
    val spoken = listOf(words.boardNumber(row.number), row.name, row.room, wordOf(row.standing), row.note).filter { it.isNotEmpty() }.joinToString("、")
    val ink = if (isChosen) palette.onSelected else palette.text
    Column {
        Row(
            Modifier.fillMaxWidth().heightIn(min = 53.dp).background(if (isChosen) palette.selected else palette.surface)
                .pressable(RoundedCornerShape(0.dp), onPress = onPress)
                .clearAndSetSemantics {
                    contentDescription = spoken
                    selected = isChosen
                    role = Role.Button
                    onClick { onPress(); true }
                },
            verticalAlignment = Alignment.CenterVertically,
        ) {
            Box(Modifier.width(4.dp).height(53.dp).background(if (isChosen) palette.primary else palette.surface))
            if (LocalLayout.current.isLarge) TwoLines(row, ink, Modifier.weight(1f)) else OneLine(row, ink, Modifier.weight(1f))
            Box(Modifier.padding(horizontal = 16.dp)) { Icon(Icons.Right, palette.secondary) }
        }
        Divider()
    }
}

@Composable
private fun OneLine(row: BoardRow, ink: androidx.compose.ui.graphics.Color, modifier: Modifier) {
    Row(modifier.padding(start = 16.dp), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
        Note(row.number, Modifier.width(36.dp))
        Label(row.name, Modifier.weight(3f), Size.Name, bold = true, colour = ink, maxLines = 1)
        Label(row.room, Modifier.weight(2f), maxLines = 1)
        Box(Modifier.width(116.dp)) { StatusChip(row.standing) }
        Note(row.note, Modifier.weight(5f))
    }
}

@Composable
private fun TwoLines(row: BoardRow, ink: androidx.compose.ui.graphics.Color, modifier: Modifier) {
    Column(modifier.padding(start = 16.dp, top = 6.dp, bottom = 6.dp)) {
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(16.dp), Alignment.CenterVertically) {
            Note(row.number)
            Label(row.name, size = Size.Name, bold = true, colour = ink)
            Label(row.room, Modifier.weight(1f))
            StatusChip(row.standing)
        }
        if (row.note.isNotEmpty()) Note(row.note)
    }
}

@Composable
private fun Foot(state: BoardState, actions: BoardActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    Divider()
    Row(Modifier.fillMaxWidth().background(palette.surface).padding(horizontal = 20.dp, vertical = 8.dp), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
        Icon(Icons.Messages, palette.secondary)
        Label(words.boardConsultations, colour = palette.secondary)
        Label(words.boardConsultationsCount(state.consultations), size = Size.Name, bold = true)
        if (state.closed == null) SecondaryButton(words.boardConsultationsMore, actions::consultation, icon = Icons.Plus)
        Spacer(Modifier.weight(1f))
        PlainButton(words.boardPhotos(state.photos), actions::photos, icon = Icons.Picture)
        PlainButton(words.boardMore, { actions.more(!state.isMoreOpen) }, icon = Icons.More)
        PlainButton(words.boardClose, actions::close, forward = true)
    }
}

@Composable
private fun DetailBeside(detail: BoardDetail, actions: BoardActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    Column(Modifier.width(400.dp).fillMaxHeight().background(palette.surface).padding(24.dp)) {
        Column(Modifier.weight(1f).verticalScroll(rememberScrollState()), Arrangement.spacedBy(14.dp)) {
            Row(verticalAlignment = Alignment.CenterVertically) {
                Note(words.boardNumberRoom(detail.row.number, detail.row.room), Modifier.weight(1f))
                StatusChip(detail.row.standing)
            }
            Column {
                Label(words.boardPerson(detail.row.name), Modifier.semantics { heading() }, Size.Verdict, bold = true)
                if (detail.about.isNotEmpty()) Label(detail.about, colour = palette.secondary)
            }
            if (detail.next != null) Banner(Icons.Pencil, palette.progress, detail.next, detail = words.boardNothingLost)
            if (detail.steps.isNotEmpty()) Divider()
            for (step in detail.steps) Step(step)
            Divider()
            Row(horizontalArrangement = Arrangement.spacedBy(10.dp), verticalAlignment = Alignment.CenterVertically) {
                Icon(Icons.Hide, palette.secondary)
                Note(words.boardMasked)
            }
            if (detail.canMove) PlainButton(words.boardMove, actions::move, icon = Icons.Pencil)
        }
        Column(Modifier.padding(top = 12.dp), Arrangement.spacedBy(12.dp)) {
            if (detail.canLeave) SecondaryButton(words.boardNotToday, actions::notToday, Modifier.fillMaxWidth())
            PrimaryButton(openWord(detail), actions::openCase, Modifier.fillMaxWidth(), forward = true, height = 64.dp)
        }
    }
}

@Composable
private fun openWord(detail: BoardDetail): String {
    val words = LocalWords.current
    return if (detail.row.standing == Standing.NotReceived) words.boardReceive else words.boardOpen
}

@Composable
private fun Step(step: StepLine) {
    val palette = LocalPalette.current
    Row(Modifier.fillMaxWidth().heightIn(min = 36.dp).semantics(mergeDescendants = true) {}, Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
        val standing = when (step.progress) {
            Progress.Done -> Standing.Ready
            Progress.Missing -> Standing.Draft
            Progress.Open -> Standing.NotReceived
        }
        Mark(standing, size = 20.dp)
        Label(step.title, Modifier.weight(1f), bold = step.progress == Progress.Missing)
        if (step.note != null) {
            val missing = step.progress == Progress.Missing
            Label(step.note, Modifier.weight(1f), Size.Note, bold = missing, colour = if (missing) palette.progress.text else palette.secondary)
        }
    }
}

@Composable
private fun DetailBelow(detail: BoardDetail, actions: BoardActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    Divider(colour = palette.primary)
    Row(Modifier.fillMaxWidth().background(palette.surface).padding(20.dp, 12.dp), Arrangement.spacedBy(16.dp), Alignment.CenterVertically) {
        Column(Modifier.weight(1f)) {
            Row(horizontalArrangement = Arrangement.spacedBy(12.dp), verticalAlignment = Alignment.CenterVertically) {
                Label(words.boardPerson(detail.row.name), size = Size.Time, bold = true)
                StatusChip(detail.row.standing)
            }
            Note(words.boardNumberRoom(detail.row.number, detail.row.room))
            if (detail.next != null) Label(detail.next, bold = true, colour = palette.progress.text)
            if (detail.canMove) PlainButton(words.boardMove, actions::move, icon = Icons.Pencil)
        }
        Column(Modifier.width(240.dp), Arrangement.spacedBy(8.dp)) {
            PrimaryButton(openWord(detail), actions::openCase, Modifier.fillMaxWidth(), forward = true)
            if (detail.canLeave) SecondaryButton(words.boardNotToday, actions::notToday, Modifier.fillMaxWidth())
        }
    }
}

/** Where the text is large: the chosen resident in two lines, and everything else behind one button. */
@Composable
private fun LargeFoot(state: BoardState, actions: BoardActions) {
    val words = LocalWords.current
    val palette = LocalPalette.current
    val detail = state.detail
    val more: @Composable () -> Unit = { SecondaryButton(words.boardMore, { actions.more(!state.isMoreOpen) }, height = 64.dp) }
    Divider(colour = palette.primary)
    if (LocalLayout.current.room == Room.Narrow) {
        Column(Modifier.fillMaxWidth().background(palette.surface).padding(20.dp, 10.dp), Arrangement.spacedBy(8.dp)) {
            if (detail != null) Chosen(detail, Modifier.fillMaxWidth())
            Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(12.dp, Alignment.End), Alignment.CenterVertically) {
                more()
                if (detail != null) PrimaryButton(openWord(detail), actions::openCase, Modifier.weight(1f), forward = true, height = 64.dp)
            }
        }
    } else {
        Row(Modifier.fillMaxWidth().background(palette.surface).padding(20.dp, 10.dp), Arrangement.spacedBy(12.dp), Alignment.CenterVertically) {
            if (detail != null) Chosen(detail, Modifier.weight(1f)) else Spacer(Modifier.weight(1f))
            more()
            if (detail != null) PrimaryButton(openWord(detail), actions::openCase, forward = true, height = 64.dp)
        }
    }
}

@Composable
private fun Chosen(detail: BoardDetail, modifier: Modifier) {
    Column(modifier) {
        Label(LocalWords.current.boardPerson(detail.row.name), size = Size.Name, bold = true)
        if (detail.next != null) Note(detail.next, colour = LocalPalette.current.progress.text)
    }
}
