package app.homon.core

import java.nio.file.Path
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource

/**
 * The scenarios, played through the bindings. What the city opens must be what Rust's replay says, case by case and field
 * by field.
 */
class ScenarioTest {
    @ParameterizedTest
    @ValueSource(strings = ["short-visit", "care-home-day"])
    fun `a day through the bindings leads to what Rust says`(name: String, @TempDir out: Path) = playing(scenario(name), out) { day() }

    /** Its 131 photos of one to three megabytes cost minutes; nothing but their size is other here. */
    @Test
    fun `a day at a venue leads to what Rust says, with small photos`(@TempDir out: Path) = playing(scenario("venue-day").withSmallPhotos(), out) { day() }

    @Test
    fun `a destroyed tablet, a handover and a lost key store lead to what Rust says`(@TempDir out: Path) = playing(scenario("two-tablets-day"), out) { city ->
        enrol()
        work()
        searchForNames()
        val left = listOf("tablet-2", "tablet-3").map(tablets::getValue)
        left.forEach { it.signInFirst() }
        left.forEach { assertEquals(0u, it.homon.sync(null, null).outstanding) }
        city.desk("open")
        val (visit, place) = adoptTheCheckpoint(city)
        compare(visit, 1, place, cases = 2)
        // The handover was its first seal: what is sealed after it counts on.
        compare(visit, 2, place = "2-2")
        val joined = city.status().list("visits").single().jsonObject
        assertEquals(6, joined.inner("people").number("received"))
        assertTrue(joined.getValue("even").jsonPrimitive.boolean && joined.list("twice").isEmpty())
        // The part has come from the third tablet, so that the second may let go of it too.
        left.forEach { it.homon.sync(null, null) }
        left.forEach { tablet -> assertEquals(listOf(VisitStage.ERASED), tablet.homon.today().visits.map { it.status }) }
        searchForNames()
    }

    private fun playing(scenario: JsonObject, out: Path, play: suspend Play.(City) -> Unit): Unit =
        City(out).use { city -> Play(scenario, out, city).use { runBlocking { it.play(city) } } }

    private suspend fun Play.day() {
        enrol()
        nobodyIsGuided(tablets.values.first())
        sendRosters()
        work()
        searchForNames()
        deliver()
        searchForNames()
        parts().forEach { (visit, part) -> compare(visit.inner("plan").text("id"), part.number("part")) }
    }

    /** The desk lays the last checkpoint of the destroyed tablet open; answers its visit and the place in it. */
    private fun adoptTheCheckpoint(city: City): Pair<String, String> {
        val joined = city.status().list("visits").single().jsonObject
        val part = joined.list("parts").first().jsonObject
        val (visit, device, seal) = Triple(joined.text("visit"), part.text("device"), part.inner("arrival").number("seal"))
        assertEquals("checkpoint", part.inner("arrival").text("is"))
        city.desk("adopt", "$device/checkpoint/$visit/1/$seal", "--reason", "端末1が床に落ちて壊れた")
        return visit to "1-checkpoint-$seal-$device"
    }

    /** The tablets of scenarios have no models of faces, and photos are taken all the same. */
    private suspend fun nobodyIsGuided(tablet: ScriptedTablet) {
        val refused = assertFailsWith<HomonException.Refused> { tablet.homon.guide(null, 4f) }
        assertEquals(Refusal.NoPhotoModels, refused.reason)
    }
}
