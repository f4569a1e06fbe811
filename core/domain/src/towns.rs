//! The towns (町名) of the municipality with their postal codes and readings: an address is begun by choosing one, and is
//! read to the resident with its furigana.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::digits::{ascii_digit, is_separator};
use crate::folding::{fold, hiragana};
use crate::numbers::PostalCode;
use crate::programme::Programme;
use crate::text::ReceivedText;

/// How many towns are offered at once; who types on gets fewer.
pub const MOST_OFFERED: usize = 5;

/// One town under one postal code. A town with two codes stands twice, as does a code of two towns.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Town {
    /// 郵便番号.
    pub postal_code: PostalCode,
    /// Its name as it follows the municipality in an address.
    pub name: String,
    /// Its reading in kana.
    pub kana: String,
}

/// A town that may be meant by what was typed so far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TownMatch {
    /// Its name.
    pub name: String,
    /// Its reading in hiragana.
    pub kana: String,
    /// Its postal codes as they are printed, `000-0101`; only those that begin as typed where a code was typed.
    pub postal_codes: Vec<String>,
    /// The address to go on from: municipality, town, and what was typed behind it.
    pub address: String,
}

/// A piece of a text and the reading over it, if it has one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadPiece {
    /// The piece, as it stands in the text.
    pub text: String,
    /// Its reading in hiragana.
    pub reading: Option<String>,
}

/// Whether a text is a reading: kana, with the digits and marks that stand in readings of towns.
#[must_use]
pub fn is_reading(text: &str) -> bool {
    let kana = |c: char| matches!(c, 'ぁ'..='ゖ' | 'ァ'..='ヺ');
    text.chars().any(kana) && text.chars().all(|c| kana(c) || matches!(c, 'ー' | '・') || ascii_digit(c).is_some())
}

/// The digits of a postal code at the beginning of a text, and what stands behind them.
struct TypedCode<'a> {
    digits: String,
    behind: &'a str,
}

impl<'a> TypedCode<'a> {
    /// `None` where the text does not begin as a code does. Fewer than seven digits are one only while nothing follows.
    fn read(typed: &'a str) -> Option<Self> {
        let typed = typed.strip_prefix('〒').unwrap_or(typed);
        let mut digits = String::new();
        let mut behind = typed;
        while digits.len() < PostalCode::DIGITS {
            let Some(c) = behind.chars().next() else { break };
            match ascii_digit(c) {
                Some(digit) => digits.push(char::from(digit)),
                None if is_separator(c) => {}
                None => return None,
            }
            behind = &behind[c.len_utf8()..];
        }
        (!digits.is_empty()).then(|| Self { digits, behind: behind.trim_start() })
    }
}

/// What was typed of a town: its name or its reading, whole or begun.
struct TypedName<'a> {
    /// What stands before the municipality (都道府県).
    before: &'a str,
    rest: &'a str,
    key: String,
    /// The search key of each beginning of the rest, and the shortest beginning that has it.
    beginnings: HashMap<String, usize>,
}

impl<'a> TypedName<'a> {
    fn read(typed: &'a str, municipality: &str) -> Self {
        let (before, rest) = behind_municipality(typed, municipality).unwrap_or(("", typed));
        let mut beginnings = HashMap::new();
        for (at, c) in rest.char_indices() {
            let end = at + c.len_utf8();
            beginnings.entry(fold(&rest[..end])).or_insert(end);
        }
        Self { before, rest, key: fold(rest), beginnings }
    }

    /// What was typed behind the town; `None` where another town is meant.
    fn behind(&self, town: &Town) -> Option<&'a str> {
        if self.key.is_empty() {
            return None;
        }
        let keys = [fold(&town.name), fold(&town.kana)];
        if keys.iter().any(|key| key.starts_with(&self.key)) {
            return Some("");
        }
        keys.iter().find_map(|key| self.beginnings.get(key)).map(|end| &self.rest[*end..])
    }
}

