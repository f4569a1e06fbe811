package app.homon.design

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp

/** Side by side while there is room, and below each other where there is none. */
@Composable
fun FlowRowOf(modifier: Modifier = Modifier, content: @Composable () -> Unit) {
    FlowRow(modifier, Arrangement.spacedBy(8.dp), Arrangement.spacedBy(8.dp)) { content() }
}
