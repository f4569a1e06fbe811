//! Rows are invented, in the form of Japan Post's.

use super::*;

fn row(code: &str, city: (&str, &str), town: (&str, &str)) -> String {
    let (city, city_kana, town, town_kana) = (city.0, city.1, town.0, town.1);
    format!(
        "00000,\"000  \",\"{code}\",\"ﾚｲｼﾞｹﾝ\",\"{city_kana}\",\"{town_kana}\",\"例示県\",\"{city}\",\"{town}\",0,0,0,0,0,0\r\n"
    )
}

const CITY: (&str, &str) = ("例示市", "ﾚｲｼﾞｼ");

fn table(rows: &[(&str, &str, &str)]) -> TownTable {
    let text: String = rows.iter().map(|(code, town, kana)| row(code, CITY, (town, kana))).collect();
    read(text.as_bytes(), "例示市").unwrap()
}

fn names(table: &TownTable) -> Vec<(&str, &str)> {
    table.towns.iter().map(|town| (town.name.as_str(), town.kana.as_str())).collect()
}

#[test]
fn towns_are_read_with_their_readings_in_hiragana() {
    let table =
        table(&[("0000101", "見本町", "ﾐﾎﾝﾁｮｳ"), ("0000102", "波止場", "ハトバ"), ("0000102", "港１条", "ﾐﾅﾄ1ｼﾞｮｳ")]);
    assert_eq!(table.municipality_kana, "れいじし");
    assert_eq!(names(&table), [("見本町", "みほんちょう"), ("波止場", "はとば"), ("港１条", "みなと1じょう")]);
    assert_eq!(table.left_out, Vec::<String>::new());
}

#[test]
fn both_encodings_say_the_same() {
    let half = row("0000101", CITY, ("見本町（１～３丁目）", "ﾐﾎﾝﾁｮｳ(1-3ﾁｮｳﾒ)"));
    let full = row("0000101", ("例示市", "レイジシ"), ("見本町（１～３丁目）", "ミホンチョウ（１～３チョウメ）"));
    let cp932 = read(&SHIFT_JIS.encode(&half).0, "例示市").unwrap();
    assert_eq!(cp932, read(full.as_bytes(), "例示市").unwrap());
    assert_eq!(cp932, read(format!("\u{feff}{full}").as_bytes(), "例示市").unwrap());
    assert_eq!(names(&cp932), [("見本町", "みほんちょう")]);
}

#[test]
fn sentences_floors_and_a_whole_village_are_no_towns() {
    let none = table(&[
        ("0000000", "以下に掲載がない場合", "ｲｶﾆｹｲｻｲｶﾞﾅｲﾊﾞｱｲ"),
        ("0000001", "例示市の次に１～３番地がくる場合", "ﾚｲｼﾞｼﾉﾂｷﾞﾆ1-3ﾊﾞﾝﾁｶﾞｸﾙﾊﾞｱｲ"),
        ("0000002", "例示市一円", "ﾚｲｼﾞｼｲﾁｴﾝ"),
        ("0000003", "見本町見本タワー（１２階）", "ﾐﾎﾝﾁｮｳﾐﾎﾝﾀﾜｰ(12ｶｲ)"),
        ("0000004", "見本町見本タワー（地階・階層不明）", "ﾐﾎﾝﾁｮｳﾐﾎﾝﾀﾜｰ(ﾁｶｲ･ｶｲｿｳﾌﾒｲ)"),
    ]);
    assert_eq!((names(&none), none.left_out.len()), (Vec::new(), 0));
    let named = table(&[("0000005", "一円", "ｲﾁｴﾝ"), ("0000006", "三階町", "ｻﾝｶｲﾏﾁ")]);
    assert_eq!(names(&named), [("一円", "いちえん"), ("三階町", "さんかいまち")]);
}

