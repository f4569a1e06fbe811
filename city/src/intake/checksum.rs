//! `Upload-Checksum`: what the body of one PATCH must come to (tus extension *checksum*). Pure.

use axum::http::{HeaderMap, HeaderName};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use homon_seal::Sha256Digest;
use ring::digest::{Algorithm, Context, Digest, SHA1_FOR_LEGACY_USE_ONLY, SHA256};

use super::problem::Problem;
use super::tus::single;

/// The algorithms offered, as `OPTIONS` lists them. Every server must know SHA-1, and stock clients know nothing else:
/// here it finds mistakes of the line, and vouches for nothing.
pub(super) const ALGORITHMS: &str = "sha256,sha1";

const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");

/// The checksum announced for a body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Checksum {
    algorithm: &'static Algorithm,
    digest: Vec<u8>,
}

/// Digests of bytes as they come: each algorithm once, whoever asks for it.
pub(super) struct Running {
    sha256: Context,
    other: Option<Context>,
}

impl Checksum {
    /// Reads the header; `None` when there is none.
    ///
    /// # Errors
    /// [`Problem::BadChecksum`] when it is not one of the [`ALGORITHMS`] with a digest of its length.
    pub(super) fn read(headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        if !headers.contains_key(CHECKSUM) {
            return Ok(None);
        }
        single(headers, &CHECKSUM).and_then(Self::parse).map(Some).ok_or(Problem::BadChecksum)
    }

    fn parse(header: &str) -> Option<Self> {
        let (name, digest) = header.split_once(' ')?;
        let (algorithm, digest) = (algorithm(name)?, STANDARD.decode(digest).ok()?);
        (digest.len() == algorithm.output_len()).then_some(Self { algorithm, digest })
    }

    /// Whether the bytes so far are the ones announced.
    pub(super) fn matches(&self, running: &Running) -> bool {
        running.of(self.algorithm).is_some_and(|digest| digest.as_ref() == self.digest)
    }
}

impl Running {
    /// Nothing yet: for SHA-256, and for what the checksum needs.
    pub(super) fn new(checksum: Option<&Checksum>) -> Self {
        let other = checksum.map(|checksum| checksum.algorithm).filter(|algorithm| *algorithm != &SHA256);
        Self { sha256: Context::new(&SHA256), other: other.map(Context::new) }
    }

    /// Takes further bytes in.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.other.iter_mut().for_each(|context| context.update(bytes));
    }

    /// The SHA-256 of the bytes so far.
    pub(super) fn sha256(&self) -> Sha256Digest {
        let digest = self.sha256.clone().finish();
        Sha256Digest(digest.as_ref().try_into().expect("SHA-256 has 32 bytes"))
    }

    fn of(&self, algorithm: &'static Algorithm) -> Option<Digest> {
        let mut contexts = [Some(&self.sha256), self.other.as_ref()].into_iter().flatten();
        contexts.find(|context| context.algorithm() == algorithm).map(|context| context.clone().finish())
    }
}

fn algorithm(name: &str) -> Option<&'static Algorithm> {
    match name {
        "sha256" => Some(&SHA256),
        "sha1" => Some(&SHA1_FOR_LEGACY_USE_ONLY),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const SHA1_OF_ABC: &str = "sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=";
    const SHA256_OF_ABC: &str = "sha256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";

    fn read(values: &[&str]) -> Result<Option<Checksum>, Problem> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CHECKSUM, HeaderValue::from_str(value).unwrap());
        }
        Checksum::read(&headers)
    }

    #[test]
    fn the_published_digests_of_abc_match() {
        for header in [SHA1_OF_ABC, SHA256_OF_ABC] {
            let checksum = read(&[header]).unwrap().unwrap();
            let mut running = Running::new(Some(&checksum));
            running.update(b"ab");
            assert!(!checksum.matches(&running));
            running.update(b"c");
            assert!(checksum.matches(&running), "{header}");
            assert_eq!(running.sha256(), Sha256Digest::of(b"abc"));
            let without = Running::new(None);
            assert!(!checksum.matches(&without), "{header}");
        }
        assert_eq!(read(&[]), Ok(None));
    }

    #[test]
    fn every_algorithm_that_is_listed_is_known() {
        assert!(ALGORITHMS.split(',').all(|name| algorithm(name).is_some()));
    }

    #[test]
    fn what_is_no_checksum_is_refused() {
        let digest = SHA256_OF_ABC.trim_start_matches("sha256 ");
        for wrong in [
            &[""][..],
            &["sha256"],
            &[digest],
            &[SHA256_OF_ABC, SHA256_OF_ABC],
            &[&format!("SHA256 {digest}")],
            &[&format!("md5 {digest}")],
            &[&format!("sha1 {digest}")],
            &[&format!("sha256  {digest}")],
            &[&format!("sha256 {}", digest.trim_end_matches('='))],
            &["sha256 !"],
        ] {
            assert_eq!(read(wrong), Err(Problem::BadChecksum), "{wrong:?}");
        }
    }
}
