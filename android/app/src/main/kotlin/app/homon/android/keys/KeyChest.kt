package app.homon.android.keys

import java.security.KeyPair
import javax.crypto.SecretKey

/**
 * Where keys lie, in the words of `java.security`: Android's key store on a tablet, a map in a test. It names keys; what is
 * done with them is [KeystoreVault]'s.
 */
interface KeyChest {
    /** Whether its keys are made and used by hardware that does not give them out. */
    val isHardware: Boolean

    /** The AES key of that name, or `null`. */
    fun secret(name: String): SecretKey?

    /** Makes an AES-256 key for GCM. */
    fun makeSecret(name: String)

    /** The P-256 pair of that name, or `null`. */
    fun pair(name: String): KeyPair?

    /** Makes a P-256 pair that signs SHA-256. */
    fun makePair(name: String): KeyPair

    /** Whether there is a key of that name. */
    fun contains(name: String): Boolean

    /** Deletes a key; does nothing when there is none. */
    fun delete(name: String)

    /** Whether there is no room for another key. */
    val isFull: Boolean
}
