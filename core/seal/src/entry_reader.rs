//! One entry of a package, compared with what the manifest says of it while it is read.

use std::io::{self, Read, Seek};

use ring::digest::{Context, SHA256};
use zip::ZipReadOptions;
use zip::read::ZipArchiveMetadata;

use crate::digest;
use crate::manifest::Entry;
use crate::open_error::OpenError;

/// The content of one entry. Reading to the end verifies its length and digest; it never gives more than was listed.
pub struct EntryReader<'a> {
    file: Box<dyn Read + 'a>,
    left: u64,
    expected: Entry,
    /// Gone when the digest has been compared.
    context: Option<Context>,
    /// What went wrong within the package, whatever who reads makes of it.
    failure: Option<io::ErrorKind>,
}

impl<'a> EntryReader<'a> {
    /// Goes to an entry of a zip.
    pub(crate) fn find<S: Read + Seek>(
        directory: &'a ZipArchiveMetadata,
        index: usize,
        zip: &'a mut S,
        expected: &Entry,
    ) -> Result<Self, OpenError> {
        let file = directory.entry(index)?.with_reader(zip, ZipReadOptions::new())?;
        let (left, context) = (expected.size, Some(Context::new(&SHA256)));
        Ok(Self { file: Box::new(file), left, expected: expected.clone(), context, failure: None })
    }

    /// Reads what is left, and tells what was wrong with the entry.
    pub(crate) fn finish(mut self) -> Result<(), OpenError> {
        if self.failure.is_none() {
            io::copy(&mut self, &mut io::sink())?;
        }
        self.failure.map_or(Ok(()), |kind| Err(io::Error::from(kind).into()))
    }

    fn read_on(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buf)?;
        if read == 0 {
            return self.check_end();
        }
        self.left = self.left.checked_sub(read as u64).ok_or(io::ErrorKind::InvalidData)?;
        if let Some(context) = &mut self.context {
            context.update(&buf[..read]);
        }
        Ok(read)
    }

    fn check_end(&mut self) -> io::Result<usize> {
        let Some(context) = self.context.take() else {
            return Ok(0);
        };
        let whole = self.left == 0 && digest::finish(context) == self.expected.sha256;
        if whole { Ok(0) } else { Err(io::ErrorKind::InvalidData.into()) }
    }
}

impl Read for EntryReader<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        let read = self.read_on(buf);
        if let Err(error) = &read {
            self.failure = Some(error.kind());
        }
        read
    }
}
