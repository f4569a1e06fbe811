//! Connections that break, stall and crawl: the upload goes on at the byte.

use std::time::{Duration, Instant};

use homon_upload::{Budget, CancellationToken, UploadError};

use crate::protocol::Raw;
use crate::proxy::{Fate, Proxy};
use crate::world::{ONE_TRY, PATIENT, World, upload};

const VISIT: &str = "visit/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1/1";
/// What a connection costs beside the bytes of the file: handshake, headers, and the asking for receipts.
const OVERHEAD: u64 = 6_000;
/// The largest TLS record: half of one is of no use to anyone.
const RECORD: u64 = 17_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_at_any_byte_costs_nothing_that_had_arrived() {
    let world = World::make();
    let server = world.serve().await;
    // Of the connection that asks what is offered; of the one that creates the upload; of the one that carries the
    // file, from inside the handshake to behind the last byte; of the one that fetches the receipt.
    let after = |lived, bytes| [vec![Fate::Lives; lived], vec![Fate::CutAfter(bytes)]].concat();
    let small = [0, 1, 3].into_iter().flat_map(|lived| (0..10).map(move |step| after(lived, 1 + step * 270)));
    let large = (0..64).map(|step| after(2, 1 + step * 6_500));
    let uploads = small.chain(large).map(|fates| {
        let (world, address) = (&world, server.address);
        async move {
            let tablet = world.enrol();
            let job = world.seal(&tablet, VISIT, 400_000);
            let proxy = Proxy::start(address, fates.clone(), Fate::Lives).await;
            let token = upload(&world.uploader(&tablet, proxy.address), &job, PATIENT).await.unwrap();
            world.assert_held(&job, &token);
            let spent = proxy.forwarded() - job.bytes;
            let most = OVERHEAD * proxy.connections() as u64 + RECORD;
            assert!(spent < most, "{fates:?}: {spent} bytes beside the file, over {} connections", proxy.connections());
        }
    });
    futures_util::future::join_all(uploads).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_survives_one_cut_after_another() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let job = world.seal(&tablet, VISIT, 2_000_000);
    // Every second connection only asks for the offset, and is not cut.
    let fates = (0..40).map(|round| Fate::CutAfter(20_000 + round * 4_001));
    let proxy = Proxy::start(server.address, fates, Fate::Lives).await;
    let token = upload(&world.uploader(&tablet, proxy.address), &job, PATIENT).await.unwrap();
    world.assert_held(&job, &token);
    assert!(proxy.connections() > 30, "the cuts did not happen");
    let most = job.bytes + (OVERHEAD + RECORD) * proxy.connections() as u64;
    assert!(proxy.forwarded() < most, "{} bytes forwarded, at most {most}", proxy.forwarded());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_in_another_process_and_after_cancelling() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let job = world.seal(&tablet, VISIT, 4_000_000);
    let proxy = Proxy::start(server.address, [Fate::Lives, Fate::Lives, Fate::Slow(4_000_000)], Fate::Lives).await;
    let (uploader, cancel) = (world.uploader(&tablet, proxy.address), CancellationToken::new());
    let cancelled = uploader
        .upload(
            &job,
            PATIENT,
            |progress| {
                if progress.sent > 2_500_000 {
                    cancel.cancel()
                }
            },
            &cancel,
        )
        .await;
    assert_eq!(cancelled, Err(UploadError::Cancelled));
    let before = proxy.forwarded();
    assert!(before < job.bytes);
    let token = upload(&world.uploader(&tablet, proxy.address), &job, PATIENT).await.unwrap();
    world.assert_held(&job, &token);
    // What the intake had not taken from its socket when the connection closed comes again: no more than buffers hold.
    let again = proxy.forwarded() - job.bytes;
    assert!(again < 5 * OVERHEAD + RECORD + (256 << 10), "{again} bytes came again");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_stalls_is_given_up_and_what_arrived_is_kept() {
    let mut world = World::make();
    world.limits.stall = Duration::from_millis(300);
    let (server, tablet) = (world.serve().await, world.enrol());
    let job = world.seal(&tablet, VISIT, 2_000_000);
    let proxy = Proxy::start(server.address, [Fate::Lives, Fate::Lives, Fate::DeafAfter(1_500_000)], Fate::Lives).await;
    let broken = upload(&world.uploader(&tablet, proxy.address), &job, ONE_TRY).await;
    assert_eq!(broken, Err(UploadError::RetryLater { after: None }));
    let raw = Raw::new(&world, &tablet, server.address);
    let offset = raw.offset(&raw.location(&job)).await;
    assert!(offset > 1_500_000 - OVERHEAD - RECORD, "{offset}");
    let token = upload(&world.uploader(&tablet, proxy.address), &job, PATIENT).await.unwrap();
    world.assert_held(&job, &token);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tablet_that_comes_back_does_not_wait_for_its_dead_connection() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let job = world.seal(&tablet, VISIT, 2_000_000);
    let proxy =
        Proxy::start(server.address, [Fate::Lives, Fate::Lives, Fate::SilentAfter(1_000_000)], Fate::Lives).await;
    let hanging = tokio::spawn({
        let (uploader, job) = (world.uploader(&tablet, proxy.address), job.clone());
        async move { upload(&uploader, &job, ONE_TRY).await }
    });
    while proxy.forwarded() < 1_000_000 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (came_back, before) = (Instant::now(), proxy.forwarded());
    let token = upload(&world.uploader(&tablet, proxy.address), &job, PATIENT).await.unwrap();
    world.assert_held(&job, &token);
    assert!(came_back.elapsed() < world.limits.stall / 3, "it waited {:?}", came_back.elapsed());
    assert!(proxy.forwarded() - before < 1_000_000 + 4 * OVERHEAD + RECORD, "what had arrived came again");
    hanging.abort();
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_the_upload_says_so_when_its_budget_is_used_up() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let job = world.seal(&tablet, VISIT, 1_000);
    let address = server.address;
    server.stop().await;
    let uploader = world.uploader(&tablet, address);
    assert_eq!(upload(&uploader, &job, ONE_TRY).await, Err(UploadError::Offline));
    let began = Instant::now();
    let short = Budget { within: Duration::from_millis(300), failures: 1_000 };
    assert_eq!(upload(&uploader, &job, short).await, Err(UploadError::Offline));
    assert!(began.elapsed() < Duration::from_secs(2));
    assert_eq!(uploader.receipts().await, Err(UploadError::Offline));
}

/// A tablet whose app was started twice, or whose earlier requests are still on their way.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_upload_three_times_at_once_is_held_once() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let job = world.seal(&tablet, VISIT, 3_000_000);
    let uploaders = [(); 3].map(|()| world.uploader(&tablet, server.address));
    let tokens = futures_util::future::join_all(uploaders.iter().map(|uploader| upload(uploader, &job, PATIENT))).await;
    for token in tokens {
        world.assert_held(&job, &token.unwrap());
    }
    server.stop().await;
}
