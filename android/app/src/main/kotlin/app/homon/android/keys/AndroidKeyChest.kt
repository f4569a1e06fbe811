package app.homon.android.keys

import android.content.Context
import android.content.pm.PackageManager
import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.KeyStore
import java.security.PrivateKey
import java.security.spec.ECGenParameterSpec
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.SecretKeyFactory

/**
 * Android's key store. A key is made in StrongBox where the tablet has one that takes it, otherwise in the trusted execution
 * environment. None asks for a fingerprint or a screen lock: such a key dies when these are changed, and a visit that was
 * not sent yet with it.
 */
class AndroidKeyChest(private val context: Context) : KeyChest {
    private val store: KeyStore by lazy { KeyStore.getInstance(STORE).apply { load(null) } }

    /** A software key store, as an emulator has, says so here: a real programme refuses it. */
    override val isHardware: Boolean by lazy {
        if (secret(PROBE) == null) makeSecret(PROBE)
        val probe = checkNotNull(secret(PROBE)) { "the key store lost a key that it just made" }
        val info = SecretKeyFactory.getInstance(probe.algorithm, STORE).getKeySpec(probe, KeyInfo::class.java) as KeyInfo
        info.isInHardware()
    }

    override fun secret(name: String): SecretKey? = store.getKey(name, null) as SecretKey?

    override fun makeSecret(name: String) {
        inStrongBoxIfPossible { strongBox ->
            val purposes = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
            val spec = KeyGenParameterSpec.Builder(name, purposes)
                .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
                .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
                .setKeySize(AES_BITS)
                .setIsStrongBoxBacked(strongBox)
                .build()
            KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, STORE).apply { init(spec) }.generateKey()
        }
    }

    override fun pair(name: String): KeyPair? {
        val private = store.getKey(name, null) as PrivateKey? ?: return null
        return KeyPair(store.getCertificate(name).publicKey, private)
    }

    override fun makePair(name: String): KeyPair = inStrongBoxIfPossible { strongBox ->
        val spec = KeyGenParameterSpec.Builder(name, KeyProperties.PURPOSE_SIGN)
            .setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))
            .setDigests(KeyProperties.DIGEST_SHA256)
            .setIsStrongBoxBacked(strongBox)
            .build()
        KeyPairGenerator.getInstance(KeyProperties.KEY_ALGORITHM_EC, STORE).apply { initialize(spec) }.generateKeyPair()
    }

    override fun contains(name: String): Boolean = store.containsAlias(name)

    override fun delete(name: String) {
        if (store.containsAlias(name)) store.deleteEntry(name)
    }

    /** The key store has no word for it: it lies on the same storage as the app's files. */
    override val isFull: Boolean get() = context.noBackupFilesDir.usableSpace < LITTLE_ROOM

    private fun <T> inStrongBoxIfPossible(make: (Boolean) -> T): T {
        if (!context.packageManager.hasSystemFeature(PackageManager.FEATURE_STRONGBOX_KEYSTORE)) return make(false)
        return try {
            make(true)
        } catch (_: StrongBoxUnavailableException) {
            make(false)
        }
    }

    private fun KeyInfo.isInHardware(): Boolean = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) {
        securityLevel == KeyProperties.SECURITY_LEVEL_STRONGBOX || securityLevel == KeyProperties.SECURITY_LEVEL_TRUSTED_ENVIRONMENT
    } else {
        @Suppress("DEPRECATION")
        isInsideSecureHardware
    }

    private companion object {
        const val STORE = "AndroidKeyStore"
        const val PROBE = "homon-probe"
        const val AES_BITS = 256
        const val LITTLE_ROOM = 1L shl 20
    }
}