/// Takes an address that begins with the municipality apart: the prefecture before it, and what stands behind.
fn behind_municipality<'a>(address: &'a str, municipality: &str) -> Option<(&'a str, &'a str)> {
    /// 神奈川県 has as many characters as any.
    const LONGEST_PREFECTURE: usize = 4;
    let at = address.find(municipality)?;
    let before = &address[..at];
    let prefecture = before.chars().count() <= LONGEST_PREFECTURE && before.ends_with(['都', '道', '府', '県']);
    (before.is_empty() || prefecture).then(|| (before, &address[at + municipality.len()..]))
}

impl Programme {
    /// The towns that may be meant by the beginning of an address as it is typed: digits of a postal code, or the
    /// beginning of a town's name or reading, with or without the municipality before it. In the order of their readings.
    #[must_use]
    pub fn find_towns(&self, typed: &str) -> Vec<TownMatch> {
        let start = typed.trim_start();
        let found: Vec<(&Town, String)> = match TypedCode::read(start) {
            Some(code) => {
                let begins = |town: &&Town| town.postal_code.as_str().starts_with(&code.digits);
                self.towns.iter().filter(begins).map(|town| (town, self.begun("", town, code.behind))).collect()
            }
            None => {
                let name = TypedName::read(start, &self.municipality);
                let begun = |town| Some((town, self.begun(name.before, town, name.behind(town)?)));
                self.towns.iter().filter_map(begun).collect()
            }
        };
        offered(found.into_iter().filter(|(_, address)| address != typed))
    }

    /// The address as far as it goes with a town: what stands before and behind it is kept.
    fn begun(&self, before: &str, town: &Town, behind: &str) -> String {
        format!("{before}{}{}{behind}", self.municipality, town.name)
    }

    /// An address in pieces, with the readings of the municipality and the town where they are known. The pieces
    /// together are the address, character by character.
    #[must_use]
    pub fn read_address(&self, address: &str) -> Vec<ReadPiece> {
        let Some((before, rest)) = behind_municipality(address, &self.municipality) else {
            return pieces([(address, None)]);
        };
        let municipality = &address[before.len()..address.len() - rest.len()];
        let municipality = (municipality, self.municipality_kana.as_deref());
        match self.town_of(rest) {
            Some(town) => {
                let (name, behind) = rest.split_at(town.name.len());
                pieces([(before, None), municipality, (name, Some(&town.kana)), (behind, None)])
            }
            None => pieces([(before, None), municipality, (rest, None)]),
        }
    }

    /// Whether an address begins with the municipality and with none of its towns: probably mistyped, and never
    /// refused, since a register may write a town otherwise.
    #[must_use]
    pub fn lacks_town(&self, address: &ReceivedText) -> bool {
        let rest = behind_municipality(address.as_str(), &self.municipality);
        !self.towns.is_empty() && rest.is_some_and(|(_, rest)| self.town_of(rest).is_none())
    }

    /// The town with which a text begins; the longest name where one begins as another does.
    fn town_of(&self, text: &str) -> Option<&Town> {
        self.towns.iter().filter(|town| text.starts_with(&town.name)).max_by_key(|town| town.name.len())
    }
}

/// Town by town, in the order of the readings, with all its codes.
fn offered<'a>(found: impl Iterator<Item = (&'a Town, String)>) -> Vec<TownMatch> {
    let mut towns: BTreeMap<(String, &str), TownMatch> = BTreeMap::new();
    for (town, address) in found {
        let kana = hiragana(&town.kana);
        let name = town.name.clone();
        let entry = towns.entry((kana.clone(), &town.name));
        let offered = entry.or_insert_with(|| TownMatch { name, kana, postal_codes: Vec::new(), address });
        offered.postal_codes.push(town.postal_code.printed());
    }
    towns.into_values().take(MOST_OFFERED).collect()
}

fn pieces<const N: usize>(parts: [(&str, Option<&str>); N]) -> Vec<ReadPiece> {
    let piece = |(text, kana): (&str, Option<&str>)| ReadPiece { text: text.to_owned(), reading: kana.map(hiragana) };
    parts.into_iter().filter(|(text, _)| !text.is_empty()).map(piece).collect()
}

#[cfg(test)]
mod tests;
