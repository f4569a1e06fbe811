//! What leaves the desk: tables that Excel shows to the character, photos named by numbers, counts without a name.

use std::fs;

use homon_city::desk::deliveries::{Named, Outcome, Place, Wish};
use homon_city::desk::export::{self, ExportError, Template};
use homon_city::desk::{CityFolder, office};
use homon_domain::applicant::RegisterNumber;
use homon_domain::case::Case;
use homon_domain::delivery::{Deficiency, DeficiencyKind};
use homon_domain::numbers::IndividualNumber;
use homon_seal::EntryPath;

use crate::city::{TestCity, files_below};
use crate::people::{ADDRESS, COMPAT_NAME, IVS_NAME, Journey, NUMBER, photo};
use crate::tablet::VISIT;

fn opened_city() -> TestCity {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    city.deliver(&part.key, &tablet.seal(&part));
    assert_eq!(city.open().opened.len(), 1);
    city
}

#[test]
fn an_export_is_one_folder_with_tables_and_numbered_photos() {
    let city = opened_city();
    let out = city.root().with_file_name("export");
    let exported = export::export(&city.folder, &out, &Template::default(), &city.clock).unwrap();
    assert_eq!(exported, export::Exported { visits: 1, cases: 3, photos: 2, activity_photos: 0 });
    assert_eq!(
        files_below(&out),
        ["cases.csv", "photos/0c5ad1c7-1-001.jpg", "photos/0c5ad1c7-1-002.jpg", "visits.csv"]
    );
    assert_eq!(fs::read(out.join("photos/0c5ad1c7-1-001.jpg")).unwrap(), photo(1));
    assert_eq!(fs::read(out.join("photos/0c5ad1c7-1-002.jpg")).unwrap(), photo(101));
}

#[test]
fn the_cases_stand_in_the_table_byte_for_byte() {
    let city = opened_city();
    let out = city.root().with_file_name("export");
    export::export(&city.folder, &out, &Template::default(), &city.clock).unwrap();
    let csv = fs::read_to_string(out.join("cases.csv")).unwrap();
    let rows: Vec<&str> = csv.strip_prefix('\u{feff}').unwrap().split_terminator("\r\n").collect();
    assert_eq!(rows.len(), 4);
    assert!(!csv.replace("\r\n", "").contains(['\r', '\n']));
    insta::assert_snapshot!("headings_of_cases", rows[0]);
    let excel = |text: &str| format!("\"=\"\"{text}\"\"\"");
    let row = |number: &str, name: &str| {
        [
            excel("0c5ad1c7"),
            "2026-09-24".to_owned(),
            "みほん苑".to_owned(),
            excel(number),
            "完了".to_owned(),
            String::new(),
            name.to_owned(),
            "ミホン".to_owned(),
            ADDRESS.to_owned(),
            excel("1926-12"),
            excel("大正15年・昭和元年12月日不詳"),
            "女".to_owned(),
            "申請書ID".to_owned(),
            excel(NUMBER),
            "申請時来庁方式".to_owned(),
            "通知カード／介護保険被保険者証／年金の手帳・証書".to_owned(),
            "city-01".to_owned(),
            format!("photos/0c5ad1c7-{number}.jpg"),
            "親族等 見本 花子".to_owned(),
            excel("083-000-0000"),
            "平日の午前".to_owned(),
        ]
        .join(",")
    };
    for (index, (number, name)) in [("1-001", IVS_NAME), ("1-002", COMPAT_NAME)].into_iter().enumerate() {
        let expected = row(number, name);
        assert!(rows[index + 1].starts_with(&expected), "{}\n{expected}", rows[index + 1]);
    }
    assert!(rows[3].contains(",再訪問,体調がすぐれない（2026-10-01に再訪問）,,,"), "{}", rows[3]);
}

