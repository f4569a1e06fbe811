//! A tablet on which everyone has signed out: nothing of a resident, no PIN and no key is in its memory any more.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
#![allow(clippy::print_stdout, reason = "what is found is said")]
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::fs;

use homon_faults::day::{Day, care_home};
use homon_faults::memory::look_through;
use homon_support::canaries::{Search, files_below};
use homon_support::tablet_process::{Said, TabletProcess};

/// What is found in the memory of a tablet that has worked a day, with the mappings that it lies in.
fn look(tablet: &TabletProcess, search: &Search, command: &[&str], until: &str) -> BTreeSet<(usize, String)> {
    let mut running = tablet.start(command).unwrap();
    loop {
        match running.listen().unwrap() {
            Some(Said::Line(line)) if line == until => break,
            Some(_) => {}
            None => panic!("the tablet has ended"),
        }
    }
    let mut found = BTreeSet::new();
    let seen = look_through(running.id(), |mapping, bytes| {
        found.extend(search.in_bytes(bytes).into_iter().map(|index| (index, mapping.to_owned())));
    });
    running.kill().unwrap();
    println!("{} MiB of memory", seen.unwrap() >> 20);
    found
}

#[test]
fn nothing_of_a_resident_is_in_memory_after_signing_out() {
    let mut scenario = care_home().unwrap();
    scenario.tablets.retain(|tablet| tablet.label == "tablet-2");
    let day = Day::begin(scenario).unwrap();
    let tablet = &day.tablets[0];
    day.enrol(tablet).unwrap();
    tablet.run(&["work", "--survived", "9", "--open-only"]).unwrap();
    // PINs count as canaries here; the longer ones, which nothing else looks like.
    let pins = day.scenario.pins.values().filter(|pin| pin.len() >= 8).cloned();
    let canaries: Vec<String> = day.scenario.canaries.iter().cloned().chain(pins).collect();
    let keys: Vec<Vec<u8>> =
        files_below(&tablet.folder.join("vault")).unwrap().iter().map(|file| fs::read(file).unwrap()).collect();
    assert!(keys.len() >= 3);
    let search = Search::of(&canaries, &keys).unwrap();
    let during = look(tablet, &search, &["linger", "--signed-in"], "signed in");
    assert!(during.len() > 10, "the search does not see what is there: {during:?}");
    let after = look(tablet, &search, &["linger"], "signed out");
    let name = |index: usize| canaries.get(index).map_or("a key", String::as_str);
    let shown: Vec<(&str, &str)> = after.iter().map(|(index, at)| (name(*index), at.as_str())).collect();
    assert!(shown.is_empty(), "found after signing out: {shown:?}");
}
