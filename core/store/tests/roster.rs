//! Rosters: what the city sent is there again, in the order of the round, and each under its own key.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod common;

use common::{Tablet, entry, event, roster};
use homon_domain::ids::{CaseId, PartNumber, RosterId, VisitId};
use homon_domain::platform::{KeyVault, VaultError};
use homon_store::{Error, KeptState, NewRoster, Received, RosterEntry, roster_alias};
use proptest::prelude::*;

#[test]
fn a_roster_is_there_after_a_restart_in_the_order_of_the_round() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let [first, second, third] = [entry(3, "邉󠄂 﨑"), entry(1, "𠮷野家"), entry(3, "やまだ")];
    let new = roster(&[first.clone(), second.clone(), third.clone()]);
    let id = new.id;
    let file = tablet.create_roster(new).unwrap();
    assert_eq!(file.entries().unwrap()[0], second, "it is open when it was made");
    drop((file, tablet));
    let tablet = Tablet::start(folder.path());
    let file = tablet.open_roster(id).unwrap();
    assert_eq!(file.entries().unwrap(), [second, first, third]);
    assert_eq!((file.count().unwrap(), file.verify_audit().unwrap().seq), (3, 1));
}

#[test]
fn the_desk_file_lists_each_roster() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let (of_visit, of_none) = (roster(&[entry(1, "a"), entry(2, "b")]), NewRoster { visit: None, ..roster(&[]) });
    drop(tablet.create_roster(of_visit.clone()).unwrap());
    drop(tablet.create_roster(of_none.clone()).unwrap());
    let row = tablet.desk.roster(of_visit.id).unwrap();
    assert_eq!((row.visit, row.count, row.state), (of_visit.visit, 2, KeptState::Kept));
    assert_eq!((row.received_at, row.erased_by), (event("roster_received").at, None));
    assert_eq!(tablet.desk.roster(of_none.id).unwrap().visit, None);
    assert_eq!(tablet.open_roster(of_none.id).unwrap().entries().unwrap(), []);
    let mut listed: Vec<_> = tablet.desk.rosters().unwrap().iter().map(|row| (row.id, row.count)).collect();
    listed.sort();
    let mut expected = [(of_visit.id, 2), (of_none.id, 0)];
    expected.sort();
    assert_eq!(listed, expected);
    assert!(matches!(tablet.desk.roster(RosterId::make()), Err(Error::Unknown)));
    assert!(matches!(tablet.open_roster(RosterId::make()).map(|_| ()), Err(Error::Unknown)));
}

#[test]
fn the_desk_log_names_the_roster_and_its_visit() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let new = roster(&[entry(1, "a")]);
    drop(tablet.create_roster(new.clone()).unwrap());
    tablet.desk.verify_audit().unwrap();
    let mut log = Vec::new();
    tablet.desk.export_audit(&mut log).unwrap();
    let log = String::from_utf8(log).unwrap();
    let line = log.lines().last().unwrap();
    for fact in ["roster_received".to_owned(), new.id.to_string(), new.visit.unwrap().to_string()] {
        assert!(line.contains(&fact), "{line}");
    }
}

#[test]
fn two_rosters_share_neither_key_nor_log_and_a_wrong_key_sets_the_file_aside() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let [one, two] = [roster(&[entry(1, "a")]), roster(&[entry(1, "a")])];
    let heads = [&one, &two].map(|new| tablet.create_roster(new.clone()).unwrap().verify_audit().unwrap());
    assert_ne!(heads[0].hash, heads[1].hash);
    let path = |id| tablet.root.path().join(format!("rosters/{id}.homon"));
    let foreign = std::fs::read(path(one.id)).unwrap();
    std::fs::write(path(two.id), &foreign).unwrap();
    let name = match tablet.open_roster(two.id) {
        Err(Error::Quarantined { name }) => name,
        other => panic!("{:?}", other.map(|_| ())),
    };
    assert_eq!(name, format!("{}~1.homon", two.id));
    assert!(std::fs::read(tablet.root.path().join("quarantine").join(name)).unwrap() == foreign, "unchanged");
    assert!(matches!(tablet.open_roster(two.id).map(|_| ()), Err(Error::Missing)));
    assert_eq!(tablet.open_roster(one.id).unwrap().count().unwrap(), 1);
}

