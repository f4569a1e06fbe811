package app.homon.core

import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.readBytes
import kotlin.io.path.readText
import kotlin.text.Charsets.ISO_8859_1
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource

/**
 * The scenarios, played through the bindings on tablets of their own against a real city. What the city opens must be what
 * Rust's replay says, case by case and field by field.
 */
class ScenarioTest {
    @ParameterizedTest
    @ValueSource(strings = ["short-visit", "care-home-day"])
    fun `a day through the bindings leads to what Rust says`(name: String, @TempDir out: Path) {
        City(out).use { city -> runBlocking { play(name, out, city) } }
    }

    private suspend fun play(name: String, out: Path, city: City) {
        val scenario = scenario(name)
        val prepared = prepare(name, city.found(scenario.text("programme")), out)
        val tablets = scenario.list("tablets").map { it.jsonObject.text("label") }
            .associateWith { ScriptedTablet(out.resolve("tablet/$it"), scenario, prepared, it) }
        try {
            tablets.values.forEach { it.enrol(city) }
            proveTheChain(tablets.values, city)
            nobodyIsGuided(tablets.values.first())
            sendRosters(scenario, prepared, city, tablets.values)
            val visits = scenario.list("visits").map { it.jsonObject }
            visits.forEach { visit -> parts(visit).forEach { tablets.getValue(it.text("tablet")).work(visit, it) } }
            searchForNames(scenario, out.resolve("tablet"))
            deliver(scenario, city, tablets.values)
            searchForNames(scenario, out.resolve("tablet"))
            visits.forEach { visit -> parts(visit).forEach { compare(visit.inner("plan").text("id"), it, prepared, city) } }
        } finally {
            tablets.values.forEach { it.close() }
        }
    }

    private fun parts(visit: JsonObject): List<JsonObject> = visit.list("parts").map { it.jsonObject }

    private fun prepare(name: String, programme: Path, out: Path): Path {
        val prepared = out.resolve("prepared")
        val script = "${repository.resolve("tests/scenarios/$name.json")}"
        val arguments = arrayOf("--scenario", script, "--programme", "$programme", "--out", "$prepared")
        assertEquals(0, program("homon-script", out.resolve("script.log"), *arguments).waitFor())
        return prepared
    }

    private suspend fun proveTheChain(tablets: Collection<ScriptedTablet>, city: City) {
        tablets.forEach { assertTrue(!it.homon.today().chainProven) }
        tablets.forEach { assertEquals(1u, it.homon.sync(null, null).held) }
        city.desk("open")
        tablets.forEach { assertEquals(1u, it.homon.sync(null, null).opened) }
        tablets.forEach { assertTrue(it.homon.today().chainProven) }
    }

    private suspend fun sendRosters(
        scenario: JsonObject,
        prepared: Path,
        city: City,
        tablets: Collection<ScriptedTablet>,
    ) {
        val rosters = scenario.list("rosters").map { it.jsonObject }
        for (roster in rosters) {
            val tablet = roster.text("tablet")
            val file = "${prepared.resolve("rosters/$tablet.csv")}"
            city.desk("roster", "--to", city.device(tablet), "--visit", roster.text("visit"), file)
        }
        assertEquals(rosters.size.toUInt(), tablets.sumOf { it.homon.sync(null, null).mail })
    }

    /** Everything is sent, opened, erased; and what is returned comes back. */
    private suspend fun deliver(scenario: JsonObject, city: City, tablets: Collection<ScriptedTablet>) {
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

    private fun compare(visit: String, part: JsonObject, prepared: Path, city: City) {
        val number = part.number("part")
        val expected = json(prepared.resolve("expected/$visit-$number.json"))
        val opened = city.opened(visit).filterKeys { it.startsWith("$number-1/") }.toSortedMap()
        val cases = opened.filterKeys { it.startsWith("$number-1/cases/") }.values.map { json(it) }
        assertEquals(expected.list("cases").toList(), cases.map { withoutIdentifier(it) })
        val record = json(opened.getValue("$number-1/visit.json"))
        assertEquals(expected["consultations"], record["consultations"])
        assertEquals(expected.textOrNull("remarks"), record.textOrNull("remarks"))
        val photos = opened.filterKeys { it.startsWith("$number-1/photos/") }.values.map { sha256(it.readBytes()) }
        assertEquals(cases.mapNotNull { it["portrait"]?.jsonObject?.text("sha256") }, photos)
    }

    /** No name, address or number lies in clear on a tablet. Rust's rehearsal searches more. */
    private fun searchForNames(scenario: JsonObject, tablets: Path) {
        val names = scenario.list("canaries").map { it.jsonPrimitive.content.toByteArray().toString(ISO_8859_1) }
        val files = Files.walk(tablets).use { paths -> paths.filter(Files::isRegularFile).toList() }
        assertTrue(files.isNotEmpty())
        for (file in files) {
            val content = file.readBytes().toString(ISO_8859_1)
            assertTrue(names.none { it in content }, "personal data lies in clear in $file")
        }
    }

    /** The tablets of scenarios have no models of faces, and photos are taken all the same. */
    private suspend fun nobodyIsGuided(tablet: ScriptedTablet) {
        val refused = assertFailsWith<HomonException.Refused> { tablet.homon.guide(null, 4f) }
        assertEquals(Refusal.NoPhotoModels, refused.reason)
    }

    private fun json(file: Path): JsonObject = Json.parseToJsonElement(file.readText()).jsonObject

    /** Real identifiers are random. */
    private fun withoutIdentifier(case: JsonObject): JsonObject =
        JsonObject(case + ("id" to JsonPrimitive("00000000-0000-0000-0000-000000000000")))
}
