//! One pass through an age file from its first byte to its last: a thread reads, digests and decrypts it, while who asked
//! for it works on what came before. So opening a package takes one reading of the file, not one for each thing to be
//! verified.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use ring::digest::{Context, SHA256};
use zeroize::Zeroizing;

use crate::digest::{self, Sha256Digest};
use crate::open_error::OpenError;
use crate::plaintext::{Payload, target};
use crate::stream::{SEALED_CHUNK, TAG};

/// How much is read at once.
const BLOCK: usize = 4 * SEALED_CHUNK;
/// How many blocks there are: one is filled, one is worked on, one waits.
const BLOCKS: usize = 3;

/// Chunks that were decrypted where they lay, each still followed by its tag. Wiped when dropped.
type Block = Zeroizing<Vec<u8>>;

/// The content of an age file, read once and forwards. What is passed over is authenticated all the same.
pub(crate) struct Pass<'a> {
    payload: &'a Payload,
    filled: Receiver<Block>,
    emptied: Sender<Block>,
    block: Block,
    /// Where in the block the next chunk begins.
    next: usize,
    /// Where in the block what is left of the present chunk's content lies.
    content: Range<usize>,
    position: u64,
}

/// Reads `file` through, for `work` to read its content. Answers the digest of the file as it is sealed.
///
/// What `work` was given is worth nothing when this fails.
pub(crate) fn read_through<E: From<OpenError>>(
    file: &mut (impl Read + Seek + Send),
    payload: &Payload,
    work: impl FnOnce(&mut Pass<'_>) -> Result<(), E>,
) -> Result<Sha256Digest, E> {
    thread::scope(|scope| {
        let (fill, filled) = channel();
        let (empty, emptied) = channel();
        for _ in 1..BLOCKS {
            // It can't fail while its other end is here.
            empty.send(Vec::with_capacity(BLOCK).into()).ok();
        }
        let reading = scope.spawn(move || read_in(file, payload, &fill, &emptied));
        let mut pass = Pass {
            payload,
            filled,
            emptied: empty,
            block: Vec::with_capacity(BLOCK).into(),
            next: 0,
            content: 0..0,
            position: 0,
        };
        let worked = work(&mut pass).and_then(|()| Ok(pass.read_on_to_the_end().map_err(OpenError::from)?));
        drop(pass);
        // A file that could not be read or decrypted is the cause of whatever else went wrong.
        let read = reading.join().unwrap_or_else(|panic| resume_unwind(panic));
        let sha256 = read.map_err(OpenError::from)?;
        worked.map(|()| sha256)
    })
}

fn read_in(
    file: &mut (impl Read + Seek),
    payload: &Payload,
    filled: &Sender<Block>,
    emptied: &Receiver<Block>,
) -> io::Result<Sha256Digest> {
    let mut context = Context::new(&SHA256);
    let mut head = Vec::new();
    file.rewind()?;
    file.take(payload.start).read_to_end(&mut head)?;
    context.update(&head);
    let (mut left, mut index) = (payload.chunks.sealed_bytes(), 0);
    while left > 0 {
        // Nobody gives blocks back any more: the pass was given up.
        let Ok(mut block) = emptied.recv() else { break };
        block.clear();
        let wanted = left.min(BLOCK as u64);
        file.take(wanted).read_to_end(&mut block)?;
        if block.len() as u64 != wanted {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        context.update(&block);
        for sealed in block.chunks_mut(SEALED_CHUNK) {
            payload.key.open(payload.chunks.place(index), sealed).map_err(|_| io::ErrorKind::InvalidData)?;
            index += 1;
        }
        left -= wanted;
        if filled.send(block).is_err() {
            break;
        }
    }
    Ok(digest::finish(context))
}

impl Pass<'_> {
    /// Goes to the next chunk. `false` when there is none.
    fn go_on(&mut self) -> io::Result<bool> {
        if self.position == self.payload.chunks.content_bytes() {
            return Ok(false);
        }
        if self.next == self.block.len() {
            // The thread may be done; then it needs no block.
            self.emptied.send(std::mem::take(&mut self.block)).ok();
            self.block = self.filled.recv().map_err(|_| io::ErrorKind::UnexpectedEof)?;
            self.next = 0;
        }
        let end = self.block.len().min(self.next + SEALED_CHUNK);
        self.content = self.next..end - TAG;
        self.next = end;
        Ok(true)
    }

    /// What is left of the present chunk, or else the next; empty at the end.
    fn present(&mut self) -> io::Result<&[u8]> {
        if self.content.is_empty() {
            self.go_on()?;
        }
        Ok(&self.block[self.content.clone()])
    }

    fn consume(&mut self, bytes: usize) {
        self.content.start += bytes;
        self.position += bytes as u64;
    }

    fn read_on_to(&mut self, target: u64) -> io::Result<()> {
        while self.position < target {
            let left = target - self.position;
            let present = self.present()?.len();
            if present == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.consume(usize::try_from(left).map_or(present, |left| left.min(present)));
        }
        Ok(())
    }

    fn read_on_to_the_end(&mut self) -> io::Result<()> {
        self.read_on_to(self.payload.chunks.content_bytes())
    }
}

impl Read for Pass<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.present()?.read(buf)?;
        self.consume(read);
        Ok(read)
    }
}

