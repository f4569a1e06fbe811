//! The content of an age file, to be read in any order without leaving it: a crafted zip points wherever it likes.

use std::io::{self, Read, Seek, SeekFrom};

use age::DecryptError;
use zeroize::Zeroizing;

use crate::header;
use crate::recipients::Identity;
use crate::stream::{CHUNK, Chunks, PayloadKey, SEALED_CHUNK};

/// What it takes to decrypt a file's payload.
pub(crate) struct Payload {
    pub(crate) key: PayloadKey,
    /// Where it begins in the file.
    pub(crate) start: u64,
    pub(crate) chunks: Chunks,
}

/// Reads and seeks within the decrypted payload. Each chunk is authenticated before anything of it is given out.
pub(crate) struct Plaintext<R> {
    file: R,
    payload: Payload,
    position: u64,
    /// A chunk, decrypted where it was read to. Wiped when dropped.
    chunk: Zeroizing<Vec<u8>>,
    /// Which one that is; `None` while there is none.
    held: Option<u64>,
}

impl<R: Read + Seek> Plaintext<R> {
    /// Proves the header and authenticates the last chunk, and with it the length.
    pub(crate) fn open(mut file: R, identities: &[Identity]) -> Result<Self, DecryptError> {
        let file_bytes = file.seek(SeekFrom::End(0))?;
        file.rewind()?;
        let (start, key) = header::read(&mut file, identities)?;
        let chunks = Chunks::of(file_bytes.saturating_sub(start)).ok_or(DecryptError::DecryptionFailed)?;
        let chunk = Zeroizing::new(Vec::with_capacity(SEALED_CHUNK));
        let mut opened = Self { file, payload: Payload { key, start, chunks }, position: 0, chunk, held: None };
        opened.hold(chunks.count() - 1)?;
        Ok(opened)
    }

    /// The length of the content in bytes.
    pub(crate) fn len(&self) -> u64 {
        self.payload.chunks.content_bytes()
    }

    /// The file, and what it takes to decrypt it.
    pub(crate) fn parts(&mut self) -> (&mut R, &Payload) {
        // Who reads the file leaves it anywhere.
        (&mut self.file, &self.payload)
    }

    /// Reads and opens a chunk, unless it is held already.
    fn hold(&mut self, index: u64) -> io::Result<()> {
        if self.held == Some(index) {
            return Ok(());
        }
        self.held = None;
        let from = self.payload.start + index * SEALED_CHUNK as u64;
        self.file.seek(SeekFrom::Start(from))?;
        self.chunk.clear();
        self.file.by_ref().take(self.payload.chunks.sealed_bytes_of(index)).read_to_end(&mut self.chunk)?;
        let place = self.payload.chunks.place(index);
        let content = self.payload.key.open(place, &mut self.chunk).map_err(|_| io::ErrorKind::InvalidData)?.len();
        self.chunk.truncate(content);
        self.held = Some(index);
        Ok(())
    }
}

impl<R: Read + Seek> Read for Plaintext<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() || self.position >= self.len() {
            return Ok(0);
        }
        self.hold(self.position / CHUNK as u64)?;
        let within = usize::try_from(self.position % CHUNK as u64).map_err(|_| io::ErrorKind::InvalidData)?;
        let read = (&self.chunk[within..]).read(buf)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl<R: Read + Seek> Seek for Plaintext<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = target(to, self.position, self.len())?;
        Ok(self.position)
    }
}

