//! Finds 個人番号 where nobody asked for them.

use homon_domain::numbers::IndividualNumber;

/// Whether a text holds twelve digits, in one piece or in groups of four, the last of which checks the others. One in
/// eleven other numbers of twelve digits looks like that, too; better one question too many.
pub(crate) fn hold_individual_number(text: &str) -> bool {
    let groups = groups(text);
    let whole = groups.iter().any(|group| group.digits.len() == IndividualNumber::DIGITS && is_one(&group.digits));
    let in_fours = groups.windows(3).any(|three| {
        let joined = three[1..].iter().all(|group| group.joined) && three.iter().all(|group| group.digits.len() == 4);
        joined && is_one(&three.iter().map(|group| group.digits.as_str()).collect::<String>())
    });
    whole || in_fours
}

fn is_one(digits: &str) -> bool {
    IndividualNumber::parse(digits).is_ok()
}

/// Digits without anything between them.
struct Group {
    digits: String,
    /// Whether one blank or hyphen joins it to the group before.
    joined: bool,
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut since_digit = String::new();
    for c in text.chars() {
        match digit(c) {
            Some(digit) if since_digit.is_empty() && !groups.is_empty() => {
                if let Some(last) = groups.last_mut() {
                    last.digits.push(digit);
                }
            }
            Some(digit) => {
                groups.push(Group { digits: digit.to_string(), joined: joins(&since_digit) });
                since_digit.clear();
            }
            None => since_digit.push(c),
        }
    }
    groups
}

/// Full-width digits count as digits.
fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')),
        _ => None,
    }
}

fn joins(between: &str) -> bool {
    let mut between = between.chars();
    let joins = |c| matches!(c, ' ' | '\u{3000}' | '\u{A0}' | '-' | '\u{2010}'..='\u{2015}' | '−' | '－' | 'ー');
    between.next().is_some_and(joins) && between.next().is_none()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_found_however_it_is_written() {
        for text in [
            "123456789018",
            "1234 5678 9018",
            "１２３４－５６７８－９０１８",
            "番号：123456789018です",
            "203 1234-5678-9018",
        ] {
            assert!(hold_individual_number(text), "{text}");
        }
        for text in
            ["123456789019", "1234567890180", "12345678901", "083-000-1234", "1234 5678  9018", "2026/09/24", ""]
        {
            assert!(!hold_individual_number(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_looked_through(text in ".{0,40}") {
            hold_individual_number(&text);
        }

        #[test]
        fn it_is_found_wherever_it_stands(before in "[^0-9０-９]{0,6}", after in "[^0-9０-９]{0,6}") {
            let text = format!("{before}123456789018{after}");
            prop_assert!(hold_individual_number(&text));
        }
    }
}
