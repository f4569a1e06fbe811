//! What is to be uploaded, written down beside the sealed file, so that it outlives the process.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use homon_seal::{PackageKey, Sha256Digest};
use serde::{Deserialize, Serialize};

const SUFFIX: &str = ".upload.json";
const FORMAT: u16 = 1;

/// One sealed file on its way to the city. Says nothing about a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UploadJob {
    /// The sealed file.
    pub file: PathBuf,
    /// What it is.
    pub package: PackageKey,
    /// The digest of the file.
    pub sha256: Sha256Digest,
    /// The length of the file.
    pub bytes: u64,
}

/// Why a job can't be written or read.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The note is damaged or of a later version: seal again.
    #[error("the note beside the sealed file can't be read")]
    Damaged,
    /// The folder can't be used.
    #[error("the folder of sealed files failed: {0}")]
    Folder(#[from] io::Error),
}

/// The note as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    format: u16,
    /// The name of the file in the note's own folder. Never a path: iOS moves an app's folder when it is updated.
    file: String,
    package: PackageKey,
    sha256: Sha256Digest,
    bytes: u64,
}

impl UploadJob {
    /// Writes the note beside the sealed file. It is there whole and durably, or not at all.
    ///
    /// # Errors
    /// [`JobError::Folder`].
    pub fn save(&self) -> Result<(), JobError> {
        let name = self.file.file_name().and_then(|name| name.to_str());
        let file = name.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?;
        let note = Note {
            format: FORMAT,
            file: file.to_owned(),
            package: self.package,
            sha256: self.sha256,
            bytes: self.bytes,
        };
        let json = serde_json::to_vec_pretty(&note).map_err(io::Error::other)?;
        let draft = with_suffix(&self.file, ".upload.draft");
        let mut out = fs::File::create(&draft)?;
        out.write_all(&json)?;
        out.sync_all()?;
        fs::rename(&draft, self.note())?;
        sync_folder(&draft)?;
        Ok(())
    }

    /// Reads the note beside a sealed file; `None` when there is none.
    ///
    /// # Errors
    /// Any [`JobError`].
    pub fn load(file: &Path) -> Result<Option<Self>, JobError> {
        let json = match fs::read(with_suffix(file, SUFFIX)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let note: Note = serde_json::from_slice(&json).map_err(|_| JobError::Damaged)?;
        let is_here = file.file_name().is_some_and(|name| name == note.file.as_str());
        if note.format != FORMAT || !is_here {
            return Err(JobError::Damaged);
        }
        Ok(Some(Self { file: file.to_owned(), package: note.package, sha256: note.sha256, bytes: note.bytes }))
    }

    /// The sealed files of a folder that have a note, in the order of their names.
    ///
    /// # Errors
    /// [`JobError::Folder`].
    pub fn files_with_notes(folder: &Path) -> Result<Vec<PathBuf>, JobError> {
        let mut files = Vec::new();
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name();
            files.extend(name.to_str().and_then(|name| name.strip_suffix(SUFFIX)).map(|name| folder.join(name)));
        }
        files.sort();
        Ok(files)
    }

    /// Removes the note: there is nothing left to upload.
    ///
    /// # Errors
    /// [`JobError::Folder`].
    pub fn forget(&self) -> Result<(), JobError> {
        match fs::remove_file(self.note()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn note(&self) -> PathBuf {
        with_suffix(&self.file, SUFFIX)
    }
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(suffix);
    name.into()
}

/// Makes the new name durable. Folders can be opened and synced on Unix only.
fn sync_folder(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) if cfg!(unix) => fs::File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use homon_seal::PackageName;

    use super::*;

    fn job(folder: &Path) -> UploadJob {
        let device = "7f0e1c1e-5a5b-4f3a-8d3c-1f2e3d4c5b6a".parse().unwrap();
        let name: PackageName = "visit/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1/2".parse().unwrap();
        let sha256 = Sha256Digest::of(b"sealed");
        UploadJob { file: folder.join("part-1-2.age"), package: name.of(device), sha256, bytes: 6 }
    }

    #[test]
    fn a_job_outlives_the_process_and_a_move_of_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let (before, after) = (folder.path().join("before"), folder.path().join("after"));
        fs::create_dir(&before).unwrap();
        let saved = job(&before);
        assert!(UploadJob::load(&saved.file).unwrap().is_none());
        saved.save().unwrap();
        saved.save().unwrap();
        fs::rename(&before, &after).unwrap();
        assert_eq!(UploadJob::files_with_notes(&after).unwrap(), [job(&after).file]);
        let loaded = UploadJob::load(&job(&after).file).unwrap().unwrap();
        assert_eq!(loaded, job(&after));
        loaded.forget().unwrap();
        loaded.forget().unwrap();
        assert_eq!(fs::read_dir(&after).unwrap().count(), 0);
    }

    #[test]
    fn the_note_is_frozen() {
        let folder = tempfile::tempdir().unwrap();
        let job = job(folder.path());
        job.save().unwrap();
        insta::assert_snapshot!(fs::read_to_string(job.note()).unwrap());
    }

    #[test]
    fn a_damaged_note_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let job = job(folder.path());
        job.save().unwrap();
        let good = fs::read_to_string(job.note()).unwrap();
        for bad in [
            String::new(),
            good[..good.len() / 2].to_owned(),
            good.replace("part-1-2.age", "../part-1-2.age"),
            good.replace("\"format\": 1", "\"format\": 2"),
            good.replace("\"bytes\": 6", "\"bytes\": -6"),
        ] {
            fs::write(job.note(), &bad).unwrap();
            assert!(matches!(UploadJob::load(&job.file), Err(JobError::Damaged)), "{bad}");
        }
    }
}
