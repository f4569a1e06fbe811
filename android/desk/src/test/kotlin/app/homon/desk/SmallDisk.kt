package app.homon.desk

import java.io.File
import java.io.IOException
import java.nio.file.Path
import kotlin.io.path.createDirectories
import kotlin.io.path.deleteExisting
import kotlin.io.path.fileSize
import kotlin.io.path.outputStream

/** A disk that exists for one program only, in a name space of its own. No privilege is needed. */
object SmallDisk {
    /** Whether this machine lets a program have one. Where set-up has found that it does, it must. */
    fun mayBeHad(): Boolean {
        val there = runs(listOf("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt")) == 0
        check(there || System.getenv("HOMON_STRACE") == null) { "no disk can be mounted in a name space of its own" }
        return there
    }

    /** Runs a main function of this class path in a process of its own, with a disk of so many MiB at [at]. */
    fun runs(at: Path, mebibytes: Int, main: String, vararg arguments: String): Int {
        at.createDirectories()
        val mount = "mount -t tmpfs -o mode=700,size=${mebibytes}m tmpfs \"$1\" && shift && exec \"$@\""
        val own = listOf("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh", "$at")
        val java = File(System.getProperty("java.home"), "bin/java").path
        val settings = listOf("java.awt.headless", "jna.library.path", "homon.programs", "homon.repository").map { "-D$it=${System.getProperty(it)}" }
        return runs(own + java + settings + listOf("-cp", System.getProperty("java.class.path"), main) + arguments)
    }

    private fun runs(command: List<String>): Int = ProcessBuilder(command).inheritIO().start().waitFor()
}

/** What else lies on a disk: as much as it takes. */
class Ballast(folder: Path) {
    private val file = folder.resolve("films")

    /** Takes every byte that is left. */
    fun fills() {
        try {
            file.outputStream().use { to -> while (true) to.write(ByteArray(PIECE)) }
        } catch (_: IOException) {
            check(file.fileSize() > 0) { "there was no room to take" }
        }
    }

    /** Gives it back. */
    fun goes() = file.deleteExisting()

    private companion object {
        /** A page: what is left is less than this. */
        const val PIECE = 4096
    }
}
