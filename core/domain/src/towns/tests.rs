use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

fn town((postal_code, name, kana): (&str, &str, &str)) -> Town {
    let postal_code = PostalCode::parse(postal_code).unwrap();
    Town { postal_code, name: name.to_owned(), kana: kana.to_owned() }
}

fn programme_with(towns: &[(&str, &str, &str)]) -> Programme {
    let mut programme: Programme = toml::from_str(include_str!("../../tests/support/programme.toml")).unwrap();
    programme.towns = towns.iter().copied().map(town).collect();
    programme
}

/// One code of two towns, a town with two codes, and names that begin alike.
static PROGRAMME: LazyLock<Programme> = LazyLock::new(|| {
    programme_with(&[
        ("0000101", "見本町", "みほんちょう"),
        ("0000102", "見本町東", "みほんちょうひがし"),
        ("0000103", "港", "みなと"),
        ("0000103", "波止場", "ハトバ"),
        ("0000104", "大字試験", "おおあざしけん"),
        ("0000199", "大字試験", "おおあざしけん"),
    ])
});

fn found(typed: &str) -> Vec<String> {
    PROGRAMME.find_towns(typed).into_iter().map(|town| town.name).collect()
}

fn begun(typed: &str) -> Vec<String> {
    PROGRAMME.find_towns(typed).into_iter().map(|town| town.address).collect()
}

#[test]
fn a_postal_code_is_found_however_it_is_typed() {
    for typed in
        ["0000101", "000-0101", "〒000-0101", "〒 000 0101", "０００－０１０１", "０００ー０１０１", " 000-0101"]
    {
        assert_eq!(found(typed), ["見本町"], "{typed}");
    }
    assert_eq!(found("000010"), ["大字試験", "波止場", "港", "見本町", "見本町東"]);
    assert_eq!(found("000-0103"), ["波止場", "港"]);
    assert_eq!(found("9"), Vec::<String>::new());
}

#[test]
fn a_town_is_found_by_the_beginning_of_its_name_or_reading() {
    for typed in ["見本", "みほん", "ミホン", "ﾐﾎﾝ", "潮見市見本", "山見県潮見市みほん", "みほんちよう"]
    {
        assert_eq!(found(typed), ["見本町", "見本町東"], "{typed}");
    }
    assert_eq!(found("はと"), ["波止場"]);
    for typed in ["", " ", "潮見市", "ほん", "町", "隣町潮見市", "〒", "-", "1丁目"] {
        assert_eq!(found(typed), Vec::<String>::new(), "{typed}");
    }
}

#[test]
fn choosing_keeps_what_stands_before_and_behind_the_town() {
    assert_eq!(begun("000-0101"), ["潮見市見本町"]);
    assert_eq!(begun("000-0101 1-2-3"), ["潮見市見本町1-2-3"]);
    assert_eq!(begun("はとば１－２　みほん苑"), ["潮見市波止場１－２　みほん苑"]);
    assert_eq!(begun("見本町1-2"), ["潮見市見本町1-2"]);
    assert_eq!(begun("山見県潮見市はとば2"), ["山見県潮見市波止場2"]);
    assert_eq!(begun("潮見市波止場1-2"), Vec::<String>::new(), "there is nothing left to choose");
    assert_eq!(begun("潮見市見本町"), ["潮見市見本町東"]);
}

#[test]
fn a_town_with_two_codes_is_offered_once() {
    let of = |typed: &str| PROGRAMME.find_towns(typed).into_iter().map(|town| town.postal_codes).collect::<Vec<_>>();
    assert_eq!(of("おおあざ"), [["000-0104", "000-0199"]]);
    assert_eq!(of("0000199"), [["000-0199"]]);
}

#[test]
fn of_many_towns_a_few_are_offered_and_the_shortest_reading_first() {
    let names: Vec<String> = (0..2000).rev().map(|n| format!("見本{n}丁")).collect();
    let mut towns: Vec<(&str, &str, &str)> =
        names.iter().map(|name| ("0000001", name.as_str(), "みほんなんちょう")).collect();
    towns.push(("0000002", "見本", "みほん"));
    let programme = programme_with(&towns);
    let offered = programme.find_towns("みほん");
    assert_eq!(offered.len(), MOST_OFFERED);
    assert_eq!(offered[0].name, "見本");
}

fn read(address: &str) -> String {
    let mut programme = PROGRAMME.clone();
    programme.municipality_kana = Some("シオミシ".to_owned());
    let piece = |piece: ReadPiece| match piece.reading {
        Some(reading) => format!("{}({reading})", piece.text),
        None => piece.text,
    };
    programme.read_address(address).into_iter().map(piece).collect::<Vec<_>>().join("|")
}

#[test]
fn an_address_is_read_as_far_as_the_table_knows_it() {
    assert_eq!(read("潮見市波止場1-2-3"), "潮見市(しおみし)|波止場(はとば)|1-2-3");
    assert_eq!(read("山見県潮見市見本町東"), "山見県|潮見市(しおみし)|見本町東(みほんちょうひがし)");
    assert_eq!(read("潮見市知らず町1"), "潮見市(しおみし)|知らず町1");
    assert_eq!(read("別市見本町1"), "別市見本町1");
    assert_eq!(read("遠い別の所の潮見市見本町"), "遠い別の所の潮見市見本町");
    assert_eq!(read(""), "");
}

#[test]
fn only_an_address_of_the_municipality_can_lack_its_town() {
    let lacks = |programme: &Programme, address| {
        programme.lacks_town(&ReceivedText::from_register(address, ReceivedText::LONG).unwrap())
    };
    assert!(lacks(&PROGRAMME, "潮見市見木町1-2"));
    assert!(lacks(&PROGRAMME, "潮見市"));
    for address in ["潮見市見本町1-2", "別市見木町1-2", "山見県潮見市港2"] {
        assert!(!lacks(&PROGRAMME, address), "{address}");
    }
    assert!(!lacks(&programme_with(&[]), "潮見市見木町1-2"), "without a table nothing is known");
}

#[test]
fn a_reading_is_kana() {
    for kana in ["みほんちょう", "ミホンチョー", "きた1じょう", "に・さん"] {
        assert!(is_reading(kana), "{kana}");
    }
    for other in ["", " ", "見本", "mihon", "みほん 町", "12", "・"] {
        assert!(!is_reading(other), "{other}");
    }
}

proptest! {
    #[test]
    fn nothing_typed_is_lost_but_what_names_the_town(name in 0usize..6, begin in any::<bool>(), behind in "[0-9一-三]{1,3}[^ ]{0,8}") {
        let town = &PROGRAMME.towns[name];
        let typed = format!("{}{}{behind}", if begin { "潮見市" } else { "" }, town.kana);
        let offered = PROGRAMME.find_towns(&typed);
        let wanted = format!("潮見市{}{behind}", town.name);
        prop_assert!(offered.iter().any(|found| found.address == wanted));
        prop_assert!(offered.iter().all(|found| found.address.ends_with(&behind)));
    }

    #[test]
    fn whatever_is_typed_is_looked_up_and_read_unchanged(typed in "(〒?[0-9０-９ー -]{0,9}|潮見市)?(見本町|みほん|ﾐﾎﾝ|葛\u{E0100})?\\PC{0,12}") {
        for found in PROGRAMME.find_towns(&typed) {
            let town = format!("潮見市{}", found.name);
            prop_assert!(found.address.contains(&town));
            prop_assert_ne!(&found.address, &typed);
        }
        let read: String = PROGRAMME.read_address(&typed).into_iter().map(|piece| piece.text).collect();
        prop_assert_eq!(read, typed);
    }
}
