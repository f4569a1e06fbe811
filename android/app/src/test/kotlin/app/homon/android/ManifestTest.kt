package app.homon.android

import java.io.File
import javax.xml.parsers.DocumentBuilderFactory
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.w3c.dom.Element

/** What the app asks of the tablet, and what it lets others do. */
class ManifestTest {
    private val manifest = parse("AndroidManifest.xml")
    private val application = manifest.all("application").single()

    @Test
    fun `nothing is backed up or copied to another tablet`() {
        assertEquals("false", application.android("allowBackup"))
        assertEquals("false", application.android("fullBackupContent"))
        assertEquals("@xml/data_extraction_rules", application.android("dataExtractionRules"))
        val domains = setOf("root", "file", "database", "sharedpref", "external")
        for (way in listOf("cloud-backup", "device-transfer")) {
            val excluded = parse("res/xml/data_extraction_rules.xml").all(way).single().all("exclude")
            assertEquals(domains, excluded.map { it.getAttribute("domain") }.toSet())
            assertTrue(excluded.none { it.hasAttribute("path") })
        }
    }

    @Test
    fun `nobody starts anything but the app itself`() {
        val components = listOf("activity", "service", "receiver", "provider", "activity-alias").flatMap { manifest.all(it) }
        assertEquals(listOf(".HomonActivity"), components.filter { it.android("exported") != "false" }.map { it.android("name") })
        val launcher = components.single { it.android("name") == ".HomonActivity" }
        assertEquals(listOf("android.intent.action.MAIN"), launcher.all("action").map { it.android("name") })
        assertEquals("android.permission.BIND_JOB_SERVICE", components.single { it.android("name") == ".UploadJob" }.android("permission"))
    }

    @Test
    fun `it asks for the camera and the network, and sends nothing in clear`() {
        val asked = manifest.all("uses-permission").map { it.android("name").removePrefix("android.permission.") }
        assertEquals(listOf("CAMERA", "INTERNET", "ACCESS_NETWORK_STATE"), asked)
        assertEquals("false", application.android("usesCleartextTraffic"))
    }

    private fun parse(path: String): Element {
        val file = File(System.getProperty("homon.repository"), "android/app/src/main/$path")
        return DocumentBuilderFactory.newInstance().apply { isNamespaceAware = true }.newDocumentBuilder().parse(file).documentElement
    }

    private fun Element.all(tag: String): List<Element> = getElementsByTagName(tag).let { found -> (0 until found.length).map { found.item(it) as Element } }

    private fun Element.android(name: String) = getAttributeNS("http://schemas.android.com/apk/res/android", name)
}
