//! Rosters as Excel workbooks.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod common;

use common::{by_hand, names, reading, said, told};
use homon_roster::{FileFault, Form};
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet, XlsxError};

fn saved(fill: impl FnOnce(&mut Workbook) -> Result<(), XlsxError>) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(&mut workbook).unwrap();
    workbook.save_to_buffer().unwrap()
}

fn sheet(fill: impl FnOnce(&mut Worksheet) -> Result<(), XlsxError>) -> Vec<u8> {
    saved(|workbook| fill(workbook.add_worksheet()))
}

fn row(sheet: &mut Worksheet, row: u32, texts: &[&str]) -> Result<(), XlsxError> {
    for (column, text) in (0..).zip(texts) {
        sheet.write_string(row, column, *text)?;
    }
    Ok(())
}

#[test]
fn a_workbook_is_read_below_its_titles() {
    let date = Format::new().set_num_format("[$-411]ggge\"年\"m\"月\"d\"日\"");
    let file = sheet(|sheet| {
        sheet.merge_range(0, 0, 0, 5, "見本苑 利用者名簿", &Format::new())?;
        row(sheet, 2, &["部屋", "氏名", "フリガナ", "生年月日", "性別", "電話"])?;
        row(sheet, 3, &["", "渡\u{9089}\u{e0101}　神\u{fe00}", "ワタナベ　カミ", "", "女", "083-000-1234"])?;
        sheet.write_number(3, 0, 203)?.write_number_with_format(3, 3, 11_029, &date)?;
        row(sheet, 4, &["204", "髙﨑 一郎", "", "昭和2年10月1日", "男性"])?;
        Ok(())
    });
    let reading = reading(&file).unwrap();
    assert_eq!((reading.form, told(&reading)), (Form::Workbook, vec![]));
    assert_eq!(reading.lines[0].row, 4);
    assert_eq!(
        said(&reading.lines[0].resident),
        [
            "birth_date=1930-03-12",
            "kana=ワタナベ　カミ",
            "name=渡\u{9089}\u{e0101}　神\u{fe00}",
            "phone=083-000-1234",
            "place.room=203",
            "sex=female",
        ]
    );
    assert_eq!(said(&reading.lines[1].resident)[..2], ["birth_date=1927-10-01", "name=髙﨑 一郎"]);
}

/// Days as Excel counts them, under each kind of format that Japanese Excel has for them, and under none.
#[test]
fn dates_are_read_under_every_format() {
    for format in [
        "yyyy/m/d",
        "yyyy\"年\"m\"月\"d\"日\"",
        "[$-411]ge.m.d",
        "[$-ja-JP-x-gannen]ggge\"年\"m\"月\"d\"日\";@",
        "General",
    ] {
        let format = Format::new().set_num_format(format);
        let file = sheet(|sheet| {
            row(sheet, 0, &["氏名", "生年月日"])?;
            row(sheet, 1, &["山田 花"])?;
            sheet.write_number_with_format(1, 1, 11_029, &format)?;
            Ok(())
        });
        let reading = reading(&file).unwrap();
        assert_eq!(said(&reading.lines[0].resident)[0], "birth_date=1930-03-12", "{format:?}");
    }
    for index in [14, 27, 31, 50, 57, 58] {
        let file = sheet(|sheet| {
            row(sheet, 0, &["氏名", "生年月日"])?;
            row(sheet, 1, &["山田 花"])?;
            sheet.write_number_with_format(1, 1, 11_029, &Format::new().set_num_format_index(index))?;
            Ok(())
        });
        assert_eq!(said(&reading(&file).unwrap().lines[0].resident)[0], "birth_date=1930-03-12", "{index}");
    }
}

#[test]
fn days_counted_from_1904_are_read() {
    let rows = r#"<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>氏名</t></is></c><c r="B1" t="inlineStr"><is><t>生年月日</t></is></c></row>
        <row r="2"><c r="A2" t="inlineStr"><is><t>山田 花</t></is></c><c r="B2"><v>9567</v></c></row></sheetData>"#;
    let file = by_hand(rows, &common::texts(&[]), &[]);
    let of_1900 = reading(&file).unwrap();
    assert_eq!(said(&of_1900.lines[0].resident)[0], "birth_date=1926-03-11");
    let of_1904 = zipped_with(&file, "<sheets>", "<workbookPr date1904=\"1\"/><sheets>");
    assert_eq!(said(&reading(&of_1904).unwrap().lines[0].resident)[0], "birth_date=1930-03-12");
}

/// The same workbook with something else in its `workbook.xml`.
fn zipped_with(file: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(file)).unwrap();
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut content = String::new();
        std::io::Read::read_to_string(&mut entry, &mut content).unwrap();
        if name == "xl/workbook.xml" {
            content = content.replace(from, to);
        }
        files.push((name, content));
    }
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, content)| (name.as_str(), content.as_bytes())).collect();
    common::zipped(&files)
}