/// Forwards only: what lies behind was given back already.
impl Seek for Pass<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = target(to, self.position, self.payload.chunks.content_bytes())?;
        if target < self.position {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.read_on_to(target)?;
        Ok(target)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::plaintext::Plaintext;
    use crate::plaintext::tests::sealed;
    use crate::recipients::Identity;
    use crate::stream::CHUNK;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn a_pass_gives_what_a_buffer_gives_as_long_as_it_goes_forwards(
            len in prop_oneof![Just(0), Just(CHUNK), Just(9 * CHUNK), Just(8 * CHUNK + 1), Just(17 * CHUNK + 9)],
            steps in proptest::collection::vec((0usize..3 * CHUNK, 1usize..2 * CHUNK), 0..12),
        ) {
            let (file, bytes, identity) = sealed(len);
            let expected = Sha256Digest::of(&file);
            let mut plaintext = Plaintext::open(Cursor::new(file), &[identity]).unwrap();
            let (file, payload) = plaintext.parts();
            let mut plain = Cursor::new(bytes);
            let digest = read_through(file, payload, |pass| {
                for (ahead, count) in steps {
                    if plain.position() + ahead as u64 > len as u64 {
                        break;
                    }
                    let to = SeekFrom::Current(ahead as i64);
                    assert_eq!(pass.seek(to)?, plain.seek(to)?);
                    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
                    pass.take(count as u64).read_to_end(&mut ours)?;
                    (&mut plain).take(count as u64).read_to_end(&mut theirs)?;
                    assert!(ours == theirs);
                }
                Ok::<_, OpenError>(())
            });
            prop_assert_eq!(digest.unwrap(), expected);
        }
    }

    fn pass(
        file: Vec<u8>,
        identity: &Identity,
        change: impl FnOnce(&mut Vec<u8>),
        work: impl FnOnce(&mut Pass<'_>) -> Result<(), OpenError>,
    ) -> Result<Sha256Digest, OpenError> {
        let mut plaintext = Plaintext::open(Cursor::new(file), std::slice::from_ref(identity)).unwrap();
        let (file, payload) = plaintext.parts();
        change(file.get_mut());
        read_through(file, payload, work)
    }

    #[test]
    fn going_back_or_beyond_the_end_is_refused() {
        let (file, _, identity) = sealed(20 * CHUNK);
        let seek = |to: u64| {
            pass(
                file.clone(),
                &identity,
                |_| (),
                |pass| {
                    pass.seek(SeekFrom::Start(4))?;
                    Ok(pass.seek(SeekFrom::Start(to)).map(drop)?)
                },
            )
        };
        seek(4).unwrap();
        seek(20 * CHUNK as u64).unwrap();
        for refused in [3, 20 * CHUNK as u64 + 1] {
            assert!(matches!(seek(refused), Err(OpenError::Damaged)), "{refused}");
        }
    }

    #[test]
    fn what_is_passed_over_is_authenticated_and_a_file_that_shrinks_is_noticed() {
        let (file, _, identity) = sealed(20 * CHUNK);
        let (middle, end) = (file.len() / 2, file.len() - 1);
        let changed =
            |change: fn(&mut Vec<u8>, usize), at| pass(file.clone(), &identity, |file| change(file, at), |_| Ok(()));
        assert!(matches!(changed(|file, at| file[at] ^= 1, middle), Err(OpenError::Damaged)));
        for cut in [end, middle] {
            assert!(matches!(changed(Vec::truncate, cut), Err(OpenError::Damaged)), "{cut}");
        }
        // What was appended meanwhile is not part of what was opened.
        let grown = pass(file.clone(), &identity, |file| file.extend([0; 99]), |_| Ok(()));
        assert_eq!(grown.unwrap(), Sha256Digest::of(&file));
    }

    #[test]
    fn a_pass_that_is_given_up_ends() {
        let (file, _, identity) = sealed(40 * CHUNK);
        let full = |_: &mut Pass<'_>| Err(OpenError::Io(io::ErrorKind::StorageFull.into()));
        let outcome = pass(file, &identity, |_| (), full);
        assert!(matches!(outcome, Err(OpenError::Io(error)) if error.kind() == io::ErrorKind::StorageFull));
    }
}
