//! Opening: a package is given out only after everything in it has been verified.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use age::DecryptError;
use homon_domain::ids::DeviceId;
use ring::digest::{Context, SHA256};
use serde::Deserialize;
use zip::read::{ArchiveOffset, Config, ZipFile};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use crate::digest;
use crate::entry::{EntryPath, MANIFEST_PATH};
use crate::header;
use crate::jws::{self, TokenError};
use crate::keys::PublicKey;
use crate::manifest::{Entry, FORMAT, HandedOver, MANIFEST_TYP, Manifest};
use crate::package::{Limits, PackageKey};
use crate::plaintext::Plaintext;
use crate::recipients::Identity;
use crate::shape;

/// Why a package was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// None of the identities is among the recipients.
    #[error("the package is not encrypted to any of these keys")]
    NotForUs,
    /// Not a package, cut short, or changed.
    #[error("the package is damaged")]
    Damaged,
    /// No key is known for the device that the manifest names.
    #[error("the package comes from the unknown device {0}")]
    UnknownDevice(DeviceId),
    /// The manifest is not signed by the key of the device that it names.
    #[error("the package's signature is wrong")]
    BadSignature,
    /// Sealed by a later version.
    #[error("the package is of a format that this version does not know")]
    UnknownFormat,
    /// The zip contains something that the manifest does not list, or that no such package may contain.
    #[error("the package contains an entry that it should not")]
    UnlistedEntry,
    /// The manifest lists something that the zip does not contain.
    #[error("the package lacks the entry {0}")]
    MissingEntry(EntryPath),
    /// More than the limits allow, as it stands or inflated.
    #[error("the package is too large")]
    TooLarge,
    /// The file could not be read.
    #[error("the package could not be read")]
    Io(#[source] io::Error),
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => Self::Damaged,
            _ => Self::Io(error),
        }
    }
}

impl From<ZipError> for OpenError {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(error) => error.into(),
            _ => Self::Damaged,
        }
    }
}

impl From<DecryptError> for OpenError {
    fn from(error: DecryptError) -> Self {
        match error {
            DecryptError::NoMatchingKeys => Self::NotForUs,
            DecryptError::Io(error) => error.into(),
            _ => Self::Damaged,
        }
    }
}

impl From<TokenError> for OpenError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::OtherKey | TokenError::BadSignature => Self::BadSignature,
            TokenError::TooLong => Self::TooLarge,
            TokenError::Malformed | TokenError::WrongAlgorithm | TokenError::WrongType => Self::Damaged,
        }
    }
}

type Archive<R> = ZipArchive<Plaintext<BufReader<R>>>;

/// A package of which everything has been verified: the signature, and each entry's length and digest.
pub struct OpenedPackage<R> {
    archive: Archive<R>,
    manifest: Manifest,
    token: String,
}

/// Opens a package and verifies all of it. `key_of` gives the public key of an enrolled device.
///
/// Who calls must still compare [`Manifest::key`] with the name under which the package came.
///
/// # Errors
/// Any [`OpenError`].
pub fn open<R: Read + Seek>(
    file: R,
    identities: &[Identity],
    key_of: impl FnOnce(DeviceId) -> Option<PublicKey>,
    limits: &Limits,
) -> Result<OpenedPackage<R>, OpenError> {
    open_as(file, identities, |key, _| key_of(key.device), limits)
}

/// As [`open`], where the key also depends on what a handover says of itself, before anything of it is believed.
pub(crate) fn open_as<R: Read + Seek>(
    file: R,
    identities: &[Identity],
    key_of: impl FnOnce(&PackageKey, Option<&HandedOver>) -> Option<PublicKey>,
    limits: &Limits,
) -> Result<OpenedPackage<R>, OpenError> {
    let mut archive = open_archive(decrypt(file, identities)?, limits)?;
    let token = manifest_token(&mut archive)?;
    let manifest = verified_manifest(&token, key_of)?;
    let mut package = OpenedPackage { archive, manifest, token };
    package.verify_listing()?;
    package.verify_sizes(limits)?;
    package.verify_entries()?;
    Ok(package)
}

