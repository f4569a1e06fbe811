package app.homon.desk

import java.io.IOException
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.util.concurrent.atomic.AtomicLong
import kotlin.concurrent.thread

/** A line to a port of this machine that can be cut: a relay that carries so many bytes there, and then none till it is mended. */
class CuttingLine(private val target: Int) : AutoCloseable {
    private val loopback = InetAddress.getLoopbackAddress()
    private val listener = ServerSocket(0, 50, loopback)
    private val left = AtomicLong(Long.MAX_VALUE)

    /** Where it listens. */
    val port: Int get() = listener.localPort

    /** Whether it was cut. */
    val isCut: Boolean get() = left.get() < 0

    init {
        thread(isDaemon = true) { quietly { while (true) listener.accept().let { client -> thread(isDaemon = true) { quietly { relay(client) } } } } }
    }

    /** Cuts it once so many more bytes were carried. */
    fun cutAfter(bytes: Long) = left.set(bytes)

    /** Carries everything again. */
    fun mend() = left.set(Long.MAX_VALUE)

    override fun close() = listener.close()

    private fun relay(client: Socket): Unit = client.use {
        if (isCut) return
        Socket(loopback, target).use { server ->
            thread(isDaemon = true) { quietly { server.getInputStream().copyTo(client.getOutputStream()) } }
            val buffer = ByteArray(16 * 1024)
            while (true) {
                val count = client.getInputStream().read(buffer)
                if (count < 0 || left.addAndGet(-count.toLong()) < 0) return
                server.getOutputStream().write(buffer, 0, count)
            }
        }
    }

    /** A line that breaks is what this is for. */
    private fun quietly(work: () -> Unit) {
        try {
            work()
        } catch (_: IOException) {
        }
    }
}
