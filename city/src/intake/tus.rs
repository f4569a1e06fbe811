//! Headers of the tus 1.0.0 protocol, read strictly. Pure: no socket, no store.

use axum::http::{HeaderMap, HeaderName, Method};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use homon_seal::{PackageName, Sha256Digest, Subject};

use super::problem::Problem;

/// The one protocol version that is spoken.
pub(super) const VERSION: &str = "1.0.0";
/// The extensions offered (<https://tus.io/protocols/resumable-upload>).
pub(super) const EXTENSIONS: &str = "creation,termination,checksum,expiration";
/// The media type of a PATCH body.
pub(super) const MEDIA_TYPE: &str = "application/offset+octet-stream";

pub(super) const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub(super) const SUPPORTED: HeaderName = HeaderName::from_static("tus-version");
pub(super) const EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
pub(super) const CHECKSUM_ALGORITHM: HeaderName = HeaderName::from_static("tus-checksum-algorithm");
pub(super) const MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
pub(super) const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
pub(super) const LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub(super) const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub(super) const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const CONCAT: HeaderName = HeaderName::from_static("upload-concat");
const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

/// What `Upload-Metadata` says: which package, and the digest that its bytes must have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Metadata {
    /// The name among the packages of the device, which only the client certificate names.
    pub(super) package: PackageName,
    /// The digest of the encrypted file.
    pub(super) sha256: Sha256Digest,
}

impl Metadata {
    /// The header value, in the spelling that [`metadata`] reads.
    pub(super) fn to_header(self) -> String {
        let encode = |text: String| STANDARD.encode(text);
        format!("package {},sha256 {}", encode(self.package.to_string()), encode(self.sha256.to_string()))
    }
}

/// Refuses a request that speaks another version of tus. `OPTIONS` needs none.
pub(super) fn require_version(headers: &HeaderMap) -> Result<(), Problem> {
    if single(headers, &RESUMABLE) == Some(VERSION) { Ok(()) } else { Err(Problem::UnsupportedVersion) }
}

/// Refuses an upload that is to be a piece of another: without the pieces put together its digest would never match.
pub(super) fn refuse_concatenation(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.contains_key(CONCAT) { Err(Problem::NotOffered) } else { Ok(()) }
}

/// The method that is meant: tus lets a client that cannot send PATCH or DELETE name it in a header.
pub(super) fn method(sent: &Method, headers: &HeaderMap) -> Method {
    let named = single(headers, &METHOD_OVERRIDE).and_then(|name| name.parse().ok());
    named.unwrap_or_else(|| sent.clone())
}

/// `Upload-Length` in bytes: required, above zero, at most `max`.
pub(super) fn length(headers: &HeaderMap, max: u64) -> Result<u64, Problem> {
    match number(headers, &LENGTH) {
        Some(length) if length > max => Err(Problem::TooLarge),
        Some(length) if length > 0 => Ok(length),
        _ => Err(Problem::BadLength),
    }
}

/// `Upload-Offset` in bytes.
pub(super) fn offset(headers: &HeaderMap) -> Result<u64, Problem> {
    number(headers, &OFFSET).ok_or(Problem::BadOffset)
}

