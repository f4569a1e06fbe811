//! Practice (練習): residents whom nobody has ever met, with what makes a day hard: old letters, variants that few fonts have, two
//! of one name, a day of birth that the register does not know, an address that is missing.

use crate::applicant::Sex;
use crate::birthdate::BirthDate;
use crate::case::RoundPlace;
use crate::programme::Programme;
use crate::roster::ExpectedResident;
use crate::text::ReceivedText;

/// Name, reading, room, birth date, sex, and what stands behind the town in the address.
type Line = (&'static str, &'static str, &'static str, &'static str, Sex, Option<&'static str>);

/// Names that nobody bears.
const LINES: [Line; 8] = [
    ("練習 花子", "レンシュウ ハナコ", "101", "1938-03-04", Sex::Female, Some("1-2-3")),
    ("練習 花子", "レンシュウ ハナコ", "102", "1941-11-23", Sex::Female, Some("1-2-3")),
    ("髙見本 \u{FA11}次郎", "タカミホン サキジロウ", "103", "1932-07", Sex::Male, Some("22番地の5")),
    ("渡\u{9089}\u{E0103} 試子", "ワタナベ タメシコ", "105", "1929-12-31", Sex::Female, Some("3丁目4番5号")),
    ("例示 ヴィクトリア・マリア", "レイジ ヴィクトリアマリア", "106", "1944-02-29", Sex::Female, None),
    ("架空 \u{20BB7}三", "カクウ ヨシゾウ", "107", "1925-01-01", Sex::Male, Some("架空ハイツ203号室")),
    ("想定 百", "ソウテイ モモ", "108", "1921-09-15", Sex::Female, Some("8")),
    ("仮名 一", "カリナ ハジメ", "109", "1936", Sex::Male, Some("10-1")),
];

/// Invented residents of the programme's municipality, in its towns where it names some.
#[must_use]
pub fn residents(programme: &Programme) -> Vec<ExpectedResident> {
    let towns = programme.towns.iter().map(|town| town.name.as_str()).chain(["練習町"]).cycle();
    let lines = LINES.iter().zip(towns);
    lines.filter_map(|(line, town)| resident(line, &format!("{}{town}", programme.municipality))).collect()
}

fn resident(&(name, kana, room, born, sex, behind): &Line, town: &str) -> Option<ExpectedResident> {
    let text = |text: &str| ReceivedText::from_register(text, ReceivedText::LONGEST).ok();
    Some(ExpectedResident {
        place: RoundPlace { room: text(room), ..RoundPlace::default() },
        name: text(name)?,
        kana: text(kana),
        address: behind.and_then(|behind| text(&format!("{town}{behind}"))),
        birth_date: BirthDate::try_from(born.to_owned()).ok(),
        sex: Some(sex),
        number: None,
        phone: None,
        remark: text("架空の人"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_resident_with_all_that_it_says() {
        let programme = toml::from_str(include_str!("../tests/support/programme.toml"));
        let residents = residents(&programme.unwrap());
        assert_eq!(residents.len(), LINES.len());
        for (resident, line) in residents.iter().zip(LINES) {
            assert_eq!(resident.name.as_str(), line.0);
            assert!(resident.birth_date.is_some() && resident.kana.is_some(), "{}", line.0);
            assert_eq!(resident.address.is_some(), line.5.is_some());
        }
        let sames: std::collections::BTreeSet<_> = residents.iter().map(ExpectedResident::same).collect();
        assert_eq!(sames.len(), residents.len(), "two of one name are two");
    }
}
