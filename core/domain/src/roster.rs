//! Roster (名簿): the residents whom a visit expects, as the city or the facility wrote them down.
//!
//! Being on a roster is no wish to apply: consent still comes before anything of a case.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::applicant::{RegisterNumber, Sex};
use crate::birthdate::BirthDate;
use crate::case::RoundPlace;
use crate::folding::fold;
use crate::ids::{RosterId, VisitId};
use crate::numbers::Phone;
use crate::text::ReceivedText;

/// 名簿. It is never changed: a corrected one is another, with another identifier.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Roster {
    /// Which.
    pub id: RosterId,
    /// The visit that it is for, if one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<VisitId>,
    /// Everyone, in the order in which they were written.
    pub residents: Vec<ExpectedResident>,
}

/// One line of a roster: a resident whom a visit expects.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedResident {
    /// Where they are found on the round.
    #[serde(default)]
    pub place: RoundPlace,
    /// 氏名, exactly as received.
    pub name: ReceivedText,
    /// フリガナ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kana: Option<ReceivedText>,
    /// 住所, exactly as received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<ReceivedText>,
    /// 生年月日.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<BirthDate>,
    /// 性別.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// 申請書ID; 個人番号 only where the programme asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<RegisterNumber>,
    /// 電話番号. Whose line it is, a roster does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// 備考, for those who prepare the visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<ReceivedText>,
}

/// By what two lines are taken for the same resident: the folded name and the birth date.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SameResident(String);

impl ExpectedResident {
    /// What would be equal in another line about the same resident. A line without a birth date is equal to none with
    /// one: two people of one name in one home are not rare.
    #[must_use]
    pub fn same(&self) -> SameResident {
        let born = self.birth_date.map(String::from).unwrap_or_default();
        SameResident(format!("{}\n{born}", fold(self.name.as_str())))
    }

    /// By what the resident is found: name, reading, room and bed, folded.
    #[must_use]
    pub fn search_key(&self) -> String {
        let texts = [Some(&self.name), self.kana.as_ref(), self.place.room.as_ref(), self.place.bed.as_ref()];
        texts.into_iter().flatten().map(|text| fold(text.as_str())).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Debug for ExpectedResident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExpectedResident(…)")
    }
}

impl fmt::Debug for SameResident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SameResident(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resident(name: &str, born: Option<&str>) -> ExpectedResident {
        let text = |text: &str| ReceivedText::from_register(text, ReceivedText::LONGEST).unwrap();
        ExpectedResident {
            place: RoundPlace { room: Some(text("２０３")), ..RoundPlace::default() },
            name: text(name),
            kana: Some(text("ワタナベ　カミ")),
            address: None,
            birth_date: born.map(|born| BirthDate::try_from(born.to_owned()).unwrap()),
            sex: None,
            number: None,
            phone: None,
            remark: None,
        }
    }

    #[test]
    fn one_resident_is_known_again_by_folded_name_and_birth_date() {
        let same = |name, born| resident(name, born).same();
        assert_eq!(same("渡邉　神", Some("1930-03-12")), same("渡辺 神", Some("1930-03-12")));
        assert_ne!(same("渡邉　神", Some("1930-03-12")), same("渡邉　神", Some("1930-03-13")));
        assert_ne!(same("渡邉　神", Some("1930-03-12")), same("渡邉　神", None));
        assert_eq!(same("渡邉　神", None), same("渡邉　神", None));
    }

    #[test]
    fn a_resident_is_found_by_reading_and_room_and_never_shown() {
        let resident = resident("渡邉　神", Some("1930-03-12"));
        let key = resident.search_key();
        assert!(key.contains(&fold("わたなべ")) && key.contains("203") && key.contains(&fold("渡邉")), "{key}");
        let shown = format!("{resident:?} {:?}", resident.same());
        assert_eq!(shown, "ExpectedResident(…) SameResident(…)");
    }
}
