package app.homon.journeys

import app.homon.core.CodeReader
import app.homon.core.CodeReading
import app.homon.core.codesOf
import app.homon.design.CodePicture

/** Reads one QR code; `null` when the person gave up. */
suspend fun Platform.scanCode(): String? {
    var read: String? = null
    scanCodes { code ->
        read = code
        100
    }
    return read
}

/** Reads a request or an answer from codes that follow each other; `null` when the person gave up. */
suspend fun Platform.scanToken(): String? = CodeReader().use { reader ->
    var token: String? = null
    var hundredths = 0
    scanCodes { code ->
        when (val reading = reader.read(code)) {
            is CodeReading.Whole -> {
                token = reading.token
                hundredths = 100
            }
            is CodeReading.Part -> hundredths = reading.hundredths.toInt()
            CodeReading.Other -> Unit
        }
        hundredths
    }
    token
}

/** A request as codes for another camera. */
fun moving(token: String): List<CodePicture> = codesOf(token).map { it.shown() }

internal fun app.homon.core.CodePicture.shown() = CodePicture(side.toInt(), modules)
