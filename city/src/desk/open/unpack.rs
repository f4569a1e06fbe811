//! A package's entries, written into a draft folder and read on the way.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use homon_domain::ids::{PartNumber, VisitId};
use homon_seal::{EntryPath, Examined, Manifest, Sha256Digest};
use serde::de::DeserializeOwned;

use super::Refusal;
use super::reconcile::{Content, Mismatch};
use crate::desk::audit;
use crate::desk::files::{self, At};

/// What is written of an entry at once.
const BUFFER_BYTES: usize = 64 << 10;

/// Writes every entry of a package into `draft`, durably, and answers the digest of the sealed file. The draft is worth
/// nothing unless this succeeds.
pub(super) fn unpack<R: Read + Seek + Send>(package: Examined<R>, draft: &Path) -> Result<Sha256Digest, Refusal> {
    for folder in ["cases", "photos"] {
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
    for folder in ["cases", "photos"].map(|name| draft.join(name)) {
        if folder.is_dir() {
            files::sync_folder(&folder)?;
        }
    }
    files::sync_folder(draft)?;
    Ok(sha256)
}

/// Reads what [`unpack`] wrote of a visit, and follows its audit log.
pub(super) fn read_visit(manifest: &Manifest, draft: &Path, visit: (VisitId, PartNumber)) -> Result<Content, Refusal> {
    let listed = |path: EntryPath| manifest.entries.iter().any(|entry| entry.path == path);
    for needed in [EntryPath::Visit, EntryPath::Audit] {
        if !listed(needed) {
            return Err(Mismatch::Missing(needed).into());
        }
    }
    let log = draft.join(EntryPath::Audit.to_string());
    audit::verify(BufReader::new(File::open(&log).at(&log)?), visit, manifest.audit_head).map_err(Mismatch::from)?;
    let numbers = manifest.entries.iter().filter_map(|entry| match entry.path {
        EntryPath::Case(number) => Some(number),
        _ => None,
    });
    let cases = numbers.map(|number| Ok((number, read(draft, EntryPath::Case(number))?)));
    Ok(Content {
        visit: read(draft, EntryPath::Visit)?,
        cases: cases.collect::<Result<_, Refusal>>()?,
        tally: if listed(EntryPath::Tally) { Some(read(draft, EntryPath::Tally)?) } else { None },
    })
}

fn read<T: DeserializeOwned>(draft: &Path, path: EntryPath) -> Result<T, Refusal> {
    match files::read_json(&draft.join(path.to_string())) {
        Err(error) if error.source.kind() == io::ErrorKind::InvalidData => Err(Mismatch::Unreadable(path).into()),
        other => Ok(other?),
    }
}
