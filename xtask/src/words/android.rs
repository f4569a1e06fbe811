//! The catalogue as Android's string resources.

use std::fmt::Write as _;

use super::Entry;

pub(super) fn write(entries: &[Entry], language: impl Fn(&Entry) -> &String) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    text +=
        "<!-- Written by `cargo xtask words` from bindings/strings. Change the catalogue instead. -->\n<resources>\n";
    for entry in entries {
        let value = escape(&filled(language(entry), &entry.holes));
        let _ = writeln!(text, "    <string name=\"{}\">{value}</string>", entry.key);
    }
    text + "</resources>\n"
}

/// Named holes as numbered ones: `%1$s`. A percent sign of the text is doubled only where something is filled in.
fn filled(text: &str, holes: &[String]) -> String {
    if holes.is_empty() {
        return text.to_owned();
    }
    holes.iter().enumerate().fold(text.replace('%', "%%"), |text, (at, hole)| {
        text.replace(&format!("{{{hole}}}"), &format!("%{}$s", at + 1))
    })
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '\'' => escaped += "\\'",
            '"' => escaped += "\\\"",
            '\\' => escaped += "\\\\",
            '\n' => escaped += "\\n",
            '@' | '?' if escaped.is_empty() => escaped.extend(['\\', letter]),
            _ => escaped.push(letter),
        }
    }
    escaped
}
