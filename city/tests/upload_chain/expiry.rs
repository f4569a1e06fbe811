//! Uploads on which nothing moves any more, and what crashes have left: removed in time, and nothing else with them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use homon_city::intake::layout::{self, ReceiptKind};
use homon_domain::platform::Clock;

use crate::protocol::Raw;
use crate::world::{PATIENT, World, files_below, random, upload};

const VISIT: &str = "visit/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1/1";
const OTHER: &str = "visit/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1/2";

/// The city's clock in the days to come. The store's stands where it is.
struct DaysLater(i64);

impl Clock for DaysLater {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::days(self.0)
    }
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..500 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what} did not happen");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_says_until_when_it_is_kept_and_is_removed_then() {
    let mut world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let raw = Raw::new(&world, &tablet, server.address);
    let job = world.seal(&tablet, VISIT, 50_000);
    let content = std::fs::read(&job.file).unwrap();
    let (created, location) = (raw.create(&job).await, raw.location(&job));
    let patched = raw.patch(&location, 0, content[..20_000].to_vec()).await;
    let head = raw.request("HEAD", &location).send().await.unwrap();
    for answer in [&created, &patched, &head] {
        let expires = DateTime::parse_from_rfc2822(answer.headers()["upload-expires"].to_str().unwrap()).unwrap();
        let days = (expires.to_utc() - Utc::now()).num_minutes();
        assert!((7 * 1440 - 2..=7 * 1440).contains(&days), "{expires}");
    }
    server.stop().await;

    world.clock = Arc::new(DaysLater(6));
    let server = world.serve().await;
    assert_eq!(Raw::new(&world, &tablet, server.address).offset(&location).await, 20_000);
    server.stop().await;

    world.clock = Arc::new(DaysLater(8));
    let server = world.serve().await;
    until("the removal", || world.uploads() == (vec![], vec![])).await;
    let raw = Raw::new(&world, &tablet, server.address);
    assert_eq!(raw.request("HEAD", &location).send().await.unwrap().status(), 404);
    // The tablet has its file still, and begins anew.
    let token = upload(&world.uploader(&tablet, server.address), &job, PATIENT).await.unwrap();
    world.assert_held(&job, &token);
    let held = raw.create(&job).await;
    assert!(!held.headers().contains_key("upload-expires"), "what is held does not expire");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_stays_and_what_is_complete_is_finished() {
    let mut world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let held = world.seal(&tablet, VISIT, 30_000);
    let token = upload(&world.uploader(&tablet, server.address), &held, PATIENT).await.unwrap();
    // All bytes of another one, and a crash before it was composed.
    let complete = world.seal(&tablet, OTHER, 40_000);
    let content = std::fs::read(&complete.file).unwrap();
    let raw = Raw::new(&world, &tablet, server.address);
    assert_eq!(raw.create(&complete).await.status(), 201);
    assert_eq!(raw.patch(&raw.location(&complete), 0, content[..30_000].to_vec()).await.status(), 204);
    server.stop().await;
    let folder = world.uploads().1[0].parent().unwrap().to_owned();
    std::fs::write(folder.join(format!("{:020}", 30_000)), &content[30_000..]).unwrap();

    world.clock = Arc::new(DaysLater(8));
    // Two at once: neither gets in the other's way.
    let servers = [world.serve().await, world.serve().await];
    until("tidying up", || world.uploads() == (vec![], vec![])).await;
    world.assert_held(&held, &token);
    let receipt = world.store().join(layout::receipt(&complete.package, ReceiptKind::Held));
    until("the receipt", || receipt.exists()).await;
    assert!(std::fs::read(world.store().join(layout::package(&complete.package))).unwrap() == content);
    for server in servers {
        let (uploader, raw) = (world.uploader(&tablet, server.address), Raw::new(&world, &tablet, server.address));
        let token = upload(&uploader, &complete, PATIENT).await.unwrap();
        world.assert_held(&complete, &token);
        assert_eq!(raw.create(&held).await.headers()["upload-offset"], "30000");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_nobody_names_and_drafts_of_crashes_go() {
    let mut world = World::make();
    let tablet = world.enrol();
    let (device, slot, name) = (tablet.device, "a".repeat(32), format!("{:020}", 0));
    let orphan = format!("uploads/{device}/{slot}/{}/{name}", "b".repeat(32));
    let of_former_days = format!("uploads/{slot}/{}/{name}", "b".repeat(32));
    for name in [&orphan, &of_former_days] {
        world.put(name, &random(100));
    }
    let package = layout::package(&world.seal(&tablet, VISIT, 10).package);
    for (draft, age) in [(format!("{package}#1"), 36), (format!("{package}#2"), 0)] {
        world.put(&draft, &random(100));
        let file = std::fs::File::options().write(true).open(world.store().join(draft)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(age * 3600)).unwrap();
    }
    world.put("notes/of-someone.txt", b"not ours");

    let server = world.serve().await;
    until("the old draft's removal", || !world.store().join(format!("{package}#1")).exists()).await;
    let names = |world: &World| -> Vec<PathBuf> {
        let below = files_below(&world.store()).into_iter();
        let names = below.map(|path| path.strip_prefix(world.store()).unwrap().to_owned());
        names.filter(|name| !name.starts_with("devices")).collect()
    };
    let young = format!("{package}#2");
    let mut expected = ["notes/of-someone.txt", &young, &orphan, &of_former_days].map(PathBuf::from);
    expected.sort();
    assert_eq!(names(&world), expected);
    server.stop().await;

    world.clock = Arc::new(DaysLater(8));
    let server = world.serve().await;
    until("the removal", || names(&world) == [PathBuf::from("notes/of-someone.txt")]).await;
    server.stop().await;
}
