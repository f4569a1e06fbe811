//! What works when the network does.

use std::sync::{Arc, Mutex};

use homon_city::intake::layout::{self, ReceiptKind};
use homon_upload::{CancellationToken, Progress};

use crate::protocol::Raw;
use crate::world::{PATIENT, World, held, upload};

const VISIT: &str = "visit/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1/1";

#[tokio::test(flavor = "multi_thread")]
async fn a_package_is_uploaded_held_and_receipted() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let uploader = world.uploader(&tablet, server.address);
    // Not a multiple of the size of a chunk, a part, or a TLS record.
    let job = world.seal(&tablet, VISIT, 11_234_567);
    let heard = Mutex::new(Vec::new());
    let listen = |progress: Progress| heard.lock().unwrap().push(progress);
    uploader.upload(&job, PATIENT, listen, &CancellationToken::new()).await.unwrap();
    let token = held(&uploader, &job).await;

    world.assert_held(&job, &token);
    let (records, bytes) = world.uploads();
    assert_eq!((records.len(), bytes), (1, vec![]), "only the record of the upload stays");
    let heard = heard.into_inner().unwrap();
    assert!(heard.iter().all(|progress| progress.total == job.bytes && progress.sent <= job.bytes));
    assert!(heard.windows(2).all(|pair| pair[0].sent <= pair[1].sent));
    assert_eq!(heard.last().unwrap().sent, job.bytes);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sizes_around_the_borders_arrive_whole() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let uploader = world.uploader(&tablet, server.address);
    const MIB: usize = 1 << 20;
    for (seal, bytes) in [1, 2, MIB - 1, MIB, MIB + 1, 5 * MIB - 1, 5 * MIB, 5 * MIB + 1].into_iter().enumerate() {
        let job = world.seal(&tablet, &format!("hello/{}", seal + 1), bytes);
        world.assert_held(&job, &upload(&uploader, &job, PATIENT).await.unwrap());
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_held_gives_its_token_again_and_sends_nothing() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let proxy = crate::proxy::Proxy::start(server.address, [], crate::proxy::Fate::Lives).await;
    let uploader = world.uploader(&tablet, proxy.address);
    let job = world.seal(&tablet, VISIT, 3_000_000);
    let first = upload(&uploader, &job, PATIENT).await.unwrap();
    let sent = proxy.forwarded();
    // As after a restart of the tablet: the uploader is a new one.
    let again = upload(&world.uploader(&tablet, proxy.address), &job, PATIENT).await.unwrap();
    assert_eq!(again, first);
    assert!(proxy.forwarded() - sent < 10_000, "the package was sent again");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tablets_upload_side_by_side() {
    let world = World::make();
    let server = world.serve().await;
    let tablets: Vec<_> = (0..6).map(|_| world.enrol()).collect();
    // All with the same package name: the device tells them apart.
    let jobs: Vec<_> = tablets.iter().map(|tablet| world.seal(tablet, VISIT, 2_500_000)).collect();
    let uploads = tablets.iter().zip(&jobs).map(|(tablet, job)| {
        let uploader = world.uploader(tablet, server.address);
        async move { upload(&uploader, job, PATIENT).await.unwrap() }
    });
    let tokens = futures_util::future::join_all(uploads).await;
    for (job, token) in jobs.iter().zip(&tokens) {
        world.assert_held(job, token);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_of_both_kinds_come_to_their_own_device_only() {
    let world = World::make();
    let (server, tablet, other) = (world.serve().await, world.enrol(), world.enrol());
    let uploader = world.uploader(&tablet, server.address);
    assert_eq!(uploader.receipts().await.unwrap(), []);
    let (hello, visit) = (world.seal(&tablet, "hello/1", 500), world.seal(&tablet, VISIT, 700));
    let hello_held = upload(&uploader, &hello, PATIENT).await.unwrap();
    let visit_held = upload(&uploader, &visit, PATIENT).await.unwrap();
    let opened = world.store().join(layout::receipt(&hello.package, ReceiptKind::Opened));
    std::fs::write(opened, "the.desk's.word").unwrap();

    let listed: Vec<_> =
        uploader.receipts().await.unwrap().into_iter().map(|t| (t.package, t.held, t.opened)).collect();
    let expected = [
        (hello.package.name(), Some(hello_held.0), Some("the.desk's.word".to_owned())),
        (visit.package.name(), Some(visit_held.0), None),
    ];
    assert_eq!(listed, expected);
    assert_eq!(world.uploader(&other, server.address).receipts().await.unwrap(), []);
    server.stop().await;
}

/// Collects the log lines of all tests of this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_says_who_sent_what_and_with_which_answer() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let job = world.seal(&tablet, VISIT, 5_000);
    upload(&world.uploader(&tablet, server.address), &job, PATIENT).await.unwrap();
    let raw = Raw::new(&world, &tablet, server.address);
    raw.request("GET", "/v1/packages/yamada-taro").send().await.unwrap();
    raw.request("GET", "/yamada-taro").send().await.unwrap();
    server.stop().await;

    let text = String::from_utf8(std::mem::take(&mut *log.0.lock().unwrap())).unwrap();
    let device = tablet.device.to_string();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    let lines: Vec<serde_json::Value> =
        lines.filter(|line: &serde_json::Value| line["span"]["device"] == device).collect();
    let of = |message: &str, method: &str| {
        let found = lines.iter().find(|line| line["fields"]["message"] == message && line["span"]["method"] == method);
        found.unwrap_or_else(|| panic!("no line {message} of {method} in {lines:#?}"))
    };
    let answered = of("answered", "PATCH");
    assert_eq!(answered["span"]["package"], VISIT);
    assert_eq!(answered["span"]["route"], "/v1/packages/{id}");
    assert_eq!(answered["fields"]["status"], 204);
    assert_eq!(of("received", "PATCH")["fields"]["bytes"], 5_000);
    assert_eq!(of("held", "PATCH")["fields"]["package"], VISIT);
    assert!(!text.contains("yamada"), "a path got into the log");
}
