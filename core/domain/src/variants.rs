//! Variant ideographs, as data in `variants.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

const GROUPS: &str = include_str!("variants.txt");

static PLAIN_FORMS: LazyLock<HashMap<char, char>> = LazyLock::new(|| pairs().collect());

/// The form to search by; the character itself where the table has none.
pub(crate) fn plain_form(c: char) -> char {
    PLAIN_FORMS.get(&c).copied().unwrap_or(c)
}

/// Each variant with its plain form.
fn pairs() -> impl Iterator<Item = (char, char)> {
    let lines = GROUPS.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).flat_map(|group| {
        let mut characters = group.chars();
        let plain = characters.next();
        characters.zip(plain.into_iter().cycle())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn every_group_has_a_plain_form_that_is_no_variant() {
        let variants: HashSet<char> = pairs().map(|(variant, _)| variant).collect();
        assert!(variants.len() > 150, "the table was not read");
        assert_eq!(variants.len(), pairs().count(), "a variant stands twice");
        for (variant, plain) in pairs() {
            assert!(!variants.contains(&plain), "{plain} is both");
            assert_eq!(plain.nfkd().collect::<String>(), plain.to_string());
            assert_eq!(variant.nfkd().collect::<String>(), variant.to_string(), "normalisation already unifies it");
        }
    }
}
