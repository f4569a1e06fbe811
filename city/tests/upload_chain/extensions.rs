//! What tus offers beyond its core: a checksum of each request, and the end of an upload that nobody needs.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use homon_upload::CancellationToken;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::protocol::{Raw, header, is, problem, tls};
use crate::proxy::{Fate, Proxy};
use crate::world::{PATIENT, SERVER_NAME, Tablet, World, random, upload};

const VISIT: &str = "visit/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1/1";

fn sha256(bytes: &[u8]) -> String {
    format!("sha256 {}", STANDARD.encode(digest(&SHA256, bytes)))
}

fn sha1(bytes: &[u8]) -> String {
    format!("sha1 {}", STANDARD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes)))
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_with_their_checksum_count() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let raw = Raw::new(&world, &tablet, server.address);
    let job = world.seal(&tablet, VISIT, 3_000_000);
    let content = std::fs::read(&job.file).unwrap();
    let location = header(&raw.create(&job).await, "location");
    let send = async |offset: usize, end: usize, checksum: String| {
        let part = raw.part(&location, offset as u64).header("Upload-Checksum", checksum);
        let patched = part.body(content[offset..end].to_vec()).send().await.unwrap();
        (patched.status().as_u16(), header(&patched, "upload-offset"))
    };
    let first = send(0, 2_500_000, sha256(&content[..2_500_000])).await;
    assert_eq!(first, (204, "2500000".to_owned()));
    let last = send(2_500_000, 3_000_000, sha1(&content[2_500_000..])).await;
    assert_eq!(last, (204, "3000000".to_owned()));
    let token = upload(&world.uploader(&tablet, server.address), &job, PATIENT).await.unwrap();
    world.assert_held(&job, &token);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_with_another_checksum_are_removed_and_those_before_them_stay() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let raw = Raw::new(&world, &tablet, server.address);
    let job = world.seal(&tablet, VISIT, 3_000_000);
    let content = std::fs::read(&job.file).unwrap();
    let location = header(&raw.create(&job).await, "location");
    assert_eq!(raw.patch(&location, 0, content[..100].to_vec()).await.status(), 204);
    // More than one object; less than one; and what would complete the upload.
    for (body, checksum) in [
        (random(2_500_000), sha256(&content[100..2_500_100])),
        (random(5), sha1(&content[100..105])),
        (content[100..].to_vec(), sha256(&content)),
    ] {
        let part = raw.part(&location, 100).header("Upload-Checksum", checksum);
        assert_eq!(problem(part.body(body).send().await.unwrap()).await, is(460, "checksum_mismatch"));
        let left: Vec<u64> = world.uploads().1.iter().map(|path| path.metadata().unwrap().len()).collect();
        assert_eq!(left, [100]);
        assert_eq!(raw.offset(&location).await, 100);
    }
    let token = upload(&world.uploader(&tablet, server.address), &job, PATIENT).await.unwrap();
    world.assert_held(&job, &token);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checksum_that_can_not_be_read_is_refused_and_changes_nothing() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let raw = Raw::new(&world, &tablet, server.address);
    let job = world.seal(&tablet, VISIT, 1_000);
    let content = std::fs::read(&job.file).unwrap();
    let location = header(&raw.create(&job).await, "location");
    for wrong in ["", "sha256", "md5 rL0Y20zC+Fzt72VPzMSk2A==", "sha1 AAAA", &sha256(&content).to_uppercase()] {
        let part = raw.part(&location, 0).header("Upload-Checksum", wrong).body(content.clone());
        assert_eq!(problem(part.send().await.unwrap()).await, is(400, "bad_checksum"), "{wrong}");
        assert_eq!(raw.offset(&location).await, 0);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_off_before_its_checksum_can_be_told_is_kept() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let job = world.seal(&tablet, VISIT, 2_000_000);
    let content = std::fs::read(&job.file).unwrap();
    let raw = Raw::new(&world, &tablet, server.address);
    let location = header(&raw.create(&job).await, "location");
    let proxy = Proxy::start(server.address, [Fate::CutAfter(1_500_000)], Fate::Lives).await;
    let cut = Raw::new(&world, &tablet, proxy.address);
    let part = cut.part(&location, 0).header("Upload-Checksum", sha256(&content));
    assert!(part.body(content.clone()).send().await.is_err());
    // Whoever asks too early interrupts what is still on its way through the sockets.
    let stored = || world.uploads().1.iter().map(|path| path.metadata().map_or(0, |file| file.len())).sum::<u64>();
    while stored() <= 1_400_000 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let arrived = usize::try_from(raw.offset(&location).await).unwrap();
    assert!((1_400_000..1_500_000).contains(&arrived), "{arrived}");
    let part = raw.part(&location, arrived as u64).header("Upload-Checksum", sha256(&content[arrived..]));
    assert_eq!(part.body(content[arrived..].to_vec()).send().await.unwrap().status(), 204);
    let token = upload(&world.uploader(&tablet, server.address), &job, PATIENT).await.unwrap();
    world.assert_held(&job, &token);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_byte_that_changes_inside_tls_after_a_break_costs_one_part() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let job = world.seal(&tablet, VISIT, 20_000_000);
    let content = std::fs::read(&job.file).unwrap();
    let raw = Raw::new(&world, &tablet, server.address);
    let location = header(&raw.create(&job).await, "location");
    assert_eq!(raw.patch(&location, 0, content[..100_000].to_vec()).await.status(), 204);
    let middle = Middle::start(&world, &tablet, server.address, 18_000_000).await;
    let token = upload(&world.uploader(&tablet, middle.address), &job, PATIENT).await.unwrap();
    world.assert_held(&job, &token);
    // Two parts, of 16 MiB and of the rest. Without checksums all would have come again.
    let (passed, rest) = (middle.passed.load(Ordering::SeqCst), job.bytes - 100_000);
    let last = rest - (16 << 20);
    assert!((rest + last..rest + last + 100_000).contains(&passed), "{passed} bytes");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_byte_that_changes_inside_tls_is_found_and_the_package_comes_again() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let job = world.seal(&tablet, VISIT, 3_000_000);
    let middle = Middle::start(&world, &tablet, server.address, 2_000_000).await;
    let token = upload(&world.uploader(&tablet, middle.address), &job, PATIENT).await.unwrap();
    world.assert_held(&job, &token);
    let passed = middle.passed.load(Ordering::SeqCst);
    assert!((2 * job.bytes..2 * job.bytes + 100_000).contains(&passed), "{passed} bytes");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrived_of_a_package_that_never_comes_is_removed() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let job = world.seal(&tablet, VISIT, 2_000_000);
    let fates = [Fate::Lives, Fate::Lives, Fate::CutAfter(1_300_000)];
    let proxy = Proxy::start(server.address, fates, Fate::Lives).await;
    let (uploader, cancel) = (world.uploader(&tablet, proxy.address), CancellationToken::new());
    let stop_half_way = || {
        if proxy.connections() > 2 && proxy.forwarded() > 1_200_000 {
            cancel.cancel()
        }
    };
    let stopped = uploader.upload(&job, PATIENT, |_| stop_half_way(), &cancel).await;
    assert!(stopped.is_err());
    while world.uploads().1.is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    uploader.terminate(&job).await.unwrap();
    assert_eq!(world.uploads(), (vec![], vec![]));
    uploader.terminate(&job).await.unwrap();
    assert_eq!(world.uploads(), (vec![], vec![]));

    let token = upload(&uploader, &job, PATIENT).await.unwrap();
    uploader.terminate(&job).await.unwrap();
    world.assert_held(&job, &token);
    server.stop().await;
}