impl<R: Read + Seek> OpenedPackage<R> {
    /// What the device signed.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The manifest as the device signed it: what [`verify_manifest`] reads.
    #[must_use]
    pub fn manifest_token(&self) -> &str {
        &self.token
    }

    /// The content of one entry, streamed. Its end fails if the file has been changed since it was opened.
    ///
    /// # Errors
    /// [`OpenError::MissingEntry`], [`OpenError::Damaged`], [`OpenError::Io`].
    pub fn entry(&mut self, path: EntryPath) -> Result<EntryReader<'_, R>, OpenError> {
        let mut listed = self.manifest.entries.iter();
        let entry = listed.find(|entry| entry.path == path).cloned().ok_or(OpenError::MissingEntry(path))?;
        let file = self.archive.by_name(&path.to_string())?;
        Ok(EntryReader { file, left: entry.size, expected: entry, context: Some(Context::new(&SHA256)) })
    }

    /// The zip's paths and the manifest's must be the same set, and all of them at home in such a package.
    fn verify_listing(&mut self) -> Result<(), OpenError> {
        let mut listed: BTreeMap<EntryPath, bool> =
            self.manifest.entries.iter().map(|entry| (entry.path, false)).collect();
        if listed.len() != self.manifest.entries.len() {
            return Err(OpenError::Damaged);
        }
        for index in 0..self.archive.len() - 1 {
            let file = self.archive.by_index_raw(index)?;
            let path = std::str::from_utf8(file.name_raw()).ok().and_then(|name| name.parse::<EntryPath>().ok());
            let path =
                path.filter(|path| path.may_stand_in(self.manifest.key.subject)).ok_or(OpenError::UnlistedEntry)?;
            *listed.get_mut(&path).ok_or(OpenError::UnlistedEntry)? = true;
            let plain = matches!(file.compression(), CompressionMethod::Stored | CompressionMethod::Deflated);
            if !plain || file.encrypted() {
                return Err(OpenError::Damaged);
            }
        }
        match listed.into_iter().find(|(_, found)| !found) {
            Some((missing, _)) => Err(OpenError::MissingEntry(missing)),
            None => Ok(()),
        }
    }

    fn verify_sizes(&self, limits: &Limits) -> Result<(), OpenError> {
        let sizes = || self.manifest.entries.iter().map(|entry| entry.size);
        let total = sizes().try_fold(0, u64::checked_add);
        let within = total.is_some_and(|total| total <= limits.total_bytes);
        if within && sizes().all(|size| size <= limits.entry_bytes) { Ok(()) } else { Err(OpenError::TooLarge) }
    }

    fn verify_entries(&mut self) -> Result<(), OpenError> {
        let paths: Vec<EntryPath> = self.manifest.entries.iter().map(|entry| entry.path).collect();
        for path in paths {
            io::copy(&mut self.entry(path)?, &mut io::sink())?;
        }
        Ok(())
    }
}

impl<R> fmt::Debug for OpenedPackage<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenedPackage({:?})", self.manifest.key)
    }
}

/// The content of one entry. Reading to the end verifies its length and digest; it never gives more than was listed.
pub struct EntryReader<'a, R: Read + Seek> {
    file: ZipFile<'a, Plaintext<BufReader<R>>>,
    left: u64,
    expected: Entry,
    /// Gone when the digest has been compared.
    context: Option<Context>,
}

impl<R: Read + Seek> EntryReader<'_, R> {
    fn check_end(&mut self) -> io::Result<usize> {
        let Some(context) = self.context.take() else {
            return Ok(0);
        };
        let whole = self.left == 0 && digest::finish(context) == self.expected.sha256;
        if whole { Ok(0) } else { Err(io::ErrorKind::InvalidData.into()) }
    }
}

