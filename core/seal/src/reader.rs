//! Opening: first what the device signed, then every entry, each compared with what was signed.
//!
//! [`open`] gives a package out after everything in it has been verified. [`examine`] and [`Examined::unpack`] verify the
//! entries on their way into a draft, in one pass through the file; who unpacks throws the draft away when that fails.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Read, Seek};
use std::sync::Arc;

use homon_domain::ids::DeviceId;
use serde::Deserialize;
use zip::read::{ArchiveOffset, Config, ZipArchiveMetadata};
use zip::{CompressionMethod, ZipArchive};

use crate::digest::Sha256Digest;
use crate::entry::{EntryPath, MANIFEST_PATH};
use crate::entry_reader::EntryReader;
use crate::jws;
use crate::keys::PublicKey;
use crate::manifest::{Entry, FORMAT, HandedOver, MANIFEST_TYP, Manifest};
pub use crate::open_error::OpenError;
use crate::package::{Limits, PackageKey};
use crate::pass;
use crate::plaintext::Plaintext;
use crate::recipients::Identity;
use crate::shape;

/// A package whose manifest is the device's, and lists what the zip contains. The entries themselves are not verified
/// yet.
pub struct Examined<R> {
    plaintext: Plaintext<R>,
    directory: Arc<ZipArchiveMetadata>,
    manifest: Manifest,
    token: String,
    places: BTreeMap<EntryPath, Place>,
}

/// Where an entry stands.
#[derive(Clone, Copy)]
struct Place {
    /// In the zip's directory.
    index: usize,
    /// In the zip.
    start: u64,
}

/// Examines a package: that it is encrypted to one of the identities, that its manifest is signed by the device that it
/// names, and that it contains what the manifest lists, within the limits. `key_of` gives the public key of an enrolled
/// device.
///
/// Who calls must still compare [`Manifest::key`] with the name under which the package came.
///
/// # Errors
/// Any [`OpenError`].
pub fn examine<R: Read + Seek>(
    file: R,
    identities: &[Identity],
    key_of: impl FnOnce(DeviceId) -> Option<PublicKey>,
    limits: &Limits,
) -> Result<Examined<R>, OpenError> {
    examine_as(file, identities, |key, _| key_of(key.device), limits)
}

fn examine_as<R: Read + Seek>(
    file: R,
    identities: &[Identity],
    key_of: impl FnOnce(&PackageKey, Option<&HandedOver>) -> Option<PublicKey>,
    limits: &Limits,
) -> Result<Examined<R>, OpenError> {
    let mut archive = open_archive(Plaintext::open(file, identities)?, limits)?;
    let token = manifest_token(&mut archive)?;
    let manifest = verified_manifest(&token, key_of)?;
    let directory = archive.metadata();
    let places = verified_places(&directory, &manifest)?;
    verify_sizes(&manifest, limits)?;
    Ok(Examined { plaintext: archive.into_inner(), directory, manifest, token, places })
}

/// Opens a package and verifies all of it before anything of it is given out. Otherwise as [`examine`].
///
/// # Errors
/// Any [`OpenError`].
pub fn open<R: Read + Seek + Send>(
    file: R,
    identities: &[Identity],
    key_of: impl FnOnce(DeviceId) -> Option<PublicKey>,
    limits: &Limits,
) -> Result<OpenedPackage<R>, OpenError> {
    open_as(file, identities, |key, _| key_of(key.device), limits)
}

/// As [`open`], where the key also depends on what a handover says of itself, before anything of it is believed.
pub(crate) fn open_as<R: Read + Seek + Send>(
    file: R,
    identities: &[Identity],
    key_of: impl FnOnce(&PackageKey, Option<&HandedOver>) -> Option<PublicKey>,
    limits: &Limits,
) -> Result<OpenedPackage<R>, OpenError> {
    let mut package = examine_as(file, identities, key_of, limits)?;
    package.read_through(|_, _| Ok::<_, OpenError>(()))?;
    Ok(OpenedPackage(package))
}

impl<R: Read + Seek + Send> Examined<R> {
    /// Gives every entry to `take`, in the order of the file, and answers the digest of the sealed file: what receipts
    /// are bound to. Whatever `take` leaves unread is verified all the same.
    ///
    /// Nothing that was given out counts before this has succeeded: a later entry, or the end of one, may be wrong.
    ///
    /// # Errors
    /// What `take` fails with; [`OpenError::Damaged`], [`OpenError::Io`].
    pub fn unpack<E: From<OpenError>>(
        mut self,
        take: impl FnMut(EntryPath, &mut dyn Read) -> Result<(), E>,
    ) -> Result<Sha256Digest, E> {
        self.read_through(take)
    }