#[test]
fn what_excel_made_of_a_cell_is_told() {
    let date = Format::new().set_num_format("m\"月\"d\"日\"");
    let file = sheet(|sheet| {
        row(sheet, 0, &["氏名", "部屋", "電話", "生年月日"])?;
        row(sheet, 1, &["山田 花"])?;
        sheet.write_number_with_format(1, 1, 46_024, &date)?;
        sheet.write_number(1, 2, 830_001_234)?;
        sheet.write_number(1, 3, 1930)?;
        row(sheet, 2, &["鈴木 一"])?;
        sheet.write_formula(2, 1, Formula::new("=1/0").set_result("#DIV/0!"))?;
        sheet.write_boolean(2, 2, true)?;
        sheet.write_formula(2, 3, Formula::new("=DATE(1930,3,12)").set_result("11029"))?;
        Ok(())
    });
    let reading = reading(&file).unwrap();
    insta::assert_snapshot!(told(&reading).join("\n"));
}

#[test]
fn a_formula_counts_by_the_value_that_excel_kept() {
    let file = sheet(|sheet| {
        row(sheet, 0, &["氏名", "部屋"])?;
        sheet.write_formula(1, 0, Formula::new("=B9&C9").set_result("山田　花"))?;
        sheet.write_formula(1, 1, Formula::new("=[1]Sheet1!A1").set_result("203"))?;
        Ok(())
    });
    let reading = reading(&file).unwrap();
    assert_eq!(said(&reading.lines[0].resident), ["name=山田　花", "place.room=203"]);
}

#[test]
fn only_one_shown_sheet_may_have_headings() {
    let of = |hidden: bool| {
        saved(|workbook| {
            row(workbook.add_worksheet(), 0, &["お知らせ"])?;
            for name in ["山田 花", "鈴木 一"] {
                let sheet = workbook.add_worksheet();
                row(sheet, 0, &["氏名"])?;
                row(sheet, 1, &[name])?;
                sheet.set_hidden(hidden && name.starts_with('鈴'));
            }
            Ok(())
        })
    };
    assert_eq!(reading(&of(false)), Err(FileFault::SeveralSheets { count: 2 }));
    assert_eq!(names(&reading(&of(true)).unwrap()), ["山田 花"]);
}

#[test]
fn cells_merged_over_rows_belong_to_nobody_that_can_be_told() {
    let file = sheet(|sheet| {
        row(sheet, 0, &["氏名", "住所"])?;
        row(sheet, 1, &["山田 花"])?;
        row(sheet, 2, &["鈴木 一"])?;
        row(sheet, 3, &["田中 二", "下関市"])?;
        sheet.merge_range(1, 1, 2, 1, "下関市南部町1番1号", &Format::new())?;
        Ok(())
    });
    let reading = reading(&file).unwrap();
    assert_eq!(names(&reading), ["田中 二"]);
    let rule = "column B (住所): this cell is merged with other rows; write it in each";
    assert_eq!(told(&reading), [format!("row 2, {rule}"), format!("row 3, {rule}")]);
}

/// 氏名 over two columns: what stands in the second would be lost.
#[test]
fn a_heading_over_two_columns_is_refused() {
    let file = sheet(|sheet| {
        sheet.merge_range(0, 0, 0, 1, "氏名", &Format::new())?;
        row(sheet, 1, &["山田", "花"])?;
        Ok(())
    });
    assert!(matches!(reading(&file), Err(FileFault::HeadingMissing { .. })));
}

/// Excel keeps the reading of a name within the same cell; it is no part of the name.
#[test]
fn readings_and_parts_of_a_text_make_one_name() {
    let shared = common::texts(&[
        "<t>氏名</t>",
        "<r><t>渡</t></r><r><t xml:space=\"preserve\">邉　神 </t></r><rPh sb=\"0\" eb=\"1\"><t>ワタナベ</t></rPh>",
        "<t>部屋</t>",
        "<t>2&#x30;3&amp;</t>",
    ]);
    let rows = r#"<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>2</v></c></row><row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" t="s"><v>3</v></c></row></sheetData>"#;
    let reading = reading(&by_hand(rows, &shared, &[])).unwrap();
    assert_eq!(
        (reading.lines[0].row, said(&reading.lines[0].resident)),
        (3, vec!["name=渡邉　神 ".into(), "place.room=203&".into()])
    );
}

/// Written with openpyxl 3.1.5, with a filter and frozen panes.
#[test]
fn a_workbook_of_another_program_is_read() {
    let reading = reading(include_bytes!("files/openpyxl.xlsx")).unwrap();
    assert_eq!(told(&reading), [""; 0]);
    assert_eq!(names(&reading), ["渡邉　神", "髙﨑 一郎"]);
    assert_eq!(said(&reading.lines[0].resident)[..2], ["address=下関市南部町１番１号", "birth_date=1930-03-12"]);
    assert_eq!(said(&reading.lines[1].resident)[0], "birth_date=1927-10-01");
}
