package app.homon.android

import android.content.ContentResolver
import android.content.Intent
import android.net.Uri
import android.provider.OpenableColumns
import app.homon.journeys.FileTrouble
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.FileNotFoundException
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** Files that the person chooses in the system's own pages. The app sees the chosen one and no other, and keeps no right to it. */
class Documents(private val resolver: ContentResolver, private val front: Front) {
    /** What is in a file; `null` when the person chose none. */
    suspend fun read(): ByteArray? {
        val intent = Intent(Intent.ACTION_OPEN_DOCUMENT).addCategory(Intent.CATEGORY_OPENABLE).setType("*/*")
        val chosen = front.choose(intent) ?: return null
        return withContext(Dispatchers.IO) {
            passing(FileTrouble.Kind.NotRead) { reading(chosen).use { it.readUpTo(LARGEST) } }
        }
    }

    /** Writes a text where the person wants it, and answers its name there. Whoever gives up ends what they began. */
    suspend fun write(name: String, text: String): String {
        val intent = Intent(Intent.ACTION_CREATE_DOCUMENT).addCategory(Intent.CATEGORY_OPENABLE).setType("text/plain").putExtra(Intent.EXTRA_TITLE, name)
        val chosen = front.choose(intent) ?: throw CancellationException("no file was chosen")
        return withContext(Dispatchers.IO) {
            passing(FileTrouble.Kind.NotWritten) { writing(chosen).use { it.write(text.encodeToByteArray()) } }
            nameOf(chosen) ?: name
        }
    }

    /** Copies a file of any size into a folder of the app's own; `null` when the person chose none. */
    suspend fun copyInto(folder: File): File? {
        val intent = Intent(Intent.ACTION_OPEN_DOCUMENT).addCategory(Intent.CATEGORY_OPENABLE).setType("*/*")
        val chosen = front.choose(intent) ?: return null
        return withContext(Dispatchers.IO) {
            val copy = File.createTempFile("chosen", null, folder)
            try {
                passing(FileTrouble.Kind.NotRead) { reading(chosen).use { from -> copy.outputStream().use { from.copyTo(it) } } }
                copy
            } catch (trouble: FileTrouble) {
                copy.delete()
                throw trouble
            }
        }
    }

    /** Copies a file of the app to where the person wants it, and answers its name there. Whoever gives up ends what they began. */
    suspend fun carry(file: File): String {
        val intent = Intent(Intent.ACTION_CREATE_DOCUMENT).addCategory(Intent.CATEGORY_OPENABLE).setType("application/octet-stream").putExtra(Intent.EXTRA_TITLE, file.name)
        val chosen = front.choose(intent) ?: throw CancellationException("no file was chosen")
        return withContext(Dispatchers.IO) {
            passing(FileTrouble.Kind.NotWritten) { writing(chosen).use { to -> file.inputStream().use { it.copyTo(to) } } }
            nameOf(chosen) ?: file.name
        }
    }

    private fun reading(file: Uri): InputStream = resolver.openInputStream(file) ?: throw FileNotFoundException()

    private fun writing(file: Uri): OutputStream = resolver.openOutputStream(file, "wt") ?: throw FileNotFoundException()

    /** What a program that keeps files says instead of giving one. */
    private inline fun <T> passing(kind: FileTrouble.Kind, work: () -> T): T = try {
        work()
    } catch (error: IOException) {
        throw FileTrouble(kind, error)
    } catch (error: SecurityException) {
        throw FileTrouble(kind, error)
    }

    private fun nameOf(file: Uri): String? = resolver.query(file, arrayOf(OpenableColumns.DISPLAY_NAME), null, null, null)?.use { rows ->
        if (rows.moveToFirst()) rows.getString(0) else null
    }

    private fun InputStream.readUpTo(limit: Int): ByteArray {
        val bytes = ByteArrayOutputStream()
        val piece = ByteArray(PIECE)
        while (true) {
            val count = read(piece)
            if (count < 0) return bytes.toByteArray()
            if (bytes.size() + count > limit) throw IOException("more than is read at once")
            bytes.write(piece, 0, count)
        }
    }

    private companion object {
        /** A roster or an enrolment is far smaller; a film that was chosen by mistake is not. */
        const val LARGEST = 32 shl 20
        const val PIECE = 1 shl 16
    }
}