/// The value of `Upload-Expires`: a date as HTTP writes it (RFC 9110, section 5.6.7).
pub(super) fn expires(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Refuses a PATCH whose body is of another media type.
pub(super) fn require_media_type(headers: &HeaderMap) -> Result<(), Problem> {
    if single(headers, &axum::http::header::CONTENT_TYPE) == Some(MEDIA_TYPE) {
        Ok(())
    } else {
        Err(Problem::WrongMediaType)
    }
}

/// `Upload-Metadata`: exactly the keys `package` and `sha256`, each once.
///
/// Other keys are refused, because what clients commonly add (a file name) may name a person.
pub(super) fn metadata(headers: &HeaderMap) -> Result<Metadata, Problem> {
    let header = single(headers, &METADATA).ok_or(Problem::BadMetadata)?;
    let (mut package, mut sha256) = (None, None);
    for pair in header.split(',') {
        let (key, value) = pair.trim_matches(' ').split_once(' ').ok_or(Problem::BadMetadata)?;
        let slot = match key {
            "package" => &mut package,
            "sha256" => &mut sha256,
            _ => return Err(Problem::BadMetadata),
        };
        if slot.replace(decode(value)?).is_some() {
            return Err(Problem::BadMetadata);
        }
    }
    let package: PackageName = package.and_then(|text| text.parse().ok()).ok_or(Problem::BadMetadata)?;
    // A part that is handed over goes to another tablet, never to the city.
    if matches!(package.subject, Subject::Handover { .. }) {
        return Err(Problem::BadMetadata);
    }
    let sha256 = sha256.and_then(|text| text.parse().ok()).ok_or(Problem::BadMetadata)?;
    Ok(Metadata { package, sha256 })
}

/// What the headers of a request to create an upload announce: the package, the digest of its bytes, how many there are.
/// `None` where the request is refused. For whoever wants to know without an intake, such as the fuzz targets.
#[must_use]
pub fn announced(headers: &HeaderMap, max: u64) -> Option<(PackageName, Sha256Digest, u64)> {
    require_version(headers).ok()?;
    refuse_concatenation(headers).ok()?;
    let length = length(headers, max).ok()?;
    let Metadata { package, sha256 } = metadata(headers).ok()?;
    Some((package, sha256, length))
}

fn decode(value: &str) -> Result<String, Problem> {
    let bytes = STANDARD.decode(value).map_err(|_| Problem::BadMetadata)?;
    String::from_utf8(bytes).map_err(|_| Problem::BadMetadata)
}

/// The value of a header that stands there exactly once.
pub(super) fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// Digits only: `str::parse` would also take a sign.
fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    let text = single(headers, name)?;
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn headers(name: &HeaderName, values: &[&str]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for value in values {
            map.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        map
    }

    fn read(header: &str) -> Result<Metadata, Problem> {
        metadata(&headers(&METADATA, &[header]))
    }

    #[test]
    fn numbers_are_digits_and_stand_once() {
        assert_eq!(offset(&headers(&OFFSET, &["0"])), Ok(0));
        assert_eq!(offset(&headers(&OFFSET, &["18446744073709551615"])), Ok(u64::MAX));
        for wrong in [&["+1"][..], &["-1"], &[""], &["1 "], &["0x1"], &["18446744073709551616"], &["1", "1"], &[]] {
            assert_eq!(offset(&headers(&OFFSET, wrong)), Err(Problem::BadOffset), "{wrong:?}");
        }
    }

    #[test]
    fn a_length_is_above_zero_and_within_the_limit() {
        assert_eq!(length(&headers(&LENGTH, &["10"]), 10), Ok(10));
        assert_eq!(length(&headers(&LENGTH, &["11"]), 10), Err(Problem::TooLarge));
        assert_eq!(length(&headers(&LENGTH, &["0"]), 10), Err(Problem::BadLength));
        assert_eq!(length(&HeaderMap::new(), 10), Err(Problem::BadLength));
    }

    #[test]
    fn another_version_is_refused() {
        assert_eq!(require_version(&headers(&RESUMABLE, &["1.0.0"])), Ok(()));
        for wrong in [&["0.2.2"][..], &["1.0.0, 0.2.2"], &[]] {
            assert_eq!(require_version(&headers(&RESUMABLE, wrong)), Err(Problem::UnsupportedVersion));
        }
    }

    #[test]
    fn a_date_is_written_as_http_does() {
        let at = "1994-11-06T08:49:37.9Z".parse().unwrap();
        assert_eq!(expires(at), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn a_method_may_be_named_in_a_header() {
        let named = headers(&METHOD_OVERRIDE, &["PATCH"]);
        assert_eq!(method(&Method::POST, &named), Method::PATCH);
        assert_eq!(method(&Method::POST, &HeaderMap::new()), Method::POST);
    }

    #[test]
    fn metadata_holds_two_keys_and_nothing_else() {
        let sent = Metadata { package: "hello/1".parse().unwrap(), sha256: Sha256Digest::of(b"") };
        let header = sent.to_header();
        assert_eq!(read(&header), Ok(sent));
        let digest = sent.sha256.to_string();
        let (hello, hex) = ("package aGVsbG8vMQ==", STANDARD.encode(&digest));
        assert_eq!(header, format!("{hello},sha256 {hex}"));
        for wrong in [
            String::new(),
            hello.to_owned(),
            format!("sha256 {hex}"),
            format!("{header},{hello}"),
            format!("{header},filename 5bGx55Sw"),
            format!("{header},"),
            format!("{},sha256 {hex}", hello.trim_end_matches('=')),
            format!("package  aGVsbG8vMQ==,sha256 {hex}"),
            format!("package /w==,sha256 {hex}"),
            format!("package {},sha256 {hex}", STANDARD.encode(format!("handover/{}/1/1", Uuid::nil()))),
            format!("{hello},sha256 {}", STANDARD.encode(digest.to_uppercase())),
            format!("{hello},sha256 {}", STANDARD.encode(&digest[1..])),
        ] {
            assert_eq!(read(&wrong), Err(Problem::BadMetadata), "{wrong}");
        }
    }

    #[test]
    fn a_package_name_is_no_path() {
        let digest = STANDARD.encode(Sha256Digest::of(b"").to_string());
        let visit = "0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11";
        let packed = |name: &str| format!("package {},sha256 {digest}", STANDARD.encode(name));
        assert!(read(&packed(&format!("visit/{visit}/1/2"))).is_ok());
        for trick in [
            "../../devices/x",
            "/etc/passwd",
            "hello/../hello/1",
            "hello/1/",
            "hello//1",
            "hello/01",
            "hello/1\0",
            "hello\\1",
            "hello/%31",
            "HELLO/1",
            "hello/1.age",
            "hello/1#1",
            &format!("visit/{visit}/1/../1"),
        ] {
            assert_eq!(read(&packed(trick)), Err(Problem::BadMetadata), "{trick}");
        }
    }

    proptest! {
        #[test]
        fn any_metadata_comes_back_as_it_was_sent(seal in 1..=u32::MAX, digest in any::<[u8; 32]>()) {
            let package = format!("hello/{seal}").parse().unwrap();
            let sent = Metadata { package, sha256: Sha256Digest(digest) };
            prop_assert_eq!(read(&sent.to_header()), Ok(sent));
        }

        #[test]
        fn a_header_changed_anywhere_never_reads_as_the_same(at in 0usize..100, to in "[ -~]") {
            let sent = Metadata { package: "hello/7".parse().unwrap(), sha256: Sha256Digest::of(b"x") };
            let mut header = sent.to_header();
            prop_assume!(header[at..=at] != to);
            header.replace_range(at..=at, &to);
            prop_assert_ne!(read(&header), Ok(sent));
        }

        #[test]
        fn any_header_is_read_or_refused(header in "[ -~]{0,200}") {
            if let Ok(read_back) = read(&header) {
                prop_assert_eq!(read(&read_back.to_header()), Ok(read_back));
            }
        }
    }
}
