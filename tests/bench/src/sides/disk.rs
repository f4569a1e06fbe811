//! What the disk itself takes to make 4 KiB durable, below every database.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Instant;

use super::Operation;
use crate::Result;

const BLOCK: [u8; 4096] = [7; 4096];
/// As long as a write-ahead log is before it starts again from its beginning.
const BLOCKS: u64 = 1000;

/// Two parts: a file that grows by 4 KiB, and 4 KiB within a file that keeps its size, as in a log that is used again.
pub(super) fn disk(folder: &Path) -> Result<Operation> {
    let mut growing = File::create(folder.join("growing"))?;
    let kept = File::create(folder.join("kept"))?;
    (0..BLOCKS).try_for_each(|block| kept.write_all_at(&BLOCK, block * 4096))?;
    kept.sync_all()?;
    Ok(Box::new(move |round| {
        let began = Instant::now();
        growing.write_all(&BLOCK)?;
        growing.sync_data()?;
        let appended = began.elapsed();

        let began = Instant::now();
        kept.write_all_at(&BLOCK, round as u64 % BLOCKS * 4096)?;
        kept.sync_data()?;
        Ok(vec![appended, began.elapsed()])
    }))
}
