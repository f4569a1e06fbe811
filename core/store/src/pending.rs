//! An enrolment that was asked for and not yet accepted to its end.
//!
//! While this file is there the tablet is not enrolled, whatever else lies in its folder.

use std::fs;
use std::io;

use crate::error::Error;
use crate::files;
use crate::root::Root;

/// The file `enrolment.pending`: the tablet's mailbox identity, wrapped by the vault, until the city has answered.
#[derive(Debug)]
pub struct PendingEnrolment;

impl PendingEnrolment {
    /// Stores what the vault wrapped; a new request takes the place of an older one.
    ///
    /// # Errors
    /// The storage's.
    pub fn write(root: &Root, wrapped: &[u8]) -> Result<(), Error> {
        Ok(files::write_atomically(&root.pending(), wrapped)?)
    }

    /// What the vault wrapped, if a request is pending.
    ///
    /// # Errors
    /// The storage's.
    pub fn read(root: &Root) -> Result<Option<Vec<u8>>, Error> {
        match fs::read(root.pending()) {
            Ok(wrapped) => Ok(Some(wrapped)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes what an interrupted acceptance left: key slots and a desk file that know nothing yet.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`] when no request is pending, so that nothing of an enrolled tablet is ever removed; the
    /// storage's.
    pub fn discard_half_done(root: &Root) -> Result<(), Error> {
        if Self::read(root)?.is_none() {
            return Err(Error::AlreadyExists);
        }
        files::remove_if_there(&root.names())?;
        files::remove_if_there(&root.slots())?;
        for ending in ["-wal", "-shm", ""] {
            files::remove_if_there(&files::with_suffix(&root.desk(), ending))?;
        }
        Ok(())
    }

    /// The enrolment has been accepted to its end.
    ///
    /// # Errors
    /// The storage's.
    pub fn finish(root: &Root) -> Result<(), Error> {
        files::remove_if_there(&root.pending())?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_an_enrolled_tablet_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        fs::write(root.slots(), b"slots").unwrap();
        assert!(matches!(PendingEnrolment::discard_half_done(&root), Err(Error::AlreadyExists)));
        PendingEnrolment::write(&root, b"wrapped").unwrap();
        assert_eq!(PendingEnrolment::read(&root).unwrap().as_deref(), Some(b"wrapped".as_slice()));
        PendingEnrolment::discard_half_done(&root).unwrap();
        assert!(!root.slots().exists());
        PendingEnrolment::finish(&root).unwrap();
        assert_eq!(PendingEnrolment::read(&root).unwrap(), None);
    }
}
