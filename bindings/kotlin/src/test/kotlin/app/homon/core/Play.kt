package app.homon.core

import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.createDirectories
import kotlin.io.path.readBytes
import kotlin.io.path.readText
import kotlin.io.path.writeText
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlin.text.Charsets.ISO_8859_1
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** A scenario, played through the bindings on tablets of its own against a real city. */
class Play(private val scenario: JsonObject, private val out: Path, private val city: City) : AutoCloseable {
    private val prepared = out.resolve("prepared")
    val tablets: Map<String, ScriptedTablet>
    private val folder = out.resolve("tablet")

    init {
        prepare(city.found(scenario.text("programme")))
        tablets = scenario.list("tablets").map { it.jsonObject.text("label") }.associateWith { ScriptedTablet(folder.resolve(it), scenario, prepared, it) }
    }

    override fun close() = tablets.values.forEach { it.close() }

    /** What this cannot make itself: files of rosters, drawings, and what Rust's replay leads to. */
    private fun prepare(programme: Path) {
        val script = out.createDirectories().resolve("scenario.json").also { it.writeText("$scenario") }
        val arguments = arrayOf("--scenario", "$script", "--programme", "$programme", "--out", "$prepared")
        assertEquals(0, program("homon-script", out.resolve("script.log"), *arguments).waitFor())
    }

    /** Every tablet is enrolled, and the desk has opened what it sent first. */
    suspend fun enrol() {
        tablets.values.forEach { it.enrol(city) }
        tablets.values.forEach { assertTrue(!it.homon.today().chainProven) }
        tablets.values.forEach { assertEquals(1u, it.homon.sync(null, null).held) }
        city.desk("open")
        tablets.values.forEach { assertEquals(1u, it.homon.sync(null, null).opened) }
        tablets.values.forEach { assertTrue(it.homon.today().chainProven) }
    }

    /** The city's rosters arrive. */
    suspend fun sendRosters() {
        val rosters = scenario.list("rosters").map { it.jsonObject }
        for (roster in rosters) {
            val tablet = roster.text("tablet")
            val file = "${prepared.resolve("rosters/$tablet.csv")}"
            city.desk("roster", "--to", city.device(tablet), "--visit", roster.text("visit"), file)
        }
        assertEquals(rosters.size.toUInt(), tablets.values.sumOf { it.homon.sync(null, null).mail })
    }

    /** Every visit with each of its parts. */
    fun parts(): List<Pair<JsonObject, JsonObject>> =
        scenario.list("visits").map { it.jsonObject }.flatMap { visit -> visit.list("parts").map { visit to it.jsonObject } }

    /** Works through every part, from its opening to its seal. */
    suspend fun work() = parts().forEach { (visit, part) -> work(visit, part) }

    private suspend fun work(visit: JsonObject, part: JsonObject) {
        var tablet = tablets.getValue(part.text("tablet"))
        var played = tablet.begin(visit, part)
        part.list("steps").map { it.jsonObject }.forEachIndexed { index, step ->
            when (step.text("do")) {
                "hand_over" -> tablets.getValue(step.text("to")).let { to ->
                    played = to.take(played, tablet, index)
                    tablet = to
                }
                "key_store_dies" -> tablet.losesItsKeys(played, city)
                "destroyed" -> return tablet.isDestroyed()
                else -> played.step(index, step)
            }
        }
        played.end(part.text("staff"))
    }

    /** Everything is sent, opened, erased; and what is returned comes back. */
    suspend fun deliver() {
        val tablets = tablets.values
        tablets.forEach { it.signInFirst() }
        tablets.forEach { assertEquals(0u, it.homon.sync(null, null).outstanding) }
        tablets.forEach { tablet -> assertTrue(tablet.homon.today().visits.all { it.status == VisitStage.HELD }) }
        city.desk("open")
        val returned = scenario.list("returned").map { it.jsonObject }
        returned.forEach { city.giveBack(it.text("visit"), it.text("case"), it.text("kind"), it.text("note")) }
        tablets.forEach { assertEquals(1u, it.homon.sync(null, null).erased) }
        tablets.forEach { tablet -> assertTrue(tablet.homon.today().visits.all { it.status == VisitStage.ERASED }) }
        tablets.forEach { assertEquals(1, it.homon.erasureCertificates().size) }
        assertEquals(returned.size, tablets.sumOf { it.readMessages(returned) })
    }

    /** What the city has opened of a part, below a place of the visit, is what Rust's replay says of its first [cases] cases. */
    fun compare(visit: String, part: Int, place: String = "$part-1", cases: Int = Int.MAX_VALUE) {
        val expected = json(prepared.resolve("expected/$visit-$part.json"))
        val opened = city.opened(visit).filterKeys { it.startsWith("$place/") }.mapKeys { it.key.removePrefix("$place/") }.toSortedMap()
        val found = opened.filterKeys { it.startsWith("cases/") }.values.map { json(it) }
        assertEquals(expected.list("cases").take(cases), found.map { withoutIdentifier(it) })
        val photos = opened.filterKeys { it.startsWith("photos/") }.values.map { sha256(it.readBytes()) }
        assertEquals(found.mapNotNull { it["portrait"]?.jsonObject?.text("sha256") }, photos)
        if (cases < Int.MAX_VALUE) return
        val record = json(opened.getValue("visit.json"))
        assertEquals(expected["consultations"], record["consultations"])
        assertEquals(expected.textOrNull("remarks"), record.textOrNull("remarks"))
    }

    /** No name, address or number lies in clear on a tablet. Rust's rehearsal searches more. */
    fun searchForNames() {
        val names = scenario.list("canaries").map { it.jsonPrimitive.content.toByteArray().toString(ISO_8859_1) }
        val files = Files.walk(folder).use { paths -> paths.filter(Files::isRegularFile).toList() }
        assertTrue(files.isNotEmpty())
        for (file in files) {
            val content = file.readBytes().toString(ISO_8859_1)
            assertTrue(names.none { it in content }, "personal data lies in clear in $file")
        }
    }

    private fun json(file: Path): JsonObject = Json.parseToJsonElement(file.readText()).jsonObject

    /** Real identifiers are random. */
    private fun withoutIdentifier(case: JsonObject): JsonObject = JsonObject(case + ("id" to JsonPrimitive("00000000-0000-0000-0000-000000000000")))
}

/** The scenario with small photos in place of its own: the same day, in less time. */
fun JsonObject.withSmallPhotos(): JsonObject = small(this).jsonObject

private fun small(json: JsonElement): JsonElement = when (json) {
    is JsonObject -> JsonObject(json.mapValues { (name, value) -> if (name == "photo" && value is JsonObject && "seed" in value) smallPhoto(value) else small(value) })
    is JsonArray -> JsonArray(json.map(::small))
    is JsonPrimitive -> json
}

private fun smallPhoto(recipe: JsonObject) = JsonObject(recipe + mapOf("width" to JsonPrimitive(600), "height" to JsonPrimitive(780), "kilobytes" to JsonPrimitive(60)))
