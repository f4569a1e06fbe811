//! Reads what the intake answers.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::Deserialize;

use crate::error::UploadError;
use crate::trouble::Trouble;

/// Bytes of a refusal that are read.
const PROBLEM_BYTES: usize = 16 << 10;
/// The status that tus has for bytes that are not the ones announced.
const CHECKSUM_MISMATCH: u16 = 460;

/// An answer that is not of the protocol.
pub(crate) fn not_tus() -> Trouble {
    Trouble::Final(UploadError::Refused { code: "not_tus".to_owned() })
}

/// The answer if it has the expected status, or what the refusal means.
pub(crate) async fn expect(response: Response, expected: StatusCode) -> Result<Response, Trouble> {
    if response.status() == expected { Ok(response) } else { Err(refused(response).await) }
}

/// What a refusal means.
pub(crate) async fn refused(response: Response) -> Trouble {
    let (status, after) = (response.status(), retry_after(response.headers()));
    // A HEAD has no body, and so no code.
    let code = body(response, PROBLEM_BYTES).await.ok().and_then(|body| code(&body));
    refusal(status, code, after)
}

/// Uploads come and go. Where nothing is at an address of the intake itself, something else answers.
pub(crate) fn not_moving(trouble: Trouble) -> Trouble {
    if trouble == Trouble::Gone { not_tus() } else { trouble }
}

/// The whole body, up to a limit.
pub(crate) async fn body(mut response: Response, limit: usize) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    while let Some(bytes) = response.chunk().await? {
        body.extend_from_slice(&bytes);
        if body.len() > limit {
            return Err(not_tus());
        }
    }
    Ok(body)
}

/// A number in a header.
pub(crate) fn number(headers: &HeaderMap, name: HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

/// `Retry-After` in seconds. The intake never sends its other form, a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    number(headers, RETRY_AFTER).map(Duration::from_secs)
}

/// The code of a problem (RFC 9457). Only letters, digits and underscores: it goes to logs and screens.
fn code(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Problem {
        code: String,
    }
    let code = serde_json::from_slice::<Problem>(body).ok()?.code;
    let is_code = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    ((1..=40).contains(&code.len()) && code.chars().all(is_code)).then_some(code)
}

fn refusal(status: StatusCode, code: Option<String>, after: Option<Duration>) -> Trouble {
    match (status, code.as_deref()) {
        (_, Some("revoked")) => Trouble::Final(UploadError::Revoked),
        (_, Some("unknown_device")) => Trouble::Final(UploadError::NotEnrolled),
        (_, Some("offset_mismatch" | "superseded" | "stalled" | "disconnected")) => Trouble::Again { after },
        (status, _) if status.as_u16() == CHECKSUM_MISMATCH => Trouble::WrongBytes,
        (StatusCode::NOT_FOUND | StatusCode::GONE, _) => Trouble::Gone,
        (status, _) if status.is_server_error() || is_for_now(status) => Trouble::Again { after },
        (_, Some(code)) => Trouble::Final(UploadError::Refused { code: code.to_owned() }),
        // A server of others says by its status alone that the upload stands at another offset.
        (StatusCode::CONFLICT, None) => Trouble::Again { after },
        (_, None) => not_tus(),
    }
}

fn is_for_now(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::LOCKED | StatusCode::REQUEST_TIMEOUT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, code: Option<&str>) -> Trouble {
        refusal(StatusCode::from_u16(status).unwrap(), code.map(str::to_owned), None)
    }

    #[test]
    fn a_refusal_is_told_by_what_to_do() {
        assert_eq!(of(403, Some("revoked")), Trouble::Final(UploadError::Revoked));
        assert_eq!(of(403, Some("unknown_device")), Trouble::Final(UploadError::NotEnrolled));
        assert_eq!(of(409, Some("offset_mismatch")), Trouble::BROKEN);
        for code in [Some("digest_mismatch"), Some("checksum_mismatch"), None] {
            assert_eq!(of(460, code), Trouble::WrongBytes);
        }
        for (status, code) in [(404, Some("not_found")), (404, None), (410, Some("expired")), (410, None)] {
            assert_eq!(of(status, code), Trouble::Gone);
        }
        for status in [408, 409, 423, 429, 500, 502, 503, 507] {
            assert_eq!(of(status, None), Trouble::BROKEN, "{status}");
        }
        let refused = |code: &str| Trouble::Final(UploadError::Refused { code: code.to_owned() });
        assert_eq!(of(409, Some("already_held_other_bytes")), refused("already_held_other_bytes"));
        assert_eq!(of(302, None), refused("not_tus"));
        assert_eq!(of(200, None), refused("not_tus"));
        assert_eq!(not_moving(Trouble::Gone), refused("not_tus"));
        assert_eq!(not_moving(Trouble::Offline), Trouble::Offline);
    }

    #[test]
    fn only_a_plain_code_is_passed_on() {
        assert_eq!(code(br#"{"code":"too_large","title":"x"}"#).as_deref(), Some("too_large"));
        let long = format!(r#"{{"code":"{}"}}"#, "a".repeat(41));
        for wrong in [&b"<html>"[..], br#"{"code":""}"#, br#"{"code":"A b"}"#, br#"{"code":"a\nb"}"#, long.as_bytes()] {
            assert_eq!(code(wrong), None);
        }
    }
}
