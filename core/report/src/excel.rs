//! How a text must stand in a CSV file so that Excel shows exactly its characters.
//!
//! Excel guesses the type of every cell of a CSV file, quoted or not. Two things go wrong by that. What begins with
//! `=`, `+`, `-` or `@` is run as a formula (CWE-1236). And what looks like a number or a date becomes one: the 23
//! digits of a 申請書ID end in zeros, a telephone number loses its first zero, the case number `1-004` turns into a day
//! in January, `昭和10年3月` into a day of that month that nobody has named.
//!
//! A text that Excel can only take for a text is written as it is. Any other is written as a formula that is nothing
//! but that text: `="090-0000-0000"`. Excel then shows the text to the character, and copies it so. To a program that
//! reads the file the rule is: a cell that begins with `="` is the text between the quotation marks, in which `""`
//! stands for one `"` and `"&"` for nothing. No other cell begins with `=`, so that every text comes back byte for
//! byte. Prefixes (an apostrophe, a tab) would have changed the name itself.
//!
//! Whoever saves the file from Excel as CSV again saves the bare texts: the protection ends there.

use std::borrow::Cow;

/// Excel takes at most 255 UTF-16 units between the quotation marks of a formula; longer texts are joined with `&`.
const LITERAL_UNITS: usize = 255;

/// The eras that Excel reads as the beginning of a date.
const ERAS: [&str; 5] = ["明治", "大正", "昭和", "平成", "令和"];

/// Months of four letters and more; shorter words are not told apart from short months and the letters of eras.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "sept",
    "september",
    "october",
    "november",
    "december",
];
const LONGER_THAN_SHORT: usize = 4;

/// The cell in which Excel shows exactly `text`.
#[must_use]
pub fn text_cell(text: &str) -> Cow<'_, str> {
    if text.is_empty() || is_plainly_text(text) { Cow::Borrowed(text) } else { Cow::Owned(as_formula(text)) }
}

/// Whether Excel can only take it for a text. It begins with a letter, so it is no formula. A letter of Japanese begins
/// no number and, but for an era, no date; a Latin one only where digits follow on an era's letter or a month's name.
/// Excel reads full-width characters as their narrow forms.
fn is_plainly_text(text: &str) -> bool {
    let word: String = text.chars().map(narrow).take_while(char::is_ascii_alphabetic).collect();
    if word.is_empty() {
        return text.starts_with(char::is_alphabetic) && !ERAS.iter().any(|era| text.starts_with(era));
    }
    let word = word.to_ascii_lowercase();
    let is_truth_value = word == "true" || word == "false";
    let may_begin_a_date = word.len() < LONGER_THAN_SHORT || MONTHS.contains(&word.as_str());
    !(is_truth_value || may_begin_a_date && text.contains(char::is_numeric))
}

/// The text in a cell that [`text_cell`] gave; any other cell is its own text.
#[must_use]
pub fn cell_text(cell: &str) -> Cow<'_, str> {
    match cell.strip_prefix("=\"").and_then(text_of_formula) {
        Some(text) => Cow::Owned(text),
        None => Cow::Borrowed(cell),
    }
}

/// Reads literals joined by `&`, without the first quotation mark; `None` for any other formula.
fn text_of_formula(mut rest: &str) -> Option<String> {
    let mut text = String::new();
    loop {
        let (literal, after) = rest.split_once('"')?;
        text.push_str(literal);
        if let Some(after) = after.strip_prefix('"') {
            text.push('"');
            rest = after;
        } else if let Some(after) = after.strip_prefix("&\"") {
            rest = after;
        } else {
            return after.is_empty().then_some(text);
        }
    }
}

fn narrow(c: char) -> char {
    match u32::from(c) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

fn as_formula(text: &str) -> String {
    let mut formula = String::from("=\"");
    let mut units = 0;
    for c in text.chars() {
        if units + c.len_utf16() > LITERAL_UNITS {
            formula.push_str("\"&\"");
            units = 0;
        }
        units += c.len_utf16();
        if c == '"' {
            formula.push('"');
        }
        formula.push(c);
    }
    formula.push('"');
    formula
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_and_addresses_stand_as_they_are() {
        for text in [
            "",
            "山田 花子",
            "葛\u{e0100}城",
            "\u{fa11}田",
            "\u{2f800}",
            "ﾔﾏﾀﾞ",
            "東105",
            "SMITH JOHN",
            "ＳＭＩＴＨ",
            "山口県下関市0番地",
            "々",
        ] {
            assert_eq!(text_cell(text), text);
        }
    }

    #[test]
    fn what_excel_would_take_for_something_else_is_kept_a_text() {
        for (text, cell) in [
            ("01234567890123456789012", "=\"01234567890123456789012\""),
            ("1-004", "=\"1-004\""),
            ("083-000-0000", "=\"083-000-0000\""),
            ("昭和10年3月", "=\"昭和10年3月\""),
            ("S10.3.5", "=\"S10.3.5\""),
            ("１９３５", "=\"１９３５\""),
            ("TRUE", "=\"TRUE\""),
            ("ｆａｌｓｅ", "=\"ｆａｌｓｅ\""),
            ("MAY 5", "=\"MAY 5\""),
            ("march-05", "=\"march-05\""),
            ("Ｓ10", "=\"Ｓ10\""),
            (" 12", "=\" 12\""),
            ("=1+1", "=\"=1+1\""),
            ("+81", "=\"+81\""),
            ("-", "=\"-\""),
            ("@SUM(A1)", "=\"@SUM(A1)\""),
            ("＝1+1", "=\"＝1+1\""),
            ("\t=1", "=\"\t=1\""),
            ("\r=1", "=\"\r=1\""),
            ("=\"\"&cmd", "=\"=\"\"\"\"&cmd\""),
        ] {
            assert_eq!(text_cell(text), cell);
        }
    }

    #[test]
    fn a_long_text_is_joined_of_literals_that_excel_takes() {
        for text in ["1".repeat(256), "\"".repeat(300), "1𠀋".repeat(200)] {
            let cell = text_cell(&text);
            let literals = cell.trim_start_matches('=').split("\"&\"");
            assert!(literals.clone().count() > 1);
            assert!(
                literals
                    .map(|literal| cell_text(&format!("=\"{}\"", literal.trim_matches('"'))).encode_utf16().count())
                    .all(|units| units <= 255)
            );
            assert_eq!(cell_text(&cell), text);
        }
    }

    #[test]
    fn a_formula_that_is_no_text_stays_a_formula() {
        for cell in ["=1+1", "=\"a", "=\"a\"&B1", "=\"a\"b\"", "=", ""] {
            assert_eq!(cell_text(cell), cell);
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back_to_the_byte(text in "\\PC{0,40}|[=+@\"&0-9 -]{0,300}|[\t\r\n]?.{0,20}") {
            let cell = text_cell(&text);
            prop_assert_eq!(cell_text(&cell), text.as_str());
        }

        /// A formula of ours is one text: outside of its quotation marks stand `&` and the first `=`, nothing else.
        #[test]
        fn no_cell_begins_with_anything_that_runs(text in "[=+@\t\r\"&(),!'A-Z0-9|-]{0,300}") {
            let cell = text_cell(&text);
            let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
            prop_assert!(!runs || cell.starts_with("=\""));
            if runs {
                let outside: String = cell.split('"').step_by(2).collect();
                prop_assert!(outside.starts_with('='));
                prop_assert!(outside[1..].chars().all(|c| c == '&'), "{}", outside);
            }
        }
    }
}
