//! The words of the app: one catalogue in `bindings/strings`, written out for each platform.
//!
//! A file of the catalogue is a screen, a key is a text: `visits = { ja = "今日の訪問", en = "Today's visits" }`. What is
//! filled in stands in braces, `{count}`, and is the same in every language. Texts for residents stand in
//! `resident.toml`; their Japanese carries readings as Aozora Bunko writes them, `｜名前《なまえ》`.

mod android;
mod apple;
mod kotlin;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace::Workspace;

/// The file whose Japanese is read by residents.
const RESIDENT: &str = "resident";

/// One text in both languages.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    /// File and key, `today_visits`.
    key: String,
    ja: String,
    en: String,
    /// What is filled in, in the order of the Japanese text.
    holes: Vec<String>,
}

/// Writes every form of the catalogue; with `check` only says which is not as it should be.
pub(crate) fn run(workspace: &Workspace, check: bool) -> Result<String, String> {
    let root = &workspace.root;
    let entries = read(&root.join("bindings/strings"))?;
    let mut stale = Vec::new();
    for (path, text) in forms(&entries) {
        let path = root.join(path);
        if fs::read_to_string(&path).is_ok_and(|there| there == text) {
            continue;
        }
        if check {
            stale.push(path.display().to_string());
            continue;
        }
        path.parent().map_or(Ok(()), fs::create_dir_all).map_err(|error| format!("{}: {error}", path.display()))?;
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if !stale.is_empty() {
        return Err(format!("not as the catalogue says, run `cargo xtask words`: {}", stale.join(", ")));
    }
    let unused = unused(&entries, &root.join("android"))?;
    if !unused.is_empty() && check {
        return Err(format!("no screen uses: {}", unused.join(", ")));
    }
    Ok(format!("{} texts in 2 languages", entries.len()))
}

fn forms(entries: &[Entry]) -> Vec<(&'static str, String)> {
    vec![
        ("android/screens/src/main/kotlin/app/homon/words/Words.kt", kotlin::write(entries)),
        ("android/app/src/main/res/values/strings.xml", android::write(entries, |entry| &entry.ja)),
        ("android/app/src/main/res/values-en/strings.xml", android::write(entries, |entry| &entry.en)),
        ("ios/Resources/Localizable.xcstrings", apple::write(entries)),
    ]
}

/// Reads and checks the whole catalogue, in the order of its keys.
fn read(folder: &Path) -> Result<Vec<Entry>, String> {
    let mut entries = Vec::new();
    let mut faults = Vec::new();
    for path in files(folder, "toml")? {
        let screen = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        for (key, languages) in parse(&text).map_err(|error| format!("{}: {error}", path.display()))? {
            match entry(&screen, &key, &languages) {
                Ok(entry) => entries.push(entry),
                Err(fault) => faults.push(format!("{screen}_{key}: {fault}")),
            }
        }
    }
    if faults.is_empty() { Ok(entries) } else { Err(faults.join("\n")) }
}

type Languages = BTreeMap<String, String>;

fn parse(text: &str) -> Result<BTreeMap<String, Languages>, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
    let languages = |(key, value): (String, toml::Value)| -> Result<(String, Languages), String> {
        let table = value.as_table().ok_or_else(|| format!("{key} is no table of languages"))?;
        let text = |(language, text): (&String, &toml::Value)| {
            let text = text.as_str().ok_or_else(|| format!("{key}.{language} is no text"))?;
            Ok((language.clone(), text.to_owned()))
        };
        let languages = table.iter().map(text).collect::<Result<_, String>>()?;
        Ok((key, languages))
    };
    table.into_iter().map(languages).collect()
}

fn entry(screen: &str, key: &str, languages: &Languages) -> Result<Entry, String> {
    let of = |language: &str| {
        languages.get(language).filter(|text| !text.trim().is_empty()).ok_or_else(|| format!("no text in {language}"))
    };
    let (ja, en) = (of("ja")?, of("en")?);
    if languages.len() != 2 {
        return Err("a language that the app does not have".into());
    }
    let holes = holes(ja)?;
    if holes.iter().collect::<BTreeSet<_>>() != self::holes(en)?.iter().collect::<BTreeSet<_>>() {
        return Err("the languages fill in different things".into());
    }
    if screen == RESIDENT && !kanji_without_reading(ja).is_empty() {
        return Err(format!("kanji without a reading: {}", kanji_without_reading(ja)));
    }
    Ok(Entry { key: format!("{screen}_{key}"), ja: ja.clone(), en: en.clone(), holes })
}

/// What is filled in, each once, in order.
fn holes(text: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for piece in text.split('{').skip(1) {
        let Some((name, _)) = piece.split_once('}') else { return Err("a brace is not closed".into()) };
        if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_lowercase()) {
            return Err(format!("{{{name}}} is no name to fill in"));
        }
        if !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    }
    Ok(found)
}

/// The kanji that stand outside `｜…《…》`.
fn kanji_without_reading(text: &str) -> String {
    let mut rest = String::new();
    let mut inside = false;
    for letter in text.chars() {
        match letter {
            '｜' => inside = true,
            '》' => inside = false,
            _ if !inside => rest.push(letter),
            _ => {}
        }
    }
    rest.chars().filter(|letter| ('\u{4e00}'..='\u{9fff}').contains(letter)).collect()
}

/// The keys that no Kotlin source names.
fn unused(entries: &[Entry], sources: &Path) -> Result<Vec<String>, String> {
    let mut text = String::new();
    for path in files(sources, "kt")? {
        if path.ends_with("words/Words.kt") {
            continue;
        }
        text += &fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let words: BTreeSet<&str> = text.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
    let unused = entries.iter().filter(|entry| !words.contains(kotlin::member(&entry.key).as_str()));
    Ok(unused.map(|entry| entry.key.clone()).collect())
}

fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if !path.ends_with("target") {
                found.extend(files(&path, extension)?);
            }
        } else if path.extension().is_some_and(|there| there == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn languages(ja: &str, en: &str) -> Languages {
        [("ja", ja), ("en", en)].into_iter().map(|(language, text)| (language.into(), text.into())).collect()
    }

    #[test]
    fn what_is_filled_in_is_the_same_in_every_language() {
        let same =
            entry("today", "planned", &languages("{places}か所・{people}人", "{people} people, {places} places"));
        assert_eq!(same.unwrap().holes, ["places", "people"]);
        entry("today", "planned", &languages("{places}か所", "places")).unwrap_err();
        entry("today", "planned", &languages("{places", "{places}")).unwrap_err();
        entry("today", "planned", &languages("", "x")).unwrap_err();
    }

    #[test]
    fn a_resident_finds_a_reading_over_every_kanji() {
        entry("resident", "name", &languages("お｜名前《なまえ》", "Name")).unwrap();
        entry("resident", "name", &languages("お名前", "Name")).unwrap_err();
        entry("today", "name", &languages("お名前", "Name")).unwrap();
    }

    #[test]
    fn each_platform_gets_its_own_escapes_and_order() {
        let entry = entry("a", "b_c", &languages("{x}と{y}", "{y} & \"{x}\" isn't")).unwrap();
        let entries = [entry];
        let xml = android::write(&entries, |entry| &entry.en);
        assert!(xml.contains(r#"<string name="a_b_c">%2$s &amp; \"%1$s\" isn\'t</string>"#), "{xml}");
        assert!(kotlin::write(&entries).contains("fun aBC(x: Any, y: Any): String = of(\"a_b_c\", x, y)"));
        assert!(apple::write(&entries).contains("%2$@ & \\\"%1$@\\\" isn't"));
    }
}
