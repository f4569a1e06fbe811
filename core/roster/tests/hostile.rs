//! Files that were made to harm: refused before they take memory or time, and without a panic.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod common;

use common::{by_hand, reading, texts, zipped};
use homon_roster::FileFault;
use proptest::prelude::*;

const HEADINGS: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>氏名</t></is></c></row>"#;

fn sheet_of(rows: &str) -> String {
    format!("<sheetData>{HEADINGS}{rows}</sheetData>")
}

fn one() -> Vec<u8> {
    let rows = r#"<row r="2"><c r="A2" t="s"><v>0</v></c></row>"#;
    by_hand(&sheet_of(rows), &texts(&["<t>山田　花</t>"]), &[])
}

#[test]
fn the_plain_workbook_is_read() {
    assert_eq!(reading(&one()).unwrap().lines.len(), 1);
}

#[test]
fn a_zip_bomb_is_counted_and_refused() {
    let zeros = vec![0; 65 << 20];
    let bomb = by_hand(&sheet_of(""), &texts(&[]), &[("xl/media/image1.png", &zeros)]);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(reading(&bomb), Err(FileFault::Bloated));
    let many: Vec<(String, Vec<u8>)> = (0..1_001).map(|at| (format!("xl/{at}"), Vec::new())).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    assert_eq!(reading(&zipped(&many)), Err(FileFault::Bloated));
}

#[test]
fn entities_that_multiply_are_refused() {
    let laughs = r#"<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "ははは"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>"#;
    assert_eq!(reading(&by_hand(&sheet_of(""), laughs, &[])), Err(FileFault::Damaged));
    let outside = r#"<?xml version="1.0"?><sst><si><t>&unknown;</t></si></sst>"#;
    assert_eq!(reading(&by_hand(&sheet_of(""), outside, &[])), Err(FileFault::Damaged));
}

/// A reader makes room for as many texts as a file says it has.
#[test]
fn a_count_of_texts_is_not_believed() {
    for count in ["4000000000", "18446744073709551615", "&#57;"] {
        let sst = format!(r#"<sst uniqueCount="{count}"><si><t>a</t></si></sst>"#);
        assert_eq!(reading(&by_hand(&sheet_of(""), &sst, &[])), Err(FileFault::Bloated), "{count}");
    }
}

/// One cell in the last corner: a table of all cells before it would take hundreds of gigabytes.
#[test]
fn the_last_corner_of_a_sheet_takes_no_room() {
    let far = |at: &str| {
        let row: String = at.chars().filter(char::is_ascii_digit).collect();
        let rows = format!(r#"<row r="{row}"><c r="{at}" t="inlineStr"><is><t>x</t></is></c></row>"#);
        reading(&by_hand(&format!(r#"<dimension ref="A1:XFD1048576"/>{}"#, sheet_of(&rows)), &texts(&[]), &[]))
    };
    assert!(matches!(far("XFD1048576"), Err(FileFault::TooManyColumns { .. })));
    let last_row = far("A1048576").unwrap();
    assert_eq!(last_row.lines[0].row, 1_048_576);
}

#[test]
fn names_of_cells_that_make_no_sense_are_refused() {
    for at in ["ZZZZZZZZZZ1", "A99999999999", "A0", "1", "A", "é1", "A4294967296"] {
        let rows = format!(r#"<row><c r="{at}" t="inlineStr"><is><t>x</t></is></c></row>"#);
        let refused = reading(&by_hand(&sheet_of(&rows), &texts(&[]), &[]));
        assert!(refused.is_err(), "{at}: {refused:?}");
    }
    let backwards = r#"<row r="9"><c r="A9"><v>1</v></c></row><row r="8"><c r="A8"><v>1</v></c></row>"#;
    assert_eq!(reading(&by_hand(&sheet_of(backwards), &texts(&[]), &[])), Err(FileFault::Damaged));
}

/// One long text, named in every cell.
#[test]
fn a_text_that_is_named_again_and_again_takes_no_room() {
    let long = format!("<t>{}</t>", "邉".repeat(5_000));
    let row = |row: u32| {
        let cells: String = ('A'..='Z').map(|c| format!(r#"<c r="{c}{row}" t="s"><v>0</v></c>"#)).collect();
        format!(r#"<row r="{row}">{cells}</row>"#)
    };
    let rows: String = (2..400).map(row).collect();
    assert_eq!(reading(&by_hand(&sheet_of(&rows), &texts(&[&long]), &[])), Err(FileFault::Bloated));
}

#[test]
fn macros_and_links_are_ignored() {
    let more: [(&str, &[u8]); 2] = [
        ("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0macro"),
        ("xl/externalLinks/externalLink1.xml", b"<externalLink><externalBook r:id=\"rId1\"/></externalLink>"),
    ];
    let rows =
        r#"<row r="2"><c r="A2" t="str"><f>HYPERLINK("https://example.invalid/"&amp;A1)</f><v>山田　花</v></c></row>"#;
    let reading = reading(&by_hand(&sheet_of(rows), &texts(&[]), &more)).unwrap();
    assert_eq!(reading.lines[0].resident.name.as_str(), "山田　花");
}

#[test]
fn a_zip_that_is_no_workbook_is_refused() {
    assert_eq!(reading(&zipped(&[("roster.csv", "氏名\n山田".as_bytes())])), Err(FileFault::Damaged));
    assert_eq!(reading(b"PK\x03\x04"), Err(FileFault::Damaged));
    let whole = one();
    for cut in (0..whole.len()).step_by(37) {
        assert!(reading(&whole[..cut]).is_err(), "cut at {cut}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Any byte of a workbook may be another: it is read or refused, and never panics.
    #[test]
    fn a_changed_byte_does_no_harm(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut file = one();
        let at = at.index(file.len());
        file[at] = to;
        let _ = reading(&file);
    }

    /// The same within the XML, before it is zipped.
    #[test]
    fn changed_xml_does_no_harm(at in any::<prop::sample::Index>(), to in "[<>&\"'/=a0-9 \\]\\[!-]{0,3}") {
        let rows = r#"<row r="2"><c r="A2" t="s" s="1"><f>1</f><v>0</v></c><c r="B2"><v>1e9</v></c></row>"#;
        let mut sheet = sheet_of(rows);
        let at = at.index(sheet.len());
        if sheet.is_char_boundary(at) {
            sheet.insert_str(at, &to);
        }
        let _ = reading(&by_hand(&sheet, &texts(&["<t>山田　花</t>"]), &[]));
    }
}
