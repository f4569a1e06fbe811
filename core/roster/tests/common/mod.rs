//! Rosters as tests write them.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
#![allow(dead_code, reason = "each test file uses its own share")]

use std::io::{Cursor, Write};

use chrono::NaiveDate;
use homon_domain::programme::NumberRule;
use homon_domain::roster::ExpectedResident;
use homon_roster::{FileFault, Reading, read};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub(crate) fn today() -> NaiveDate {
    "2026-09-24".parse().unwrap()
}

/// Reads for a programme that asks for 申請書ID only.
pub(crate) fn reading(file: &[u8]) -> Result<Reading, FileFault> {
    read(file, NumberRule::ApplicationId, today())
}

/// What a resident's line says, field by field.
pub(crate) fn said(resident: &ExpectedResident) -> Vec<String> {
    let written = serde_json::to_value(resident).unwrap();
    let mut said = Vec::new();
    for (field, value) in written.as_object().unwrap() {
        match value.as_object() {
            Some(inner) => said.extend(inner.iter().map(|(name, value)| format!("{field}.{name}={value}"))),
            None => said.push(format!("{field}={value}")),
        }
    }
    said.iter().map(|text| text.replace('"', "")).collect()
}

pub(crate) fn names(reading: &Reading) -> Vec<&str> {
    reading.lines.iter().map(|line| line.resident.name.as_str()).collect()
}

/// What is wrong, as people are told.
pub(crate) fn told(reading: &Reading) -> Vec<String> {
    reading.bad.iter().map(ToString::to_string).collect()
}

/// A zip of such files.
pub(crate) fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#;
const PACKAGE_RELS: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const WORKBOOK: &str = r#"<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="名簿" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const WORKBOOK_RELS: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

/// A workbook by hand: the rows of its one sheet, its shared texts, and more files.
pub(crate) fn by_hand(sheet: &str, texts: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let sheet = format!(r#"<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{main}">{sheet}</worksheet>"#);
    let files: [(&str, &[u8]); 6] = [
        ("[Content_Types].xml", CONTENT_TYPES.as_bytes()),
        ("_rels/.rels", PACKAGE_RELS.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", WORKBOOK_RELS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ("xl/sharedStrings.xml", texts.as_bytes()),
    ];
    zipped(&[&files[..], more].concat())
}

/// Shared texts, each as it stands between the tags.
pub(crate) fn texts(items: &[&str]) -> String {
    let items: String = items.iter().map(|item| format!("<si>{item}</si>")).collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{items}</sst>"#
    )
}
