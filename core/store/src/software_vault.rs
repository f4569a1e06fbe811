//! A key vault made of files, for desks, training and tests. It says what it is.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use homon_domain::hex;
use homon_domain::platform::{KeyAlias, KeyVault, VaultError, VaultKind};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use zeroize::Zeroizing;

use crate::{aead, error, files};

const DEVICE_KEY: &str = "device.p8";
/// A key under this ending is being destroyed: no key of the alias exists any more.
const DYING: &str = ".dying";

/// Keys in a folder of their own: one file for each wrapping key, and one for the device's P-256 key.
///
/// Whoever can read the folder has the keys, so a programme in force refuses this vault ([`VaultKind::Software`]).
pub struct SoftwareVault {
    folder: PathBuf,
    // Two threads that make the same key would each hold another one.
    guard: Mutex<()>,
}

impl SoftwareVault {
    /// Opens the vault in `folder`; makes the folder when it is missing, finishes what a crash interrupted.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn open(folder: &Path) -> Result<Self, error::Error> {
        files::make_private_dir(folder)?;
        for name in files::names_in(folder)? {
            if name.ends_with(DYING) || name.ends_with(".new") {
                overwrite_and_remove(&folder.join(&name))?;
            }
        }
        Ok(Self { folder: folder.to_owned(), guard: Mutex::new(()) })
    }

    /// File names say nothing and hold any alias.
    fn path(&self, alias: &KeyAlias) -> PathBuf {
        let name = hex::encode(digest(&SHA256, alias.0.as_bytes()).as_ref());
        self.folder.join(format!("{name}.key"))
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        // The guarded state is on disk and whole at every point, so a panic elsewhere has not spoilt it.
        self.guard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn key(&self, alias: &KeyAlias) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let bytes = read_secret(&self.path(alias))?;
        let mut key = Zeroizing::new([0; 32]);
        if bytes.len() != key.len() {
            return Err(VaultError::Unavailable);
        }
        key.copy_from_slice(&bytes);
        Ok(key)
    }

    fn device_key(&self) -> Result<EcdsaKeyPair, VaultError> {
        let pkcs8 = read_secret(&self.folder.join(DEVICE_KEY))?;
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &pkcs8, &SystemRandom::new())
            .map_err(|_| VaultError::Unavailable)
    }

    fn make_device_key(&self) -> Result<EcdsaKeyPair, VaultError> {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new())
            .map_err(|_| VaultError::Unavailable)?;
        files::write_atomically(&self.folder.join(DEVICE_KEY), pkcs8.as_ref()).map_err(unavailable)?;
        self.device_key()
    }
}

impl KeyVault for SoftwareVault {
    fn kind(&self) -> VaultKind {
        VaultKind::Software
    }

    fn create(&self, alias: &KeyAlias) -> Result<(), VaultError> {
        let _guard = self.lock();
        let path = self.path(alias);
        // Only a certain no: a key that merely could not be seen must not be written over.
        if path.try_exists().map_err(unavailable)? {
            return Ok(());
        }
        let mut key = Zeroizing::new([0; 32]);
        aead::fill_random(key.as_mut()).map_err(unavailable)?;
        files::write_atomically(&path, key.as_ref()).map_err(unavailable)
    }

    fn wrap(&self, alias: &KeyAlias, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        let _guard = self.lock();
        let key = self.key(alias)?;
        aead::seal(&key, alias.0.as_bytes(), secret).map_err(unavailable)
    }

    fn unwrap(&self, alias: &KeyAlias, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let _guard = self.lock();
        let key = self.key(alias)?;
        aead::open(&key, alias.0.as_bytes(), wrapped).ok_or(VaultError::Rejected)
    }

    fn destroy(&self, alias: &KeyAlias) -> Result<(), VaultError> {
        let _guard = self.lock();
        let path = self.path(alias);
        let dying = files::with_suffix(&path, DYING);
        // Renamed first: a crash while overwriting must not leave a key of zeros under a living name.
        match files::rename(&path, &dying) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(unavailable(error)),
        }
        if !dying.try_exists().map_err(unavailable)? {
            return Ok(());
        }
        overwrite_and_remove(&dying).map_err(unavailable)
    }

    fn contains(&self, alias: &KeyAlias) -> Result<bool, VaultError> {
        let _guard = self.lock();
        self.path(alias).try_exists().map_err(unavailable)
    }

    fn device_public_key(&self) -> Result<Vec<u8>, VaultError> {
        let _guard = self.lock();
        let key = match self.device_key() {
            Err(VaultError::KeyMissing) => self.make_device_key()?,
            found => found?,
        };
        Ok(key.public_key().as_ref().to_vec())
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, VaultError> {
        let _guard = self.lock();
        let signature = self.device_key()?.sign(&SystemRandom::new(), message);
        Ok(signature.map_err(|_| VaultError::Unavailable)?.as_ref().to_vec())
    }
}

