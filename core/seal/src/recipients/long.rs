//! Long files, such as a backup, each as one age file that is written and read in a stream.

use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};

use age::DecryptError;
use age::stream::StreamWriter;

use super::{Identity, Recipients};
use crate::header;

/// Why a long file could not be decrypted. What is changed beyond its header shows while it is read, as
/// [`io::ErrorKind::InvalidData`] or [`io::ErrorKind::UnexpectedEof`].
#[derive(Debug, thiserror::Error)]
pub enum LongError {
    /// None of the identities is among the recipients.
    #[error("not encrypted to any of these keys")]
    NotForUs,
    /// The header was changed, or this is no age file.
    #[error("damaged, or not an age file")]
    Damaged,
    /// The file could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Encrypts what is written. Without [`LongWriter::finish`] the file lacks its last chunk, so nothing takes it for whole.
pub struct LongWriter<W: Write>(StreamWriter<W>);

impl<W: Write> LongWriter<W> {
    /// Begins an age file to these recipients.
    ///
    /// # Errors
    /// What the writer fails with.
    pub fn begin(out: W, recipients: &Recipients) -> io::Result<Self> {
        let encryptor = recipients.encryptor().map_err(io::Error::other)?;
        Ok(Self(encryptor.wrap_output(out)?))
    }

    /// Writes the last chunk.
    ///
    /// # Errors
    /// What the writer fails with.
    pub fn finish(self) -> io::Result<W> {
        self.0.finish()
    }
}

impl<W: Write> Write for LongWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The content of a long file, as far as it is authentic: the reader fails at the first chunk that is not. Only who reads
/// to the end knows that nothing was cut off.
///
/// # Errors
/// Any [`LongError`].
pub fn decrypt_long<R: Read + Seek>(identities: &[Identity], mut file: R) -> Result<impl Read, LongError> {
    let mut head = Vec::new();
    file.by_ref().take(header::MAX_HEADER as u64).read_to_end(&mut head)?;
    if !header::is_whole(&head) {
        return Err(LongError::Damaged);
    }
    file.seek(SeekFrom::Start(0))?;
    let decryptor = age::Decryptor::new_buffered(BufReader::new(file)).map_err(|_| LongError::Damaged)?;
    decryptor.decrypt(identities.iter().map(|identity| identity as _)).map_err(|error| match error {
        DecryptError::NoMatchingKeys => LongError::NotForUs,
        DecryptError::Io(error) => LongError::Io(error),
        _ => LongError::Damaged,
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::recipients::{RecipientKind, decrypt_small};

    fn sealed(recipients: &Recipients, content: &[u8]) -> Vec<u8> {
        let mut writer = LongWriter::begin(Vec::new(), recipients).unwrap();
        writer.write_all(content).unwrap();
        writer.finish().unwrap()
    }

    fn read(identity: &Identity, sealed: &[u8]) -> Result<Vec<u8>, LongError> {
        let mut content = Vec::new();
        decrypt_long(std::slice::from_ref(identity), Cursor::new(sealed))?.read_to_end(&mut content)?;
        Ok(content)
    }

    #[test]
    fn a_long_file_comes_back_to_each_recipient_only() {
        let content: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
        for kind in [RecipientKind::Hybrid, RecipientKind::X25519] {
            let (work, recovery, stranger) = (Identity::make(kind), Identity::make(kind), Identity::make(kind));
            let to = Recipients::new(vec![work.recipient(), recovery.recipient()]).unwrap();
            let file = sealed(&to, &content);
            for identity in [&work, &recovery] {
                assert!(read(identity, &file).unwrap() == content);
            }
            assert!(matches!(read(&stranger, &file), Err(LongError::NotForUs)));
            assert!(matches!(read(&work, b"no age file"), Err(LongError::Damaged)));
            assert_eq!(*decrypt_small(&[work], &sealed(&to, b"short")).unwrap(), b"short");
        }
    }

    #[test]
    fn what_was_changed_or_cut_off_is_never_taken_for_whole() {
        let identity = Identity::make_x25519();
        let to = Recipients::new(vec![identity.recipient()]).unwrap();
        let file = sealed(&to, &vec![7; 150_000]);
        for at in (0..file.len()).step_by(997) {
            let mut changed = file.clone();
            changed[at] ^= 1;
            assert!(read(&identity, &changed).is_err(), "byte {at}");
            assert!(read(&identity, &file[..at]).is_err(), "cut at {at}");
        }
        assert!(read(&identity, &[&file[..], b"more"].concat()).is_err());
        let mut unfinished = LongWriter::begin(Vec::new(), &to).unwrap();
        unfinished.write_all(&[7; 150_000]).unwrap();
        unfinished.flush().unwrap();
    }
}
