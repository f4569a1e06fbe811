package app.homon.core

import java.nio.file.Path
import java.time.Instant
import kotlin.io.path.createDirectories
import kotlin.io.path.deleteExisting
import kotlin.io.path.listDirectoryEntries
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

    /** Opens a part, with the departures that are expected and no others. */
    suspend fun begin(visit: JsonObject, part: JsonObject): Part {
        val plan = planOf(visit.inner("plan"))
        val number = part.number("part").toUByte()
        signIn(part.text("staff"))
        clock.instant = begins
        val deviations = visit.list("deviations").map { deviationOf(it.jsonObject) }
        val checkIn = checkInOf(visit.inner("check_in"))
        assertEquals(deviations.map { it.departure }, homon.departures(plan, checkIn))
        homon.openVisit(plan, number, checkIn, deviations, null)
        return Part(plan.id, number, part.text("staff"))
    }

    /** Takes a part of another tablet, across a table: each looks at the other's fingerprint. */
    suspend fun take(part: Part, giver: ScriptedTablet, index: Int): Part {
        at(index)
        signIn(part.staff)
        val ask = homon.askForHandover()
        val seen = giver.homon.previewHandover(ask.token)
        assertEquals(ask.fingerprint, seen.fingerprint)
        val file = giver.homon.handOver(part.visit, part.number, ask.token, seen.fingerprint)
        homon.acceptHandover(file)
        return Part(part.visit, part.number, part.staff)
    }

    /** Every key is lost: the tablet begins anew, is enrolled again, and the city gives the key of the visit back. */
    suspend fun losesItsKeys(part: Part, city: City) {
        homon.close()
        folder.resolve("vault").listDirectoryEntries().forEach { it.deleteExisting() }
        homon = open()
        assertFailsWith<HomonException.KeyUnavailable> { signIn(part.staff) }
        homon.beginAnew()
        enrol(city)
        val orphan = homon.orphanedVisits().single()
        val copy = homon.recoveryCopy(orphan.visit, orphan.part)
        homon.adoptVisit(city.giveKeyBack(copy, homon.askForHandover().device))
        signIn(part.staff)
    }

    /** The tablet is gone with everything on it. */
    suspend fun isDestroyed() {
        homon.close()
        folder.toFile().deleteRecursively()
    }

    private fun at(index: Int) {
        clock.instant = begins.plusSeconds(15L * (index + 1))
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

    /** A part of a visit on this tablet. */
    inner class Part(val visit: VisitId, val number: PartNumber, staff: String) {
        /** Who is signed in. */
        var staff = staff
            private set
        private val cases = mutableMapOf<Int, CaseId>()

        suspend fun step(index: Int, step: JsonObject) {
            at(index)
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
                "checkpoint" -> homon.sync(null, null)
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

        /** Everything is settled: the part is closed and sealed. */
        suspend fun end(by: String) {
            signIn(by)
            assertEquals(emptyList(), homon.visit(visit, number).balance.blockers)
            homon.closeVisit(visit, number)
            assertEquals(VisitStage.SEALED, homon.sealVisit(visit, number).status)
        }

        private suspend fun case(step: JsonObject): CaseId = cases.getOrPut(step.number("case")) {
            val number = "$number-%03d".format(step.number("case"))
            homon.board(visit, this.number).first { it.number == number }.id
        }

        private suspend fun roster(): RosterId = homon.rosters().first { it.visit == visit }.roster

        private fun portrait(index: Int): ByteArray = prepared.resolve("portraits/$visit-$number-$index.jpg").readBytes()
    }
}

/** Reads a scenario. */
fun scenario(name: String): JsonObject =
    Json.parseToJsonElement(String(repository.resolve("tests/scenarios/$name.json").readBytes())).jsonObject
