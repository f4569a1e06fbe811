//! Photos of an activity (実施状況がわかる写真) as they come in a package: each with its record, and nothing in the file but the
//! picture. They go into reports, so what a camera adds (place, time, a small copy of the uncovered picture) is looked for
//! here once more.

use std::collections::BTreeSet;

use homon_domain::activity_photo::{ActivityPhoto, MOST_BYTES};
use homon_domain::ids::ActivityPhotoId;
use homon_seal::{EntryPath, Manifest};

/// What is wrong with a photo of an activity.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ActivityFault {
    /// One of photo and record is missing, can't be read, or is of another photo.
    #[error("the photo of an activity {0} and its record do not belong together")]
    Unlike(ActivityPhotoId),
    /// It is no JPEG as tablets write it, or too large.
    #[error("the photo of an activity {0} is none, or holds more than a picture")]
    NotBare(ActivityPhotoId),
}

/// Reads every photo of a package, checks it and gives it to `take`, with its record. `bytes` gives an entry whose length
/// and digest were verified.
pub(super) fn each<E: From<ActivityFault>>(
    manifest: &Manifest,
    mut bytes: impl FnMut(EntryPath) -> Result<Vec<u8>, E>,
    mut take: impl FnMut(ActivityPhoto, Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    for id in listed(manifest) {
        let (json, jpeg) = (EntryPath::ActivityRecord(id), EntryPath::ActivityPhoto(id));
        check_sizes(manifest, id)?;
        let record: ActivityPhoto = serde_json::from_slice(&bytes(json)?).map_err(|_| ActivityFault::Unlike(id))?;
        check_same(manifest, id, &record)?;
        let jpeg = bytes(jpeg)?;
        if !is_bare(&jpeg) {
            return Err(ActivityFault::NotBare(id).into());
        }
        take(record, jpeg)?;
    }
    Ok(())
}

/// Every photo of which there is anything.
fn listed(manifest: &Manifest) -> BTreeSet<ActivityPhotoId> {
    let id = |path| match path {
        EntryPath::ActivityRecord(id) | EntryPath::ActivityPhoto(id) => Some(id),
        _ => None,
    };
    manifest.entries.iter().filter_map(|entry| id(entry.path)).collect()
}

/// Both are there, and no larger than they may be: they are read into memory.
fn check_sizes(manifest: &Manifest, id: ActivityPhotoId) -> Result<(), ActivityFault> {
    for path in [EntryPath::ActivityRecord(id), EntryPath::ActivityPhoto(id)] {
        let entry = manifest.entries.iter().find(|entry| entry.path == path).ok_or(ActivityFault::Unlike(id))?;
        if entry.size > u64::from(MOST_BYTES) {
            return Err(ActivityFault::NotBare(id));
        }
    }
    Ok(())
}

fn check_same(manifest: &Manifest, id: ActivityPhotoId, record: &ActivityPhoto) -> Result<(), ActivityFault> {
    let same = manifest.entries.iter().any(|entry| {
        entry.path == EntryPath::ActivityPhoto(id)
            && entry.size == u64::from(record.bytes)
            && entry.sha256.to_string() == record.sha256
    });
    if same && record.id == id { Ok(()) } else { Err(ActivityFault::Unlike(id)) }
}

/// Whether it is a JPEG of tables and one scan (ITU-T T.81, annex B), as tablets write it: no comment, no APP segment but
/// a JFIF header without a small copy, and nothing after the end.
fn is_bare(jpeg: &[u8]) -> bool {
    let Some(mut rest) = jpeg.strip_prefix(&[0xFF, 0xD8]) else { return false };
    loop {
        let [0xFF, code, high, low, ..] = *rest else { return false };
        let end = 2 + usize::from(u16::from_be_bytes([high, low]));
        let (Some(content), Some(after)) = (rest.get(4..end), rest.get(end..)) else { return false };
        match code {
            0xE0 if content.len() == 14 && content.starts_with(b"JFIF\0") => {}
            0xC0 | 0xC4 | 0xDB => {}
            0xDA => return is_one_scan(after),
            _ => return false,
        }
        rest = after;
    }
}

/// No marker in it but that of the end.
fn is_one_scan(bytes: &[u8]) -> bool {
    let Some(scan) = bytes.strip_suffix(&[0xFF, 0xD9]) else { return false };
    scan.last() != Some(&0xFF) && scan.windows(2).all(|pair| pair[0] != 0xFF || pair[1] == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JFIF: &[u8] = b"\xFF\xE0\x00\x10JFIF\0\x01\x02\0\0\x01\0\x01\0\0";
    const TABLES: &[u8] = b"\xFF\xDB\x00\x04ab\xFF\xC0\x00\x03c\xFF\xC4\x00\x02";
    const SCAN: &[u8] = b"\xFF\xDA\x00\x04de12\xFF\x003";

    fn file(parts: &[&[u8]]) -> Vec<u8> {
        [b"\xFF\xD8", parts.concat().as_slice(), b"\xFF\xD9"].concat()
    }

    #[test]
    fn a_picture_and_nothing_else_is_bare() {
        assert!(is_bare(&file(&[JFIF, TABLES, SCAN])));
        assert!(is_bare(&file(&[TABLES, SCAN])));
    }

    #[test]
    fn whatever_a_camera_adds_is_told() {
        let exif: &[u8] = b"\xFF\xE1\x00\x08Exif\0\0";
        let comment: &[u8] = b"\xFF\xFE\x00\x06CANA";
        let small_copy: &[u8] = b"\xFF\xE0\x00\x13JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01abc";
        for more in
            [exif, comment, small_copy, b"\xFF\xED\x00\x02", b"\xFF\xE0\x00\x10ABCD\0\x01\x02\0\0\x01\0\x01\0\0"]
        {
            assert!(!is_bare(&file(&[more, TABLES, SCAN])), "{more:x?}");
            assert!(!is_bare(&file(&[JFIF, TABLES, more, SCAN])), "{more:x?}");
            assert!(!is_bare(&file(&[JFIF, TABLES, SCAN, more])), "{more:x?}");
        }
        let whole = file(&[JFIF, TABLES, SCAN]);
        assert!(!is_bare(&[&whole[..], b"GPS"].concat()), "after the end");
        assert!(!is_bare(&[&whole[..], &whole[..]].concat()), "two pictures");
        for length in 0..whole.len() {
            assert!(!is_bare(&whole[..length]), "cut after {length}");
        }
    }

    #[test]
    fn no_bytes_are_a_panic() {
        for seed in 0..=u16::MAX {
            let [a, b] = seed.to_be_bytes();
            is_bare(&[0xFF, 0xD8, 0xFF, 0xDB, a, b, a]);
            is_bare(&[a, b]);
        }
    }
}
