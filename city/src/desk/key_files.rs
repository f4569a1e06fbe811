//! The city's secret keys in their files: PKCS#8 in PEM as `openssl` reads it, identities as `age` reads them.

use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};
use homon_seal::{Identity, Recipient, Sha256Digest, SigningKey};
use zeroize::Zeroizing;

use super::files::{self, FileError};
use super::folder::DeskFolder;

/// A key is not where it should be, or is none.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// There is no such file.
    #[error("the key {} is not here; if it was carried away, say where it is", .0.display())]
    NotHere(PathBuf),
    /// The file holds no key of the kind.
    #[error("the file {} holds no key; bring it back from its copy", .0.display())]
    NotAKey(PathBuf),
    /// The file could not be read or written.
    #[error(transparent)]
    File(FileError),
}

impl From<FileError> for KeyFileError {
    fn from(error: FileError) -> Self {
        if error.is_missing() { Self::NotHere(error.path) } else { Self::File(error) }
    }
}

/// Reads a key that signs.
///
/// # Errors
/// Any [`KeyFileError`].
pub fn signing_key(path: &Path) -> Result<SigningKey, KeyFileError> {
    let pem = Zeroizing::new(files::read_text(path)?);
    SigningKey::from_pkcs8_pem(&pem).map_err(|_| KeyFileError::NotAKey(path.to_owned()))
}

/// Reads a key that opens.
///
/// # Errors
/// Any [`KeyFileError`].
pub fn identity(path: &Path) -> Result<Identity, KeyFileError> {
    let text = Zeroizing::new(files::read_text(path)?);
    Identity::parse_file(&text).map_err(|_| KeyFileError::NotAKey(path.to_owned()))
}

/// The keys that open what tablets send: the present one first, then those that it has taken the place of.
///
/// # Errors
/// Any [`KeyFileError`].
pub fn work_identities(desk: &DeskFolder) -> Result<Vec<Identity>, KeyFileError> {
    let mut identities = vec![identity(&desk.work_key())?];
    for name in files::names_in(&desk.former())?.iter().rev().filter(|name| is_former_work_key(name)) {
        identities.push(identity(&desk.former().join(name))?);
    }
    Ok(identities)
}

/// The name in [`DeskFolder::former`] of a work key whose place another has taken.
pub(super) fn former_work_key(recipient: &Recipient) -> String {
    format!("work-{}.key", short(&Sha256Digest::of(recipient.to_string().as_bytes())))
}

/// The name in [`DeskFolder::former`] of the certificate of an authority whose place another has taken.
pub(super) fn former_ca(pem: &str) -> String {
    format!("ca-{}.pem", short(&Sha256Digest::of(pem.as_bytes())))
}

/// Enough of a digest to keep a handful of files apart.
fn short(digest: &Sha256Digest) -> String {
    digest.to_string().split_off(52)
}

/// Whether the name is that of a work key in [`DeskFolder::former`].
fn is_former_work_key(name: &str) -> bool {
    name.starts_with("work-") && name.ends_with(".key")
}

/// Writes a new key that signs.
pub(super) fn write_signing_key(path: &Path, key: &SigningKey) -> Result<(), FileError> {
    files::write_new(path, key.to_pkcs8_pem().as_bytes())
}

/// Writes a new key that opens, in the form of `age-keygen`.
pub(super) fn write_identity(path: &Path, identity: &Identity, now: DateTime<Utc>) -> Result<(), FileError> {
    files::write_new(path, identity_text(identity, now).as_bytes())
}

/// As [`write_identity`], in place of the key that is there.
pub(super) fn replace_identity(path: &Path, identity: &Identity, now: DateTime<Utc>) -> Result<(), FileError> {
    files::replace(path, identity_text(identity, now).as_bytes())
}

fn identity_text(identity: &Identity, now: DateTime<Utc>) -> Zeroizing<String> {
    let created = now.to_rfc3339_opts(SecondsFormat::Secs, true);
    Zeroizing::new(format!(
        "# created: {created}\n# public key: {}\n{}\n",
        identity.recipient(),
        *identity.to_secret_string()
    ))
}

#[cfg(test)]
mod tests {
    use homon_seal::recipients::RecipientKind;

    use super::*;

    #[test]
    fn keys_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let (pem, key) = (folder.path().join("opened.key.pem"), SigningKey::make());
        write_signing_key(&pem, &key).unwrap();
        assert_eq!(signing_key(&pem).unwrap().public_key(), key.public_key());
        for kind in [RecipientKind::Hybrid, RecipientKind::X25519] {
            let (path, made) = (folder.path().join(format!("{kind:?}.key")), Identity::make(kind));
            write_identity(&path, &made, "2026-09-24T00:00:00Z".parse().unwrap()).unwrap();
            assert_eq!(identity(&path).unwrap().recipient(), made.recipient());
            assert!(write_identity(&path, &made, Utc::now()).is_err(), "a key is never replaced");
        }
    }

    #[test]
    fn a_key_that_is_elsewhere_or_none_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("work.key");
        assert!(matches!(identity(&path), Err(KeyFileError::NotHere(_))));
        assert!(matches!(signing_key(&path), Err(KeyFileError::NotHere(_))));
        std::fs::write(&path, "AGE-SECRET-KEY-1NOTREALLY").unwrap();
        let error = identity(&path).unwrap_err();
        assert!(matches!(error, KeyFileError::NotAKey(_)));
        assert!(!error.to_string().contains("NOTREALLY"));
    }
}
