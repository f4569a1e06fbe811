use super::*;
use proptest::prelude::*;

const LIMIT: usize = 50;

fn register(text: &str) -> Result<ReceivedText, TextFault> {
    ReceivedText::from_register(text, LIMIT)
}

/// The fault of the character in the middle of 山_田.
fn fault_of(c: char) -> Option<BadCharacter> {
    match register(&format!("山{c}田")) {
        Ok(_) => None,
        Err(TextFault::Character { kind, position: 2 }) => Some(kind),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn hard_names_survive_byte_for_byte() {
    let names = [
        "葛\u{E0100}城 邉\u{E0101}", // ideographic variation sequences
        "神\u{FA19}\u{FA1A}",        // compatibility ideographs
        "𠮷田 髙﨑",                 // beyond the basic plane; not unified
        "\u{E000}山 \u{F0001}",      // private use
        "か\u{3099}き",              // decomposed kana
        "JOSÉ\u{301} Ḿ",             // Latin with marks
        "山田　太郎",                // ideographic blank
        " 山田 ",                    // blanks at the ends
        "〆木々ゞ ㍻ ﾔﾏﾀﾞ",
        "禰\u{FE00}豆子",
    ];
    for name in names {
        assert_eq!(register(name).unwrap().as_str().as_bytes(), name.as_bytes());
        let stored = serde_json::to_string(&register(name).unwrap()).unwrap();
        assert_eq!(serde_json::from_str::<ReceivedText>(&stored).unwrap().as_str().as_bytes(), name.as_bytes());
    }
}

#[test]
fn what_cannot_be_seen_is_refused_by_kind() {
    use BadCharacter::{Bidirectional, Control, Invisible, LineSeparator, Lost, Noncharacter};
    let cases: [(BadCharacter, &[char]); 6] = [
        (Control, &['\0', '\t', '\n', '\r', '\u{1B}', '\u{7F}', '\u{85}', '\u{9F}']),
        (LineSeparator, &['\u{2028}', '\u{2029}']),
        (Bidirectional, &['\u{61C}', '\u{200E}', '\u{200F}', '\u{202A}', '\u{202E}', '\u{2066}', '\u{2069}']),
        (
            Invisible,
            &[
                '\u{AD}',
                '\u{34F}',
                '\u{115F}',
                '\u{1160}',
                '\u{17B4}',
                '\u{180B}',
                '\u{180E}',
                '\u{200B}',
                '\u{200C}',
                '\u{200D}',
                '\u{2060}',
                '\u{2064}',
                '\u{206A}',
                '\u{206F}',
                '\u{2800}',
                '\u{3164}',
                '\u{FEFF}',
                '\u{FFA0}',
                '\u{FFF9}',
                '\u{FFFC}',
                '\u{1BCA0}',
                '\u{1D173}',
                '\u{E0001}',
                '\u{E0041}',
                '\u{E007F}',
                '\u{E01F0}',
            ],
        ),
        (Noncharacter, &['\u{FFFE}', '\u{FFFF}', '\u{FDD0}', '\u{FDEF}', '\u{1FFFE}', '\u{10FFFF}']),
        (Lost, &['\u{FFFD}']),
    ];
    for (kind, characters) in cases {
        for c in characters {
            assert_eq!(fault_of(*c), Some(kind), "U+{:04X}", u32::from(*c));
        }
    }
}

#[test]
fn a_selector_or_mark_needs_its_character() {
    let lone = |position| Err(TextFault::Character { kind: BadCharacter::MarkWithoutBase, position });
    assert_eq!(register("\u{E0100}城"), lone(1));
    assert_eq!(register("山 \u{FE00}"), lone(3));
    assert_eq!(register("山　\u{E0101}"), lone(3));
    assert_eq!(register("葛\u{E0100}\u{E0101}"), lone(3));
    assert_eq!(register("か\u{3099}\u{FE00}"), lone(3));
    assert_eq!(register("\u{3099}か"), lone(1));
    assert_eq!(register("山 \u{301}"), lone(3));
}

#[test]
fn length_and_blankness_are_checked() {
    assert_eq!(register(""), Err(TextFault::Blank));
    assert_eq!(register(" 　\u{A0}"), Err(TextFault::Blank));
    assert!(register(&"山".repeat(50)).is_ok());
    assert_eq!(register(&"山".repeat(51)), Err(TextFault::TooLong { limit: 50 }));
    let endless = "山".repeat(ReceivedText::LONGEST + 1);
    assert_eq!(ReceivedText::from_register(&endless, usize::MAX), Err(TextFault::TooLong { limit: 1000 }));
    assert!(serde_json::from_str::<ReceivedText>(&format!("{endless:?}")).is_err());
}

#[test]
fn typed_text_loses_the_blanks_at_its_ends_and_nothing_else() {
    assert_eq!(ReceivedText::from_input(" 　山田　太郎 \u{A0}", LIMIT).unwrap().as_str(), "山田　太郎");
    assert_eq!(ReceivedText::from_input("　 ", LIMIT), Err(TextFault::Blank));
    let kind = BadCharacter::Control;
    assert_eq!(ReceivedText::from_input("山田\n", LIMIT), Err(TextFault::Character { kind, position: 3 }));
}

#[test]
fn a_masked_name_shows_the_first_character_of_each_part() {
    for (name, masked) in [
        ("山田 太郎", "山○ 太○"),
        ("山田　太郎", "山○ 太○"),
        ("　山田　　太郎 ", "山○ 太○"),
        ("山田太郎", "山○"),
        ("葛\u{E0100}城 邉\u{E0101}子", "葛\u{E0100}○ 邉\u{E0101}○"),
        ("か\u{3099}き", "か\u{3099}○"),
        ("𠮷田 一", "𠮷○ 一○"),
        ("JOHN PAUL JONES", "J○ P○ J○"),
    ] {
        assert_eq!(register(name).unwrap().masked(), masked);
    }
}

#[test]
fn glyphs_that_a_font_may_lack_are_flagged() {
    for name in ["葛\u{E0100}城", "\u{E000}山", "𠮷田", "\u{F0001}", "禰\u{FE00}"] {
        assert!(register(name).unwrap().needs_font_check());
    }
    for name in ["山田 太郎", "髙﨑", "\u{FA19}", "ﾔﾏﾀﾞ", "JOSÉ"] {
        assert!(!register(name).unwrap().needs_font_check());
    }
}

#[test]
fn debug_output_and_faults_do_not_tell_it() {
    assert_eq!(format!("{:?}", register("山田 太郎").unwrap()), "ReceivedText(…)");
    let refused = serde_json::from_str::<ReceivedText>("\"山田\\u200b太郎\"").unwrap_err();
    assert!(refused.to_string().starts_with("character 3: an invisible character"), "{refused}");
    assert!(!format!("{refused} {refused:?}").contains('山'));
}

proptest! {
    #[test]
    fn text_is_kept_whole_or_refused(text in "\\PC{1,60}") {
        if let Ok(kept) = register(&text) {
            prop_assert_eq!(kept.as_str(), &text);
            prop_assert!(text.chars().count() <= LIMIT);
        }
    }

    #[test]
    fn the_place_of_the_fault_is_where_it_is(name in "[山田太郎]{1,10}", bad in prop::sample::select(vec!['\u{200B}', '\n', '\u{202E}']), at in 0usize..11) {
        let at = at.min(name.chars().count());
        let mut characters: Vec<char> = name.chars().collect();
        characters.insert(at, bad);
        let text: String = characters.into_iter().collect();
        let refused_at = match register(&text) { Err(TextFault::Character { position, .. }) => position, _ => 0 };
        prop_assert_eq!(refused_at, at + 1);
    }

    #[test]
    fn a_masked_name_holds_no_second_character(first in "[山田太郎]{2,5}", second in "[花子次葉]{2,5}") {
        let masked = register(&format!("{first} {second}")).unwrap().masked();
        let expected = format!("{}○ {}○", first.chars().next().unwrap(), second.chars().next().unwrap());
        prop_assert_eq!(masked, expected);
    }
}
