//! The writing end of an age file: what goes in comes out encrypted, on a thread of its own.

use std::io::{self, Write};
use std::mem::take;

use age::EncryptError;
use zeroize::Zeroizing;

use crate::header;
use crate::outlet::{Outlet, Written};
use crate::recipients::Recipients;
use crate::stream::{CHUNK, PayloadKey, Place, SEALED_CHUNK};

/// What is handed over at once: few enough hand-overs not to show, and small enough to stay in a processor's cache.
const BLOCK: usize = 4 * SEALED_CHUNK;

/// Encrypts what is written. Without [`Encrypting::finish`] the file lacks its last chunk, so nothing takes it for a
/// whole one.
pub(crate) struct Encrypting<W> {
    key: PayloadKey,
    outlet: Outlet<W>,
    /// Sealed chunks, and then the content of the next. Wiped when dropped.
    block: Zeroizing<Vec<u8>>,
    /// Where in `block` that content begins.
    chunk_start: usize,
    /// How many chunks were sealed.
    sealed: u64,
}

impl<W: Write + Send + 'static> Encrypting<W> {
    /// Begins an age file to these recipients.
    ///
    /// # Errors
    /// The age crate's, when it can't encrypt to the recipients; an I/O error when there is no thread to be had.
    pub(crate) fn begin(out: W, recipients: &Recipients) -> Result<Self, EncryptError> {
        let (header, key) = header::make(recipients)?;
        let (outlet, mut block) = Outlet::start(out, BLOCK)?;
        block.extend(header);
        Ok(Self { key, outlet, chunk_start: block.len(), block: block.into(), sealed: 0 })
    }

    /// Seals the last chunk and waits until all is written.
    ///
    /// # Errors
    /// That of the first write that failed.
    pub(crate) fn finish(mut self) -> io::Result<Written<W>> {
        self.seal(true);
        self.outlet.send(take(&mut *self.block))?;
        self.outlet.finish()
    }

    fn seal(&mut self, last: bool) {
        self.key.seal(Place { index: self.sealed, last }, &mut self.block, self.chunk_start);
        self.sealed += 1;
        self.chunk_start = self.block.len();
    }

    /// Makes room for at least one byte. A full chunk is sealed only now: had nothing followed, it would be the last.
    fn make_room(&mut self) -> io::Result<usize> {
        if self.block.len() - self.chunk_start == CHUNK {
            self.seal(false);
            if self.block.len() + SEALED_CHUNK > BLOCK {
                *self.block = self.outlet.send(take(&mut *self.block))?;
                self.chunk_start = 0;
            }
        }
        Ok(CHUNK - (self.block.len() - self.chunk_start))
    }
}

impl<W: Write + Send + 'static> Write for Encrypting<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let room = self.make_room()?;
        let taken = &buf[..buf.len().min(room)];
        self.block.extend_from_slice(taken);
        Ok(taken.len())
    }

    /// Nothing leaves before its chunk is full.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
