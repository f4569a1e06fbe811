package app.homon.core

import java.net.ServerSocket
import java.nio.file.Files
import java.nio.file.Path
import java.security.MessageDigest
import java.security.cert.CertificateFactory
import kotlin.io.path.createDirectories
import kotlin.io.path.deleteIfExists
import kotlin.io.path.inputStream
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.readBytes
import kotlin.io.path.readText
import kotlin.io.path.writeBytes
import kotlin.io.path.writeText
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/** The folder in which cargo has built the library and the programs. */
val built: Path = Path.of(System.getProperty("homon.programs"))

/** The repository. */
val repository: Path = Path.of(System.getProperty("homon.repository"))

/** A real city: the program `homon-city` on a folder, with its intake. */
class City(private val out: Path) : AutoCloseable {
    val folder: Path = out.resolve("city")
    private var intake: Process? = null

    /** Founds the city by an example programme, perhaps with a [change], and starts its intake. Tablets reach it by [line], from its port to theirs. */
    fun found(programme: String, line: (Int) -> Int = { it }, change: (String) -> String = { it }): Path {
        val rules = out.resolve("programme.toml")
        rules.writeText(change(run("init", "--example", programme)))
        val port = ServerSocket(0).use { it.localPort }
        desk("init", "--programme", "$rules", "--intake-url", "https://127.0.0.1:${line(port)}")
        val serving = start("serve", "--dir", "$folder", "--listen", "127.0.0.1:$port")
        intake = serving
        check(serving.inputReader().readLine() == "listening on 127.0.0.1:$port") { "the intake does not listen" }
        return rules
    }

    /** A command of the desk. */
    fun desk(command: String, vararg arguments: String): String = run(command, "--dir", "$folder", *arguments)

    /** Answers the enrolment for a tablet's request. */
    fun enrol(label: String, request: String): String {
        val asked = out.resolve("$label.request").also { it.writeText(request) }
        val answer = out.resolve("$label.enrolment").also { it.deleteIfExists() }
        codes(label).deleteIfExists()
        desk("enrol", "$asked", "--out", "$answer", "--codes", "${codes(label)}")
        return answer.readText().trim()
    }

    /** Where the answer for a tablet lies as a picture of codes that follow each other. */
    fun codes(label: String): Path = out.resolve("$label.gif")

    /** The fingerprint that people compare: worked out here, not asked of the core. */
    fun fingerprint(): String {
        val certificate = folder.resolve("desk/ca.pem").inputStream().use {
            CertificateFactory.getInstance("X.509").generateCertificate(it)
        }
        return sha256(certificate.encoded).chunked(4).joinToString(" ")
    }

    /** The name that the city gave to a tablet. */
    fun device(label: String): String = folder.resolve("desk/devices").listDirectoryEntries()
        .map { Json.parseToJsonElement(it.resolve("device.json").readText()).jsonObject }
        .first { it.getValue("label").jsonPrimitive.content == label }
        .getValue("device").jsonPrimitive.content

    /** Marks an application as passed on and returned, and tells the tablet that sealed it. */
    fun giveBack(visit: String, case: String, kind: String, note: String) {
        val words = out.resolve("note-$case.txt").also { it.writeText(note) }
        run("mark", "submitted", "--dir", "$folder", "--visit", visit, "--case", case)
        desk("deficiency", "--visit", visit, "--case", case, "--kind", kind, "--note", "$words")
    }

    /** The key of a visit for a tablet whose own keys are lost, by the city's recovery key. */
    fun giveKeyBack(copy: RecoveryCopy, to: DeviceId): ByteArray {
        val carried = out.resolve(copy.name).also { it.writeBytes(copy.bytes) }
        val grant = out.resolve("grant.age")
        desk("recover", "$carried", "--key", "${folder.resolve("recovery")}", "--to", to, "--out", "$grant")
        return grant.readBytes()
    }

    /** What is outstanding, as the desk sees it. Where something is, the program says so in its exit code too. */
    fun status(): JsonObject = Json.parseToJsonElement(start("status", "--dir", "$folder", "--json").inputReader().readText()).jsonObject

    /** Everything that the desk has opened, by the path within the folder of a visit. */
    fun opened(visit: String): Map<String, Path> {
        val root = folder.resolve("desk/visits/$visit")
        return Files.walk(root).use { paths -> paths.filter(Files::isRegularFile).toList() }
            .associateBy { "${root.relativize(it)}" }
    }

    override fun close() {
        intake?.destroy()
        intake?.waitFor()
    }

    private fun run(vararg arguments: String): String {
        val running = start(*arguments)
        val said = running.inputReader().readText()
        check(running.waitFor() == 0) { "homon-city ${arguments.first()}: $said" }
        return said
    }

    private fun start(vararg arguments: String): Process = program("homon-city", out.resolve("city.log"), *arguments)
}

/** SHA-256 in hexadecimal digits. */
fun sha256(bytes: ByteArray): String =
    MessageDigest.getInstance("SHA-256").digest(bytes).joinToString("") { "%02x".format(it) }

/** Starts a built program. */
fun program(name: String, log: Path, vararg arguments: String): Process {
    log.parent.createDirectories()
    return ProcessBuilder(built.resolve(name).toString(), *arguments)
        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start()
        .also { it.outputStream.close() }
}
