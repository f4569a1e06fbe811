//! A roster is read at the desk and sent: all of it, or what someone has decided to send, or nothing.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use homon_city::desk::roster::{self, RosterError, SentRoster};
use homon_city::intake::layout::{self, MailState};
use homon_domain::ids::MailNumber;
use homon_domain::mail::MailContent;
use homon_domain::roster::Roster;
use homon_roster::{BadRows, FileFault};

use crate::city::TestCity;
use crate::tablet::{Tablet, VISIT};

const FITS: &str = "部屋,氏名,生年月日\n203,渡邉　神,昭和5年3月12日\n204,髙﨑 一郎,S2.10.1\n";
const SPOILED: &str = "部屋,氏名,生年月日,担当\n203,渡邉　神,昭和5年2月30日,\n204,髙﨑 一郎,S2.10.1,\n205,髙﨑　一郎,1927-10-01,甲\n,,,計3名\n";

impl TestCity {
    fn roster_file(&self, text: &str) -> PathBuf {
        let path = self.root().with_file_name("roster.csv");
        fs::write(&path, text).unwrap();
        path
    }

    fn send_roster(&self, to: &Tablet, text: &str, bad: BadRows) -> Result<SentRoster, RosterError> {
        let visit = Some(VISIT.parse().unwrap());
        roster::send(&self.folder, to.device(), visit, &self.roster_file(text), bad, &self.clock)
    }

    fn first_roster_of(&self, tablet: &Tablet) -> Roster {
        let name = layout::mail(tablet.device(), MailNumber::FIRST, MailState::Waiting);
        let sealed = fs::read(self.in_store(&name)).unwrap();
        match tablet.open_mail(&sealed, 1).unwrap().content {
            MailContent::Roster(roster) => roster,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_roster_reaches_the_tablet_as_it_was_written() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let sent = city.send_roster(&tablet, FITS, BadRows::Refuse).unwrap();
    assert_eq!((sent.sent, sent.is_outstanding()), (Ok((MailNumber::FIRST, 2)), false));
    let roster = city.first_roster_of(&tablet);
    let names: Vec<&str> = roster.residents.iter().map(|resident| resident.name.as_str()).collect();
    assert_eq!((names, roster.visit), (vec!["渡邉　神", "髙﨑 一郎"], Some(VISIT.parse().unwrap())));
}

#[test]
fn a_bad_row_keeps_everyone_unless_it_is_left_out_by_decision() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let refused = city.send_roster(&tablet, SPOILED, BadRows::Refuse).unwrap();
    assert_eq!((refused.sent.unwrap_err().rows, refused.reading.lines.len()), (1, 2));
    assert!(!city.folder.desk().mail().exists(), "no number was given");
    let sent = city.send_roster(&tablet, SPOILED, BadRows::LeaveOut).unwrap();
    assert_eq!((sent.sent, sent.is_outstanding()), (Ok((MailNumber::FIRST, 2)), true));
    assert_eq!(city.first_roster_of(&tablet).residents.len(), 2);
}

#[test]
fn what_is_no_roster_is_told_and_nothing_is_sent() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let numbers = city.send_roster(&tablet, "氏名,番号\n渡邉　神,123456789018\n", BadRows::LeaveOut);
    assert!(matches!(numbers, Err(RosterError::Unreadable(FileFault::IndividualNumbers { .. }))));
    let missing = city.root().with_file_name("missing.csv");
    let missing = roster::send(&city.folder, tablet.device(), None, &missing, BadRows::Refuse, &city.clock);
    assert!(matches!(missing, Err(RosterError::File(error)) if error.is_missing()));
    assert!(!city.folder.desk().mail().exists());
}

#[test]
fn the_command_names_rows_and_rules_and_nobody() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let (dir, device, file) = (city.root(), tablet.device().to_string(), city.roster_file(SPOILED));
    let run = |more: &[&str]| -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_homon-city"));
        command.arg("roster").arg("--dir").arg(dir).args(["--to", &device, "--visit", VISIT]).args(more);
        command.arg(&file).env_remove("HOMON_BY").output().unwrap()
    };
    let refused = run(&[]);
    let shown = String::from_utf8(refused.stdout).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    insta::assert_snapshot!(shown);
    for personal in ["渡邉", "髙﨑", "甲"] {
        assert!(!shown.contains(personal));
    }
    let sent = run(&["--leave-out-bad-rows"]);
    let shown = String::from_utf8(sent.stdout).unwrap();
    assert_eq!(sent.status.code(), Some(1), "someone should look at the row that was left out");
    assert!(shown.ends_with("2 residents are on their way to the tablet, as mail 1.\n"), "{shown}");
    fs::write(&file, FITS).unwrap();
    assert_eq!(run(&[]).status.code(), Some(0));
}
