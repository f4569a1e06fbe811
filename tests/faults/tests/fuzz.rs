//! The fuzz targets on stable Rust: over their seeds, what is kept in `tests/fuzz/corpus`, and mutations of both.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
#![allow(clippy::print_stdout, reason = "whoever repeats the test needs the seed")]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use homon_faults::chance::Chance;
use homon_faults::effort;
use homon_faults::fuzz::{TARGETS, Target, mutate, seeds};
use homon_support::canaries::files_below;

/// So many mutations for each target at every change, and with everything.
const MUTATIONS: [u32; 2] = [1500, 100_000];
/// Bytes that a corpus may have.
const SMALL: u64 = 200 << 10;

fn corpus(target: Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target.name)
}

fn kept(target: Target) -> Vec<Vec<u8>> {
    files_below(&corpus(target)).unwrap_or_default().iter().map(|file| fs::read(file).unwrap()).collect()
}

#[test]
fn no_bytes_make_a_reader_panic_or_believe() {
    let (mut chance, seed) = Chance::seeded();
    println!("HOMON_SEED={seed}");
    let mutations = MUTATIONS[usize::from(effort::everything())];
    for target in TARGETS {
        let begin: Vec<Vec<u8>> = seeds(target.name).into_iter().chain(kept(target)).collect();
        assert!(!begin.is_empty(), "{} has no seed", target.name);
        for bytes in &begin {
            (target.run)(bytes);
        }
        for number in 0..mutations {
            let pick = |chance: &mut Chance| &begin[usize::try_from(chance.below(begin.len() as u64)).unwrap()];
            let (one, other) = (pick(&mut chance), pick(&mut chance));
            let bytes = mutate(&mut chance, one, other);
            if catch_unwind(AssertUnwindSafe(|| (target.run)(&bytes))).is_err() {
                let file = std::env::temp_dir().join(format!("homon-{}-{number}", target.name));
                fs::write(&file, &bytes).unwrap();
                panic!("seed {seed}: {} stumbles over {}", target.name, file.display());
            }
        }
        println!("{}: {} seeds, {mutations} mutations", target.name, begin.len());
    }
}

#[test]
fn what_is_in_order_is_read() {
    // Otherwise the mutations would never come past the first check.
    for target in TARGETS {
        let read = seeds(target.name).iter().filter(|seed| (target.run)(seed)).count();
        let least = match target.name {
            "enrolment" | "mail" | "photo" | "receipt" | "roster" => 2,
            _ => 1,
        };
        assert!(read >= least, "{}: only {read} seeds are read", target.name);
    }
}

#[test]
fn the_corpora_are_small() {
    let bytes = |target| {
        files_below(&corpus(target))
            .unwrap_or_default()
            .iter()
            .map(|file| fs::metadata(file).unwrap().len())
            .sum::<u64>()
    };
    let all: u64 = TARGETS.into_iter().map(bytes).sum();
    assert!(all < SMALL, "the corpora have {all} bytes");
}
