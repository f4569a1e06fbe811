//! The outer shape of the zip, checked before any library reads its directory.
//!
//! A package is written in one go, so its zip ends with a directory and an end record without comment, and nothing
//! stands before or after. Holding it to that shape bounds the memory that a crafted directory can claim, and leaves
//! no second way to read the same file.

use std::io::{self, Read, Seek, SeekFrom};

/// The end record without a comment (APPNOTE.TXT section 4.3.16).
const END_BYTES: u64 = 22;
const END_SIGNATURE: [u8; 4] = [0x50, 0x4b, 0x05, 0x06];
/// More than any entry of ours takes in the directory: 46 bytes and its path.
const DIRECTORY_ENTRY_BYTES: u64 = 256;

/// What the end record says, when the zip has the shape of a package.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Shape {
    /// How many entries the directory has, the manifest's included.
    pub(crate) entries: usize,
}

/// Reads the end record of a zip of `len` bytes; `None` when it has not the shape of a package.
pub(crate) fn read(zip: &mut (impl Read + Seek), len: u64) -> io::Result<Option<Shape>> {
    let Some(start) = len.checked_sub(END_BYTES) else {
        return Ok(None);
    };
    let mut record = [0; END_BYTES as usize];
    zip.seek(SeekFrom::Start(start))?;
    zip.read_exact(&mut record)?;
    Ok(parse(&record, start))
}

fn parse(record: &[u8; END_BYTES as usize], directory_end: u64) -> Option<Shape> {
    let short = |at: usize| u16::from_le_bytes([record[at], record[at + 1]]);
    let long = |at: usize| u64::from(short(at)) | u64::from(short(at + 2)) << 16;
    let (disk, directory_disk, here, entries, comment) = (short(4), short(6), short(8), short(10), short(20));
    let (directory_bytes, directory_start) = (long(12), long(16));
    let one_volume = disk == 0 && directory_disk == 0 && here == entries;
    let nothing_else = comment == 0 && directory_start + directory_bytes == directory_end;
    let modest = directory_bytes <= u64::from(entries) * DIRECTORY_ENTRY_BYTES;
    let ours = record.starts_with(&END_SIGNATURE) && one_volume && nothing_else && modest;
    ours.then_some(Shape { entries: usize::from(entries) })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn end(entries: u16, directory_bytes: u32, directory_start: u32) -> Vec<u8> {
        let mut record = END_SIGNATURE.to_vec();
        record.extend([0; 4]);
        record.extend(entries.to_le_bytes());
        record.extend(entries.to_le_bytes());
        record.extend(directory_bytes.to_le_bytes());
        record.extend(directory_start.to_le_bytes());
        record.extend([0; 2]);
        record
    }

    fn shape(bytes: &[u8]) -> Option<Shape> {
        read(&mut Cursor::new(bytes), bytes.len() as u64).unwrap()
    }

    #[test]
    fn only_a_whole_zip_without_addition_has_the_shape() {
        let mut zip = vec![0; 60];
        zip.extend(end(1, 50, 10));
        assert_eq!(shape(&zip), Some(Shape { entries: 1 }));
        assert_eq!(shape(&end(0, 0, 0)), Some(Shape { entries: 0 }));

        let with = |at: usize, value: u8| {
            let mut changed = zip.clone();
            changed[60 + at] = value;
            changed
        };
        for at in [0, 4, 6, 8, 10, 12, 16, 20] {
            assert_eq!(shape(&with(at, 7)), None, "{at}");
        }
        let prefixed = [&[0], zip.as_slice()].concat();
        let followed = [zip.as_slice(), &[0]].concat();
        for wrong in [&prefixed, &followed, &zip[..81], &[], &zip[60..]] {
            assert_eq!(shape(wrong), None);
        }
    }

    #[test]
    fn a_directory_larger_than_its_entries_is_refused() {
        let mut zip = vec![0; 257];
        zip.extend(end(1, 257, 0));
        assert_eq!(shape(&zip), None);
    }
}