#[test]
fn what_a_resident_said_never_runs_as_a_formula() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let said = ["=HYPERLINK(\"http://x\")", "+1", "-なし", "@SUM(A1)", "＝1+1"];
    let cases: Vec<Case> = said
        .iter()
        .zip(1_u32..)
        .map(|(note, n)| Journey::receive(tablet.programme(), &format!("1-{n:03}"), u128::from(n)).refuse(note))
        .collect();
    let part = tablet.part(1, 1, &cases, &[]);
    city.deliver(&part.key, &tablet.seal(&part));
    city.open();
    let out = city.root().with_file_name("export");
    export::export(&city.folder, &out, &Template::default(), &city.clock).unwrap();
    let csv = fs::read_to_string(out.join("cases.csv")).unwrap();
    for note in said {
        let cell = format!("\"=\"\"{}\"\"\"", note.replace('"', "\"\"\"\""));
        assert!(csv.contains(&format!(",辞退,{cell},")), "{cell}\n{csv}");
    }
}

#[test]
fn no_individual_number_is_in_any_file_of_an_export() {
    const INDIVIDUAL: &str = "123456789018";
    let city = TestCity::found();
    let rules = fs::read_to_string(city.folder.programme()).unwrap();
    fs::write(city.folder.programme(), rules.replace("number = \"application_id\"", "number = \"either\"")).unwrap();
    let tablet = city.enrol("tablet-01");
    let mut part = tablet.usual_part(1, 1);
    let json = part.cases.get_mut(&EntryPath::Case("1-001".parse().unwrap())).unwrap();
    let mut case: Case = serde_json::from_slice(json).unwrap();
    let number = IndividualNumber::parse(INDIVIDUAL).unwrap();
    case.applicant.number = Some(RegisterNumber::IndividualNumber(number));
    *json = serde_json::to_vec(&case).unwrap();
    city.deliver(&part.key, &tablet.seal(&part));
    let report = city.open();
    assert_eq!(report.opened.len(), 1, "{:?}", report.refused);
    let out = city.root().with_file_name("export");
    export::export(&city.folder, &out, &Template::default(), &city.clock).unwrap();
    for file in files_below(&out) {
        let bytes = fs::read(out.join(&file)).unwrap();
        assert!(!bytes.windows(INDIVIDUAL.len()).any(|window| window == INDIVIDUAL.as_bytes()), "{file}");
    }
    assert!(fs::read_to_string(out.join("cases.csv")).unwrap().contains("個人番号（この表には出しません）"));
}

#[test]
fn the_parts_of_a_visit_are_added_up_in_one_row() {
    let city = TestCity::found();
    let (first, second) = (city.enrol("tablet-01"), city.enrol("tablet-02"));
    let (one, two) = (first.usual_part(1, 1), second.usual_part(2, 3));
    city.deliver(&one.key, &first.seal(&one));
    city.deliver(&two.key, &second.seal(&two));
    city.open();
    let out = city.root().with_file_name("export");
    assert_eq!(
        export::export(&city.folder, &out, &Template::default(), &city.clock).unwrap(),
        export::Exported { visits: 1, cases: 6, photos: 4, activity_photos: 0 }
    );
    let csv = fs::read_to_string(out.join("visits.csv")).unwrap();
    insta::assert_snapshot!("visits", csv.replace("\r\n", "\n"));
}

#[test]
fn only_the_highest_seal_is_exported() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let first = tablet.usual_part(1, 1);
    city.deliver(&first.key, &tablet.seal(&first));
    city.open();
    let amended = tablet.part(1, 2, &[Journey::receive(tablet.programme(), "1-001", 1001).come_again()], &[]);
    city.deliver(&amended.key, &tablet.seal(&amended));
    city.open();
    let out = city.root().with_file_name("export");
    assert_eq!(
        export::export(&city.folder, &out, &Template::default(), &city.clock).unwrap(),
        export::Exported { visits: 1, cases: 1, photos: 0, activity_photos: 0 }
    );
    assert!(!fs::read_to_string(out.join("cases.csv")).unwrap().contains(IVS_NAME));
}

