package app.homon.android

import android.security.keystore.KeyPermanentlyInvalidatedException
import app.homon.android.keys.KeystoreVault
import app.homon.android.keys.orUnavailable
import app.homon.core.VaultException
import app.homon.core.VaultKind
import java.security.ProviderException
import java.security.Signature
import javax.crypto.IllegalBlockSizeException
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], manifest = Config.NONE)
class KeystoreVaultTest {
    private val chest = SoftwareKeyChest()
    private val vault = KeystoreVault(chest)
    private val secret = ByteArray(32) { it.toByte() }

    @Test
    fun `what is wrapped is unwrapped, and is not the same twice`() {
        vault.create("visit/1/1")
        val (one, two) = vault.wrap("visit/1/1", secret) to vault.wrap("visit/1/1", secret)
        assertArrayEquals(secret, vault.unwrap("visit/1/1", one))
        assertFalse(one.contentEquals(two))
    }

    @Test
    fun `making a key again keeps it`() {
        vault.create("desk")
        val wrapped = vault.wrap("desk", secret)
        vault.create("desk")
        assertArrayEquals(secret, vault.unwrap("desk", wrapped))
    }

    @Test
    fun `a destroyed key is missing, and destroying it again is nothing`() {
        vault.create("desk")
        val wrapped = vault.wrap("desk", secret)
        vault.destroy("desk")
        vault.destroy("desk")
        assertFalse(vault.contains("desk"))
        assertThrows(VaultException.KeyMissing::class.java) { vault.unwrap("desk", wrapped) }
        assertThrows(VaultException.KeyMissing::class.java) { vault.wrap("desk", secret) }
        vault.create("desk")
        assertThrows(VaultException.Rejected::class.java) { vault.unwrap("desk", wrapped) }
    }

    @Test
    fun `what was changed, cut or wrapped under another alias is rejected`() {
        vault.create("desk")
        val wrapped = vault.wrap("desk", secret)
        val changed = wrapped.clone().also { it[20] = (it[20] + 1).toByte() }
        assertThrows(VaultException.Rejected::class.java) { vault.unwrap("desk", changed) }
        assertThrows(VaultException.Rejected::class.java) { vault.unwrap("desk", wrapped.copyOf(20)) }
        chest.secrets["homon/other"] = chest.secrets.getValue("homon/desk")
        assertThrows(VaultException.Rejected::class.java) { vault.unwrap("other", wrapped) }
    }

    @Test
    fun `the device signs in DER with the key that it shows`() {
        assertThrows(VaultException.KeyMissing::class.java) { vault.sign(secret) }
        val point = vault.devicePublicKey()
        assertEquals(65, point.size)
        assertEquals(4, point[0].toInt())
        assertArrayEquals(point, vault.devicePublicKey())
        val signature = vault.sign(secret)
        assertEquals(0x30, signature[0].toInt())
        val verifier = Signature.getInstance("SHA256withECDSA").apply { initVerify(chest.pairs.values.single().public) }
        verifier.update(secret)
        assertTrue(verifier.verify(signature))
    }

    @Test
    fun `it says what it is`() {
        assertEquals(VaultKind.SOFTWARE, vault.kind())
        assertEquals(VaultKind.HARDWARE, KeystoreVault(SoftwareKeyChest(isHardware = true)).kind())
    }

    @Test
    fun `a key store that fails is unavailable, or full where there is no room`() {
        chest.failure = ProviderException("a text that goes nowhere")
        assertThrows(VaultException.Unavailable::class.java) { vault.create("desk") }
        assertThrows(VaultException.Unavailable::class.java) { vault.devicePublicKey() }
        chest.isFull = true
        assertThrows(VaultException.Full::class.java) { vault.create("desk") }
        assertThrows(VaultException.Full::class.java) { vault.devicePublicKey() }
    }

    @Test
    fun `an error in the middle of a decryption does not make a visit damaged`() {
        assertThrows(VaultException.Unavailable::class.java) { orUnavailable { throw IllegalBlockSizeException() } }
        assertThrows(VaultException.KeyMissing::class.java) { orUnavailable { throw KeyPermanentlyInvalidatedException() } }
    }
}
