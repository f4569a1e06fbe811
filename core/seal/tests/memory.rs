//! Memory does not grow with the visit. Alone in its binary: the high-water mark is that of the whole process.
#![allow(clippy::unwrap_used, clippy::print_stdout)]
#![cfg(target_os = "linux")]

mod common;

use std::fs::File;
use std::io::{self, Read, Seek};

use common::{SigningVault, closing, device, noon, only, photo, visit_key};
use homon_seal::{Identity, Limits, PackageWriter, Recipients, Signer, reader};

const PHOTO_BYTES: u64 = 50 << 20;
const PHOTOS: u32 = 4;
/// Buffers, keys and the directory of the zip; far from one photo of 50 MiB.
const ALLOWED_KIB: u64 = 16 << 10;

/// The most memory that this process has held so far, in KiB.
fn high_water_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn seal(vault: &SigningVault, recipients: &Recipients, photo_bytes: u64) -> File {
    let mut writer = PackageWriter::new(tempfile::tempfile().unwrap(), recipients, visit_key(), noon()).unwrap();
    for number in 1..=PHOTOS {
        writer.add(photo(number), &mut io::repeat(0).take(photo_bytes)).unwrap();
    }
    writer.finish(Signer::Device(vault), closing()).unwrap().out
}

fn open_and_read(mut sealed: File, identity: &Identity, vault: &SigningVault) -> u64 {
    sealed.rewind().unwrap();
    let key_of = |id| (id == device()).then(|| vault.public_key());
    let mut package = reader::open(sealed, std::slice::from_ref(identity), key_of, &Limits::default()).unwrap();
    io::copy(&mut package.entry(photo(PHOTOS)).unwrap(), &mut io::sink()).unwrap()
}

#[test]
fn two_hundred_megabytes_pass_through_little_memory() {
    let (vault, identity) = (SigningVault::make(), Identity::make_hybrid());
    // Once with little, so that code, tables and pools are in memory before the mark is taken.
    open_and_read(seal(&vault, &only(&identity), 100_000), &identity, &vault);
    let before = high_water_kib();

    let sealed = seal(&vault, &only(&identity), PHOTO_BYTES);
    assert!(sealed.metadata().unwrap().len() > u64::from(PHOTOS) * PHOTO_BYTES);
    let sealing = high_water_kib() - before;
    assert_eq!(open_and_read(sealed, &identity, &vault), PHOTO_BYTES);
    let opening = high_water_kib() - before;

    println!("sealing took {sealing} KiB more, opening {opening} KiB more");
    assert!(sealing < ALLOWED_KIB, "sealing took {sealing} KiB more");
    assert!(opening < ALLOWED_KIB, "opening took {opening} KiB more");
}
