//! Where a store is, and how it is reached.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Uri;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, S3ConditionalPut};
use object_store::path::Path as ObjectName;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientConfigKey, ObjectStore, RetryConfig};

use super::StoreError;

/// How long a request to the bucket is tried again. A tablet waits for the answer no longer than this by much.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where a city's store is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StorePlace {
    /// A folder, which must exist.
    Folder(PathBuf),
    /// A bucket of an S3-compatible store. Endpoint, region and credentials come from the usual `AWS_…` variables.
    Bucket(Bucket),
}

impl fmt::Display for StorePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(f),
            Self::Bucket(bucket) => bucket.fmt(f),
        }
    }
}

/// A bucket, or what lies in it below a prefix: `s3://bucket/prefix`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bucket {
    name: String,
    prefix: String,
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slash = if self.prefix.is_empty() { "" } else { "/" };
        write!(f, "s3://{}{slash}{}", self.name, self.prefix)
    }
}

/// The text does not say where a store is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a store is named as s3://bucket or s3://bucket/prefix, in letters, digits, '-', '_' and '.'")]
pub struct NotABucket;

impl FromStr for Bucket {
    type Err = NotABucket;

    fn from_str(text: &str) -> Result<Self, NotABucket> {
        let rest = text.strip_prefix("s3://").ok_or(NotABucket)?;
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        let segments = prefix.split('/').filter(|_| !prefix.is_empty());
        if std::iter::once(name).chain(segments).all(is_plain) {
            Ok(Self { name: name.to_owned(), prefix: prefix.to_owned() })
        } else {
            Err(NotABucket)
        }
    }
}

/// Whether a segment needs no escaping in a URL and is no way out of its prefix.
fn is_plain(segment: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !segment.is_empty() && segment.chars().all(plain) && segment.chars().any(|c| c != '.')
}

impl Bucket {
    /// Prepares for the bucket; connects to nothing yet.
    pub(super) fn open(&self) -> Result<Arc<dyn ObjectStore>, StoreError> {
        // The HTTP client takes the provider of the process, and there may be one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = AmazonS3Builder::from_env()
            .with_bucket_name(&self.name)
            .with_conditional_put(S3ConditionalPut::ETagMatch)
            .with_retry(RetryConfig { backoff: BackoffConfig::default(), max_retries: 5, retry_timeout: PATIENCE });
        let bucket = allow_http(builder)?.build()?;
        Ok(Arc::new(PrefixStore::new(bucket, ObjectName::from(self.prefix.as_str()))))
    }
}

/// Plain HTTP within the machine, or where the operator has said that the network is theirs; otherwise TLS.
fn allow_http(builder: AmazonS3Builder) -> Result<AmazonS3Builder, StoreError> {
    let set = |key| builder.get_config_value(&key);
    let allowed = set(AmazonS3ConfigKey::Client(ClientConfigKey::AllowHttp)).as_deref() == Some("true");
    let endpoint = set(AmazonS3ConfigKey::S3Endpoint).or_else(|| set(AmazonS3ConfigKey::Endpoint)).unwrap_or_default();
    match endpoint.parse::<Uri>() {
        Ok(uri) if uri.scheme_str() == Some("http") && is_loopback(&uri) => Ok(builder.with_allow_http(true)),
        Ok(uri) if uri.scheme_str() == Some("http") && !allowed => Err(StoreError::PlainHttp),
        _ => Ok(builder),
    }
}

fn is_loopback(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_named_in_one_way() {
        for text in ["s3://homon", "s3://homon/city", "s3://homon.example-1/prefecture/city_2"] {
            assert_eq!(text.parse::<Bucket>().unwrap().to_string(), text);
        }
        assert_eq!("s3://homon/".parse(), "s3://homon".parse::<Bucket>());
        assert_eq!("s3://homon/city/".parse(), "s3://homon/city".parse::<Bucket>());
        let wrong =
            ["", "homon", "/srv/store", "https://homon", "s3://", "s3:///x", "s3://a//b", "s3://a/..", "s3://a/ b"];
        for text in wrong {
            assert_eq!(text.parse::<Bucket>(), Err(NotABucket), "{text}");
        }
    }

    #[test]
    fn plain_http_leaves_the_machine_only_where_it_was_allowed() {
        let at = |endpoint: &str| AmazonS3Builder::new().with_bucket_name("b").with_endpoint(endpoint);
        for near in ["http://127.0.0.1:7070", "http://[::1]:7070", "http://localhost:7070", "https://s3.example"] {
            assert!(allow_http(at(near)).is_ok(), "{near}");
        }
        for far in ["http://s3.example", "http://10.0.0.1:9000", "http://127.0.0.1.example"] {
            assert!(matches!(allow_http(at(far)), Err(StoreError::PlainHttp)), "{far}");
            assert!(allow_http(at(far).with_allow_http(true)).is_ok(), "{far}");
        }
    }
}
