//! What the intake answers when it does not do what was asked: problem details (RFC 9457) with stable codes.
//!
//! The intake holds no personal data, and neither does any of these answers.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::store::StoreError;
use super::tus;

/// Why a request was refused. Each variant has one status and one code, which clients may rely on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum Problem {
    #[error("the client certificate belongs to no enrolled device")]
    UnknownDevice,
    #[error("the device has been revoked")]
    Revoked,
    #[error("Tus-Resumable must be 1.0.0")]
    UnsupportedVersion,
    #[error("Upload-Metadata must hold exactly the keys package and sha256")]
    BadMetadata,
    #[error("Upload-Length must be a number above zero")]
    BadLength,
    #[error("Upload-Offset must be a number")]
    BadOffset,
    #[error("Upload-Checksum must be an algorithm that is offered and a digest in base64")]
    BadChecksum,
    #[error("concatenation is not offered: send the upload as one")]
    NotOffered,
    #[error("the body must be application/offset+octet-stream")]
    WrongMediaType,
    #[error("the upload is larger than the intake accepts")]
    TooLarge,
    #[error("the body is longer than what is missing of the upload")]
    BeyondLength,
    #[error("there is no such upload")]
    NotFound,
    #[error("the method is not supported here")]
    MethodNotAllowed {
        /// The methods that are, as `Allow` lists them.
        allowed: &'static str,
    },
    #[error("the upload continues at another offset")]
    OffsetMismatch {
        /// Where the upload continues, in bytes.
        offset: u64,
    },
    #[error("the package is already held")]
    AlreadyHeld,
    #[error("the package is already held with other bytes")]
    AlreadyHeldOtherBytes,
    #[error("the bytes received do not have the digest announced; the upload starts again from zero")]
    DigestMismatch,
    #[error("the bytes of this request do not have the checksum announced; they are removed")]
    ChecksumMismatch,
    #[error("no bytes arrived for too long; what had arrived is kept")]
    Stalled,
    #[error("the body ended early; what had arrived is kept")]
    Disconnected,
    #[error("a newer request for the same package took over; what had arrived is kept")]
    Superseded,
    #[error("the intake is shutting down; what had arrived is kept")]
    ShuttingDown,
    #[error("the intake has no space left")]
    StorageFull,
    #[error("the device sends too many packages at once: wait until one has ended")]
    TooManyAtOnce,
    #[error("the device has begun too many uploads: send their bytes, or end them")]
    TooManyBegun,
    #[error("the device has sent what it may in a day: go on when the day is over, or have the city raise the limit")]
    TooMuchToday {
        /// How long, in seconds.
        wait: u64,
    },
    #[error("too much of the device's uploads lies unfinished: finish or end one first")]
    TooMuchUnfinished,
    #[error("the intake's store does not answer")]
    StoreSilent,
    #[error("the intake failed")]
    Internal,
}

impl Problem {
    /// The stable code.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::UnknownDevice => "unknown_device",
            Self::Revoked => "revoked",
            Self::UnsupportedVersion => "unsupported_version",
            Self::BadMetadata => "bad_metadata",
            Self::BadLength => "bad_length",
            Self::BadOffset => "bad_offset",
            Self::BadChecksum => "bad_checksum",
            Self::NotOffered => "not_offered",
            Self::WrongMediaType => "wrong_media_type",
            Self::TooLarge => "too_large",
            Self::BeyondLength => "beyond_length",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed { .. } => "method_not_allowed",
            Self::OffsetMismatch { .. } => "offset_mismatch",
            Self::AlreadyHeld => "already_held",
            Self::AlreadyHeldOtherBytes => "already_held_other_bytes",
            Self::DigestMismatch => "digest_mismatch",
            Self::ChecksumMismatch => "checksum_mismatch",
            Self::Stalled => "stalled",
            Self::Disconnected => "disconnected",
            Self::Superseded => "superseded",
            Self::ShuttingDown => "shutting_down",
            Self::StorageFull => "storage_full",
            Self::TooManyAtOnce => "too_many_at_once",
            Self::TooManyBegun => "too_many_begun",
            Self::TooMuchToday { .. } => "too_much_today",
            Self::TooMuchUnfinished => "too_much_unfinished",
            Self::StoreSilent => "store_silent",
            Self::Internal => "internal",
        }
    }

    /// The HTTP status. 460 is what tus uses for a checksum that does not match.
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::UnknownDevice | Self::Revoked => StatusCode::FORBIDDEN,
            Self::UnsupportedVersion => StatusCode::PRECONDITION_FAILED,
            Self::BadMetadata
            | Self::BadLength
            | Self::BadOffset
            | Self::BadChecksum
            | Self::NotOffered
            | Self::Disconnected => StatusCode::BAD_REQUEST,
            Self::WrongMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge | Self::BeyondLength => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::OffsetMismatch { .. } | Self::AlreadyHeld | Self::AlreadyHeldOtherBytes | Self::Superseded => {
                StatusCode::CONFLICT
            }
            Self::DigestMismatch | Self::ChecksumMismatch => StatusCode::from_u16(460).expect("460 is a valid status"),
            Self::Stalled => StatusCode::REQUEST_TIMEOUT,
            Self::ShuttingDown | Self::StoreSilent => StatusCode::SERVICE_UNAVAILABLE,
            Self::StorageFull | Self::TooMuchUnfinished => StatusCode::INSUFFICIENT_STORAGE,
            Self::TooManyAtOnce | Self::TooManyBegun | Self::TooMuchToday { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        // The cause goes to the log: it names objects and folders, which are none of the client's business.
        tracing::error!(%error, "the store failed");
        match error {
            StoreError::Full => Self::StorageFull,
            _ => Self::Internal,
        }
    }
}

/// The code of the problem with which a response answers: for those who count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Refused(pub(super) &'static str);

/// The body of an answer (RFC 9457, section 3) with our code as an extension member.
#[derive(Serialize)]
struct Details {
    r#type: String,
    title: String,
    status: u16,
    code: &'static str,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let code = self.code();
        let details = Details {
            r#type: format!("urn:homon:problem:{code}"),
            title: self.to_string(),
            status: self.status().as_u16(),
            code,
        };
        let mut response = (self.status(), Json(details)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self {
            Self::MethodNotAllowed { allowed } => headers.insert(header::ALLOW, HeaderValue::from_static(allowed)),
            Self::UnsupportedVersion => headers.insert(tus::SUPPORTED, HeaderValue::from_static(tus::VERSION)),
            Self::OffsetMismatch { offset } => headers.insert(tus::OFFSET, HeaderValue::from(offset)),
            Self::ShuttingDown | Self::TooManyAtOnce => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"))
            }
            Self::StorageFull | Self::TooManyBegun | Self::TooMuchUnfinished => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("300"))
            }
            Self::TooMuchToday { wait } => headers.insert(header::RETRY_AFTER, HeaderValue::from(wait)),
            _ => None,
        };
        response.extensions_mut().insert(Refused(code));
        response
    }
}