#[test]
fn an_export_is_never_mixed_with_another_and_leaves_nothing_half() {
    let city = opened_city();
    let home = city.root().parent().unwrap().to_owned();
    let out = home.join("export");
    export::export(&city.folder, &out, &Template::default(), &city.clock).unwrap();
    assert!(matches!(
        export::export(&city.folder, &out, &Template::default(), &city.clock),
        Err(ExportError::Exists(_))
    ));
    let photo = city.folder.desk().visits().join(format!("{VISIT}/1-1/cases/1-002.json"));
    fs::write(photo, b"{").unwrap();
    assert!(matches!(
        export::export(&city.folder, &home.join("second"), &Template::default(), &city.clock),
        Err(ExportError::File(_))
    ));
    let left: Vec<String> =
        fs::read_dir(&home).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert!(left.iter().all(|name| ["city", "export", "rules.toml"].contains(&name.as_str())), "{left:?}");
}

#[test]
fn the_office_gets_counts_and_no_name() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let (first, second) = (tablet.usual_part(1, 1), tablet.usual_part(1, 2));
    for part in [&first, &second] {
        let (key, sealed) = tablet.tally(part);
        city.deliver(&key, &sealed);
    }
    // As in the contractor's office: the store, the rules and the office key; nothing of the desk.
    fs::rename(city.folder.desk().path(), city.root().with_file_name("desk-elsewhere")).unwrap();
    let office = city.root().with_file_name("office-elsewhere");
    fs::rename(city.folder.office(), &office).unwrap();
    assert!(office::tally(&city.folder).is_err());
    let folder = CityFolder::new(city.root()).with_office(Some(office));
    let counts = office::tally(&folder).unwrap();
    assert!(counts.refused.is_empty(), "{:?}", counts.refused);
    assert_eq!(counts.rows.iter().map(|row| row.seal.get()).collect::<Vec<_>>(), [2]);
    let mut csv = Vec::new();
    counts.write(&mut csv).unwrap();
    insta::assert_snapshot!("tallies", String::from_utf8(csv).unwrap().replace("\r\n", "\n"));
}

#[test]
fn a_tally_of_a_strangers_hand_is_refused_and_the_others_are_counted() {
    let city = TestCity::found();
    let (tablet, thief) = (city.enrol("tablet-01"), city.enrol("tablet-02"));
    let (one, two) = (tablet.usual_part(1, 1), thief.usual_part(2, 1));
    let (key, _) = tablet.tally(&one);
    let mut forged = thief.usual_part(1, 1);
    forged.key.device = key.device;
    let (_, sealed) = thief.tally(&forged);
    city.deliver(&key, &sealed);
    let (good, sealed) = thief.tally(&two);
    city.deliver(&good, &sealed);
    let counts = office::tally(&city.folder).unwrap();
    assert_eq!(counts.rows.len(), 1);
    assert_eq!(counts.refused.iter().map(|(refused, _)| *refused).collect::<Vec<_>>(), [key]);
}

fn template(city: &TestCity, text: &str) -> Template {
    let path = city.root().with_file_name("columns.toml");
    fs::write(&path, text).unwrap();
    Template::read(&path).unwrap()
}

#[test]
fn a_template_chooses_columns_headings_and_encoding() {
    let city = opened_city();
    let columns = "encoding = \"cp932\"\n[[cases]]\ncolumn = \"case_number\"\nheading = \"番号\"\n\
                   [[cases]]\ncolumn = \"address\"\n[[visits]]\ncolumn = \"site\"\n";
    let out = city.root().with_file_name("export");
    export::export(&city.folder, &out, &template(&city, columns), &city.clock).unwrap();
    let read =
        |name: &str| homon_report::encoding::decode(&fs::read(out.join(name)).unwrap()).unwrap().replace("\r\n", "\n");
    let row = |number: &str| format!("\"=\"\"{number}\"\"\",{ADDRESS}\n");
    assert_eq!(read("cases.csv"), format!("番号,住所\n{}{}\"=\"\"1-003\"\"\",\n", row("1-001"), row("1-002")));
    assert_eq!(read("visits.csv"), "実施場所\nみほん苑\n");
    assert!(std::str::from_utf8(&fs::read(out.join("cases.csv")).unwrap()).is_err(), "it is CP932");
}

