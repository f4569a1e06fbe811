//! Rosters as text: whatever Excel or another program has saved.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod common;

use std::collections::BTreeSet;

use common::{names, reading, said, told};
use encoding_rs::SHIFT_JIS;
use homon_domain::programme::NumberRule;
use homon_roster::{BadRows, Duplicate, DuplicateOf, FileFault, Form, Reading, read};
use proptest::prelude::*;

const ROSTER: &str = "見本苑 利用者名簿,,,,,,,,,\n\
    令和8年9月24日現在,,,,,,,,,\n\
    \n\
    順番,部屋,ベッド,氏名,フリガナ,住所,生年月日,性別,電話,備考\n\
    1,２０３,窓側,渡邉　神,ワタナベ　カミ,\"下関市南部町１番１号\",昭和5年3月12日,女,083-000-1234,午前を希望\n\
    ２,204,,髙﨑 一郎,たかさき いちろう,,S2.10.1,男,,\n\
    ,,,,,,,,,以上\n";

fn assert_roster(reading: &Reading) {
    assert_eq!((told(reading), reading.passed_over.clone()), (vec![], vec![]), "the last row has a remark");
    assert_eq!(names(reading), ["渡邉　神", "髙﨑 一郎"]);
}

/// The roster without its last row, whose remark would make it a row without a name.
fn roster() -> String {
    ROSTER.rsplit_once(",,,,,,,,,以上").unwrap().0.to_owned()
}

#[test]
fn every_encoding_of_excel_gives_the_same_roster() {
    let text = roster();
    let tabs = text.replace(',', "\t");
    let utf16 = |to: fn(u16) -> [u8; 2]| format!("\u{feff}{tabs}").encode_utf16().flat_map(to).collect::<Vec<u8>>();
    let (cp932, _, lossy) = SHIFT_JIS.encode(&text);
    assert!(!lossy);
    for (form, file) in [
        ("UTF-8", text.clone().into_bytes()),
        ("UTF-8", format!("\u{feff}{text}").into_bytes()),
        ("UTF-8", text.replace('\n', "\r\n").into_bytes()),
        ("UTF-8", text.replace('\n', "\r").into_bytes()),
        ("UTF-8", tabs.clone().into_bytes()),
        ("CP932", cp932.clone().into_owned()),
        ("CP932", SHIFT_JIS.encode(&tabs).0.into_owned()),
        ("UTF-16", utf16(u16::to_le_bytes)),
        ("UTF-16", utf16(u16::to_be_bytes)),
    ] {
        let reading = reading(&file).unwrap();
        assert_eq!(reading.form, Form::Text(form));
        assert_roster(&reading);
        assert_eq!(reading.lines[0].row, 5);
        assert_eq!(
            said(&reading.lines[0].resident),
            [
                "address=下関市南部町１番１号",
                "birth_date=1930-03-12",
                "kana=ワタナベ　カミ",
                "name=渡邉　神",
                "phone=083-000-1234",
                "place.bed=窓側",
                "place.order=1",
                "place.room=２０３",
                "remark=午前を希望",
                "sex=female",
            ]
        );
        assert_eq!(said(&reading.lines[1].resident)[..2], ["birth_date=1927-10-01", "kana=たかさき いちろう"]);
    }
}

#[test]
fn two_columns_make_one_name_and_nothing_is_normalised() {
    let text = "姓,名,セイ,メイ,住所\n渡\u{9089}\u{e0101},神\u{fe00},ワタナベ,,〒750-0000　下関市 \n";
    let reading = reading(text.as_bytes()).unwrap();
    assert_eq!(told(&reading), [""; 0]);
    assert_eq!(
        said(&reading.lines[0].resident),
        ["address=〒750-0000　下関市 ", "kana=ワタナベ", "name=渡\u{9089}\u{e0101}　神\u{fe00}"]
    );
}

