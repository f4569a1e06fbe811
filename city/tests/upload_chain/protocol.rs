//! The wire as any tus client sees it: plain requests, so that nothing of our own client hides a fault.

use std::net::SocketAddr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use homon_seal::Sha256Digest;
use homon_upload::UploadJob;
use reqwest::{Client, Method, RequestBuilder, Response};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::world::{PATIENT, SERVER_NAME, Tablet, World, random, upload};

const VISIT: &str = "visit/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1/1";

pub(crate) struct Raw {
    client: Client,
    address: SocketAddr,
}

pub(crate) fn tls(world: &World, identity: Option<&Tablet>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(world.authority.pem.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    match identity {
        None => config.with_no_client_auth(),
        Some(tablet) => {
            let chain = vec![CertificateDer::from_pem_slice(tablet.certificate_pem.as_bytes()).unwrap()];
            let key = PrivateKeyDer::from_pem_slice(tablet.key_pem.as_bytes()).unwrap();
            config.with_client_auth_cert(chain, key).unwrap()
        }
    }
}

impl Raw {
    pub(crate) fn new(world: &World, tablet: &Tablet, address: SocketAddr) -> Self {
        let client = Client::builder()
            .tls_backend_preconfigured(tls(world, Some(tablet)))
            .resolve(SERVER_NAME, address)
            .no_proxy()
            .build()
            .unwrap();
        Self { client, address }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let url = format!("https://{SERVER_NAME}:{}{path}", self.address.port());
        let method: Method = method.parse().unwrap();
        self.client.request(method, url).header("Tus-Resumable", "1.0.0")
    }

    /// Where the upload of a job is, without asking: the name follows from package and digest.
    pub(crate) fn location(&self, job: &UploadJob) -> String {
        let (device, name) = (job.package.device, job.package.name());
        let half = |text: String| Sha256Digest::of(text.as_bytes()).to_string()[..32].to_owned();
        let slot = half(format!("homon upload slot\n{device}\n{name}"));
        let upload = half(format!("homon upload\n{device}\n{name}\n{}", job.sha256));
        format!("/v1/packages/{slot}-{upload}")
    }

    pub(crate) async fn create(&self, job: &UploadJob) -> Response {
        let metadata = metadata(&job.package.name().to_string(), &job.sha256.to_string());
        let request = self.request("POST", "/v1/packages").header("Upload-Length", job.bytes);
        request.header("Upload-Metadata", metadata).send().await.unwrap()
    }

    pub(crate) async fn offset(&self, location: &str) -> u64 {
        let response = self.request("HEAD", location).send().await.unwrap();
        assert_eq!(response.status(), 200);
        header(&response, "upload-offset").parse().unwrap()
    }

    pub(crate) async fn patch(&self, location: &str, offset: u64, body: Vec<u8>) -> Response {
        self.part(location, offset).body(body).send().await.unwrap()
    }

    /// A PATCH without its body.
    pub(crate) fn part(&self, location: &str, offset: u64) -> RequestBuilder {
        let request = self.request("PATCH", location).header("Upload-Offset", offset);
        request.header("Content-Type", "application/offset+octet-stream")
    }
}

fn metadata(package: &str, sha256: &str) -> String {
    format!("package {},sha256 {}", STANDARD.encode(package), STANDARD.encode(sha256))
}

pub(crate) fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).unwrap_or_else(|| panic!("no {name}")).to_str().unwrap().to_owned()
}

/// Status and code of a refusal.
pub(crate) async fn problem(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    assert_eq!(header(&response, "content-type"), "application/problem+json");
    let body: serde_json::Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(body["status"], status);
    (status, body["code"].as_str().unwrap().to_owned())
}

