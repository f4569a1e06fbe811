//! `Upload-Checksum`: what the body of one PATCH must come to (tus extension *checksum*). Pure.

use axum::http::{HeaderMap, HeaderName};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{Algorithm, Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};

use super::problem::Problem;
use super::tus::single;

/// The algorithms offered, as `OPTIONS` lists them. Every server must know SHA-1, and stock clients know nothing else:
/// here it finds mistakes of the line, and vouches for nothing.
pub(super) const ALGORITHMS: &str = "sha256,sha1";

const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");

/// The checksum announced, and that of the bytes so far.
pub(super) struct Checksum {
    announced: Vec<u8>,
    running: Context,
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
        let algorithm = algorithm(name)?;
        let announced = STANDARD.decode(digest).ok()?;
        let fits = announced.len() == algorithm.output_len();
        fits.then(|| Self { announced, running: Context::new(algorithm) })
    }

    /// Takes further bytes in.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.running.update(bytes);
    }

    /// Whether the bytes so far are the ones announced.
    pub(super) fn matches(&self) -> bool {
        self.running.clone().finish().as_ref() == self.announced
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
            let mut checksum = read(&[header]).unwrap().unwrap();
            checksum.update(b"ab");
            assert!(!checksum.matches());
            checksum.update(b"c");
            assert!(checksum.matches(), "{header}");
        }
        assert!(read(&[]).unwrap().is_none());
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
            assert!(matches!(read(wrong), Err(Problem::BadChecksum)), "{wrong:?}");
        }
    }
}
