//! The memory of a running program, as a core dump would have it.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes read at a time.
const CHUNK: usize = 1 << 20;
/// What is searched for is shorter, so that nothing is missed between two chunks.
const OVERLAP: usize = 512;

/// Gives every readable byte of a process to `look`, a stretch at a time, with the name of the mapping it lies in.
/// Stretches overlap a little. The process must be a child, or the caller root.
///
/// # Errors
/// When the process may not be looked into.
pub fn look_through(process: u32, mut look: impl FnMut(&str, &[u8])) -> io::Result<u64> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps"))?;
    let mut memory = File::open(format!("/proc/{process}/mem"))?;
    let (mut buffer, mut seen) = (vec![0; CHUNK + OVERLAP], 0);
    for mapping in maps.lines().filter_map(Mapping::read) {
        let mut at = mapping.start;
        while at < mapping.end {
            let wanted = usize::try_from(mapping.end - at).unwrap_or(usize::MAX).min(buffer.len());
            memory.seek(SeekFrom::Start(at))?;
            // Some pages, such as those of the kernel itself, are mapped and cannot be read.
            let Ok(()) = memory.read_exact(&mut buffer[..wanted]) else { break };
            look(mapping.name, &buffer[..wanted]);
            seen += wanted as u64;
            at += CHUNK as u64;
        }
    }
    Ok(seen)
}

/// One stretch of memory that can be read.
struct Mapping<'t> {
    start: u64,
    end: u64,
    name: &'t str,
}

impl<'t> Mapping<'t> {
    fn read(line: &'t str) -> Option<Self> {
        let mut columns = line.splitn(6, ' ');
        let (start, end) = columns.next()?.split_once('-')?;
        let readable = columns.next()?.starts_with('r');
        let number = |digits| u64::from_str_radix(digits, 16).ok();
        let name = columns.nth(3).unwrap_or_default().trim();
        readable.then_some(Self { start: number(start)?, end: number(end)?, name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_memory_is_seen() {
        // Built at run time, so that it lies in no file and only once.
        let canary: String = ["seen", "in", "memory", &std::process::id().to_string()].join("-");
        let mut found = 0;
        let seen = look_through(std::process::id(), |_, bytes| {
            found += usize::from(bytes.windows(canary.len()).any(|window| window == canary.as_bytes()));
        });
        assert!(seen.unwrap() > 1 << 20);
        assert!(found >= 1);
    }
}
