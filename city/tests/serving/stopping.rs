//! An intake that is asked to stop while tablets send: it ends within a bound, and what it has acknowledged is there.

use std::time::Duration;

use homon_upload::UploadJob;

use crate::proxy::{Fate, Proxy};
use crate::tablet::Tablet;
use crate::town::{Intake, Town, uploader};
use crate::world::{PATIENT, files_below, random, upload};

/// Longer than an intake waits for anything when it stops.
const BOUND: Duration = Duration::from_secs(60);

async fn stop(intake: Intake) -> Option<i32> {
    let stopped = tokio::task::spawn_blocking(move || intake.stop());
    tokio::time::timeout(BOUND, stopped).await.expect("it does not stop").unwrap()
}

async fn under_load(town: &Town) {
    let tablets: Vec<Tablet> = (0..4).map(|number| town.enrol(&format!("tablet-{number}"))).collect();
    let jobs: Vec<UploadJob> =
        tablets.iter().map(|tablet| town.job(tablet.key_of("hello/1"), &random(6_000_000))).collect();
    let mut intake = town.serve();
    let proxy = Proxy::start(intake.address, [], Fate::Slow(1_500_000)).await;
    let uploads: Vec<_> = tablets
        .iter()
        .zip(&jobs)
        .map(|(tablet, job)| {
            let (uploader, job) = (uploader(tablet, proxy.address), job.clone());
            tokio::spawn(async move { upload(&uploader, &job, PATIENT).await })
        })
        .collect();
    let total: u64 = jobs.iter().map(|job| job.bytes).sum();
    for third in 1..=2 {
        while proxy.forwarded() < total * third / 3 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let forwarded = proxy.forwarded();
        assert_eq!(stop(intake).await, Some(0));
        let stored: u64 = files_below(&town.in_store("uploads"))
            .iter()
            .chain(&files_below(&town.in_store("packages")))
            .filter(|path| path.extension().is_none_or(|extension| extension == "age"))
            .map(|path| path.metadata().unwrap().len())
            .sum();
        // Less than had left the tablets by what TLS adds and what lay in sockets, and no more.
        assert!(stored + (3 << 20) > forwarded.min(total), "{stored} bytes of {forwarded} were kept");
        intake = town.serve();
        proxy.aim_at(intake.address);
    }
    for ((tablet, job), upload) in tablets.iter().zip(&jobs).zip(uploads) {
        let token = upload.await.unwrap().unwrap();
        town.assert_held(tablet, job, &token.0);
    }
    let again = proxy.forwarded() - total;
    assert!(again < 6 << 20, "{again} bytes came again");
    assert_eq!(stop(intake).await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn under_load_on_a_folder() {
    under_load(&Town::on_a_folder()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn under_load_on_a_bucket() {
    if let Some(town) = Town::on_a_bucket() {
        under_load(&town).await;
    }
}
