package app.homon.screens

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import app.homon.design.ActionBar
import app.homon.design.Frame
import app.homon.design.FrameActions
import app.homon.design.LocalLayout
import app.homon.design.LocalWords
import app.homon.design.PlainButton
import app.homon.design.PrimaryButton
import app.homon.design.Room
import app.homon.design.Safety
import app.homon.design.SecondaryButton
import app.homon.design.StepLine
import app.homon.design.Stepper

/** What stands around every step of a case. */
@Immutable
data class CaseHead(
    val name: String,
    val about: String,
    val safety: Safety,
    val steps: List<StepLine>,
    val now: Int,
    /** What was refused or could not be kept, in words that say what to do. */
    val problem: String? = null,
    /** Whether it can end without an application. */
    val canLeave: Boolean = true,
    /** Whether its photo may still be other than it is. */
    val canChangePhoto: Boolean = true,
)

/** Moving between the steps of a case. */
interface CaseActions {
    fun go(step: Int)
    fun leave()
    fun next()
}

/** A step of a case: the steps at the left, its own matter, and the way on at the lower right. */
@Composable
fun CaseFrame(
    head: CaseHead,
    actions: CaseActions,
    frame: FrameActions,
    next: String,
    reason: String?,
    leading: (@Composable () -> Unit)? = null,
    content: @Composable () -> Unit,
) {
    val words = LocalWords.current
    val layout = LocalLayout.current
    val leaving: @Composable () -> Unit = { if (head.canLeave) SecondaryButton(words.caseLeave, actions::leave, Modifier.fillMaxWidth()) }
    val side: @Composable () -> Unit = { Stepper(head.steps, head.now, actions::go, leaving) }
    val bar: @Composable () -> Unit = {
        ActionBar(
            reason,
            leading = {
                if (!layout.hasSide && head.canLeave) PlainButton(words.caseLeave, actions::leave)
                leading?.invoke()
            },
        ) { PrimaryButton(next, actions::next, enabled = reason == null) }
    }
    Frame(head.name, head.about, head.safety, frame, here = null, side = side, bar = bar, problem = head.problem) { content() }
}

/** Two columns where there is room, one below the other where there is not. Each scrolls. */
@Composable
fun TwoColumns(first: @Composable () -> Unit, second: @Composable () -> Unit, secondWidth: Dp? = null) {
    if (LocalLayout.current.room == Room.TwoPanes) {
        Row(Modifier.fillMaxSize().padding(horizontal = 20.dp), Arrangement.spacedBy(20.dp)) {
            Scrolled(Modifier.weight(1f), first)
            Scrolled(if (secondWidth == null) Modifier.weight(1f) else Modifier.width(secondWidth), second)
        }
    } else {
        Column(Modifier.fillMaxSize().verticalScroll(rememberScrollState()).padding(20.dp), Arrangement.spacedBy(20.dp)) {
            first()
            second()
        }
    }
}

@Composable
private fun Scrolled(modifier: Modifier, content: @Composable () -> Unit) {
    Column(modifier.fillMaxHeight().verticalScroll(rememberScrollState()).padding(vertical = 20.dp), Arrangement.spacedBy(20.dp)) { content() }
}
