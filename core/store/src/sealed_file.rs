//! A package while it is written: nothing takes it for a whole one until it is durable.

use std::fs::File;
use std::path::PathBuf;

use homon_domain::package::PackageName;

use crate::error::Error;
use crate::files;
use crate::root::Root;

/// A package under a name that begins with its own, so that erasure finds it too if it stays unfinished.
#[derive(Debug)]
pub struct SealedFile {
    draft: PathBuf,
    path: PathBuf,
}

impl SealedFile {
    /// Begins a package; an unfinished one of the same number is written over.
    ///
    /// # Errors
    /// The storage's.
    pub fn begin(root: &Root, id: PackageName) -> Result<(Self, File), Error> {
        let path = root.sealed(id);
        let draft = files::unfinished(&path);
        files::remove_if_there(&draft)?;
        let file = files::create_private(&draft)?;
        Ok((Self { draft, path }, file))
    }

    /// Makes what was written durable, under the package's own name.
    ///
    /// # Errors
    /// The storage's.
    pub fn publish(self, written: File) -> Result<(), Error> {
        written.sync_all()?;
        drop(written);
        files::rename(&self.draft, &self.path)?;
        Ok(())
    }

    /// Removes what was written so far.
    ///
    /// # Errors
    /// The storage's.
    pub fn abandon(self) -> Result<(), Error> {
        files::remove_if_there(&self.draft)?;
        Ok(())
    }

    /// Removes a package that the city holds, or that a later number has replaced.
    ///
    /// # Errors
    /// The storage's.
    pub fn remove(root: &Root, id: PackageName) -> Result<(), Error> {
        files::remove_if_there(&root.sealed(id))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use homon_domain::ids::SealNumber;
    use homon_domain::package::Subject;

    use super::*;

    #[test]
    fn a_package_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        let id = PackageName { subject: Subject::Hello, seal: SealNumber::FIRST };
        let (unfinished, mut file) = SealedFile::begin(&root, id).unwrap();
        file.write_all(b"half").unwrap();
        assert!(!root.sealed(id).exists());
        unfinished.abandon().unwrap();
        let (whole, mut file) = SealedFile::begin(&root, id).unwrap();
        file.write_all(b"whole").unwrap();
        whole.publish(file).unwrap();
        assert_eq!(files::names_in(&root.sealed_folder()).unwrap(), ["hello-1.age"]);
        SealedFile::remove(&root, id).unwrap();
        assert_eq!(files::names_in(&root.sealed_folder()).unwrap(), [""; 0]);
    }
}
