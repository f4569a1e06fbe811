//! Writes the seeds of every fuzz target to a folder, for libFuzzer to begin with: `cargo run -p homon-faults --example
//! seeds -- out/seeds`.

use std::fs;
use std::io;
use std::path::PathBuf;

use homon_faults::fuzz::{TARGETS, seeds};

fn main() -> io::Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).ok_or_else(|| io::Error::other("name a folder"))?;
    for target in TARGETS {
        let place = folder.join(target.name);
        fs::create_dir_all(&place)?;
        for (number, seed) in seeds(target.name).into_iter().enumerate() {
            fs::write(place.join(number.to_string()), seed)?;
        }
    }
    Ok(())
}
