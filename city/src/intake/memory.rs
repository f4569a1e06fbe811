//! Memory for bytes on their way to the store, shared by all requests that receive.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes for all of them together. When 500 tablets come home at once, memory must not follow their number.
const ALL: usize = 64 << 20;
/// Bytes for one of them: less costs more writes, more gains nothing (measured, docs/decisions/0019).
const LEAST: usize = 64 << 10;
const MOST: usize = 1 << 20;

/// How many are receiving.
#[derive(Default)]
pub(super) struct Memory(AtomicUsize);

/// The share of one of them, until dropped.
pub(super) struct Share<'a>(&'a Memory);

impl Memory {
    pub(super) fn share(&self) -> Share<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Share(self)
    }
}

impl Share<'_> {
    /// How many bytes may wait to be stored. Less when others come, more when they go.
    pub(super) fn bytes(&self) -> usize {
        (ALL / self.0.0.load(Ordering::Relaxed).max(1)).clamp(LEAST, MOST)
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_become_smaller_with_their_number_and_larger_again() {
        let memory = Memory::default();
        let first = memory.share();
        assert_eq!(first.bytes(), MOST);
        let many: Vec<_> = (0..499).map(|_| memory.share()).collect();
        assert_eq!(first.bytes(), ALL / 500);
        assert!(first.bytes() * 500 <= ALL);
        drop(many);
        assert_eq!(first.bytes(), MOST);
        let too_many: Vec<_> = (0..4000).map(|_| memory.share()).collect();
        assert_eq!(too_many[0].bytes(), LEAST);
    }
}
