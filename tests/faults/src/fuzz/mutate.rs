//! Small changes of bytes, by chance: what libFuzzer does, without its knowledge of the code.

use crate::chance::Chance;

/// Bytes and texts at which readers stumble.
const PIECES: [&[u8]; 16] = [
    b"\x00",
    b"\xff",
    b"\xff\xff\xff\xff",
    b"\x00\x00\x00\x80",
    b"PK\x03\x04",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"../",
    b"\"",
    b",",
    b"\r\n",
    b".",
    b"=",
    b"-1",
    b"18446744073709551616",
    "\u{feff}".as_bytes(),
];

/// A few changes of `seed`; now and then a piece of `other` is taken over.
#[must_use]
pub fn mutate(chance: &mut Chance, seed: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=chance.below(4) {
        let at = below(chance, bytes.len() + 1);
        let length = below(chance, 1 + (bytes.len() - at).min(64));
        match chance.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            1 if at < bytes.len() => bytes[at] = u8::try_from(chance.below(256)).unwrap_or_default(),
            2 => drop(bytes.drain(at..at + length)),
            3 => bytes.truncate(at),
            4 => {
                let piece = PIECES[below(chance, PIECES.len())];
                drop(bytes.splice(at..at, piece.iter().copied()));
            }
            5 => {
                let piece = bytes[at..at + length].to_vec();
                let to = below(chance, bytes.len() + 1);
                drop(bytes.splice(to..to, piece));
            }
            _ => {
                let from = below(chance, other.len() + 1);
                let end = from + below(chance, 1 + (other.len() - from).min(256));
                drop(bytes.splice(at..at + length, other[from..end].iter().copied()));
            }
        }
    }
    bytes
}

fn below(chance: &mut Chance, end: usize) -> usize {
    usize::try_from(chance.below(end as u64)).unwrap_or_default()
}
