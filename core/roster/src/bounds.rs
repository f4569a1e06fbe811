//! Looks through a workbook before a library reads it: it is a zip of XML, and both can be made to grow.
//!
//! Everything is inflated once and counted. XML of a workbook needs no document type, no other encoding than UTF-8 and
//! no control characters; what has them was not written by a program for tables.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::read::ZipFile;

use crate::fault::FileFault;

/// Bytes of everything in it, inflated.
const INFLATED: u64 = 64 << 20;
/// Files in it.
const FILES: usize = 1_000;
/// Texts that it says to have: a reader makes room for as many.
const TEXTS: u64 = 1_000_000;

/// Whether a workbook is within bounds.
pub(crate) fn check(bytes: &[u8]) -> Result<(), FileFault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| FileFault::Damaged)?;
    if archive.len() > FILES {
        return Err(FileFault::Bloated);
    }
    let mut left = INFLATED;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|_| FileFault::Damaged)?;
        let name = file.name().map_err(|_| FileFault::Damaged)?.to_ascii_lowercase();
        let content = inflate(file, &mut left)?;
        if name.ends_with(".xml") || name.ends_with(".rels") || content.starts_with(b"<") {
            check_xml(&content)?;
        }
    }
    Ok(())
}

fn inflate(file: ZipFile<'_, Cursor<&[u8]>>, left: &mut u64) -> Result<Vec<u8>, FileFault> {
    let mut content = Vec::new();
    let read = file.take(*left + 1).read_to_end(&mut content).map_err(|_| FileFault::Damaged)?;
    *left = left.checked_sub(read as u64).ok_or(FileFault::Bloated)?;
    Ok(content)
}

fn check_xml(content: &[u8]) -> Result<(), FileFault> {
    let text = std::str::from_utf8(content).map_err(|_| FileFault::Damaged)?;
    let is_allowed = |c: char| !c.is_control() || matches!(c, '\t' | '\r' | '\n');
    if !text.chars().all(is_allowed) || text.contains("<!DOCTYPE") || text.contains("<!ENTITY") {
        return Err(FileFault::Damaged);
    }
    let declared = text.trim_start_matches('\u{feff}').strip_prefix("<?xml").and_then(|rest| rest.split("?>").next());
    let encoding = declared.and_then(|declaration| attribute(declaration, "encoding"));
    if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case("utf-8")) {
        return Err(FileFault::Damaged);
    }
    for (at, _) in text.match_indices("uniqueCount") {
        let count = attribute(&text[at..], "uniqueCount").and_then(|count| count.parse::<u64>().ok());
        if count.is_none_or(|count| count > TEXTS) {
            return Err(FileFault::Bloated);
        }
    }
    Ok(())
}

/// The value of the first attribute of that name.
fn attribute<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let after = text[text.find(name)? + name.len()..].trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    after[1..].split(quote).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_that_no_program_for_tables_writes_is_refused() {
        let fine = "<?xml version=\"1.0\" encoding='UTF-8' standalone=\"yes\"?>\r\n<sst count=\"9\" uniqueCount = '7'>氏名</sst>";
        assert_eq!(check_xml(fine.as_bytes()), Ok(()));
        assert_eq!(check_xml(b"<a/>"), Ok(()));
        for wrong in [
            "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><x/>",
            "<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><x/>",
            "<x>\u{1b}(B</x>",
            "<x>\0</x>",
        ] {
            assert_eq!(check_xml(wrong.as_bytes()), Err(FileFault::Damaged), "{wrong}");
        }
        assert_eq!(check_xml(b"<x>\x8e\x81</x>"), Err(FileFault::Damaged));
        for many in ["18446744073709551615", "4000000000", "99999999999999999999999", "&#49;", "x", ""] {
            let sst = format!("<sst uniqueCount=\"{many}\"/>");
            assert_eq!(check_xml(sst.as_bytes()), Err(FileFault::Bloated), "{many}");
        }
    }
}
