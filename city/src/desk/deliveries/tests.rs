use std::fs;

use homon_domain::delivery::{Deficiency, DeficiencyKind};
use homon_domain::programme::SubmissionRoute;
use proptest::prelude::*;

use super::*;
use crate::desk::CityFolder;

fn desk() -> (tempfile::TempDir, DeskFolder) {
    let home = tempfile::tempdir().unwrap();
    let desk = CityFolder::new(home.path()).desk();
    fs::create_dir(desk.path()).unwrap();
    (home, desk)
}

fn marking(case: u128, on: &str, event: DeliveryEvent) -> Marking {
    let mark = Mark {
        visit: "0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11".parse().unwrap(),
        case: "1-004".parse().unwrap(),
        id: CaseId(uuid::Uuid::from_u128(case)),
        on: on.parse().unwrap(),
        event,
    };
    Marking { at: "2026-10-05T00:30:00Z".parse().unwrap(), by: "city-01".parse().unwrap(), marks: vec![mark] }
}

fn submit() -> DeliveryEvent {
    DeliveryEvent::Submit { route: SubmissionRoute::OnlineByCity }
}

fn write(desk: &DeskFolder, marking: &Marking) {
    Deliveries::read(desk).unwrap().append(desk, marking).unwrap();
}

#[test]
fn the_file_is_frozen() {
    let (_home, desk) = desk();
    let note = serde_json::from_value(serde_json::json!("暗い")).unwrap();
    let deficiency = Deficiency { kind: DeficiencyKind::Photo, note: Some(note) };
    write(&desk, &marking(1, "2026-10-01", submit()));
    write(&desk, &marking(1, "2026-10-02", DeliveryEvent::Accept));
    write(&desk, &marking(1, "2026-10-03", DeliveryEvent::Return { deficiency }));
    let both = [marking(1, "2026-10-04", submit()).marks, marking(2, "2026-10-04", submit()).marks].concat();
    write(&desk, &Marking { marks: both, ..marking(1, "2026-10-04", submit()) });
    insta::assert_snapshot!(fs::read_to_string(desk.deliveries()).unwrap());
    let read = Deliveries::read(&desk).unwrap();
    assert_eq!(read.iter().count(), 2);
    assert!(matches!(read.stage_of(CaseId(uuid::Uuid::from_u128(2))), Delivery::Submitted { .. }));
    assert_eq!(*read.stage_of(CaseId(uuid::Uuid::from_u128(3))), Delivery::Received);
}

#[test]
fn a_line_that_a_crash_tore_is_no_mark_and_is_overwritten() {
    let (_home, desk) = desk();
    write(&desk, &marking(1, "2026-10-01", submit()));
    let whole = fs::read(desk.deliveries()).unwrap();
    write(&desk, &marking(2, "2026-10-01", submit()));
    let more = fs::read(desk.deliveries()).unwrap();
    let zeros = [&whole[..], &[0; 100]].concat();
    let half_zeros = [&whole[..], &[0; 50], &more[whole.len() + 50..]].concat();
    for torn in [&more[..whole.len() + 1], &more[..more.len() - 1], &zeros, &half_zeros] {
        fs::write(desk.deliveries(), torn).unwrap();
        assert_eq!(Deliveries::read(&desk).unwrap().iter().count(), 1);
        write(&desk, &marking(2, "2026-10-01", submit()));
        assert_eq!(fs::read(desk.deliveries()).unwrap(), more);
    }
}

#[test]
fn a_damaged_line_is_named_and_not_its_content() {
    let (_home, desk) = desk();
    write(&desk, &marking(1, "2026-10-01", submit()));
    write(&desk, &marking(1, "2026-10-02", DeliveryEvent::Accept));
    let good = fs::read_to_string(desk.deliveries()).unwrap();
    let lines: Vec<&str> = good.lines().collect();
    let submitted_twice = format!("{}\n{}\n", lines[0], lines[0]);
    for (bad, line) in [(good.replace("accept", "见"), 2), (good.replacen("online", "x", 1), 1), (submitted_twice, 2)]
    {
        fs::write(desk.deliveries(), bad).unwrap();
        let error = Deliveries::read(&desk).unwrap_err();
        assert!(matches!(error, DeliveriesError::Damaged { line: told } if told == line), "{error}");
        assert!(!error.to_string().contains('见'));
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_table_of_marks_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_rows(&bytes);
        let _ = read_rows(&["申請書ID,申請の状況,状況の日付,不備の種類,不備の内容\n".as_bytes(), &bytes].concat());
    }

    #[test]
    fn whatever_stands_in_a_row_is_a_mark_or_a_fault(row in "[-=\"0-9,/不備写真submitted年月日 ]{0,80}") {
        let rows = read_rows(format!("visit,case,stage,on,kind,note\n{row}\n").as_bytes());
        if let Ok(rows) = rows {
            prop_assert!(rows.iter().all(|(place, _)| matches!(place, Place::Row(number) if *number >= 2)));
        }
    }
}
