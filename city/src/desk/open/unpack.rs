//! A package's entries, written into a draft folder and read on the way.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use homon_domain::ids::{PartNumber, VisitId};
use homon_seal::{EntryPath, Examined, Manifest, OpenError, OpenedPackage, Sha256Digest};
use serde::de::DeserializeOwned;

use super::Refusal;
use super::reconcile::{Content, Mismatch};
use crate::desk::activity;
use crate::desk::arrivals::PackageFile;
use crate::desk::audit;
use crate::desk::files::{self, At};

/// What is written of an entry at once.
const BUFFER_BYTES: usize = 64 << 10;
/// The folders that a package may have.
const FOLDERS: [&str; 3] = ["cases", "photos", "activity"];

/// Writes every entry of a package into `draft`, durably, and answers the digest of the sealed file. The draft is worth
/// nothing unless this succeeds.
pub(super) fn unpack<R: Read + Seek + Send>(package: Examined<R>, draft: &Path) -> Result<Sha256Digest, Refusal> {
    for folder in FOLDERS {
        if package.manifest().entries.iter().any(|entry| entry.path.to_string().starts_with(folder)) {
            files::make_folder(&draft.join(folder))?;
        }
    }
    let sha256 = package.unpack(|path, content| {
        let to = draft.join(path.to_string());
        let mut file = files::create(&to)?;
        let mut content = BufReader::with_capacity(BUFFER_BYTES, content);
        io::copy(&mut content, &mut file).and_then(|_| file.sync_all()).at(&to)?;
        Ok::<_, Refusal>(())
    })?;
    for folder in FOLDERS.map(|name| draft.join(name)) {
        if folder.is_dir() {
            files::sync_folder(&folder)?;
        }
    }
    files::sync_folder(draft)?;
    Ok(sha256)
}

/// Where a part is read from that was verified.
pub(super) enum Source<'a> {
    /// The draft into which [`unpack`] wrote it.
    Draft(&'a Path),
    /// The package itself: nothing of it touches the desk's disk.
    Sealed(&'a mut OpenedPackage<PackageFile>),
}

impl Source<'_> {
    fn bytes(&mut self, path: EntryPath) -> Result<Vec<u8>, Refusal> {
        match self {
            Self::Draft(draft) => {
                let place = draft.join(path.to_string());
                Ok(fs::read(&place).at(&place)?)
            }
            Self::Sealed(package) => {
                let mut bytes = Vec::new();
                package.entry(path)?.read_to_end(&mut bytes).map_err(OpenError::from)?;
                Ok(bytes)
            }
        }
    }

    fn json<T: DeserializeOwned>(&mut self, path: EntryPath) -> Result<T, Refusal> {
        // The parser's own words may quote what it stumbled over.
        Ok(serde_json::from_slice(&self.bytes(path)?).map_err(|_| Mismatch::Unreadable(path))?)
    }

    fn lines(&mut self, path: EntryPath) -> Result<Vec<String>, Refusal> {
        let text = String::from_utf8(self.bytes(path)?).map_err(|_| Mismatch::Unreadable(path))?;
        Ok(text.lines().map(str::to_owned).collect())
    }
}

/// Reads a part, follows its audit log, and looks at every photo of the activity.
pub(super) fn read_visit(
    manifest: &Manifest,
    source: &mut Source<'_>,
    visit: (VisitId, PartNumber),
) -> Result<Content, Refusal> {
    let listed = |path: EntryPath| manifest.entries.iter().any(|entry| entry.path == path);
    for needed in [EntryPath::Visit, EntryPath::Audit] {
        if !listed(needed) {
            return Err(Mismatch::Missing(needed).into());
        }
    }
    let log = source.bytes(EntryPath::Audit)?;
    let trail = audit::verify(log.as_slice(), visit, manifest.audit_head).map_err(Mismatch::from)?;
    activity::each(manifest, |path| source.bytes(path), |_, _| Ok::<_, Refusal>(()))?;
    let mut cases = BTreeMap::new();
    for entry in &manifest.entries {
        if let EntryPath::Case(number) = entry.path {
            cases.insert(number, source.json(entry.path)?);
        }
    }
    let tally = if listed(EntryPath::Tally) { Some(source.json(EntryPath::Tally)?) } else { None };
    let handovers = if listed(EntryPath::Handovers) { source.lines(EntryPath::Handovers)? } else { Vec::new() };
    Ok(Content { visit: source.json(EntryPath::Visit)?, cases, tally, handovers, trail })
}
