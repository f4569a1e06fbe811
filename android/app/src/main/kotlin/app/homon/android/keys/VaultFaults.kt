package app.homon.android.keys

import android.security.keystore.KeyPermanentlyInvalidatedException
import app.homon.core.VaultException
import javax.crypto.AEADBadTagException

/**
 * Does what a key store may fail at, and says why in the core's words. A text of the key store goes nowhere.
 *
 * Only a tag that does not fit means that the bytes are not ours: the key store also throws errors of its own in the middle
 * of a decryption, and a visit must not be taken for damaged because the hardware was busy.
 */
internal fun <T> orUnavailable(work: () -> T): T = try {
    work()
} catch (known: VaultException) {
    throw known
} catch (_: KeyPermanentlyInvalidatedException) {
    throw VaultException.KeyMissing()
} catch (_: AEADBadTagException) {
    throw VaultException.Rejected()
} catch (_: Exception) {
    throw VaultException.Unavailable()
}