    fn read_through<E: From<OpenError>>(
        &mut self,
        mut take: impl FnMut(EntryPath, &mut dyn Read) -> Result<(), E>,
    ) -> Result<Sha256Digest, E> {
        let Self { plaintext, directory, manifest, places, .. } = self;
        let mut entries: Vec<(&Entry, Place)> =
            manifest.entries.iter().map(|entry| (entry, places[&entry.path])).collect();
        entries.sort_unstable_by_key(|(_, place)| place.start);
        let (file, payload) = plaintext.parts();
        pass::read_through(file, payload, |pass| {
            for (expected, place) in entries {
                let mut entry = EntryReader::find(directory, place.index, pass, expected)?;
                let taken = take(expected.path, &mut entry);
                // Of the two, what is wrong with the package is what a person has to know.
                entry.finish()?;
                taken?;
            }
            Ok(())
        })
    }
}

impl<R> Examined<R> {
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
}

impl<R> fmt::Debug for Examined<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Examined({:?})", self.manifest.key)
    }
}

/// A package of which everything has been verified: the signature, and each entry's length and digest.
pub struct OpenedPackage<R>(Examined<R>);

impl<R: Read + Seek> OpenedPackage<R> {
    /// What the device signed.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        self.0.manifest()
    }

    /// The manifest as the device signed it: what [`verify_manifest`] reads.
    #[must_use]
    pub fn manifest_token(&self) -> &str {
        self.0.manifest_token()
    }

    /// The content of one entry, streamed. Its end fails if the file has been changed since it was opened.
    ///
    /// # Errors
    /// [`OpenError::MissingEntry`], [`OpenError::Damaged`], [`OpenError::Io`].
    pub fn entry(&mut self, path: EntryPath) -> Result<EntryReader<'_>, OpenError> {
        let Examined { plaintext, directory, manifest, places, .. } = &mut self.0;
        let place = places.get(&path).ok_or(OpenError::MissingEntry(path))?;
        let mut listed = manifest.entries.iter();
        let entry = listed.find(|entry| entry.path == path).ok_or(OpenError::MissingEntry(path))?;
        EntryReader::find(directory, place.index, plaintext, entry)
    }
}

impl<R> fmt::Debug for OpenedPackage<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenedPackage({:?})", self.0.manifest.key)
    }
}

/// The zip's paths and the manifest's must be the same set, and all of them at home in such a package.
fn verified_places(
    directory: &ZipArchiveMetadata,
    manifest: &Manifest,
) -> Result<BTreeMap<EntryPath, Place>, OpenError> {
    let mut places: BTreeMap<EntryPath, Option<Place>> =
        manifest.entries.iter().map(|entry| (entry.path, None)).collect();
    if places.len() != manifest.entries.len() {
        return Err(OpenError::Damaged);
    }
    for index in 0..directory.len() - 1 {
        let file = directory.entry(index)?;
        let path = std::str::from_utf8(file.name_raw()).ok().and_then(|name| name.parse::<EntryPath>().ok());
        let path = path.filter(|path| path.may_stand_in(manifest.key.subject)).ok_or(OpenError::UnlistedEntry)?;
        *places.get_mut(&path).ok_or(OpenError::UnlistedEntry)? = Some(Place { index, start: file.header_start() });
        let plain = matches!(file.compression(), CompressionMethod::Stored | CompressionMethod::Deflated);
        if !plain || file.encrypted() {
            return Err(OpenError::Damaged);
        }
    }
    let found = |(path, place): (_, Option<_>)| Ok((path, place.ok_or(OpenError::MissingEntry(path))?));
    places.into_iter().map(found).collect()
}

fn verify_sizes(manifest: &Manifest, limits: &Limits) -> Result<(), OpenError> {
    let sizes = || manifest.entries.iter().map(|entry| entry.size);
    let total = sizes().try_fold(0, u64::checked_add);
    let within = total.is_some_and(|total| total <= limits.total_bytes);
    if within && sizes().all(|size| size <= limits.entry_bytes) { Ok(()) } else { Err(OpenError::TooLarge) }
}

type Archive<R> = ZipArchive<Plaintext<R>>;

fn open_archive<R: Read + Seek>(mut plaintext: Plaintext<R>, limits: &Limits) -> Result<Archive<R>, OpenError> {
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
