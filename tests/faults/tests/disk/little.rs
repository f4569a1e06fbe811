//! Too little of everything: disks that are really full, that cannot be written, and too few descriptors.

use std::fs;
use std::path::Path;

use homon_faults::chance::Chance;
use homon_faults::confined::{Disk, with_descriptors};
use homon_faults::effort;
use homon_support::canaries::files_below;
use homon_support::tablet_process::TabletProcess;

use crate::city::{copy, kibibytes};
use crate::stages::{Disturbed, Stage, Stages, disturb};
use crate::tablet::{Checked, on_folder, stored};

/// So many sizes of a disk for each stage at every change.
const SIZES: usize = 5;

/// Runs a stage on a disk of its own; answers how it ended, with the tablet on what is left.
fn on_disk(stages: &Stages, stage: Stage, disk: Disk) -> Result<(Disturbed, TabletProcess), String> {
    let [at, left] = ["disk", "left"].map(|name| stages.day.at(name));
    for folder in [&at, &left] {
        drop(fs::remove_dir_all(folder));
        fs::create_dir(folder).unwrap();
    }
    let under = disk.for_program(&at, &stages.before(stage), &left);
    let tablet = TabletProcess { under, ..on_folder(&stages.day.tablets[0], &at) };
    let ended = disturb(&tablet, &stages.command(stage))?;
    Ok((ended, on_folder(&stages.day.tablets[0], &left)))
}

#[test]
fn a_full_disk_is_called_full_and_loses_nothing() {
    if !Disk::may_be_had() {
        return;
    }
    let (mut chance, seed) = Chance::seeded();
    println!("HOMON_SEED={seed}");
    let stages = Stages::play();
    let mut full = 0;
    for stage in Stage::ALL {
        // From no room at all to what the stage needs. A step is a page.
        let first = kibibytes(&stages.before(stage)) + 4;
        let enough = (0..).map(|doubled| 16 << doubled).find(|more| {
            let (ended, _) = on_disk(&stages, stage, Disk::Small(first + more)).unwrap();
            ended.error.is_none()
        });
        let pages = usize::try_from(enough.unwrap() / 4).unwrap();
        for page in effort::share(&mut chance, pages, SIZES) {
            let size = first + 4 * page as u64;
            full += check_full(&stages, stage, size)
                .unwrap_or_else(|wrong| panic!("seed {seed}: {stage:?} on {size} KiB: {wrong}"));
        }
    }
    println!("{full} disks were full");
    assert!(full >= Stage::ALL.len());
}

/// Answers whether the disk was full.
fn check_full(stages: &Stages, stage: Stage, size: u64) -> Result<usize, String> {
    let (ended, tablet) = on_disk(stages, stage, Disk::Small(size))?;
    let told = match &ended.error {
        None => 0,
        Some(error) if error.contains("StorageFull") => 1,
        Some(error) => return Err(format!("it is told as: {error}")),
    };
    if stage == Stage::Work {
        let (known, found) = (ended.acknowledged.unwrap_or_default(), stored(&tablet)?);
        if !(known..=known + 1).contains(&found) {
            return Err(format!("{found} steps are stored, {known} were acknowledged"));
        }
    }
    stages.works_again(stage, &tablet).map(|()| told)
}

#[test]
fn a_disk_that_cannot_be_written_is_told_and_left_as_it_is() {
    if !Disk::may_be_had() {
        return;
    }
    let stages = Stages::play();
    for stage in Stage::ALL {
        let (ended, tablet) = on_disk(&stages, stage, Disk::ReadOnly).unwrap();
        let words = if stage == Stage::Accept { "KeyUnavailable" } else { "DeviceFails" };
        let told = ended.error.as_deref().is_some_and(|error| error.contains(words));
        assert!(told, "{stage:?}: {ended:?}");
        assert_same(&stages.before(stage), &tablet.folder);
        assert_eq!(stages.works_again(stage, &tablet), Ok(()), "{stage:?}");
    }
}

fn assert_same(one: &Path, other: &Path) {
    let names = |folder: &Path| -> Vec<_> {
        let files = files_below(folder).unwrap();
        files
            .into_iter()
            .map(|file| (file.strip_prefix(folder).unwrap().to_owned(), fs::read(&file).unwrap()))
            .collect()
    };
    assert!(names(one) == names(other), "something changed on a disk that cannot be written");
}

/// Standard input, output and error, and what the runtimes of the test's program take before the app begins.
const DESCRIPTORS_OF_THE_PROGRAM: u32 = 9;

#[test]
fn too_few_descriptors_are_told_and_lose_nothing() {
    let stages = Stages::play();
    let folder = stages.day.at("left");
    for stage in Stage::ALL {
        let mut limit = DESCRIPTORS_OF_THE_PROGRAM;
        loop {
            let tablet = stages.tablet(stage, &folder);
            let limited = TabletProcess { under: with_descriptors(limit), ..tablet.clone() };
            let checked = check_limited(&stages, stage, &limited, &tablet);
            if checked.unwrap_or_else(|wrong| panic!("{stage:?} with {limit} descriptors: {wrong}")) {
                break;
            }
            limit += 1;
            assert!(limit < 100, "{stage:?} wants a hundred descriptors");
        }
        println!("{stage:?} works with {limit} descriptors");
    }
}

/// Answers whether the limit was enough.
fn check_limited(
    stages: &Stages,
    stage: Stage,
    limited: &TabletProcess,
    tablet: &TabletProcess,
) -> Result<bool, String> {
    let ended = disturb(limited, &stages.command(stage))?;
    if let Some(error) = &ended.error {
        // The program of the test wants some itself. Without one for a socket, the intake cannot be reached.
        let clear =
            ["Too many open files", "DeviceFails", "KeyUnavailable", "Offline"].iter().any(|word| error.contains(word));
        if !clear {
            return Err(format!("it is told as: {error}"));
        }
    }
    let again: Checked = stages.works_again(stage, tablet);
    again.map(|()| ended.error.is_none())
}

#[test]
fn copies_are_copies() {
    // What the tests of this folder rely on.
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("from/inner")).unwrap();
    fs::write(folder.path().join("from/inner/file"), "x").unwrap();
    copy(&folder.path().join("from"), &folder.path().join("to"));
    assert_same(&folder.path().join("from"), &folder.path().join("to"));
}
