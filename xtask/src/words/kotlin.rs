//! The catalogue as a Kotlin class: a key that is missing does not compile.

use std::fmt::Write as _;

use super::Entry;

const HEAD: &str = "\
// Written by `cargo xtask words` from bindings/strings. Change the catalogue instead.
package app.homon.words

/// Every text of the app in the language that [lookup] answers in.
class Words(private val lookup: (String, Array<out Any>) -> String) {
    private fun of(key: String, vararg values: Any): String = lookup(key, values)

";

pub(super) fn write(entries: &[Entry]) -> String {
    let mut text = HEAD.to_owned();
    for entry in entries {
        let member = member(&entry.key);
        let key = &entry.key;
        let line = if entry.holes.is_empty() {
            format!("    val {member}: String get() = of(\"{key}\")\n")
        } else {
            let parameters: Vec<_> = entry.holes.iter().map(|hole| format!("{hole}: Any")).collect();
            let (parameters, values) = (parameters.join(", "), entry.holes.join(", "));
            format!("    fun {member}({parameters}): String = of(\"{key}\", {values})\n")
        };
        let _ = write!(text, "{line}");
    }
    text + "}\n"
}

/// `today_visits` as a member is named, `todayVisits`.
pub(super) fn member(key: &str) -> String {
    let mut parts = key.split('_');
    let mut name = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}
