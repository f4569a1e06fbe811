package app.homon.desk.bench

import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.unit.Density
import app.homon.core.Homon
import app.homon.desk.DeskPlatform
import app.homon.journeys.BoardJourney
import app.homon.journeys.HomonApp
import app.homon.journeys.Place
import app.homon.screens.TestFont
import kotlin.io.path.createTempDirectory
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.job
import kotlinx.coroutines.joinAll

/** The app drawn without a screen, as large as a tablet, on the thread of [scope]. */
private class Drawn(core: Homon, private val scope: CoroutineScope) {
    val app = HomonApp(core, DeskPlatform(createTempDirectory(), camera = null, choose = { null }), scope)
    private val scene = ImageComposeScene(1280, 800, Density(1f), Dispatchers.Main) { app.Show(TestFont) }

    /** Draws what is there now, and once more what came of drawing it: what is laid out asks for the rest of itself. */
    fun draw() {
        repeat(2) { if (it == 0 || scene.hasInvalidations()) scene.render(System.nanoTime()) }
    }

    /** Waits until the app has done what it began. */
    suspend fun settles() = scope.coroutineContext.job.children.toList().joinAll()
}

/** From the accepted PIN to the page of the day, and from there to the board; together, each, and what the PIN took. */
suspend fun firstScreen(tablet: Prepared, scope: CoroutineScope): Operation {
    val core = tablet.open()
    val staff = someoneWithARealPin(core, tablet)
    val drawn = Drawn(core, scope)
    drawn.app.start().join()
    drawn.draw()
    return {
        core.signOut()
        val pin = took { core.signIn(staff, tablet.pin) }
        val today = took {
            drawn.app.signedIn(staff)
            drawn.draw()
        }
        check(drawn.app.today?.visits?.size == tablet.visits)
        val board = took {
            drawn.app.open(Place.Board(tablet.part))
            drawn.draw()
        }
        drawn.app.signOut().join()
        drawn.draw()
        listOf(today + board, today, board, pin)
    }
}

/** The tablet was prepared with PINs that are quick to try. */
private suspend fun someoneWithARealPin(core: Homon, tablet: Prepared): String {
    core.signIn(tablet.staff, tablet.pin)
    val others = core.programme().staff.map { it.code }
    val staff = others.first { it != tablet.staff }
    if (core.staffWithPin().none { it.code == staff }) core.addStaff(staff, tablet.pin)
    core.signOut()
    return staff
}

/** One letter more or less in the search: the picture with the letter, the picture with who was found, and all of it. */
suspend fun typing(tablet: Prepared, scope: CoroutineScope): Operation {
    val core = tablet.open().also { it.signIn(tablet.staff, tablet.pin) }
    val drawn = Drawn(core, scope)
    drawn.app.signedIn(tablet.staff)
    val board = BoardJourney(drawn.app, tablet.part).also { it.load() }
    drawn.app.show(Place.Board(tablet.part), board)
    drawn.draw()
    val typed = tablet.names.flatMap { name -> name.indices.map { name.take(it + 1) } + "" }
    var round = 0
    return {
        val text = typed[round++ % typed.size]
        val began = System.nanoTime()
        val letter = took {
            board.search(text)
            drawn.draw()
        }
        drawn.settles()
        val found = took { drawn.draw() }
        listOf(letter, found, System.nanoTime() - began)
    }
}