#[test]
fn every_bad_cell_is_named_by_row_column_and_rule_and_none_is_quoted() {
    let text = "氏名,生年月日,性別,順番,電話,申請書ID,部屋\n\
        山田 花,昭和5年2月30日,女,1,,,\n\
        ,,男,,,,\n\
        鈴木 一,昭和5年3月12日,ｵﾄｺ,0,12,123,\n\
        \"田中\n二\",5.3.12,不明,二,,,\n\
        佐藤 三,,,,,,\u{fffd}\n";
    let reading = reading(text.as_bytes()).unwrap();
    assert_eq!(names(&reading), [""; 0]);
    insta::assert_snapshot!(told(&reading).join("\n"));
    let shown = format!("{reading:?} {}", told(&reading).join(" "));
    for content in ["山田", "鈴木", "田中", "佐藤", "花", "30日", "不明", "二"] {
        assert!(!shown.contains(content), "{content}");
    }
    assert_eq!(reading.bad_rows().into_iter().collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
}

#[test]
fn nobody_is_taken_with_a_bad_row_unless_someone_decides_so() {
    let text = "氏名,生年月日\n山田 花,1930-02-30\n鈴木 一,1930-03-12\n";
    let all = reading(text.as_bytes()).unwrap();
    let refused = all.clone().residents(BadRows::Refuse).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "not every row fits (1 do not), so nobody was taken; mend them, or decide to leave them out"
    );
    let taken = all.residents(BadRows::LeaveOut).unwrap();
    assert_eq!((taken.len(), taken[0].name.as_str()), (1, "鈴木 一"));
    let fine = reading("氏名\n鈴木 一\n".as_bytes()).unwrap();
    assert_eq!(fine.residents(BadRows::Refuse).unwrap().len(), 1);
}

#[test]
fn who_stands_twice_or_is_known_is_told_and_kept() {
    let text = "氏名,生年月日\n渡辺 神,S5.3.12\n渡邉　神,1930-03-12\n渡邉　神,\n鈴木 一,S2.1.1\n";
    let reading = reading(text.as_bytes()).unwrap();
    assert_eq!(reading.duplicates(&BTreeSet::new()), [Duplicate { row: 3, of: DuplicateOf::Row(2) }]);
    let known = BTreeSet::from([reading.lines[3].resident.same()]);
    let [twice, again] = reading.duplicates(&known)[..] else { panic!() };
    assert_eq!(again, Duplicate { row: 5, of: DuplicateOf::Known });
    assert_eq!(twice.to_string(), "row 3: the same name and birth date as in row 2");
    assert_eq!(reading.lines.len(), 4);
}

#[test]
fn bytes_that_no_character_has_name_their_row() {
    let mut cp932 = SHIFT_JIS.encode("氏名,部屋,介護\n山田 花,1,\n鈴木 一,2,\n田中 二,3,\n").0.into_owned();
    let marks: Vec<usize> = (0..cp932.len()).filter(|at| cp932[*at] == b'\n').collect();
    cp932.insert(marks[1] + 1, 0xff);
    cp932.insert(marks[3] + 1, 0x80);
    let reading = reading(&cp932).unwrap();
    assert_eq!(names(&reading), ["山田 花"]);
    assert_eq!(
        told(&reading),
        [
            "row 3, column A (氏名): a character was lost when the file was saved; save it anew, as UTF-8",
            "row 4, column C: a character was lost when the file was saved; save it anew, as UTF-8",
        ]
    );
}

#[test]
fn damaged_utf_8_is_not_taken_for_cp932() {
    let damaged = ["氏名,部屋\n山田 花,".as_bytes(), b"\xe6\xb0\n", "鈴木 一,2\n".as_bytes()].concat();
    let reading = reading(&damaged).unwrap();
    assert_eq!((reading.form, names(&reading)), (Form::Text("UTF-8"), vec!["鈴木 一"]));
    assert!(told(&reading)[0].starts_with("row 2, column B (部屋): a character was lost"));
}

