//! The catalogue as Xcode's string catalogue.

use serde_json::{Map, Value, json};

use super::Entry;

pub(super) fn write(entries: &[Entry]) -> String {
    let strings: Map<String, Value> = entries.iter().map(|entry| (entry.key.clone(), localised(entry))).collect();
    let catalogue = json!({ "sourceLanguage": "ja", "strings": strings, "version": "1.0" });
    format!("{catalogue:#}\n")
}

fn localised(entry: &Entry) -> Value {
    let unit = |text: &str| json!({ "stringUnit": { "state": "translated", "value": filled(text, &entry.holes) } });
    json!({ "extractionState": "manual", "localizations": { "ja": unit(&entry.ja), "en": unit(&entry.en) } })
}

fn filled(text: &str, holes: &[String]) -> String {
    if holes.is_empty() {
        return text.to_owned();
    }
    holes.iter().enumerate().fold(text.replace('%', "%%"), |text, (at, hole)| {
        text.replace(&format!("{{{hole}}}"), &format!("%{}$@", at + 1))
    })
}
