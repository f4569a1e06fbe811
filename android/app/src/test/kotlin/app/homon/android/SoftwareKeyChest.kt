package app.homon.android

import app.homon.android.keys.KeyChest
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.spec.ECGenParameterSpec
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey

/** Keys in memory: Android's key store does not exist here. */
class SoftwareKeyChest(override val isHardware: Boolean = false) : KeyChest {
    val secrets = mutableMapOf<String, SecretKey>()
    val pairs = mutableMapOf<String, KeyPair>()
    override var isFull = false

    /** What the next key that is made fails with. */
    var failure: Exception? = null

    override fun secret(name: String): SecretKey? = secrets[name]

    override fun makeSecret(name: String) {
        failure?.let { throw it }
        secrets[name] = KeyGenerator.getInstance("AES").apply { init(256) }.generateKey()
    }

    override fun pair(name: String): KeyPair? = pairs[name]

    override fun makePair(name: String): KeyPair {
        failure?.let { throw it }
        return KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair().also { pairs[name] = it }
    }

    override fun contains(name: String): Boolean = name in secrets || name in pairs

    override fun delete(name: String) {
        secrets -= name
        pairs -= name
    }
}
