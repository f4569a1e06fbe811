//! What a server offers beyond the core of the protocol, as its answer to `OPTIONS` says. Pure.

use reqwest::header::{HeaderMap, HeaderName};

const EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
const ALGORITHM: HeaderName = HeaderName::from_static("tus-checksum-algorithm");

/// The extensions that are used where they are offered. *Expiration* is not among them: that an upload is gone shows
/// when it is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Offers {
    /// The bytes of a request can be verified, by SHA-256, before they count.
    pub(crate) checksum: bool,
    /// An upload can be removed.
    pub(crate) termination: bool,
}

impl Offers {
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let has = |name, word| words(headers, name).any(|offered| offered == word);
        Self {
            checksum: has(EXTENSION, "checksum") && has(ALGORITHM, "sha256"),
            termination: has(EXTENSION, "termination"),
        }
    }
}

/// The words of a header whose values are lists with commas.
fn words(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',').map(str::trim))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn read(extensions: &[&str], algorithms: &str) -> Offers {
        let mut headers = HeaderMap::new();
        for words in extensions {
            headers.append(EXTENSION, HeaderValue::from_str(words).unwrap());
        }
        headers.insert(ALGORITHM, HeaderValue::from_str(algorithms).unwrap());
        Offers::read(&headers)
    }

    #[test]
    fn only_what_is_offered_is_used() {
        let (checksum, termination) = (true, true);
        assert_eq!(read(&["creation,termination,checksum"], "sha1,sha256"), Offers { checksum, termination });
        assert_eq!(read(&["creation", "checksum, termination"], "sha256"), Offers { checksum, termination });
        assert_eq!(read(&["termination,checksum"], "sha1,md5"), Offers { checksum: false, termination });
        assert_eq!(read(&["checksum-trailer"], "sha256"), Offers::default());
        assert_eq!(Offers::read(&HeaderMap::new()), Offers::default());
    }
}
