//! Sealing: entries go in one by one, the encrypted file comes out as they do. Memory does not grow with the visit.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};

use age::EncryptError;
use chrono::{DateTime, Utc};
use zeroize::Zeroizing;
use zip::result::ZipError;
use zip::write::{SimpleFileOptions, StreamWriter, ZipWriter};
use zip::{CompressionMethod, System};

use crate::digest::{DigestWriter, Sha256Digest};
use crate::encrypting::Encrypting;
use crate::entry::{EntryPath, MANIFEST_PATH};
use crate::jws::{self, SignError, Signer};
use crate::manifest::{Closing, Entry, FORMAT, MANIFEST_TYP, Manifest};
use crate::outlet::Written;
use crate::package::{Limits, PackageKey};
use crate::recipients::Recipients;

/// Why a package could not be sealed. What has been written so far is of no use; the caller removes it.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Reading an entry or writing the file failed.
    #[error("reading or writing failed")]
    Io(#[from] io::Error),
    /// A package about this subject may not carry such an entry.
    #[error("the entry {0} does not belong in this package")]
    NotAllowed(EntryPath),
    /// The entry has been added before.
    #[error("the entry {0} is there already")]
    Duplicate(EntryPath),
    /// An entry, or the whole, is larger than a package may be.
    #[error("the package would be too large")]
    TooLarge,
    /// A handover names no tablet that it is for, or another package names one.
    #[error("the package does not say whom it is for, or should not")]
    Addressee,
    /// The manifest could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The random file key could not be encrypted to the recipients.
    #[error("the file key could not be encrypted")]
    Encrypt,
    /// An entry failed before, so the package can't be completed.
    #[error("an earlier entry failed")]
    Broken,
}

impl From<ZipError> for SealError {
    fn from(error: ZipError) -> Self {
        Self::Io(error.into())
    }
}

/// What sealing gives.
#[derive(Debug)]
pub struct Sealed<W> {
    /// The length of the sealed file.
    pub bytes: u64,
    /// The digest of the sealed file: what receipts are bound to.
    pub sha256: Sha256Digest,
    /// The writer, flushed. Making the file durable is the caller's part.
    pub out: W,
}

/// What is read of an entry at once.
const BUFFER_BYTES: usize = 64 << 10;

/// Writes one package.
///
/// The caller gives a temporary file, makes it durable and renames it when [`PackageWriter::finish`] has succeeded. A
/// file whose writer was dropped before lacks its last age chunk, so nothing takes it for a whole one.
///
/// The file is written on a thread of its own, so a write that fails is told a little later, at the end at the latest.
pub struct PackageWriter<W: Write + Send + 'static> {
    zip: ZipWriter<StreamWriter<Encrypting<W>>>,
    key: PackageKey,
    made_at: DateTime<Utc>,
    recipients: Sha256Digest,
    entries: Vec<Entry>,
    paths: BTreeSet<EntryPath>,
    total_bytes: u64,
    limits: Limits,
    buffer: Zeroizing<Vec<u8>>,
    broken: bool,
}

impl<W: Write + Send + 'static> PackageWriter<W> {
    /// Begins a package to these recipients.
    ///
    /// # Errors
    /// [`SealError::Io`], [`SealError::Encrypt`].
    pub fn new(out: W, recipients: &Recipients, key: PackageKey, made_at: DateTime<Utc>) -> Result<Self, SealError> {
        let encrypting = Encrypting::begin(out, recipients).map_err(|error| match error {
            EncryptError::Io(error) => SealError::Io(error),
            _ => SealError::Encrypt,
        })?;
        Ok(Self {
            zip: ZipWriter::new_stream(encrypting),
            key,
            made_at,
            recipients: recipients.fingerprint(),
            entries: Vec::new(),
            paths: BTreeSet::new(),
            total_bytes: 0,
            limits: Limits::default(),
            buffer: vec![0; BUFFER_BYTES].into(),
            broken: false,
        })
    }

    /// Adds one entry and reads it to its end.
    ///
    /// # Errors
    /// Any [`SealError`] but [`SealError::Sign`]. After [`SealError::Io`] and [`SealError::TooLarge`] the package
    /// can't be completed.
    pub fn add(&mut self, path: EntryPath, content: &mut dyn Read) -> Result<(), SealError> {
        self.put(path, content, None)
    }

    /// Adds one entry whose digest is known since its bytes were taken, and which was kept beside them under
    /// authentication: digesting it again would find nothing new, and takes longer than encrypting it. With the digest
    /// of other bytes, no desk accepts the package.
    ///
    /// # Errors
    /// As [`PackageWriter::add`].
    pub fn add_digested(
        &mut self,
        path: EntryPath,
        sha256: Sha256Digest,
        content: &mut dyn Read,
    ) -> Result<(), SealError> {
        self.put(path, content, Some(sha256))
    }

    fn put(&mut self, path: EntryPath, content: &mut dyn Read, known: Option<Sha256Digest>) -> Result<(), SealError> {
        self.admit(path)?;
        // Taken back at the end: whatever goes wrong in between leaves half an entry in the zip.
        self.broken = true;
        self.zip.start_file(path, options(path.is_compressed()))?;
        let allowed = self.limits.entry_bytes.min(self.limits.total_bytes - self.total_bytes);
        let mut content = content.take(allowed + 1);
        let (size, sha256) = match known {
            Some(sha256) => (copy(&mut content, &mut self.zip, &mut self.buffer)?, sha256),
            None => {
                let mut digesting = DigestWriter::new(&mut self.zip);
                copy(&mut content, &mut digesting, &mut self.buffer)?;
                let (_, size, sha256) = digesting.finish();
                (size, sha256)
            }
        };
        if size > allowed {
            return Err(SealError::TooLarge);
        }
        self.total_bytes += size;
        self.paths.insert(path);
        self.entries.push(Entry { path, size, sha256 });
        self.broken = false;
        Ok(())
    }

    /// Adds one entry that is in memory already.
    ///
    /// # Errors
    /// As [`PackageWriter::add`].
    pub fn add_bytes(&mut self, path: EntryPath, mut content: &[u8]) -> Result<(), SealError> {
        self.add(path, &mut content)
    }

    /// Signs the manifest, adds it as the last entry and completes the file.
    ///
    /// # Errors
    /// [`SealError::Sign`], [`SealError::Io`], [`SealError::Broken`], [`SealError::Addressee`].
    pub fn finish(mut self, signer: Signer<'_>, closing: Closing) -> Result<Sealed<W>, SealError> {
        if self.broken {
            return Err(SealError::Broken);
        }
        let manifest = Manifest {
            format: FORMAT,
            key: self.key,
            handover: closing.handover,
            programme: closing.programme,
            mode: closing.mode,
            made_at: self.made_at,
            recipients: self.recipients,
            reason: closing.reason,
            entries: self.entries,
            counts: closing.counts,
            audit_head: closing.audit_head,
        };
        if !manifest.names_whom_it_is_for() {
            return Err(SealError::Addressee);
        }
        let token = jws::sign(signer, MANIFEST_TYP, &manifest)?;
        self.zip.start_file(MANIFEST_PATH, options(false))?;
        self.zip.write_all(token.as_bytes())?;
        let Written { out, bytes, sha256 } = self.zip.finish()?.into_inner().finish()?;
        Ok(Sealed { bytes, sha256, out })
    }

    fn admit(&self, path: EntryPath) -> Result<(), SealError> {
        if self.broken {
            Err(SealError::Broken)
        } else if !path.may_stand_in(self.key.subject) {
            Err(SealError::NotAllowed(path))
        } else if self.paths.contains(&path) {
            Err(SealError::Duplicate(path))
        } else if self.entries.len() == self.limits.entries {
            Err(SealError::TooLarge)
        } else {
            Ok(())
        }
    }
}

