//! What no refusal may ever say.

use std::fmt::Debug;
use std::path::Path;
use std::sync::LazyLock;

use homon_app::Error;
use homon_support::scenario::Scenario;

/// The care-home day's names, addresses and numbers, its PINs, and every word of them that is not too short to tell.
pub(crate) static PERSONAL: LazyLock<Vec<String>> = LazyLock::new(|| {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios/care-home-day.json");
    let day = Scenario::read(&file).unwrap();
    let texts: Vec<String> = day.canaries.into_iter().chain(day.pins.into_values()).collect();
    let words = texts.iter().flat_map(|text| text.split(char::is_whitespace));
    let telling = words.filter(|word| word.chars().count() > if word.is_ascii() { 4 } else { 1 });
    telling.map(str::to_owned).chain(texts.iter().cloned()).collect()
});

/// The refusal, after holding that neither of its forms tells of a person.
pub(crate) fn refused<T: Debug>(answer: Result<T, Error>) -> Error {
    let error = match answer {
        Err(error) => error,
        Ok(answer) => panic!("it was not refused: {answer:?}"),
    };
    assert_names_nobody(&error);
    error
}

pub(crate) fn assert_names_nobody(error: &Error) {
    let said = format!("{error}\n{error:?}");
    let told = PERSONAL.iter().position(|text| said.contains(text));
    assert_eq!(told, None, "the refusal tells of a person");
}
