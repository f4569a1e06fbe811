package app.homon.desk.bench

import java.nio.file.Path
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext

/**
 * `SidesKt SIDE FOLDER`: one side of a comparison of `cargo xtask bench`, on a tablet that the bench has prepared. It says
 * `ready`, and then for each line of its input how long the parts of one operation took, in nanoseconds.
 */
fun main(arguments: Array<String>) {
    val (side, folder) = arguments
    runBlocking {
        // The one thread that draws, as in the window: Compose itself tells of what has changed on no other.
        val window = CoroutineScope(SupervisorJob() + Dispatchers.Main)
        val operation = withContext(Dispatchers.Main) { operation(side, Prepared(Path.of(folder)), window) }
        println("ready")
        while (readlnOrNull() != null) println(withContext(Dispatchers.Main) { operation() }.joinToString(" "))
    }
    // The threads of what draws would keep the program.
    System.exit(0)
}

private suspend fun operation(side: String, tablet: Prepared, window: CoroutineScope): Operation = when (side) {
    "calls-kotlin" -> calls(tablet)
    "photo-kotlin" -> photo(tablet)
    "rows-kotlin" -> rows(tablet)
    "first-screen" -> firstScreen(tablet, window)
    "typing" -> typing(tablet, window)
    else -> error("there is no side $side")
}

/** One operation: how long its parts took. */
typealias Operation = suspend () -> List<Long>

/** How long something takes, in nanoseconds. */
inline fun took(work: () -> Unit): Long {
    val began = System.nanoTime()
    work()
    return System.nanoTime() - began
}