#[test]
fn whatever_is_flipped_or_cut_of_a_roster_it_is_read_right_or_damage_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let new = roster(&[entry(1, "a"), entry(2, "b")]);
    drop(tablet.create_roster(new.clone()).unwrap());
    let path = tablet.root.path().join(format!("rosters/{}.homon", new.id));
    let whole = std::fs::read(&path).unwrap();
    let flips = (0..whole.len()).step_by(499).map(|at| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    });
    let cuts = [0, 1, 4095, 4096, whole.len() / 2, whole.len() - 1].map(|length| whole[..length].to_vec());
    let (mut tries, mut named) = (0, 0);
    for damaged in flips.chain(cuts) {
        std::fs::write(&path, &damaged).unwrap();
        tries += 1;
        match tablet.open_roster(new.id).and_then(|file| file.entries()) {
            Ok(entries) => assert_eq!(entries.len(), 2),
            Err(Error::Damaged | Error::Quarantined { .. }) => named += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(named > tries / 4, "{named} of {tries}");
}

#[test]
fn a_lost_vault_key_is_told_and_the_file_is_left_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let new = roster(&[entry(1, "a")]);
    drop(tablet.create_roster(new.clone()).unwrap());
    tablet.vault.destroy(&roster_alias(new.id)).unwrap();
    for _ in 0..2 {
        assert!(matches!(tablet.open_roster(new.id).map(|_| ()), Err(Error::Key(VaultError::KeyMissing))));
    }
}

#[test]
fn who_was_received_is_written_down_once_a_visit() {
    let folder = tempfile::tempdir().unwrap();
    let mut tablet = Tablet::set_up(folder.path());
    let new = roster(&[entry(2, "a"), entry(1, "b")]);
    let mut file = tablet.create_roster(new.clone()).unwrap();
    let [today, later] = [(); 2].map(|()| VisitId::make());
    let of = |visit| Received { visit, part: PartNumber::FIRST, case: CaseId::make() };
    let [first, again, revisit] = [of(today), of(today), of(later)];
    file.receive(1, first, &event("receive")).unwrap();
    assert!(matches!(file.receive(1, again, &event("receive")), Err(Error::AlreadyExists)));
    assert!(matches!(file.receive(2, first, &event("receive")), Err(Error::AlreadyExists)), "a case is one resident's");
    assert!(matches!(file.receive(3, again, &event("receive")), Err(Error::Unknown)));
    file.receive(1, revisit, &event("receive")).unwrap();
    drop((file, tablet));
    let tablet = Tablet::start(folder.path());
    let file = tablet.open_roster(new.id).unwrap();
    let lines = file.lines().unwrap();
    assert_eq!(lines.iter().map(|line| line.position).collect::<Vec<_>>(), [2, 1], "in the order of the round");
    let mut received = lines[1].received.clone();
    received.sort_by_key(|received| received.visit != today);
    assert_eq!((received, lines[0].received.clone()), (vec![first, revisit], vec![]));
    assert_eq!(file.line(2).unwrap().entry, new.entries[1]);
    assert_eq!(file.behind(revisit.case).unwrap(), Some(new.entries[0].clone()));
    assert_eq!(file.behind(again.case).unwrap(), None);
    assert_eq!(file.verify_audit().unwrap().seq, 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The order of the round is the city's order, sorted by place and by nothing else.
    #[test]
    fn the_order_is_by_place_then_as_it_was_sent(places in proptest::collection::vec(0..6_u32, 0..30)) {
        let folder = tempfile::tempdir().unwrap();
        let mut tablet = Tablet::set_up(folder.path());
        let entries: Vec<RosterEntry> =
            (1..).zip(&places).map(|(position, place)| entry(*place, &format!("{position}"))).collect();
        let file = tablet.create_roster(NewRoster {
            id: RosterId::make(), visit: Some(VisitId::make()), entries: entries.clone(),
        }).unwrap();
        let mut in_order = entries;
        in_order.sort_by_key(|entry| entry.round_order);
        prop_assert_eq!(file.count().unwrap() as usize, places.len());
        prop_assert_eq!(file.entries().unwrap(), in_order);
    }
}