#[test]
fn a_name_that_cp932_lacks_is_told_by_its_place_and_nothing_is_exported() {
    let city = opened_city();
    let out = city.root().with_file_name("export");
    let columns = "encoding = \"cp932\"\n[[cases]]\ncolumn = \"kana\"\n[[cases]]\ncolumn = \"name\"\n";
    let error = export::export(&city.folder, &out, &template(&city, columns), &city.clock).unwrap_err().to_string();
    assert_eq!(
        error,
        "cases.csv: CP932 lacks characters that stand in row 2, 氏名; row 3, 氏名: choose UTF-8 for this table"
    );
    let left = files_below(city.root().parent().unwrap());
    assert!(!left.iter().any(|file| file.contains("export") || file.contains(".tmp-")), "{left:?}");
}

#[test]
fn no_cell_of_any_column_runs_as_a_formula() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let mut part = tablet.usual_part(1, 1);
    let evil = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "＝1+1"];
    for json in part.cases.values_mut() {
        let text = String::from_utf8(json.clone()).unwrap();
        let text = text.replace(IVS_NAME, evil[0]).replace(COMPAT_NAME, evil[4]).replace(ADDRESS, evil[1]);
        let text = text.replace("見本 花子", evil[2]).replace("平日の午前", evil[3]).replace("ミホン", evil[4]);
        *json = text.replace("\"room\":\"105\"", "\"room\":\"=105\"").into_bytes();
    }
    part.visit.remarks = Some(crate::people::text(evil[0]));
    part.visit.private_address = Some(crate::people::text(evil[1]));
    city.deliver(&part.key, &tablet.seal(&part));
    let report = city.open();
    assert_eq!(report.opened.len(), 1, "{:?}", report.refused);
    let note = homon_city::desk::deliveries::read_note(evil[0]).unwrap();
    let deficiency = Deficiency { kind: DeficiencyKind::Other, note: Some(note) };
    for outcome in [Outcome::Submitted, Outcome::Returned(deficiency)] {
        let named = Named::Case { visit: VISIT.to_owned(), number: "1-001".parse().unwrap() };
        let wish = Wish { named, on: "2026-09-24".parse().unwrap(), outcome };
        let place = Place::Case("1-001".parse().unwrap());
        homon_city::desk::deliveries::mark(&city.folder, vec![(place, Ok(wish))], &city.clock).unwrap();
    }
    let all = |table: &str, names: Vec<&str>| -> String {
        names.into_iter().map(|name| format!("[[{table}]]\ncolumn = \"{name}\"\nheading = \"={name}\"\n")).collect()
    };
    let cases = all("cases", homon_report::case_table::columns().iter().map(|column| column.name).collect());
    let visits = all("visits", homon_report::visit_table::COLUMNS.iter().map(|column| column.name).collect());
    for (encoding, name) in [("utf-8", "first"), ("cp932", "second")] {
        let out = city.root().with_file_name(name);
        let columns = format!("encoding = \"{encoding}\"\n{cases}{visits}");
        export::export(&city.folder, &out, &template(&city, &columns), &city.clock).unwrap();
        let (mut evil_cells, mut cells) = (0, 0);
        for table in ["cases.csv", "visits.csv"] {
            let bytes = fs::read(out.join(table)).unwrap();
            let text = homon_report::encoding::decode(&bytes).unwrap();
            let mut rows = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
            for cell in rows.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()) {
                cells += 1;
                let shown = homon_report::excel::cell_text(&cell);
                let is_number = cell.parse::<i64>().is_ok();
                assert!(
                    is_number || cell.starts_with("=\"") || !cell.starts_with(['=', '+', '-', '@', '＝', '\t']),
                    "{cell}"
                );
                evil_cells += usize::from(evil.contains(&&*shown));
            }
        }
        assert!(evil_cells >= 10 && cells > 100, "{evil_cells} of {cells}");
    }
}
