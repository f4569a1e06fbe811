//! Digesting and writing beside encrypting: blocks of the sealed file go to a thread of its own.
//!
//! Each byte of a package is digested twice, as it was and as it is sealed. On one thread that takes longer than all the
//! rest; on two, sealing takes no longer than encrypting alone (`docs/decisions/0029-payload-cipher-on-ring.md`).

use std::io::{self, Write};
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use ring::digest::{Context, SHA256};

use crate::digest::{self, Sha256Digest};

/// How many blocks there are: one is filled, one is written, one waits. Memory does not grow with the file.
const BLOCKS: usize = 3;

/// A writer on a thread of its own, and the digest of what it was given.
pub(crate) struct Outlet<W> {
    filled: Option<Sender<Vec<u8>>>,
    emptied: Receiver<Vec<u8>>,
    thread: Option<JoinHandle<io::Result<Written<W>>>>,
}

/// What was written.
#[derive(Debug)]
pub(crate) struct Written<W> {
    pub(crate) out: W,
    pub(crate) bytes: u64,
    pub(crate) sha256: Sha256Digest,
}

impl<W: Write + Send + 'static> Outlet<W> {
    /// Starts the thread, and gives the first block to fill.
    ///
    /// # Errors
    /// The operating system's, when it gives no thread.
    pub(crate) fn start(out: W, block_bytes: usize) -> io::Result<(Self, Vec<u8>)> {
        let (filled, queue) = channel();
        let (back, emptied) = channel();
        for _ in 1..BLOCKS {
            // It can't fail while its other end is here.
            back.send(Vec::with_capacity(block_bytes)).ok();
        }
        let work = move || write_out(out, &queue, &back);
        let thread = thread::Builder::new().name("homon-seal".into()).spawn(work)?;
        Ok((Self { filled: Some(filled), emptied, thread: Some(thread) }, Vec::with_capacity(block_bytes)))
    }

    /// Hands a block over, and gives an empty one to fill. Waits while all others are still to be written.
    ///
    /// # Errors
    /// That of an earlier write; nothing can be written any more.
    pub(crate) fn send(&mut self, block: Vec<u8>) -> io::Result<Vec<u8>> {
        let sent = self.filled.as_ref().is_some_and(|filled| filled.send(block).is_ok());
        match self.emptied.recv() {
            Ok(empty) if sent => Ok(empty),
            _ => Err(self.end().map_or_else(|error| error, |_| io::ErrorKind::BrokenPipe.into())),
        }
    }

    /// Waits until everything is written and flushed.
    ///
    /// # Errors
    /// That of a write or of the flush.
    pub(crate) fn finish(mut self) -> io::Result<Written<W>> {
        self.end()
    }

    fn end(&mut self) -> io::Result<Written<W>> {
        self.filled = None;
        let thread = self.thread.take().ok_or(io::ErrorKind::BrokenPipe)?;
        thread.join().unwrap_or_else(|panic| resume_unwind(panic))
    }
}

/// Nothing is written any more once this is dropped: who gives a package up removes its file.
impl<W> Drop for Outlet<W> {
    fn drop(&mut self) {
        self.filled = None;
        if let Some(thread) = self.thread.take() {
            // Nobody asks any more for what became of it.
            thread.join().ok();
        }
    }
}

fn write_out<W: Write>(mut out: W, filled: &Receiver<Vec<u8>>, emptied: &Sender<Vec<u8>>) -> io::Result<Written<W>> {
    let (mut context, mut bytes) = (Context::new(&SHA256), 0);
    for mut block in filled {
        context.update(&block);
        out.write_all(&block)?;
        bytes += block.len() as u64;
        block.clear();
        // Who has sent the last block does not take it back.
        emptied.send(block).ok();
    }
    out.flush()?;
    Ok(Written { out, bytes, sha256: digest::finish(context) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(buf.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(buf.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            if self.0 == 0 { Err(io::ErrorKind::QuotaExceeded.into()) } else { Ok(()) }
        }
    }

    #[test]
    fn what_was_sent_is_written_in_order_and_digested() {
        let (mut outlet, mut block) = Outlet::start(Vec::new(), 4).unwrap();
        for byte in 0..100 {
            block.extend([byte; 3]);
            block = outlet.send(block).unwrap();
            assert!(block.is_empty());
        }
        let written = outlet.finish().unwrap();
        let expected: Vec<u8> = (0..100).flat_map(|byte| [byte; 3]).collect();
        assert_eq!((written.bytes, written.sha256), (300, Sha256Digest::of(&expected)));
        assert_eq!(written.out, expected);
    }

    #[test]
    fn the_first_failure_is_told_and_nothing_follows_it() {
        let (mut outlet, block) = Outlet::start(Full(10), 8).unwrap();
        let mut failure = None;
        for _ in 0..2 * BLOCKS {
            match outlet.send(vec![0; 8]) {
                Ok(_) => {}
                Err(error) => {
                    failure.get_or_insert(error.kind());
                }
            }
        }
        assert_eq!(failure, Some(io::ErrorKind::StorageFull));
        assert_eq!(outlet.send(block).unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        assert_eq!(outlet.finish().unwrap_err().kind(), io::ErrorKind::BrokenPipe);

        let (mut outlet, _) = Outlet::start(Full(8), 8).unwrap();
        outlet.send(vec![0; 8]).unwrap();
        assert_eq!(outlet.finish().unwrap_err().kind(), io::ErrorKind::QuotaExceeded);
    }

    #[test]
    fn a_panic_of_the_writer_is_one_of_who_writes() {
        struct Panics;
        impl Write for Panics {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                panic!("no");
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let (mut outlet, block) = Outlet::start(Panics, 8).unwrap();
        let sent = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _ = outlet.send([block, vec![1]].concat());
            outlet.finish().map(drop)
        }));
        assert!(sent.is_err());
    }
}
