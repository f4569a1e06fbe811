package app.homon.screens

import java.io.File
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The screens show; they know neither the bindings nor a platform. */
class BoundaryTest {
    private val sources = File("src/main/kotlin").walk().filter { it.extension == "kt" }.toList()

    @Test
    fun screensImportNothingButComposeAndEachOther() {
        assertTrue(sources.size > 20)
        val allowed = listOf("androidx.compose.", "app.homon.design.", "app.homon.screens.", "app.homon.words.", "kotlin.")
        val strangers = sources.flatMap { file ->
            file.readLines().filter { it.startsWith("import ") }.map { it.removePrefix("import ") }.filter { name -> allowed.none(name::startsWith) }.map { "${file.name}: $it" }
        }
        assertEquals(emptyList<String>(), strangers)
    }
}
