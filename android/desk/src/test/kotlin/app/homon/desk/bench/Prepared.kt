package app.homon.desk.bench

import app.homon.core.Clock
import app.homon.core.Homon
import app.homon.core.Timestamp
import app.homon.core.softwareVault
import app.homon.journeys.Part
import java.nio.file.Path
import java.time.Instant
import java.util.Properties
import kotlin.io.path.bufferedReader

/** A tablet that the bench has prepared, and what a person knows who takes it up. */
class Prepared(private val folder: Path) {
    private val facts = Properties().apply { folder.resolve("tablet.properties").bufferedReader().use(::load) }
    val staff: String = fact("staff")
    val pin: String = fact("pin")
    val part = Part(fact("visit"), fact("part").toUByte())
    val case: String = fact("case")
    val cases: Int = fact("cases").toInt()
    val visits: Int = fact("visits").toInt()
    val names: List<String> = fact("names").split(';')
    val text: String = fact("text")
    val photo: Int = fact("photo").toInt()

    /** The core, with the PINs of the app. */
    fun open(): Homon {
        val now = Instant.parse(fact("now"))
        val clock = object : Clock {
            override fun now(): Timestamp = now
        }
        return Homon.open("${folder.resolve("files")}", softwareVault("${folder.resolve("vault")}"), clock, null, null)
    }

    private fun fact(name: String): String = checkNotNull(facts.getProperty(name)) { "the bench did not write $name" }
}
