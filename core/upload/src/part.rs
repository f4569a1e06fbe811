//! What one request carries of the file.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use homon_seal::Sha256Digest;

use crate::job::UploadJob;
use crate::sending::unreadable;
use crate::trouble::Trouble;

/// Bytes of one request that carries a checksum of its own: what comes again when the checksum does not match.
///
/// A connection that breaks costs none of them, so they may be many: each request costs a handshake.
const VERIFIED: u64 = 16 << 20;

/// The bytes of one request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Part {
    /// Where it begins in the file.
    pub(crate) offset: u64,
    /// How many there are.
    pub(crate) bytes: u64,
    /// `Upload-Checksum`.
    pub(crate) checksum: Option<String>,
}

impl Part {
    /// The next bytes: with a checksum as many as are verified at a time, without one all the rest.
    ///
    /// From the beginning one request carries all: its checksum is the digest of the file, which is known.
    pub(crate) async fn next(job: &UploadJob, offset: u64, with_checksum: bool) -> Result<Self, Trouble> {
        let rest = job.bytes - offset;
        if !with_checksum {
            return Ok(Self { offset, bytes: rest, checksum: None });
        }
        if offset == 0 {
            return Ok(Self { offset, bytes: rest, checksum: Some(checksum(job.sha256)) });
        }
        let (path, bytes) = (job.file.clone(), rest.min(VERIFIED));
        let read = tokio::task::spawn_blocking(move || {
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start(offset))?;
            Sha256Digest::of_reader(&mut file.take(bytes))
        });
        let (_, digest) = read.await.map_err(std::io::Error::other).flatten().map_err(unreadable)?;
        Ok(Self { offset, bytes, checksum: Some(checksum(digest)) })
    }

    /// Where it ends in the file.
    pub(crate) fn end(&self) -> u64 {
        self.offset + self.bytes
    }
}

fn checksum(digest: Sha256Digest) -> String {
    format!("sha256 {}", STANDARD.encode(digest.0))
}

#[cfg(test)]
mod tests {
    use homon_seal::PackageName;

    use super::*;

    #[tokio::test]
    async fn a_checksum_is_of_the_bytes_that_are_sent() {
        let folder = tempfile::tempdir().unwrap();
        let content: Vec<u8> = (0..VERIFIED + 10).map(|at| (at / 7) as u8).collect();
        let name: PackageName = "hello/1".parse().unwrap();
        let package = name.of("7f0e1c1e-5a5b-4f3a-8d3c-1f2e3d4c5b6a".parse().unwrap());
        let (file, sha256) = (folder.path().join("hello.age"), Sha256Digest::of(&content));
        std::fs::write(&file, &content).unwrap();
        let job = UploadJob { file, package, sha256, bytes: content.len() as u64 };

        let of = |bytes: &[u8]| Some(checksum(Sha256Digest::of(bytes)));
        let whole = Part::next(&job, 0, true).await.unwrap();
        assert_eq!((whole.end(), whole.checksum), (job.bytes, of(&content)));
        let second = Part::next(&job, 3, true).await.unwrap();
        assert_eq!((second.end(), second.checksum), (VERIFIED + 3, of(&content[3..content.len() - 7])));
        let last = Part::next(&job, VERIFIED + 3, true).await.unwrap();
        assert_eq!((last.end(), last.checksum), (job.bytes, of(&content[content.len() - 7..])));
        let rest = Part { offset: 3, bytes: job.bytes - 3, checksum: None };
        assert_eq!(Part::next(&job, 3, false).await.unwrap(), rest);
    }
}