/// A machine between tablet and intake that has the keys of both, and changes one byte of what passes towards the
/// intake: a fault behind the protection of TLS.
struct Middle {
    address: SocketAddr,
    /// Bytes towards the intake so far, TLS taken off.
    passed: Arc<AtomicU64>,
}

impl Middle {
    async fn start(world: &World, tablet: &Tablet, intake: SocketAddr, wrong_at: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, passed) = (listener.local_addr().unwrap(), Arc::<AtomicU64>::default());
        let (acceptor, connector) = (acceptor(world), TlsConnector::from(Arc::new(tls(world, Some(tablet)))));
        let counter = Arc::clone(&passed);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(from_tablet) = acceptor.accept(stream).await else { continue };
                let to_intake = TcpStream::connect(intake).await.unwrap();
                let to_intake = connector.connect(SERVER_NAME.try_into().unwrap(), to_intake).await.unwrap();
                tokio::spawn(pass(from_tablet, to_intake, Arc::clone(&counter), wrong_at));
            }
        });
        Self { address, passed }
    }
}

async fn pass(
    tablet: impl AsyncRead + AsyncWrite + Send + 'static,
    intake: impl AsyncRead + AsyncWrite + Send + 'static,
    passed: Arc<AtomicU64>,
    wrong_at: u64,
) {
    let (mut from_tablet, mut to_tablet) = tokio::io::split(tablet);
    let (mut from_intake, mut to_intake) = tokio::io::split(intake);
    tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_intake, &mut to_tablet).await;
        let _ = to_tablet.shutdown().await;
    });
    let mut buffer = vec![0; 16 << 10];
    while let Ok(read @ 1..) = from_tablet.read(&mut buffer).await {
        let before = passed.fetch_add(read as u64, Ordering::SeqCst);
        if let Some(at) = wrong_at.checked_sub(before).filter(|at| *at < read as u64) {
            buffer[usize::try_from(at).unwrap()] ^= 1;
        }
        if to_intake.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    let _ = to_intake.shutdown().await;
}

fn acceptor(world: &World) -> TlsAcceptor {
    let config = world.config();
    let chain = vec![CertificateDer::from_pem_slice(config.certificate_pem.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(config.key_pem.as_bytes()).unwrap();
    let server = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key);
    TlsAcceptor::from(Arc::new(server.unwrap()))
}
