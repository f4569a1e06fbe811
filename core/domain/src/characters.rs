//! Which characters a name or an address may hold, and which only pretend to be nothing.
//!
//! Source: Unicode Character Database 16: General_Category Cc, Cf, Zs, Zl, Zp; Bidi_Control;
//! Default_Ignorable_Code_Point; Noncharacter_Code_Point.

use serde::{Deserialize, Serialize};
use unicode_normalization::char::is_combining_mark;

/// What is wrong with a character, or with where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum BadCharacter {
    /// A control character, line feed and tab among them.
    #[error("a control character")]
    Control,
    /// A line or paragraph separator (U+2028, U+2029).
    #[error("a line separator")]
    LineSeparator,
    /// A character that turns the direction of writing, so that the text reads otherwise than it is stored.
    #[error("a character that turns the direction of writing")]
    Bidirectional,
    /// A character that shows nothing: zero-width blanks and joiners, soft hyphen, tags, fillers.
    #[error("an invisible character")]
    Invisible,
    /// A code point that is no character in any text.
    #[error("not a character")]
    Noncharacter,
    /// U+FFFD: an earlier conversion lost what stood here.
    #[error("a character that was lost before it came here")]
    Lost,
    /// A variation selector or combining mark with nothing before it that it could change.
    #[error("a mark without a character that it belongs to")]
    MarkWithoutBase,
}

/// A variation selector that chooses a glyph of the character before it (U+FE00–FE0F, U+E0100–E01EF).
pub(crate) fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// A private-use character; MJ+ puts rare ideographs there.
pub(crate) fn is_private_use(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}')
}

/// A blank that takes room on the line (Zs). Other white space is a control or separator character.
pub(crate) fn is_blank(c: char) -> bool {
    c == ' ' || (c.is_whitespace() && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}'))
}

/// What is wrong with `c` after `before`.
pub(crate) fn fault(before: Option<char>, c: char) -> Option<BadCharacter> {
    if is_variation_selector(c) {
        let base =
            before.is_some_and(|base| !is_blank(base) && !is_variation_selector(base) && !is_combining_mark(base));
        return (!base).then_some(BadCharacter::MarkWithoutBase);
    }
    fault_alone(c).or_else(|| {
        let lone_mark = is_combining_mark(c) && before.is_none_or(is_blank);
        lone_mark.then_some(BadCharacter::MarkWithoutBase)
    })
}

fn fault_alone(c: char) -> Option<BadCharacter> {
    match c {
        _ if c.is_control() => Some(BadCharacter::Control),
        '\u{2028}' | '\u{2029}' => Some(BadCharacter::LineSeparator),
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            Some(BadCharacter::Bidirectional)
        }
        '\u{FFFD}' => Some(BadCharacter::Lost),
        _ if is_noncharacter(c) => Some(BadCharacter::Noncharacter),
        _ if is_invisible(c) => Some(BadCharacter::Invisible),
        _ => None,
    }
}

fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{FDD0}'..='\u{FDEF}') || u32::from(c) & 0xFFFE == 0xFFFE
}

/// Default-ignorable and other characters without a glyph, less those named more exactly above.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}'
        | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' // Hangul fillers
        | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{206F}' | '\u{2800}'
        | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFC}'
        | '\u{13430}'..='\u{13455}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}' // tags; the variation selectors among them never come here
    )
}