fn unavailable(error: io::Error) -> VaultError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => VaultError::Full,
        _ => VaultError::Unavailable,
    }
}

fn read_secret(path: &Path) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Zeroizing::new(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(VaultError::KeyMissing),
        Err(error) => Err(unavailable(error)),
    }
}

/// Overwriting is what a file system allows; on flash, old blocks can outlive it.
fn overwrite_and_remove(path: &Path) -> io::Result<()> {
    let length = usize::try_from(fs::metadata(path)?.len()).map_err(io::Error::other)?;
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.write_all(&vec![0; length])?;
    file.sync_all()?;
    drop(file);
    files::remove_if_there(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};

    use super::*;

    fn alias(name: &str) -> KeyAlias {
        KeyAlias(name.to_owned())
    }

    #[test]
    fn what_was_wrapped_is_unwrapped_after_a_restart_and_only_by_its_own_key() {
        let folder = tempfile::tempdir().unwrap();
        let vault = SoftwareVault::open(folder.path()).unwrap();
        vault.create(&alias("desk")).unwrap();
        vault.create(&alias("visit/1")).unwrap();
        let wrapped = vault.wrap(&alias("desk"), b"secret").unwrap();
        drop(vault);
        let vault = SoftwareVault::open(folder.path()).unwrap();
        vault.create(&alias("desk")).unwrap();
        assert_eq!(vault.unwrap(&alias("desk"), &wrapped).unwrap().as_slice(), b"secret");
        assert_eq!(vault.unwrap(&alias("visit/1"), &wrapped).unwrap_err(), VaultError::Rejected);
        assert_eq!(vault.unwrap(&alias("none"), &wrapped).unwrap_err(), VaultError::KeyMissing);
    }

    #[test]
    fn one_alias_cannot_stand_in_for_another() {
        let folder = tempfile::tempdir().unwrap();
        let vault = SoftwareVault::open(folder.path()).unwrap();
        vault.create(&alias("a")).unwrap();
        let wrapped = vault.wrap(&alias("a"), b"secret").unwrap();
        fs::copy(vault.path(&alias("a")), vault.path(&alias("b"))).unwrap();
        assert_eq!(vault.unwrap(&alias("b"), &wrapped).unwrap_err(), VaultError::Rejected);
    }

    #[test]
    fn a_destroyed_key_is_gone_and_a_new_one_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let vault = SoftwareVault::open(folder.path()).unwrap();
        vault.create(&alias("desk")).unwrap();
        let wrapped = vault.wrap(&alias("desk"), b"secret").unwrap();
        vault.destroy(&alias("desk")).unwrap();
        vault.destroy(&alias("desk")).unwrap();
        assert!(!vault.contains(&alias("desk")).unwrap());
        assert!(files::names_in(folder.path()).unwrap().is_empty());
        vault.create(&alias("desk")).unwrap();
        assert_eq!(vault.unwrap(&alias("desk"), &wrapped).unwrap_err(), VaultError::Rejected);
    }

    #[test]
    fn a_crash_while_a_key_dies_leaves_no_key_of_zeros() {
        let folder = tempfile::tempdir().unwrap();
        let vault = SoftwareVault::open(folder.path()).unwrap();
        vault.create(&alias("desk")).unwrap();
        let path = vault.path(&alias("desk"));
        files::rename(&path, &files::with_suffix(&path, DYING)).unwrap();
        fs::write(files::unfinished(&path), [0; 7]).unwrap();
        assert!(!vault.contains(&alias("desk")).unwrap());
        drop(vault);
        let vault = SoftwareVault::open(folder.path()).unwrap();
        assert!(files::names_in(folder.path()).unwrap().is_empty());
        vault.create(&alias("desk")).unwrap();
        assert_ne!(*vault.key(&alias("desk")).unwrap(), [0; 32]);
    }

    #[test]
    fn the_device_key_is_made_once_and_its_signatures_verify() {
        let folder = tempfile::tempdir().unwrap();
        let vault = SoftwareVault::open(folder.path()).unwrap();
        assert_eq!(vault.sign(b"message").unwrap_err(), VaultError::KeyMissing);
        let public = vault.device_public_key().unwrap();
        assert_eq!((public.len(), public[0]), (65, 4));
        let vault = SoftwareVault::open(folder.path()).unwrap();
        assert_eq!(vault.device_public_key().unwrap(), public);
        let signature = vault.sign(b"message").unwrap();
        let verifier = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, public);
        verifier.verify(b"message", &signature).unwrap();
        assert!(verifier.verify(b"massage", &signature).is_err());
    }
}
