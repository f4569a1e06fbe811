//! A sealed file in the store, read as if it lay on the desk.

use std::io::{self, Read, Seek, SeekFrom};

use bytes::Bytes;

use crate::intake::{Store, wait};

/// Bytes fetched at a time. A bucket answers each question after a while, and a package is read nearly in order.
const WINDOW: u64 = 4 << 20;

/// A sealed file. What is fetched of it at once is bounded, and nothing of it is kept on the desk's disk.
pub(in crate::desk) struct PackageFile {
    store: Store,
    name: String,
    /// Of the whole, in bytes.
    size: u64,
    /// Where reading goes on.
    position: u64,
    /// Where the bytes fetched last begin, and these.
    fetched: (u64, Bytes),
}

impl PackageFile {
    pub(super) fn new(store: Store, name: String, size: u64) -> Self {
        Self { store, name, size, position: 0, fetched: (0, Bytes::new()) }
    }

    /// Its size, in bytes.
    pub(in crate::desk) fn size(&self) -> u64 {
        self.size
    }

    /// The bytes at hand from the position on, fetched if there are none.
    fn window(&mut self) -> io::Result<&[u8]> {
        let (from, bytes) = &self.fetched;
        if !(*from..from + bytes.len() as u64).contains(&self.position) {
            let range = self.position..self.size.min(self.position + WINDOW);
            let (store, name) = (self.store.clone(), self.name.clone());
            let bytes = wait(async move { store.read_range(&name, range).await })??;
            self.fetched = (self.position, bytes);
        }
        let (from, bytes) = &self.fetched;
        let at = usize::try_from(self.position - from).map_err(io::Error::other)?;
        Ok(&bytes[at.min(bytes.len())..])
    }
}

impl Read for PackageFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.size || buffer.is_empty() {
            return Ok(0);
        }
        let read = self.window()?.read(buffer)?;
        self.position += read as u64;
        // The object was there with this size: fewer bytes are a fault of the store and no end of the file.
        if read == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(read) }
    }
}

impl Seek for PackageFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(target) => Some(target),
            SeekFrom::End(offset) => self.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(content: &[u8]) -> (tempfile::TempDir, PackageFile) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("package"), content).unwrap();
        let store = Store::at_folder(folder.path()).unwrap();
        (folder, PackageFile::new(store, "package".to_owned(), content.len() as u64))
    }

    /// Longer than two windows, and no two places alike.
    fn content() -> Vec<u8> {
        (0..u32::try_from(WINDOW / 2).unwrap() + 1_000).flat_map(u32::to_le_bytes).collect()
    }

    #[test]
    fn it_reads_as_a_file_does() {
        let content = content();
        let (_folder, mut file) = file(&content);
        let mut read = Vec::new();
        file.read_to_end(&mut read).unwrap();
        assert!(read == content);
        assert_eq!(file.read(&mut [0; 8]).unwrap(), 0);
        assert!(file.seek(SeekFrom::Current(-(i64::try_from(content.len()).unwrap()) - 1)).is_err());
        assert_eq!(file.seek(SeekFrom::End(10)).unwrap(), content.len() as u64 + 10);
        assert_eq!(file.read(&mut [0; 8]).unwrap(), 0);
    }

    #[test]
    fn a_file_that_became_shorter_is_an_error_and_not_an_end() {
        let (folder, mut file) = file(&[7; 100]);
        std::fs::write(folder.path().join("package"), [7; 40]).unwrap();
        assert!(file.read_to_end(&mut Vec::new()).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]

        #[test]
        fn any_way_through_it_reads_what_is_there(
            steps in proptest::collection::vec((0..9_u64 << 20, 1..70_000_usize), 1..8),
        ) {
            let content = content();
            let (_folder, mut file) = file(&content);
            for (position, length) in steps {
                file.seek(SeekFrom::Start(position)).unwrap();
                let mut read = Vec::new();
                Read::by_ref(&mut file).take(length as u64).read_to_end(&mut read).unwrap();
                let from = content.len().min(usize::try_from(position).unwrap());
                prop_assert!(read == content[from..content.len().min(from + length)]);
            }
        }
    }
}
