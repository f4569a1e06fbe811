//! What rows carry: bodies that only the domain understands, and facts that name no person.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::error::Error;

/// A domain value as JSON. May hold personal data: it has no readable Debug and is wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Body(Zeroizing<String>);

impl Body {
    /// The value as JSON.
    ///
    /// # Errors
    /// [`Error::Record`] when the value has no JSON form.
    pub fn of<T: Serialize>(value: &T) -> Result<Self, Error> {
        Ok(Self(Zeroizing::new(serde_json::to_string(value)?)))
    }

    /// The value again.
    ///
    /// # Errors
    /// [`Error::Record`] when it is not such a value.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        Ok(serde_json::from_str(&self.0)?)
    }

    /// The JSON text.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.0
    }

    pub(crate) fn from_stored(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body(..)")
    }
}

/// JSON for the desk file, which holds no personal data.
///
/// Every text in it, names of fields included, is printable ASCII without a space: codes, identifiers, dates and
/// digests pass; a name or an address as a register writes it does not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Facts(String);

impl Facts {
    /// The value as JSON.
    ///
    /// # Errors
    /// [`Error::NotFacts`] when it holds other text; [`Error::Record`] when it has no JSON form.
    pub fn of<T: Serialize>(value: &T) -> Result<Self, Error> {
        let value = serde_json::to_value(value)?;
        if names_nobody(&value) { Ok(Self(value.to_string())) } else { Err(Error::NotFacts) }
    }

    /// The value again.
    ///
    /// # Errors
    /// [`Error::Record`] when it is not such a value.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        Ok(serde_json::from_str(&self.0)?)
    }

    /// The JSON text.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.0
    }

    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }
}

fn names_nobody(value: &Value) -> bool {
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => is_plain(text),
        Value::Array(items) => items.iter().all(names_nobody),
        Value::Object(fields) => fields.iter().all(|(name, value)| is_plain(name) && names_nobody(value)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn facts_take_counts_and_codes_and_no_names() {
        for fine in [
            json!({"ready": 3, "by_site": {"site-01": 2}, "date": "2026-03-01T09:00:00+09:00"}),
            json!([null, true, -1.5, "f58d3bf1-6db3-4ebb-9f36-3d4a0a8b8f4f"]),
        ] {
            assert_eq!(Facts::of(&fine).unwrap().read::<Value>().unwrap(), fine);
        }
        for wrong in
            [json!({"name": "山田 太郎"}), json!({"ヤマダ": 1}), json!(["Yamada Taro"]), json!({"a": [{"b": "é"}]})]
        {
            assert!(matches!(Facts::of(&wrong), Err(Error::NotFacts)), "{wrong}");
        }
    }

    #[test]
    fn a_body_keeps_text_as_it_was_received_and_shows_none_of_it() {
        let text = "邉󠄂 﨑\u{2f}\"\\ 𠮷";
        let body = Body::of(&text).unwrap();
        assert_eq!(body.read::<String>().unwrap(), text);
        assert_eq!(format!("{body:?}"), "Body(..)");
    }
}