/// Where a seek leads, in bytes from the beginning.
pub(crate) fn target(to: SeekFrom, position: u64, len: u64) -> io::Result<u64> {
    let target = match to {
        SeekFrom::Start(offset) => Some(offset),
        SeekFrom::Current(offset) => position.checked_add_signed(offset),
        SeekFrom::End(offset) => len.checked_add_signed(offset),
    };
    target.ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::{Cursor, Write};

    use proptest::prelude::*;

    use super::*;
    use crate::encrypting::Encrypting;
    use crate::recipients::Recipients;

    /// An age file with this many bytes in it, the bytes, and the identity that opens it.
    pub(crate) fn sealed(len: usize) -> (Vec<u8>, Vec<u8>, Identity) {
        let identity = Identity::make_x25519();
        let recipients = Recipients::new(vec![identity.recipient()]).unwrap();
        let bytes: Vec<u8> = (0..len).map(|at| (at / 7) as u8).collect();
        let mut writer = Encrypting::begin(Vec::new(), &recipients).unwrap();
        writer.write_all(&bytes).unwrap();
        (writer.finish().unwrap().out, bytes, identity)
    }

    fn open(sealed: Vec<u8>, identity: &Identity) -> Result<Plaintext<Cursor<Vec<u8>>>, DecryptError> {
        Plaintext::open(Cursor::new(sealed), std::slice::from_ref(identity))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// The same reads as on a plain buffer, also at and beyond the ends of chunks and of the whole.
        #[test]
        fn it_reads_like_a_buffer(
            len in prop_oneof![Just(0), Just(1), Just(CHUNK - 1), Just(CHUNK), Just(2 * CHUNK), Just(2 * CHUNK + 9)],
            steps in proptest::collection::vec((0usize..3 * CHUNK, 1usize..3000, any::<bool>()), 1..12),
        ) {
            let (sealed, bytes, identity) = sealed(len);
            let mut plaintext = open(sealed, &identity).unwrap();
            prop_assert_eq!(plaintext.len(), len as u64);
            let mut plain = Cursor::new(bytes);
            for (at, count, near_end) in steps {
                let to = if near_end { SeekFrom::End(at as i64 % 40 - 20) } else { SeekFrom::Start(at as u64) };
                let sought = plaintext.seek(to);
                if let Ok(expected) = plain.seek(to) {
                    prop_assert_eq!(sought.unwrap(), expected);
                } else {
                    prop_assert!(sought.is_err());
                    continue;
                }
                let (mut ours, mut theirs) = (Vec::new(), Vec::new());
                plaintext.by_ref().take(count as u64).read_to_end(&mut ours).unwrap();
                (&mut plain as &mut dyn Read).take(count as u64).read_to_end(&mut theirs).unwrap();
                prop_assert!(ours == theirs);
            }
        }
    }

    /// The age crate's own reader, which is not used here, reads the same.
    #[test]
    fn the_age_crate_reads_what_is_written_here_and_the_other_way_round() {
        for len in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 20 * CHUNK, 20 * CHUNK + 5] {
            let (sealed, bytes, identity) = sealed(len);
            let mut theirs = Vec::new();
            let decryptor = age::Decryptor::new_buffered(&sealed[..]).unwrap();
            decryptor.decrypt(std::iter::once(&identity as _)).unwrap().read_to_end(&mut theirs).unwrap();
            assert!(theirs == bytes, "{len}");

            let recipient = identity.recipient();
            let recipients = Recipients::new(vec![recipient]).unwrap();
            let encryptor = recipients.encryptor().unwrap();
            let mut writer = encryptor.wrap_output(Vec::new()).unwrap();
            writer.write_all(&bytes).unwrap();
            let mut ours = Vec::new();
            open(writer.finish().unwrap(), &identity).unwrap().read_to_end(&mut ours).unwrap();
            assert!(ours == bytes, "{len}");
        }
    }

    #[test]
    fn a_chunk_cut_off_taken_out_or_put_elsewhere_is_noticed() {
        let (sealed, _, identity) = sealed(3 * CHUNK + 10);
        let start = sealed.len() - 3 * SEALED_CHUNK - 26;
        let (head, payload) = sealed.split_at(start);
        let chunk = |index: usize| &payload[index * SEALED_CHUNK..payload.len().min((index + 1) * SEALED_CHUNK)];
        let reads = |chunks: &[&[u8]]| {
            let file = [&[head], chunks].concat().concat();
            open(file, &identity).is_ok_and(|mut plaintext| plaintext.read_to_end(&mut Vec::new()).is_ok())
        };
        assert!(reads(&[chunk(0), chunk(1), chunk(2), chunk(3)]));
        for wrong in [
            vec![],
            vec![chunk(0), chunk(1), chunk(2)],
            vec![chunk(0), chunk(2), chunk(3)],
            vec![chunk(1), chunk(0), chunk(2), chunk(3)],
            vec![chunk(0), chunk(1), chunk(2), chunk(3), chunk(3)],
            vec![chunk(0), chunk(1), chunk(2), &chunk(3)[..25]],
        ] {
            assert!(!reads(&wrong));
        }
    }
}
