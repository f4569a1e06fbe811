package app.homon.core

import java.nio.file.Path
import java.time.Instant
import kotlin.io.path.createDirectories
import kotlin.io.path.readBytes
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** A clock that a script sets. */
class ScriptClock(@Volatile var instant: Instant) : Clock {
    override fun now(): Timestamp = instant
}

/** One tablet of a scenario, played through the bindings. */
class ScriptedTablet(private val folder: Path, private val scenario: JsonObject, private val prepared: Path, label: String) :
    AutoCloseable {
    private val script = scenario.list("tablets").map { it.jsonObject }.first { it.text("label") == label }
    private val label = script.text("label")
    private val begins = Instant.parse(scenario.text("begins_at"))
    private val clock = ScriptClock(begins)
    var homon: Homon = open()
        private set

    private fun open(): Homon {
        folder.createDirectories()
        return Homon.open("${folder.resolve("files")}", softwareVault("${folder.resolve("vault")}"), clock, null, null)
    }

    override fun close() = homon.close()

    /** A request for the city, and what came of its answer. */
    suspend fun enrol(city: City) {
        val enrolment = city.enrol(label, homon.enrolmentRequest(label))
        val first = script.text("first_staff")
        homon.acceptEnrolment(enrolment, city.fingerprint(), first, pin(first))
        script.list("other_staff").map { it.jsonPrimitive.content }.forEach { homon.addStaff(it, pin(it)) }
    }

    suspend fun signInFirst() = signIn(script.text("first_staff"))

    private suspend fun signIn(staff: String) {
        homon.signIn(staff, pin(staff))
    }

    private fun pin(staff: String): String = scenario.inner("pins").text(staff)

    /** Works through a part, from its opening to its seal. */
    suspend fun work(visit: JsonObject, part: JsonObject) {
        val plan = planOf(visit.inner("plan"))
        val number = part.number("part").toUByte()
        signIn(part.text("staff"))
        clock.instant = begins
        val deviations = visit.list("deviations").map { deviationOf(it.jsonObject) }
        val checkIn = checkInOf(visit.inner("check_in"))
        assertEquals(deviations.map { it.departure }, homon.departures(plan, checkIn))
        homon.openVisit(plan, number, checkIn, deviations, null)
        val played = Part(plan.id, number, part.text("staff"))
        part.list("steps").forEachIndexed { index, step -> played.step(index, step.jsonObject) }
        signIn(part.text("staff"))
        assertEquals(emptyList(), homon.visit(plan.id, number).balance.blockers)
        homon.closeVisit(plan.id, number)
        assertEquals(VisitStage.SEALED, homon.sealVisit(plan.id, number).status)
    }

    /** Reads every message, holds it against what the scenario returns, sees to it and erases it. */
    suspend fun readMessages(returned: List<JsonObject>): Int {
        val messages = homon.messages()
        for (message in messages) {
            val notice = homon.message(message.message)
            val script = returned.first { it.text("case") == notice.case && it.text("visit") == notice.visit }
            assertEquals(script.text("note"), notice.deficiency.note?.text)
            assertEquals(word(script.text("kind")), notice.deficiency.kind)
            check(notice.contact != null)
            homon.handleMessage(message.message)
            homon.eraseMessage(message.message)
        }
        return messages.size
    }

    private inner class Part(val visit: VisitId, val number: PartNumber, var staff: String) {
        suspend fun step(index: Int, step: JsonObject) {
            clock.instant = begins.plusSeconds(15L * (index + 1))
            when (val what = step.text("do")) {
                "sign_in" -> {
                    staff = step.text("staff")
                    signIn(staff)
                }
                "receive" -> homon.receive(visit, number, placeOf(step["place"]?.jsonObject ?: JsonObject(emptyMap())))
                "receive_expected" -> homon.receiveFromRoster(visit, number, roster(), step.number("line").toUInt())
                "case" -> homon.caseStep(visit, number, case(step), inputOf(step.inner("input")))
                "portrait" -> homon.attachPortrait(visit, number, case(step), portrait(index))
                // Without models of faces nothing looks at a photo.
                "refused_portrait" -> Unit
                "consultation" -> homon.addConsultation(visit, number)
                "remarks" -> homon.setRemarks(visit, number, step.text("text"))
                "refused" -> refused(step)
                "expect" -> assertEquals(word(step.text("status")), homon.case(visit, number, case(step)).status, "step $index")
                "search" -> search(step)
                "kill" -> startAgain()
                else -> error("step $index: this runner cannot play $what")
            }
        }

        /** As far as a program can do it to itself. Rust's tests kill the process. */
        private suspend fun startAgain() {
            homon.close()
            homon = open()
            assertFailsWith<HomonException.SignInAgain> { homon.board(visit, number) }
            signIn(staff)
        }

        private suspend fun refused(step: JsonObject) {
            val case = case(step)
            val before = homon.case(visit, number, case)
            val error = assertFailsWith<HomonException> { homon.caseStep(visit, number, case, inputOf(step.inner("input"))) }
            val said = rustWords(error)
            check(said.startsWith(step.text("error"))) { "expected ${step.text("error")}, got $said" }
            assertEquals(before, homon.case(visit, number, case))
        }

        private suspend fun search(step: JsonObject) {
            val found = homon.search(visit, number, step.text("query")).map { it.number.substringAfter('-').toInt() }
            assertEquals(step.list("found").map { it.jsonPrimitive.int }, found)
        }

        private suspend fun case(step: JsonObject): CaseId {
            val number = "$number-%03d".format(step.number("case"))
            return homon.board(visit, this.number).first { it.number == number }.id
        }

        private suspend fun roster(): RosterId = homon.rosters().first { it.visit == visit }.roster

        private fun portrait(index: Int): ByteArray = prepared.resolve("portraits/$visit-$number-$index.jpg").readBytes()
    }
}

/** Reads a scenario. */
fun scenario(name: String): JsonObject =
    Json.parseToJsonElement(String(repository.resolve("tests/scenarios/$name.json").readBytes())).jsonObject
