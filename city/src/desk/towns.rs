//! The towns (町名) of a municipality out of the postal codes that Japan Post publishes: `KEN_ALL.CSV` (CP932, readings in
//! half width) or `utf_ken_all.csv`. What comes out is appended to the programme.
//!
//! The file is made for sorting mail. Its town column also holds sentences, house numbers in brackets that may run over
//! several rows, floors of buildings, and lists: what is no town is passed over, what may be one is named.

use std::collections::BTreeSet;

use encoding_rs::SHIFT_JIS;
use homon_domain::folding::hiragana;
use homon_domain::numbers::PostalCode;
use homon_domain::towns::{Town, is_reading};
use serde::Serialize;

/// The towns that were read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TownTable {
    /// The municipality's reading, in hiragana.
    pub municipality_kana: String,
    /// Its towns, in the order of the file.
    pub towns: Vec<Town>,
    /// What stands in the town column and can't be the beginning of an address as it is: the city adds it by hand if it is.
    pub left_out: Vec<String>,
}

/// Why no towns were read. Nothing has been written.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TownsError {
    /// A row is not as Japan Post writes it.
    #[error(
        "row {0} has not the columns of Japan Post's 住所の郵便番号; download KEN_ALL.CSV or utf_ken_all.csv again"
    )]
    Row(u64),
    /// The municipality does not stand in the file.
    #[error("no row is of {0}: write it as the file does, a town or village with its 郡")]
    NoSuchMunicipality(String),
    /// Two municipalities have that name.
    #[error("{0} stands in more than one prefecture: write the prefecture before it")]
    InSeveralPrefectures(String),
}

/// One row, as far as it is needed.
struct Row {
    postal_code: PostalCode,
    city_kana: String,
    town_kana: String,
    prefecture: String,
    /// What stands behind the municipality: nothing, or a ward.
    ward: String,
    city: String,
    town: String,
}

/// What a row of the file is to a programme.
enum Reading {
    Town {
        name: String,
        kana: String,
    },
    /// A sentence, a floor of a building, the whole of a village.
    NoTown,
    LeftOut(String),
}

/// Reads the towns of a municipality, whose wards (政令指定都市の区) count as the beginning of its towns.
///
/// # Errors
/// [`TownsError`].
pub fn read(file: &[u8], municipality: &str) -> Result<TownTable, TownsError> {
    let rows = rows(&decoded(file), municipality)?;
    let city_kana = common_beginning(rows.iter().map(|row| row.city_kana.as_str()))
        .ok_or_else(|| TownsError::NoSuchMunicipality(municipality.to_owned()))?;
    let mut table = TownTable { municipality_kana: hiragana(city_kana), towns: Vec::new(), left_out: Vec::new() };
    let mut seen = BTreeSet::new();
    for row in first_of_each(&rows) {
        let ward_kana = &row.city_kana[city_kana.len()..];
        match row.reading() {
            Reading::Town { name, kana } => {
                let name = format!("{}{name}", row.ward);
                if seen.insert((row.postal_code.as_str(), name.clone())) {
                    let kana = hiragana(&format!("{ward_kana}{kana}"));
                    table.towns.push(Town { postal_code: row.postal_code.clone(), name, kana });
                }
            }
            Reading::NoTown => {}
            Reading::LeftOut(name) => table.left_out.push(format!("{} {}{name}", row.postal_code.printed(), row.ward)),
        }
    }
    Ok(table)
}

fn decoded(file: &[u8]) -> String {
    match std::str::from_utf8(file) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) => SHIFT_JIS.decode_without_bom_handling(file).0.into_owned(),
    }
}

fn rows(text: &str, municipality: &str) -> Result<Vec<Row>, TownsError> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for (record, number) in reader.records().zip(1..) {
        let row = record.ok().and_then(|record| Row::read(&record)).ok_or(TownsError::Row(number))?;
        rows.extend(row.of(municipality));
    }
    if rows.iter().any(|row| row.prefecture != rows[0].prefecture) {
        return Err(TownsError::InSeveralPrefectures(municipality.to_owned()));
    }
    Ok(rows)
}

/// The rows without those that only go on with brackets which the row before has opened.
fn first_of_each(rows: &[Row]) -> impl Iterator<Item = &Row> {
    let mut open: Option<&PostalCode> = None;
    rows.iter().filter(move |row| {
        let goes_on = open.is_some_and(|code| *code == row.postal_code);
        let is_open = row.town.rfind('（') > row.town.rfind('）') || (goes_on && !row.town.contains('）'));
        open = is_open.then_some(&row.postal_code);
        !goes_on
    })
}

impl Row {
    fn read(record: &csv::StringRecord) -> Option<Self> {
        let text = |column: usize| record.get(column).map(str::to_owned);
        Some(Self {
            postal_code: PostalCode::parse(record.get(2)?).ok()?,
            city_kana: text(4)?,
            town_kana: text(5)?,
            prefecture: text(6)?,
            ward: String::new(),
            city: text(7)?,
            town: text(8)?,
        })
    }

    /// The row, if it is of the municipality, which may be written with its prefecture.
    fn of(mut self, municipality: &str) -> Option<Self> {
        let name = municipality.strip_prefix(&self.prefecture).unwrap_or(municipality);
        self.ward = self.city.strip_prefix(name)?.to_owned();
        (self.ward.is_empty() || self.ward.ends_with('区')).then_some(self)
    }

    fn reading(&self) -> Reading {
        let (name, within) = self.town.split_once('（').unwrap_or((&self.town, ""));
        let kana = self.town_kana.split(['(', '（']).next().unwrap_or_default();
        let floor = within.ends_with("階）") || within.contains("階層不明");
        let all_of_it = name.strip_suffix("一円").is_some_and(|of| !of.is_empty() && self.city.ends_with(of));
        if name == "以下に掲載がない場合" || name.ends_with("番地がくる場合") || floor || all_of_it {
            Reading::NoTown
        } else if name.is_empty() || name.contains(['、', '～', '〜', '「']) || !is_reading(&hiragana(kana)) {
            Reading::LeftOut(self.town.clone())
        } else {
            Reading::Town { name: name.to_owned(), kana: kana.to_owned() }
        }
    }
}

/// With what all texts begin: the readings of a city's wards all begin with the city's.
fn common_beginning<'a>(mut texts: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let first = texts.next()?;
    Some(texts.fold(first, |common, text| {
        let same = common.char_indices().zip(text.chars()).take_while(|((_, a), b)| a == b);
        &common[..same.last().map_or(0, |((at, c), _)| at + c.len_utf8())]
    }))
}

impl TownTable {
    /// The table as it is appended to a programme.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        #[derive(Serialize)]
        struct Appended<'a> {
            towns: &'a [Town],
        }
        toml::to_string(&Appended { towns: &self.towns })
    }
}

#[cfg(test)]
mod tests;
