use super::*;
use proptest::prelude::*;

#[test]
fn what_people_look_for_is_found() {
    let pairs = [
        ("葛\u{E0100}城", "葛城"),
        ("邉\u{E0101}", "辺"),
        ("渡邊", "渡辺"),
        ("渡邉", "渡辺"),
        ("髙橋", "高橋"),
        ("山﨑", "山崎"),
        ("齋藤", "斉藤"),
        ("斎藤", "齊藤"),
        ("𠮷田", "吉田"),
        ("濵田", "浜田"),
        ("長澤 廣子", "長沢広子"),
        ("\u{FA19}田", "神田"),
        ("ﾔﾏﾀﾞ ﾀﾛｳ", "やまだたろう"),
        ("ヤマダ　タロウ", "やまだ たろう"),
        ("か\u{3099}き", "がき"),
        ("キヨウコ", "きょうこ"),
        ("ヨシヱ", "よしえ"),
        ("シヅ", "しず"),
        ("カヲル", "かおる"),
        ("オーノ", "おの"),
        ("茅ヶ崎", "茅ケ崎"),
        ("ジョン・スミス", "じょんすみす"),
        ("Ｓｍｉｔｈ", "SMITH"),
        ("１－２－３", "1-2-3"),
        ("㍿", "株式会社"),
    ];
    for (one, other) in pairs {
        assert_eq!(fold(one), fold(other), "{one} {other}");
    }
}

#[test]
fn different_names_stay_apart() {
    for (one, other) in [
        ("山田", "山口"),
        ("はな", "ばな"),
        ("はな", "はま"),
        ("一郎", "二郎"),
        ("渡辺", "渡部"),
        ("きょうこ", "きようご"),
    ] {
        assert_ne!(fold(one), fold(other), "{one} {other}");
    }
}

#[test]
fn every_character_folds_to_what_it_folds_to() {
    for c in (0..=0x10_FFFF).filter_map(char::from_u32) {
        let once = fold(&c.to_string());
        assert_eq!(fold(&once), once, "U+{:04X}", u32::from(c));
    }
}

proptest! {
    #[test]
    fn folding_twice_changes_nothing(text in ".{0,30}") {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn folding_kana_twice_changes_nothing(text in "[ぁ-ゟァ-ヿ｡-ﾟ\u{3099}\u{309A} -]{0,20}") {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn a_selector_after_any_ideograph_is_not_looked_at(name in "[一-龠]{1,6}", selector in 0u32..240) {
        let selector = char::from_u32(0xE0100 + selector).unwrap();
        let varied: String = name.chars().flat_map(|c| [c, selector]).collect();
        prop_assert_eq!(fold(&varied), fold(&name));
    }

    #[test]
    fn hiragana_and_katakana_are_one(hiragana in "[ぁ-ゖ]{1,12}") {
        let katakana: String = hiragana.chars().map(|c| char::from_u32(u32::from(c) + 0x60).unwrap()).collect();
        prop_assert_eq!(fold(&katakana), fold(&hiragana));
    }
}