#[test]
fn a_file_that_is_no_roster_says_what_to_do() {
    let fault = |file: &[u8]| reading(file).unwrap_err().to_string();
    assert_eq!(fault(b""), FileFault::NoHeadings.to_string());
    assert_eq!(fault("a,b\n1,2\n".as_bytes()), FileFault::NoHeadings.to_string());
    assert_eq!(fault("氏名,部屋\n,\n".as_bytes()), FileFault::Nobody.to_string());
    assert_eq!(fault(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), FileFault::NotATable.to_string());
    assert_eq!(fault(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0"), FileFault::OldExcel.to_string());
    assert_eq!(fault(&vec![b','; (8 << 20) + 1]), "the file is larger than 8 MiB; save the roster alone");
    assert_eq!(fault("氏名\n\"山田\n鈴木\n".as_bytes()), FileFault::Quotation { row: 2 }.to_string());
    let many = format!("氏名\n{}", "山田\n".repeat(10_000));
    assert_eq!(fault(many.as_bytes()), "there are more than 10000 rows; divide the roster");
    let utf16_without_mark: Vec<u8> = "氏名,x\n山田,".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(fault(&utf16_without_mark), FileFault::NotATable.to_string());
}

#[test]
fn individual_numbers_are_refused_unless_the_programme_asks_for_them() {
    for text in [
        "氏名,個人番号\n山田 花,123456789018\n",
        "氏名,個人番号\n山田 花,x\n",
        "氏名,番号\n山田 花,1234-5678-9018\n",
        "氏名,備考\n山田 花,番号は１２３４５６７８９０１８\n",
        "氏名,部屋\n123456789018,1\n",
    ] {
        let fault = reading(text.as_bytes()).unwrap_err();
        let FileFault::IndividualNumbers { count: 1, first } = &fault else { panic!("{fault}") };
        assert_eq!(first.row, 2);
        assert!(!fault.to_string().contains("5678") && !fault.to_string().contains("山田"), "{fault}");
    }
    let empty = "氏名,個人番号,番号\n山田 花,,123456789019\n";
    assert_eq!(reading(empty.as_bytes()).unwrap().lines.len(), 1);
    let phone = "氏名,電話\n山田 花,+81 83 000 1234\n";
    assert_eq!(told(&reading(phone.as_bytes()).unwrap()), [""; 0]);

    let asked = "氏名,マイナンバー,申請書ID\n山田 花,1234 5678 9018,\n鈴木 一,123456789019,\n田中 二,123456789018,12345678901234567890123\n";
    let reading = read(asked.as_bytes(), NumberRule::Either, common::today()).unwrap();
    assert_eq!(said(&reading.lines[0].resident)[1..], ["number.kind=individual_number", "number.value=123456789018"]);
    assert_eq!(
        told(&reading),
        [
            "row 3, column B (個人番号): the check digit does not match",
            "row 4, column B (個人番号): 申請書ID and 個人番号 both stand here; leave one",
        ]
    );
    assert!(!format!("{reading:?}").contains("5678"));
}

#[test]
fn what_is_passed_over_is_told() {
    let text = "氏名,部屋,担当,介護\n山田 花,1,甲,\n\n,,合計,1名\n";
    let reading = reading(text.as_bytes()).unwrap();
    assert_eq!(reading.passed_over, [4]);
    assert_eq!(reading.not_read.iter().map(ToString::to_string).collect::<Vec<_>>(), ["C", "D"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever can be a name comes out byte for byte, from any encoding that has its characters.
    #[test]
    fn names_come_out_as_they_went_in(name in "[一-龥ぁ-んァ-ヶ々髙﨑①-⑳]{1,12}", room in "[0-9０-９]{1,4}") {
        let text = format!("氏名,部屋\n{name},{room}\n");
        let (cp932, _, lossy) = SHIFT_JIS.encode(&text);
        let mut files = vec![text.clone().into_bytes()];
        if !lossy {
            files.push(cp932.into_owned());
        }
        for file in files {
            let reading = reading(&file).unwrap();
            prop_assert_eq!(names(&reading), [name.as_str()]);
            prop_assert_eq!(reading.lines[0].resident.place.room.as_ref().unwrap().as_str(), room.as_str());
        }
    }

    /// Nothing is read twice or lost: each row below the headings is a line, bad, or passed over.
    #[test]
    fn every_row_has_its_place(rows in prop::collection::vec("[山,\"0-9 \n年月昭]{0,8}", 0..12)) {
        let text = format!("氏名,生年月日\n{}", rows.join("\n"));
        if let Ok(reading) = reading(text.as_bytes()) {
            let mut all: Vec<u32> = reading.lines.iter().map(|line| line.row).collect();
            all.extend(reading.bad_rows());
            all.extend(&reading.passed_over);
            all.sort_unstable();
            let mut once = all.clone();
            once.dedup();
            prop_assert_eq!(all, once);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = reading(&bytes);
        let _ = reading(&[b"\xef\xbb\xbf\xe6\xb0\x8f\xe5\x90\x8d,", bytes.as_slice()].concat());
    }
}
