package app.homon.android.keys

import app.homon.core.KeyAlias
import app.homon.core.KeyVault
import app.homon.core.VaultException
import app.homon.core.VaultKind
import java.security.Signature
import java.security.interfaces.ECPublicKey
import javax.crypto.Cipher
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/**
 * The core's vault over a [KeyChest]. Each alias has an AES key of its own; what it wraps is the nonce, then the ciphertext
 * with its tag, bound to the alias. The device signs with ECDSA over SHA-256, in DER, as the core and TLS want it.
 */
class KeystoreVault(private val chest: KeyChest) : KeyVault {
    override fun kind(): VaultKind = orUnavailable { if (chest.isHardware) VaultKind.HARDWARE else VaultKind.SOFTWARE }

    override fun create(alias: KeyAlias) = orFull {
        if (!chest.contains(alias.name())) chest.makeSecret(alias.name())
    }

    override fun wrap(alias: KeyAlias, secret: ByteArray): ByteArray = orUnavailable {
        val cipher = Cipher.getInstance(CIPHER)
        // The chest draws the nonce: the caller of Android's key store may not.
        cipher.init(Cipher.ENCRYPT_MODE, key(alias))
        cipher.updateAAD(alias.encodeToByteArray())
        val sealed = cipher.doFinal(secret)
        check(cipher.iv.size == NONCE_BYTES) { "a nonce of another length" }
        cipher.iv + sealed
    }

    override fun unwrap(alias: KeyAlias, wrapped: ByteArray): ByteArray = orUnavailable {
        val key = key(alias)
        if (wrapped.size < NONCE_BYTES + TAG_BITS / Byte.SIZE_BITS) throw VaultException.Rejected()
        val cipher = Cipher.getInstance(CIPHER)
        cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, wrapped, 0, NONCE_BYTES))
        cipher.updateAAD(alias.encodeToByteArray())
        cipher.doFinal(wrapped, NONCE_BYTES, wrapped.size - NONCE_BYTES)
    }

    override fun destroy(alias: KeyAlias) = orUnavailable { chest.delete(alias.name()) }

    override fun contains(alias: KeyAlias): Boolean = orUnavailable { chest.contains(alias.name()) }

    /** Two callers must not make a key each: the second would take the place of the first. */
    @Synchronized
    override fun devicePublicKey(): ByteArray = orFull {
        val public = (chest.pair(DEVICE) ?: chest.makePair(DEVICE)).public as ECPublicKey
        byteArrayOf(UNCOMPRESSED) + public.w.affineX.toByteArray().coordinate() + public.w.affineY.toByteArray().coordinate()
    }

    override fun sign(message: ByteArray): ByteArray = orUnavailable {
        val private = chest.pair(DEVICE)?.private ?: throw VaultException.KeyMissing()
        Signature.getInstance("SHA256withECDSA").run {
            initSign(private)
            update(message)
            sign()
        }
    }

    private fun key(alias: KeyAlias): SecretKey = chest.secret(alias.name()) ?: throw VaultException.KeyMissing()

    /** Apart from the device's key and from what else the app may keep. */
    private fun KeyAlias.name() = "homon/$this"

    private fun ByteArray.coordinate(): ByteArray = takeLast(COORDINATE_BYTES).toByteArray().let { ByteArray(COORDINATE_BYTES - it.size) + it }

    private companion object {
        const val DEVICE = "homon-device"
        const val CIPHER = "AES/GCM/NoPadding"
        const val NONCE_BYTES = 12
        const val TAG_BITS = 128
        const val COORDINATE_BYTES = 32
        const val UNCOMPRESSED: Byte = 4
    }

    private fun <T> orFull(work: () -> T): T = orUnavailable {
        try {
            work()
        } catch (error: Exception) {
            throw if (error !is VaultException && runCatching { chest.isFull }.getOrDefault(false)) VaultException.Full() else error
        }
    }
}
