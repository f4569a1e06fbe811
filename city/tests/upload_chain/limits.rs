//! What one device may have: the others are served while it is kept waiting, and it loses nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use homon_upload::UploadError;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::protocol::{Raw, problem, tls};
use crate::proxy::{Fate, Proxy};
use crate::world::{ONE_TRY, PATIENT, SERVER_NAME, Tablet, World, random, upload};

const VISIT: &str = "visit/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1/1";
const OTHER: &str = "visit/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1/2";

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_sends_too_much_at_once_is_asked_to_wait() {
    let mut world = World::make();
    world.limits.device.uploads_at_once = 1;
    let (server, tablet, neighbour) = (world.serve().await, world.enrol(), world.enrol());
    let slow = Proxy::start(server.address, [], Fate::Slow(100_000)).await;
    let (first, second) = (world.seal(&tablet, VISIT, 600_000), world.seal(&tablet, OTHER, 1_000));
    let sending = async { upload(&world.uploader(&tablet, slow.address), &first, PATIENT).await.unwrap() };
    let meanwhile = async {
        while slow.forwarded() < 50_000 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let raw = Raw::new(&world, &tablet, server.address);
        assert_eq!(raw.create(&second).await.status(), 201);
        let refused = raw.patch(&raw.location(&second), 0, random(1_000)).await;
        assert_eq!(refused.headers()["retry-after"], "5");
        assert_eq!(problem(refused).await, (429, "too_many_at_once".to_owned()));
        let job = world.seal(&neighbour, VISIT, 1_000);
        world.assert_held(&job, &upload(&world.uploader(&neighbour, server.address), &job, ONE_TRY).await.unwrap());
    };
    let (token, ()) = tokio::join!(sending, meanwhile);
    world.assert_held(&first, &token);
    let token = upload(&world.uploader(&tablet, server.address), &second, PATIENT).await.unwrap();
    world.assert_held(&second, &token);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_opens_too_many_connections_gets_no_more() {
    let mut world = World::make();
    world.limits.device.connections = 2;
    let (server, tablet, neighbour) = (world.serve().await, world.enrol(), world.enrol());
    let ask = async |raw: &Raw| raw.request("GET", "/v1/receipts").send().await.map(|answer| answer.status());
    let kept = [Raw::new(&world, &tablet, server.address), Raw::new(&world, &tablet, server.address)];
    for raw in &kept {
        assert_eq!(ask(raw).await.unwrap(), 200);
    }
    assert!(ask(&Raw::new(&world, &tablet, server.address)).await.is_err());
    assert_eq!(ask(&Raw::new(&world, &neighbour, server.address)).await.unwrap(), 200);
    for raw in &kept {
        assert_eq!(ask(raw).await.unwrap(), 200, "those that stand are not disturbed");
    }
    drop(kept);
    let mut answered = ask(&Raw::new(&world, &tablet, server.address)).await;
    for _ in 0..100 {
        if answered.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        answered = ask(&Raw::new(&world, &tablet, server.address)).await;
    }
    assert_eq!(answered.unwrap(), 200, "a place comes back");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_unfinished_is_bounded_and_the_furthest_upload_can_always_end() {
    let mut world = World::make();
    world.limits.device.unfinished_bytes = 1_000_000;
    let (server, tablet) = (world.serve().await, world.enrol());
    let raw = Raw::new(&world, &tablet, server.address);
    let (first, second) = (world.seal(&tablet, VISIT, 900_000), world.seal(&tablet, OTHER, 900_000));
    let content = |job: &homon_upload::UploadJob| std::fs::read(&job.file).unwrap();
    for job in [&first, &second] {
        assert_eq!(raw.create(job).await.status(), 201);
    }
    assert_eq!(raw.patch(&raw.location(&first), 0, content(&first)[..600_000].to_vec()).await.status(), 204);
    let refused = raw.patch(&raw.location(&second), 0, content(&second)[..500_000].to_vec()).await;
    assert_eq!(refused.headers()["retry-after"], "300");
    assert_eq!(problem(refused).await, (507, "too_much_unfinished".to_owned()));
    let kept = raw.offset(&raw.location(&second)).await;
    assert!((1..=400_000).contains(&kept), "{kept}");
    // What fits is filled up, and then there is no room for anything new …
    let rest = usize::try_from(kept).unwrap()..400_000;
    if !rest.is_empty() {
        assert_eq!(raw.patch(&raw.location(&second), kept, content(&second)[rest].to_vec()).await.status(), 204);
    }
    let refused = raw.create(&world.seal(&tablet, "hello/1", 100)).await;
    assert_eq!(problem(refused).await, (507, "too_much_unfinished".to_owned()));
    // … but the upload of which most is there goes on, and its end makes room.
    assert_eq!(raw.patch(&raw.location(&first), 600_000, content(&first)[600_000..].to_vec()).await.status(), 204);
    let token = upload(&world.uploader(&tablet, server.address), &second, PATIENT).await.unwrap();
    world.assert_held(&second, &token);
    // What could never be complete is refused at once.
    let large = raw.create(&world.seal(&tablet, "hello/2", 1_000_001)).await;
    assert_eq!(problem(large).await, (413, "too_large".to_owned()));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_has_its_bytes_and_what_arrived_is_kept_for_the_next() {
    let mut world = World::make();
    world.limits.device.bytes_a_day = 1_000_000;
    let (server, tablet, neighbour) = (world.serve().await, world.enrol(), world.enrol());
    let (first, second) = (world.seal(&tablet, VISIT, 700_000), world.seal(&tablet, OTHER, 700_000));
    let uploader = world.uploader(&tablet, server.address);
    upload(&uploader, &first, ONE_TRY).await.unwrap();
    let Err(UploadError::RetryLater { after: Some(wait) }) = upload(&uploader, &second, ONE_TRY).await else {
        panic!("the day has no end")
    };
    assert!((86_000..=86_400).contains(&wait), "{wait}");
    let raw = Raw::new(&world, &tablet, server.address);
    let kept = raw.offset(&raw.location(&second)).await;
    assert!((1..=300_000).contains(&kept), "{kept}");
    let job = world.seal(&neighbour, VISIT, 700_000);
    upload(&world.uploader(&neighbour, server.address), &job, ONE_TRY).await.unwrap();
    server.stop().await;
    // The count is this process's; what had arrived is the store's.
    let server = world.serve().await;
    let token = upload(&world.uploader(&tablet, server.address), &second, PATIENT).await.unwrap();
    world.assert_held(&second, &token);
    server.stop().await;
}

/// A connection with the tablet's certificate and nothing said yet.
async fn connect(world: &World, tablet: &Tablet, address: SocketAddr) -> TlsStream<TcpStream> {
    let stream = TcpStream::connect(address).await.unwrap();
    let connector = TlsConnector::from(Arc::new(tls(world, Some(tablet))));
    connector.connect(SERVER_NAME.try_into().unwrap(), stream).await.unwrap()
}

/// Whoever holds a connection and says nothing, or says it letter by letter, is let go: within the handshake, and within
/// the headers of a request.
#[tokio::test(flavor = "multi_thread")]
async fn who_says_nothing_or_drips_is_let_go() {
    const PATIENCE: Duration = Duration::from_secs(120);
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let silent = async {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        tokio::time::timeout(PATIENCE, stream.read(&mut [0])).await.expect("the silent one is still there")
    };
    let dripping = async {
        let mut stream = connect(&world, &tablet, server.address).await;
        let drip = async {
            stream.write_all(b"GET /v1/receipts HTTP/1.1\r\nHost: intake\r\nX-Slow: ").await?;
            loop {
                tokio::time::sleep(Duration::from_millis(200)).await;
                stream.write_all(b"x").await?;
                stream.flush().await?;
            }
        };
        let ended: std::io::Result<()> =
            tokio::time::timeout(PATIENCE, drip).await.expect("the dripping one is still there");
        ended
    };
    let (silent, dripping) = tokio::join!(silent, dripping);
    assert!(matches!(silent, Ok(0) | Err(_)), "{silent:?}");
    assert!(dripping.is_err());
    let job = world.seal(&tablet, VISIT, 1_000);
    world.assert_held(&job, &upload(&world.uploader(&tablet, server.address), &job, ONE_TRY).await.unwrap());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_are_not_begun_without_end() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    for number in 0..2_000 {
        let (slot, upload) = (format!("{number:032x}"), "a".repeat(32));
        world.put(&format!("uploads/{}/{slot}/{upload}.json", tablet.device), b"{}");
    }
    let raw = Raw::new(&world, &tablet, server.address);
    let refused = raw.create(&world.seal(&tablet, VISIT, 100)).await;
    assert_eq!(problem(refused).await, (429, "too_many_begun".to_owned()));
    server.stop().await;
}
