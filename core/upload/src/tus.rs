//! The requests to the intake: what it offers, create, ask, send, terminate, and list receipts.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, LOCATION};
use reqwest::{Body, Client, Method, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;

use crate::answer::{body, expect, not_moving, not_tus, number, refused};
use crate::endpoint::EndpointError;
use crate::job::UploadJob;
use crate::offers::Offers;
use crate::part::Part;
use crate::trouble::Trouble;

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const VERSION: &str = "1.0.0";
const MEDIA_TYPE: &str = "application/offset+octet-stream";

/// How long to wait for an answer. Long, because the intake may be composing the package; what takes longer is asked
/// for again.
pub(crate) const ANSWER: Duration = Duration::from_secs(60);
/// Bytes of a list of receipts: about ten thousand packages.
const RECEIPTS_BYTES: usize = 16 << 20;
/// How often a question is asked before its connection counts as broken.
const ASKED: u32 = 3;

/// The intake, as it is spoken to.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    client: Client,
    base: Url,
    packages: Url,
    receipts: Url,
}

/// Tokens as they arrive, by package name.
#[derive(Deserialize)]
pub(crate) struct Tokens {
    pub(crate) package: String,
    pub(crate) held: Option<String>,
    pub(crate) opened: Option<String>,
}

impl Server {
    pub(crate) fn new(client: Client, base: &Url) -> Result<Self, EndpointError> {
        let join = |path| base.join(path).map_err(|_| EndpointError::Url);
        let (packages, receipts) = (join("v1/packages")?, join("v1/receipts")?);
        Ok(Self { client, base: base.clone(), packages, receipts })
    }

    /// What the server offers. One that does not answer the question offers nothing.
    pub(crate) async fn offers(&self) -> Result<Offers, Trouble> {
        let response = ask(self.request(Method::OPTIONS, self.packages.clone()).timeout(ANSWER)).await?;
        match response.status() {
            StatusCode::OK | StatusCode::NO_CONTENT => Ok(Offers::read(response.headers())),
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => {
                Ok(Offers::default())
            }
            _ => Err(refused(response).await),
        }
    }

    /// Creates the upload, or finds it. Gives its address and the offset where it continues.
    pub(crate) async fn create(&self, job: &UploadJob) -> Result<(Url, u64), Trouble> {
        let (name, digest) = (job.package.name().to_string(), job.sha256.to_string());
        let metadata = format!("package {},sha256 {}", STANDARD.encode(name), STANDARD.encode(digest));
        let request = self.request(Method::POST, self.packages.clone()).timeout(ANSWER);
        let request = request.header(LENGTH, job.bytes).header(METADATA, metadata).header(CONTENT_LENGTH, 0);
        let response = expect(ask(request).await?, StatusCode::CREATED).await.map_err(not_moving)?;
        let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
        let location = location.and_then(|location| self.packages.join(location).ok()).ok_or_else(not_tus)?;
        // The bytes go to the intake that was enrolled, wherever an answer points.
        if location.origin() != self.packages.origin() {
            return Err(not_tus());
        }
        // A new upload need not say that it begins at zero.
        Ok((location, number(response.headers(), OFFSET).unwrap_or(0)))
    }

    /// Where the upload continues.
    pub(crate) async fn offset(&self, location: &Url) -> Result<u64, Trouble> {
        let response = ask(self.request(Method::HEAD, location.clone()).timeout(ANSWER)).await?;
        // Without a body there is no reason to read: creating the upload again gives one.
        let response = expect(response, StatusCode::OK).await.map_err(|trouble| match trouble {
            Trouble::Final(_) => Trouble::Gone,
            other => other,
        })?;
        number(response.headers(), OFFSET).ok_or_else(not_tus)
    }

    /// Sends a part, whose bytes are the body. Gives the offset reached. The caller watches over the time it takes.
    pub(crate) async fn send(&self, location: &Url, part: &Part, body: Body) -> Result<u64, Trouble> {
        let request = self.request(Method::PATCH, location.clone()).header(OFFSET, part.offset);
        let request = request.header(CONTENT_TYPE, MEDIA_TYPE).header(CONTENT_LENGTH, part.bytes).body(body);
        let request = part.checksum.iter().fold(request, |request, checksum| request.header(CHECKSUM, checksum));
        let response = expect(request.send().await?, StatusCode::NO_CONTENT).await?;
        number(response.headers(), OFFSET).ok_or_else(not_tus)
    }

    /// Removes the upload and what arrived of it.
    pub(crate) async fn terminate(&self, location: &Url) -> Result<(), Trouble> {
        let response = ask(self.request(Method::DELETE, location.clone()).timeout(ANSWER)).await?;
        expect(response, StatusCode::NO_CONTENT).await.map(drop)
    }

    /// All receipts for this device.
    pub(crate) async fn receipts(&self) -> Result<Vec<Tokens>, Trouble> {
        #[derive(Deserialize)]
        struct Receipts {
            receipts: Vec<Tokens>,
        }
        let response = ask(self.client.get(self.receipts.clone()).timeout(ANSWER)).await?;
        let json = body(expect(response, StatusCode::OK).await.map_err(not_moving)?, RECEIPTS_BYTES).await?;
        serde_json::from_slice::<Receipts>(&json).map(|answer| answer.receipts).map_err(|_| not_tus())
    }

    /// A request without a body that is not of tus, at a path below the intake's address.
    pub(crate) async fn ask_for(&self, method: Method, path: &str) -> Result<Response, Trouble> {
        let url = self.base.join(path).map_err(|_| not_tus())?;
        ask(self.client.request(method, url).timeout(ANSWER)).await
    }

    fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.client.request(method, url).header(RESUMABLE, VERSION)
    }
}

/// Sends a request without a body; again at once when its connection breaks.
///
/// In TLS 1.3 a refusal of our certificate comes after the handshake: when it is faster than the request, only another
/// connection tells what the first one died of.
async fn ask(request: RequestBuilder) -> Result<Response, Trouble> {
    for _ in 1..ASKED {
        let copy = request.try_clone().ok_or(Trouble::BROKEN)?;
        match copy.send().await {
            Err(error) if !error.is_timeout() => match Trouble::from(error) {
                Trouble::BROKEN => {}
                trouble => return Err(trouble),
            },
            other => return Ok(other?),
        }
    }
    Ok(request.send().await?)
}
