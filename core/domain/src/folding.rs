//! The search key of a text: what people who look for the same name would agree on.
//!
//! The key is for finding only. It is never shown, and never takes the place of the text.

use unicode_normalization::UnicodeNormalization;

use crate::characters::{is_blank, is_variation_selector};
use crate::variants::plain_form;

/// The search key: compatibility forms, letter case, kana kind and size, historical kana, variation selectors and
/// common variant ideographs are unified; blanks, hyphens, long vowel marks and middle dots are dropped.
#[must_use]
pub fn fold(text: &str) -> String {
    let unified = text.nfkd().filter(|c| !is_dropped(*c)).flat_map(char::to_lowercase).map(as_hiragana).map(plain_form);
    // Composed again, so that the voiced kana that sound alike can be compared as one character each.
    unified.nfkc().map(modern_kana).collect()
}

/// A reading in hiragana, which more people read with ease, in full width and otherwise as it is.
#[must_use]
pub fn hiragana(reading: &str) -> String {
    reading.nfkc().map(large_or_small_hiragana).collect()
}

fn is_dropped(c: char) -> bool {
    is_blank(c)
        || is_variation_selector(c)
        || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | 'ー' | '~' | '〜' | '・' | '·')
}

/// Katakana as hiragana of the same size.
fn large_or_small_hiragana(c: char) -> char {
    const KATAKANA_TO_HIRAGANA: u32 = 0x60;
    match c {
        'ァ'..='ヶ' | 'ヽ' | 'ヾ' => char::from_u32(u32::from(c) - KATAKANA_TO_HIRAGANA).unwrap_or(c),
        _ => c,
    }
}

/// Katakana as hiragana, small kana as large.
fn as_hiragana(c: char) -> char {
    match large_or_small_hiragana(c) {
        'ぁ' => 'あ',
        'ぃ' => 'い',
        'ぅ' => 'う',
        'ぇ' => 'え',
        'ぉ' => 'お',
        'っ' => 'つ',
        'ゃ' => 'や',
        'ゅ' => 'ゆ',
        'ょ' => 'よ',
        'ゎ' => 'わ',
        'ゕ' => 'か',
        'ゖ' => 'け',
        other => other,
    }
}

/// Kana that sound alike today, as older given names (ヨシヱ, シヅ, カヲル) are heard and typed.
fn modern_kana(c: char) -> char {
    match c {
        'ゐ' => 'い',
        'ゑ' => 'え',
        'を' => 'お',
        'ぢ' => 'じ',
        'づ' => 'ず',
        other => other,
    }
}

#[cfg(test)]
mod tests;