/// As [`io::copy`], whose own buffer is an eighth of this one.
fn copy(from: &mut impl Read, to: &mut impl Write, buffer: &mut [u8]) -> io::Result<u64> {
    let mut copied = 0;
    loop {
        match from.read(buffer) {
            Ok(0) => return Ok(copied),
            Ok(read) => {
                to.write_all(&buffer[..read])?;
                copied += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The same for every package: no time of a file, no owner, readable by its owner only once unpacked.
fn options(is_compressed: bool) -> SimpleFileOptions {
    let method = if is_compressed { CompressionMethod::Stored } else { CompressionMethod::Deflated };
    SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o600)
        .system(System::Unix)
}

#[cfg(test)]
mod tests {
    use homon_domain::ids::{DeviceId, PartNumber, SealNumber, VisitId};
    use homon_domain::programme::Mode;

    use super::*;
    use crate::keys::SigningKey;
    use crate::package::Subject;
    use crate::recipients::Identity;

    fn writer(limits: Limits) -> PackageWriter<Vec<u8>> {
        let subject = Subject::Visit { visit: VisitId::make(), part: PartNumber::FIRST };
        let key = PackageKey { device: DeviceId::make(), subject, seal: SealNumber::FIRST };
        let recipients = Recipients::new(vec![Identity::make_x25519().recipient()]).unwrap();
        let writer = PackageWriter::new(Vec::new(), &recipients, key, DateTime::UNIX_EPOCH).unwrap();
        PackageWriter { limits, ..writer }
    }

    fn finish(writer: PackageWriter<Vec<u8>>) -> Result<Sealed<Vec<u8>>, SealError> {
        let closing = Closing {
            handover: None,
            programme: "test".parse().unwrap(),
            mode: Mode::Training,
            counts: Default::default(),
            audit_head: None,
            reason: None,
        };
        writer.finish(Signer::City(&SigningKey::make()), closing)
    }

    #[test]
    fn nothing_is_sealed_that_the_reader_would_refuse() {
        let limits = Limits { entries: 2, entry_bytes: 10, total_bytes: 15 };
        let mut exact = writer(limits);
        exact.add_bytes(EntryPath::Visit, &[0; 10]).unwrap();
        exact.add_bytes(EntryPath::Audit, &[0; 5]).unwrap();
        // Refused before anything was written: the package can still be completed.
        assert!(matches!(exact.add_bytes(EntryPath::Tally, b""), Err(SealError::TooLarge)));
        finish(exact).unwrap();

        let mut one_too_large = writer(limits);
        assert!(matches!(one_too_large.add_bytes(EntryPath::Visit, &[0; 11]), Err(SealError::TooLarge)));
        assert!(matches!(finish(one_too_large), Err(SealError::Broken)));

        let mut all_too_large = writer(limits);
        all_too_large.add_bytes(EntryPath::Visit, &[0; 10]).unwrap();
        assert!(matches!(all_too_large.add_bytes(EntryPath::Audit, &[0; 6]), Err(SealError::TooLarge)));
        assert!(matches!(finish(all_too_large), Err(SealError::Broken)));
    }
}