#[test]
fn brackets_are_dropped_also_where_they_run_over_rows() {
    let table = table(&[
        ("0000101", "見本町（１丁目、２丁目、", "ﾐﾎﾝﾁｮｳ(1ﾁｮｳﾒ､2ﾁｮｳﾒ､"),
        ("0000101", "３丁目「一部」、", "3ﾁｮｳﾒ<ｲﾁﾌﾞ>､"),
        ("0000101", "４丁目）", "4ﾁｮｳﾒ)"),
        ("0000101", "港", "ﾐﾅﾄ"),
        ("0000102", "波止場（その他）", "ﾊﾄﾊﾞ(ｿﾉﾀ)"),
        ("0000102", "波止場（１番地）", "ﾊﾄﾊﾞ(1ﾊﾞﾝﾁ)"),
        ("0000103", "波止場", "ﾊﾄﾊﾞ"),
    ]);
    let codes: Vec<(&str, &str)> = table.towns.iter().map(|t| (t.postal_code.as_str(), t.name.as_str())).collect();
    assert_eq!(codes, [("0000101", "見本町"), ("0000101", "港"), ("0000102", "波止場"), ("0000103", "波止場")]);
}

#[test]
fn what_may_be_a_town_and_is_a_list_is_named() {
    let table = table(&[("0000101", "見本第１地割～第４地割", "ﾐﾎﾝﾀﾞｲ1ﾁﾜﾘ-ﾀﾞｲ4ﾁﾜﾘ"), ("0000102", "甲、乙", "ｺｳ､ｵﾂ")]);
    assert_eq!(names(&table), Vec::new());
    assert_eq!(table.left_out, ["000-0101 見本第１地割～第４地割", "000-0102 甲、乙"]);
}

#[test]
fn a_ward_stands_before_its_towns_and_other_municipalities_are_not_read() {
    let of = |city, kana, town, town_kana| row("0000101", (city, kana), (town, town_kana));
    let text = [
        of("例示市東区", "ﾚｲｼﾞｼﾋｶﾞｼｸ", "見本町", "ﾐﾎﾝﾁｮｳ"),
        of("例示市西区", "ﾚｲｼﾞｼﾆｼｸ", "港", "ﾐﾅﾄ"),
        of("例示市場町", "ﾚｲｼﾞｲﾁﾊﾞﾏﾁ", "港", "ﾐﾅﾄ"),
        of("別市", "ﾍﾞﾂｼ", "港", "ﾐﾅﾄ"),
    ];
    let table = read(text.concat().as_bytes(), "例示市").unwrap();
    assert_eq!(table.municipality_kana, "れいじし");
    assert_eq!(names(&table), [("東区見本町", "ひがしくみほんちょう"), ("西区港", "にしくみなと")]);
}

#[test]
fn what_is_not_the_file_is_said() {
    assert_eq!(read(b"a,b,c\n", "例示市"), Err(TownsError::Row(1)));
    let good = row("0000101", CITY, ("港", "ﾐﾅﾄ"));
    assert_eq!(read(format!("{good}x\n").as_bytes(), "例示市"), Err(TownsError::Row(2)));
    let nobody = TownsError::NoSuchMunicipality("別市".to_owned());
    assert_eq!(read(good.as_bytes(), "別市"), Err(nobody));
    let both = format!("{good}{}", good.replace("例示県", "別県"));
    let several = TownsError::InSeveralPrefectures("例示市".to_owned());
    assert_eq!(read(both.as_bytes(), "例示市"), Err(several));
    assert_eq!(read(both.as_bytes(), "別県例示市"), read(good.as_bytes(), "例示市"));
}

#[test]
fn the_table_can_be_appended_to_a_programme() {
    let example = super::super::programme::Example::Shimonoseki.text();
    let before: homon_domain::programme::Programme = toml::from_str(example).unwrap();
    let table = table(&[("0000901", "見本\"町", "ﾐﾎﾝﾁｮｳ"), ("0000902", "港", "ﾐﾅﾄ")]);
    let appended = format!("{example}\n{}", table.to_toml().unwrap());
    let after: homon_domain::programme::Programme = toml::from_str(&appended).unwrap();
    assert_eq!(after.faults(), []);
    assert_eq!(after.towns, [before.towns, table.towns].concat());
}
