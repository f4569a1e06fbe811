//! The decrypted bytes of an age file, to be read in any order without leaving them.

use std::io::{self, Read, Seek, SeekFrom};

use age::stream::StreamReader;

/// Keeps reading and seeking within the plaintext. A crafted zip points wherever it likes, and the age reader does not
/// expect to be sent beyond its end.
pub(crate) struct Plaintext<R> {
    inner: StreamReader<R>,
    position: u64,
    len: u64,
}

impl<R: Read + Seek> Plaintext<R> {
    /// Authenticates the last chunk, and with it the length.
    pub(crate) fn new(mut inner: StreamReader<R>) -> io::Result<Self> {
        let len = inner.seek(SeekFrom::End(0))?;
        inner.seek(SeekFrom::Start(0))?;
        Ok(Self { inner, position: 0, len })
    }

    /// The length of the plaintext in bytes.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }
}

impl<R: Read + Seek> Read for Plaintext<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let wanted = buf.len().min(left);
        if wanted == 0 {
            return Ok(0);
        }
        match self.inner.read(&mut buf[..wanted])? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                self.position += read as u64;
                Ok(read)
            }
        }
    }
}

impl<R: Read + Seek> Seek for Plaintext<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
            SeekFrom::End(offset) => self.len.checked_add_signed(offset),
        };
        let target = target.ok_or(io::ErrorKind::InvalidInput)?;
        if target < self.len {
            self.inner.seek(SeekFrom::Start(target))?;
        }
        self.position = target;
        Ok(target)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use proptest::prelude::*;

    use super::*;
    use crate::recipients::{Identity, Recipients};

    const CHUNK: usize = 64 << 10;

    fn encrypted(len: usize) -> (Vec<u8>, Plaintext<Cursor<Vec<u8>>>) {
        let identity = Identity::make_x25519();
        let recipients = Recipients::new(vec![identity.recipient()]).unwrap();
        let bytes: Vec<u8> = (0..len).map(|at| (at / 7) as u8).collect();
        let mut writer = recipients.encryptor().unwrap().wrap_output(Vec::new()).unwrap();
        writer.write_all(&bytes).unwrap();
        let decryptor = age::Decryptor::new(Cursor::new(writer.finish().unwrap())).unwrap();
        let stream = decryptor.decrypt(std::iter::once(&identity as _)).unwrap();
        (bytes, Plaintext::new(stream).unwrap())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// The same reads as on a plain buffer, also at and beyond the ends of chunks and of the whole.
        #[test]
        fn it_reads_like_a_buffer(
            len in prop_oneof![Just(0), Just(1), Just(CHUNK - 1), Just(CHUNK), Just(2 * CHUNK), Just(2 * CHUNK + 9)],
            steps in proptest::collection::vec((0usize..3 * CHUNK, 1usize..3000, any::<bool>()), 1..12),
        ) {
            let (bytes, mut plaintext) = encrypted(len);
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
}