pub(crate) fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_protocol_of_an_upload() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let raw = Raw::new(&world, &tablet, server.address);
    let job = world.seal(&tablet, VISIT, 1_500_000);
    let content = std::fs::read(&job.file).unwrap();

    let options = raw.request("OPTIONS", "/v1/packages").send().await.unwrap();
    assert_eq!(options.status(), 204);
    assert_eq!(header(&options, "tus-version"), "1.0.0");
    assert_eq!(header(&options, "tus-extension"), "creation,termination,checksum,expiration");
    assert_eq!(header(&options, "tus-checksum-algorithm"), "sha256,sha1");
    assert_eq!(header(&options, "tus-max-size"), (4_u64 << 30).to_string());

    let created = raw.create(&job).await;
    assert_eq!((created.status().as_u16(), header(&created, "tus-resumable")), (201, "1.0.0".to_owned()));
    let location = header(&created, "location");
    assert_eq!(location, raw.location(&job));

    let head = raw.request("HEAD", &location).send().await.unwrap();
    assert_eq!(header(&head, "upload-offset"), "0");
    assert_eq!(header(&head, "upload-length"), "1500000");
    assert_eq!(header(&head, "cache-control"), "no-store");
    assert_eq!(header(&head, "upload-metadata"), metadata(VISIT, &job.sha256.to_string()));

    let patched = raw.patch(&location, 0, content[..700_001].to_vec()).await;
    assert_eq!((patched.status().as_u16(), header(&patched, "upload-offset")), (204, "700001".to_owned()));
    let again = raw.create(&job).await;
    assert_eq!((again.status().as_u16(), header(&again, "upload-offset")), (201, "700001".to_owned()));
    assert_eq!(header(&again, "location"), location);

    let patched = raw.patch(&location, 700_001, content[700_001..].to_vec()).await;
    assert_eq!((patched.status().as_u16(), header(&patched, "upload-offset")), (204, "1500000".to_owned()));
    assert_eq!(raw.offset(&location).await, 1_500_000);
    let held = raw.create(&job).await;
    assert_eq!((held.status().as_u16(), header(&held, "upload-offset")), (201, "1500000".to_owned()));
    let token = upload(&world.uploader(&tablet, server.address), &job, PATIENT).await.unwrap();
    world.assert_held(&job, &token);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patch_at_another_offset_changes_nothing() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let raw = Raw::new(&world, &tablet, server.address);
    let job = world.seal(&tablet, VISIT, 1_000);
    let content = std::fs::read(&job.file).unwrap();
    let location = header(&raw.create(&job).await, "location");
    assert_eq!(raw.patch(&location, 0, content[..600].to_vec()).await.status(), 204);
    for (offset, body) in [(0, &content[..600]), (599, &content[599..]), (601, &content[601..])] {
        let refused = raw.patch(&location, offset, body.to_vec()).await;
        assert_eq!(header(&refused, "upload-offset"), "600");
        assert_eq!(problem(refused).await, is(409, "offset_mismatch"));
    }
    assert_eq!(raw.offset(&location).await, 600);
    let long = raw.patch(&location, 600, vec![0; 401]).await;
    assert_eq!(problem(long).await, is(413, "beyond_length"));
    assert_eq!(raw.offset(&location).await, 600);
    assert_eq!(raw.patch(&location, 600, content[600..].to_vec()).await.status(), 204);
    assert_eq!(problem(raw.patch(&location, 600, content[600..].to_vec()).await).await, is(409, "offset_mismatch"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn retries_that_come_twice_and_overtake_each_other_change_nothing() {
    const PIECE: u64 = 100_000;
    let mut world = World::make();
    world.limits.device.uploads_at_once = 8;
    let (server, tablet) = (world.serve().await, world.enrol());
    let job = world.seal(&tablet, VISIT, 1_000_000);
    let content = std::fs::read(&job.file).unwrap();
    let raw = Raw::new(&world, &tablet, server.address);
    let location = header(&raw.create(&job).await, "location");
    let (mut reached, mut rounds) = (0, 0);
    while reached < job.bytes {
        rounds += 1;
        assert!(rounds < 100, "it does not go on");
        // The piece that is next, three times; the one before, late; the one after, early: all at once, each over a
        // connection of its own.
        let offsets = [reached + PIECE, reached, reached.saturating_sub(PIECE), reached, reached];
        let sending = offsets.map(|offset| {
            let raw = Raw::new(&world, &tablet, server.address);
            let piece = |offset: u64| usize::try_from(offset.min(job.bytes)).unwrap();
            let (body, location) = (content[piece(offset)..piece(offset + PIECE)].to_vec(), &location);
            let octets = "application/offset+octet-stream";
            async move {
                let request = raw.request("PATCH", location).header("Upload-Offset", offset);
                // A refusal comes before the body is read, and the answer may be lost with it.
                request
                    .header("Content-Type", octets)
                    .body(body)
                    .send()
                    .await
                    .ok()
                    .map(|answer| answer.status().as_u16())
            }
        });
        let answers = futures_util::future::join_all(sending).await;
        assert!(answers.iter().all(|status| [None, Some(204), Some(409)].contains(status)), "{answers:?}");
        let now = raw.offset(&location).await;
        assert!(now >= reached, "{now} after {reached}");
        reached = now;
    }
    let token = upload(&world.uploader(&tablet, server.address), &job, PATIENT).await.unwrap();
    world.assert_held(&job, &token);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_unknown_length_is_stopped_at_the_end_of_the_upload() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let raw = Raw::new(&world, &tablet, server.address);
    let job = world.seal(&tablet, VISIT, 100_000);
    let location = header(&raw.create(&job).await, "location");
    let endless = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![0_u8; 10_000]));
    let request = raw.request("PATCH", &location).header("Upload-Offset", 0);
    let request = request.header("Content-Type", "application/offset+octet-stream");
    let ended = request.body(reqwest::Body::wrap_stream(endless)).send().await;
    // The answer may be lost, because the intake does not read to an end that never comes.
    if let Ok(response) = ended {
        assert_eq!(problem(response).await, is(413, "beyond_length"));
    }
    assert!(raw.offset(&location).await <= 100_000);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_with_another_digest_are_removed_and_the_upload_starts_again() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let raw = Raw::new(&world, &tablet, server.address);
    let job = world.seal(&tablet, VISIT, 2_000_000);
    let location = header(&raw.create(&job).await, "location");
    let wrong = raw.patch(&location, 0, random(2_000_000)).await;
    assert_eq!(problem(wrong).await, is(460, "digest_mismatch"));
    assert_eq!(world.uploads().1, Vec::<std::path::PathBuf>::new());
    assert_eq!(raw.offset(&location).await, 0);
    let token = upload(&world.uploader(&tablet, server.address), &job, PATIENT).await.unwrap();
    world.assert_held(&job, &token);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn our_client_recovers_when_the_intake_has_other_bytes_of_its_upload() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let raw = Raw::new(&world, &tablet, server.address);
    let job = world.seal(&tablet, VISIT, 900_000);
    let location = header(&raw.create(&job).await, "location");
    assert_eq!(raw.patch(&location, 0, random(300_000)).await.status(), 204);
    let token = upload(&world.uploader(&tablet, server.address), &job, PATIENT).await.unwrap();
    world.assert_held(&job, &token);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_bytes_replace_an_upload_that_is_not_complete() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let raw = Raw::new(&world, &tablet, server.address);
    let first = world.seal(&tablet, VISIT, 400_000);
    let abandoned = header(&raw.create(&first).await, "location");
    assert_eq!(raw.patch(&abandoned, 0, random(100_000)).await.status(), 204);
    let second = world.seal(&tablet, VISIT, 300_000);
    let created = raw.create(&second).await;
    assert_eq!((created.status().as_u16(), header(&created, "upload-offset")), (201, "0".to_owned()));
    assert_eq!(raw.request("HEAD", &abandoned).send().await.unwrap().status(), 404);
    let (records, bytes) = world.uploads();
    assert_eq!((records.len(), bytes.len()), (1, 0));
    let token = upload(&world.uploader(&tablet, server.address), &second, PATIENT).await.unwrap();
    world.assert_held(&second, &token);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_terminated_unless_it_is_held() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let raw = Raw::new(&world, &tablet, server.address);
    let job = world.seal(&tablet, VISIT, 1_000);
    let location = header(&raw.create(&job).await, "location");
    assert_eq!(raw.patch(&location, 0, vec![0; 10]).await.status(), 204);
    assert_eq!(raw.request("DELETE", &location).send().await.unwrap().status(), 204);
    assert_eq!(world.uploads(), (vec![], vec![]));
    assert_eq!(problem(raw.request("DELETE", &location).send().await.unwrap()).await, is(404, "not_found"));
    let token = upload(&world.uploader(&tablet, server.address), &job, PATIENT).await.unwrap();
    assert_eq!(problem(raw.request("DELETE", &location).send().await.unwrap()).await, is(409, "already_held"));
    world.assert_held(&job, &token);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_devices_upload_does_not_exist() {
    let world = World::make();
    let (server, owner, other) = (world.serve().await, world.enrol(), world.enrol());
    let (raw, stranger) = (Raw::new(&world, &owner, server.address), Raw::new(&world, &other, server.address));
    let job = world.seal(&owner, VISIT, 1_000);
    let location = header(&raw.create(&job).await, "location");
    assert_eq!(stranger.request("HEAD", &location).send().await.unwrap().status(), 404);
    assert_eq!(problem(stranger.patch(&location, 0, vec![0; 1_000]).await).await, is(404, "not_found"));
    let deleted = stranger.request("DELETE", &location).send().await.unwrap();
    assert_eq!(problem(deleted).await, is(404, "not_found"));
    assert_eq!(raw.offset(&location).await, 0);
    // The same package name and digest from another device is another upload.
    assert_ne!(header(&stranger.create(&job).await, "location"), location);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_are_not_in_order_are_refused_by_code() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let raw = Raw::new(&world, &tablet, server.address);
    let job = world.seal(&tablet, VISIT, 1_000);
    let location = header(&raw.create(&job).await, "location");
    let good = metadata("hello/1", &job.sha256.to_string());
    let post = || raw.request("POST", "/v1/packages");
    let sent = async |request: RequestBuilder| problem(request.send().await.unwrap()).await;

    let old = raw.client.post(format!("https://{SERVER_NAME}:{}/v1/packages", server.address.port()));
    let refused = old.header("Tus-Resumable", "0.2.2").send().await.unwrap();
    assert_eq!(header(&refused, "tus-version"), "1.0.0");
    assert_eq!(problem(refused).await, is(412, "unsupported_version"));

    assert_eq!(sent(post().header("Upload-Metadata", &good)).await, is(400, "bad_length"));
    let concat =
        post().header("Upload-Metadata", &good).header("Upload-Length", "5").header("Upload-Concat", "partial");
    assert_eq!(sent(concat).await, is(400, "not_offered"));
    let deferred = post().header("Upload-Metadata", &good).header("Upload-Defer-Length", "1");
    assert_eq!(sent(deferred).await, is(400, "bad_length"));
    assert_eq!(sent(post().header("Upload-Metadata", &good).header("Upload-Length", "0")).await, is(400, "bad_length"));
    assert_eq!(sent(post().header("Upload-Length", "5")).await, is(400, "bad_metadata"));
    for trick in ["../../devices/x", "hello/../../x", "/hello/1", "hello/1/", "hello/01", "hello/%2e%2e/1", "roster/1"]
    {
        let named = metadata(trick, &job.sha256.to_string());
        let request = post().header("Upload-Length", "5").header("Upload-Metadata", named);
        assert_eq!(sent(request).await, is(400, "bad_metadata"), "{trick}");
    }
    let patch = || raw.request("PATCH", &location).body(vec![0; 5]);
    let octets = "application/offset+octet-stream";
    assert_eq!(sent(patch().header("Upload-Offset", "0")).await, is(415, "wrong_media_type"));
    assert_eq!(sent(patch().header("Content-Type", octets)).await, is(400, "bad_offset"));
    let signed = patch().header("Content-Type", octets).header("Upload-Offset", "+0");
    assert_eq!(sent(signed).await, is(400, "bad_offset"));
    for path in ["/v1/packages/x", "/v1/packages/..%2f..%2fdevices", "/v1/other", "/"] {
        assert_eq!(sent(raw.request("DELETE", path)).await, is(404, "not_found"), "{path}");
    }
    assert_eq!(sent(raw.request("PUT", &location)).await, is(405, "method_not_allowed"));
    assert_eq!(sent(raw.request("GET", "/v1/packages")).await, is(405, "method_not_allowed"));
    assert_eq!(sent(raw.request("POST", "/v1/receipts")).await, is(405, "method_not_allowed"));
    let large = post().header("Upload-Metadata", "x".repeat(20_000)).send().await.unwrap();
    assert_eq!(large.status(), 431);

    let named = raw.request("POST", &location).header("X-HTTP-Method-Override", "DELETE").send().await.unwrap();
    assert_eq!(named.status(), 204);
    let health = raw.request("GET", "/healthz").send().await.unwrap();
    assert_eq!(health.status(), 200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_client_certificate_there_is_no_connection() {
    let world = World::make();
    let server = world.serve().await;
    for path in ["/healthz", "/v1/receipts"] {
        let connector = tokio_rustls::TlsConnector::from(Arc::new(tls(&world, None)));
        let stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
        let mut stream = connector.connect(SERVER_NAME.try_into().unwrap(), stream).await.unwrap();
        let _ = stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {SERVER_NAME}\r\n\r\n").as_bytes()).await;
        let error = stream.read(&mut [0; 64]).await.unwrap_err();
        assert!(error.to_string().contains("CertificateRequired"), "{error}");
    }
    server.stop().await;
}