impl<R: Read + Seek> Read for EntryReader<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        let read = self.file.read(buf)?;
        if read == 0 {
            return self.check_end();
        }
        self.left = self.left.checked_sub(read as u64).ok_or(io::ErrorKind::InvalidData)?;
        if let Some(context) = &mut self.context {
            context.update(&buf[..read]);
        }
        Ok(read)
    }
}

fn decrypt<R: Read + Seek>(mut file: R, identities: &[Identity]) -> Result<Plaintext<BufReader<R>>, OpenError> {
    check_age_header(&mut file)?;
    let decryptor = age::Decryptor::new_buffered(BufReader::new(file))?;
    let stream = decryptor.decrypt(identities.iter().map(|identity| identity as _))?;
    Ok(Plaintext::new(stream)?)
}

fn check_age_header(file: &mut (impl Read + Seek)) -> Result<(), OpenError> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.by_ref().take(header::MAX_HEADER as u64).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    if header::is_whole(&head) { Ok(()) } else { Err(OpenError::Damaged) }
}

fn open_archive<R: Read + Seek>(
    mut plaintext: Plaintext<BufReader<R>>,
    limits: &Limits,
) -> Result<Archive<R>, OpenError> {
    let len = plaintext.len();
    let shape = shape::read(&mut plaintext, len)?.ok_or(OpenError::Damaged)?;
    if shape.entries > limits.entries + 1 {
        return Err(OpenError::TooLarge);
    }
    let archive = ZipArchive::with_config(Config { archive_offset: ArchiveOffset::Known(0) }, plaintext)?;
    if archive.len() != shape.entries || archive.has_duplicate_names() { Err(OpenError::Damaged) } else { Ok(archive) }
}

/// The manifest is the last entry: it is written when all others are known.
fn manifest_token<R: Read + Seek>(archive: &mut Archive<R>) -> Result<String, OpenError> {
    let last = archive.len().checked_sub(1).ok_or(OpenError::Damaged)?;
    let mut file = archive.by_index(last)?;
    if file.name_raw() != MANIFEST_PATH.as_bytes() {
        return Err(OpenError::Damaged);
    }
    let mut token = String::new();
    file.by_ref().take(Limits::MANIFEST_BYTES + 1).read_to_string(&mut token)?;
    Ok(token)
}

/// Verifies a manifest that is kept without its package. `key_of` gives the public key of an enrolled device.
///
/// # Errors
/// [`OpenError::UnknownDevice`], [`OpenError::BadSignature`], [`OpenError::UnknownFormat`], [`OpenError::TooLarge`],
/// [`OpenError::Damaged`].
pub fn verify_manifest(token: &str, key_of: impl FnOnce(DeviceId) -> Option<PublicKey>) -> Result<Manifest, OpenError> {
    verified_manifest(token, |key, _| key_of(key.device))
}

fn verified_manifest(
    token: &str,
    key_of: impl FnOnce(&PackageKey, Option<&HandedOver>) -> Option<PublicKey>,
) -> Result<Manifest, OpenError> {
    let unverified: Envelope = jws::unverified_claims(token, MANIFEST_TYP)?;
    let device = unverified.key.device;
    let key = key_of(&unverified.key, unverified.handover.as_ref()).ok_or(OpenError::UnknownDevice(device))?;
    // The format is asked first: another format may well have another shape.
    let verified: Envelope = jws::verify(token, MANIFEST_TYP, &key)?;
    if verified.format != FORMAT {
        return Err(OpenError::UnknownFormat);
    }
    let manifest: Manifest = jws::verify(token, MANIFEST_TYP, &key)?;
    if manifest.names_whom_it_is_for() { Ok(manifest) } else { Err(OpenError::Damaged) }
}

/// What every format of manifest will have.
#[derive(Deserialize)]
struct Envelope {
    format: u16,
    key: PackageKey,
    #[serde(flatten)]
    handover: Option<HandedOver>,
}
