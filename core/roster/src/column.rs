//! What can stand in a column, and the headings by which it is known.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use homon_domain::folding::fold;
use serde::{Serialize, Serializer};

/// A column that is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Column {
    /// 氏名.
    Name,
    /// 姓.
    FamilyName,
    /// 名.
    GivenName,
    /// フリガナ.
    Kana,
    /// セイ.
    FamilyKana,
    /// メイ.
    GivenKana,
    /// 住所.
    Address,
    /// 生年月日.
    BirthDate,
    /// 性別.
    Sex,
    /// 部屋.
    Room,
    /// ベッド.
    Bed,
    /// 順番.
    Order,
    /// 電話.
    Phone,
    /// 備考.
    Remark,
    /// 申請書ID.
    ApplicationId,
    /// 個人番号.
    IndividualNumber,
}

/// Each column with its headings; the first is the one by which people are told.
const HEADINGS: &[(Column, &[&str])] = &[
    (
        Column::Name,
        &[
            "氏名",
            "名前",
            "お名前",
            "御氏名",
            "氏名漢字",
            "漢字氏名",
            "利用者名",
            "利用者氏名",
            "入居者名",
            "入居者氏名",
            "入所者名",
            "入所者氏名",
            "対象者名",
            "対象者氏名",
            "申請者名",
            "申請者氏名",
            "住民氏名",
            "name",
        ],
    ),
    (Column::FamilyName, &["姓", "氏", "苗字", "名字", "姓漢字", "氏漢字"]),
    (Column::GivenName, &["名", "名漢字"]),
    (
        Column::Kana,
        &[
            "フリガナ",
            "カナ",
            "振り仮名",
            "氏名カナ",
            "氏名フリガナ",
            "カナ氏名",
            "フリガナ氏名",
            "名前フリガナ",
            "名前カナ",
            "読み",
            "読み仮名",
            "ヨミガナ",
            "ヨミ",
            "氏名読み",
            "氏名ヨミ",
            "利用者名カナ",
            "利用者名フリガナ",
            "入居者名カナ",
            "入居者名フリガナ",
            "kana",
        ],
    ),
    (Column::FamilyKana, &["セイ", "姓カナ", "姓フリガナ", "カナ姓", "フリガナ姓", "氏カナ", "氏フリガナ"]),
    (Column::GivenKana, &["メイ", "名カナ", "名フリガナ", "カナ名", "フリガナ名"]),
    (
        Column::Address,
        &[
            "住所",
            "現住所",
            "御住所",
            "住所地",
            "住民票住所",
            "住民票の住所",
            "住民票上の住所",
            "住民登録地",
            "住民登録住所",
            "address",
        ],
    ),
    (Column::BirthDate, &["生年月日", "生年月日西暦", "生年月日和暦", "出生年月日", "誕生日", "birthdate"]),
    (Column::Sex, &["性別", "男女", "男女別", "sex"]),
    (
        Column::Room,
        &[
            "部屋",
            "居室",
            "号室",
            "部屋番号",
            "部屋番",
            "部屋名",
            "居室番号",
            "居室名",
            "居室番",
            "室番号",
            "室番",
            "室名",
            "病室",
            "room",
        ],
    ),
    (Column::Bed, &["ベッド", "ベット", "ベッド番号", "ベッド番", "ベッド位置", "床番", "bed"]),
    (Column::Order, &["順番", "順", "順序", "訪問順", "巡回順", "回る順", "受付順", "order"]),
    (Column::Phone, &["電話", "電話番号", "連絡先電話", "連絡先電話番号", "tel", "℡", "phone"]),
    (Column::Remark, &["備考", "備考欄", "特記", "特記事項", "摘要", "メモ", "注意", "注意事項", "注意点", "remarks"]),
    (Column::ApplicationId, &["申請書ID", "交付申請書ID", "申請ID", "申請書番号"]),
    (Column::IndividualNumber, &["個人番号", "マイナンバー", "個人番号マイナンバー", "マイナンバー個人番号"]),
];

/// Each heading as [`plain`] leaves it.
static BY_HEADING: LazyLock<HashMap<String, Column>> = LazyLock::new(|| {
    let named = |(column, headings): &(Column, &[&str])| {
        headings.iter().map(|heading| (plain(heading), *column)).collect::<Vec<_>>()
    };
    HEADINGS.iter().flat_map(named).collect()
});

impl Column {
    /// The column that a heading names, whatever its kana, width, blanks and brackets.
    #[must_use]
    pub fn of_heading(heading: &str) -> Option<Self> {
        BY_HEADING.get(&plain(heading)).copied()
    }

    /// The heading by which people know it.
    #[must_use]
    pub fn heading(self) -> &'static str {
        let found = HEADINGS.iter().find(|(column, _)| *column == self);
        found.and_then(|(_, headings)| headings.first()).copied().unwrap_or_default()
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.heading())
    }
}

/// What is left of a heading when people mean the same.
fn plain(heading: &str) -> String {
    fold(heading).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A column as Excel letters it: A to Z, then AA.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ColumnLetter(usize);

impl ColumnLetter {
    /// The letter of a column counted from 0.
    pub(crate) fn at(index: usize) -> Self {
        Self(index)
    }
}

impl fmt::Display for ColumnLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, last) = (self.0 / 26, self.0 % 26);
        if before > 0 {
            Self(before - 1).fmt(f)?;
        }
        let letter = u8::try_from(last).map_or('?', |last| char::from(b'A' + last));
        write!(f, "{letter}")
    }
}

impl Serialize for ColumnLetter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_is_known_however_it_is_written() {
        for (heading, column) in [
            ("氏名", Column::Name),
            (" 氏　名 ", Column::Name),
            ("氏名（漢字）", Column::Name),
            ("お名前", Column::Name),
            ("ﾌﾘｶﾞﾅ", Column::Kana),
            ("ふりがな", Column::Kana),
            ("氏名（カナ）", Column::Kana),
            ("氏名\n(ﾌﾘｶﾞﾅ)", Column::Kana),
            ("生年月日(和暦)", Column::BirthDate),
            ("【生年月日】", Column::BirthDate),
            ("ベッド", Column::Bed),
            ("ﾍﾞｯﾄﾞ番号", Column::Bed),
            ("号室", Column::Room),
            ("Ｔｅｌ．", Column::Phone),
            ("※備考", Column::Remark),
            ("姓", Column::FamilyName),
            ("名", Column::GivenName),
            ("メイ", Column::GivenKana),
            ("申請書ＩＤ", Column::ApplicationId),
            ("個人番号（マイナンバー）", Column::IndividualNumber),
        ] {
            assert_eq!(Column::of_heading(heading), Some(column), "{heading}");
        }
        for other in ["", "　", "（）", "家族氏名", "担当者名", "No.", "連絡先", "氏名2"] {
            assert_eq!(Column::of_heading(other), None, "{other}");
        }
    }

    #[test]
    fn no_heading_names_two_columns_and_each_column_its_own() {
        let mut seen = std::collections::BTreeMap::new();
        for (column, headings) in HEADINGS {
            assert_eq!(Column::of_heading(column.heading()), Some(*column));
            for heading in *headings {
                let other = seen.insert(plain(heading), *column);
                assert!(other.is_none_or(|other| other == *column), "{heading}");
            }
        }
    }

    #[test]
    fn columns_are_lettered_as_in_excel() {
        for (index, letters) in [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (255, "IV"), (702, "AAA")] {
            assert_eq!(ColumnLetter::at(index).to_string(), letters);
        }
    }
}
