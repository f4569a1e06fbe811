package app.homon.android

import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Test

/** Gradle builds what Maven has tested. */
class VersionsTest {
    private val folder = File(System.getProperty("homon.repository"), "android")
    private val pom = folder.resolve("pom.xml").readText()
    private val core = folder.resolve("../bindings/kotlin/pom.xml").readText()
    private val gradle = Regex("""^(\w+) = "([^"]+)"$""", RegexOption.MULTILINE).findAll(folder.resolve("gradle/libs.versions.toml").readText())
        .associate { it.groupValues[1] to it.groupValues[2] }

    @Test
    fun `versions are the same`() {
        val maven = mapOf(
            "kotlin" to property("kotlin.version"),
            "compose" to property("androidx.compose.version"),
            "material3" to property("androidx.material3.version"),
            "activity" to property("androidx.activity.version"),
            "coroutines" to property("coroutines.version"),
            "zxing" to property("zxing.version"),
            "jna" to Regex("<artifactId>jna</artifactId><version>([^<]+)<").find(core)!!.groupValues[1],
        )
        assertEquals(maven, gradle.filterKeys { it in maven })
    }

    private fun property(name: String) = Regex("<${Regex.escape(name)}>([^<]+)<").find(pom)!!.groupValues[1]
}
