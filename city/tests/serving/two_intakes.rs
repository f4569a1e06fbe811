//! Two intakes on one bucket: neither knows of the other, and between them nothing is lost and nothing held twice.

use homon_city::intake::layout::{self, ReceiptKind};

use crate::proxy::{Fate, Proxy};
use crate::town::{Town, uploader};
use crate::world::{PATIENT, files_below, random, upload};

#[tokio::test(flavor = "multi_thread")]
async fn one_is_killed_in_the_middle_and_the_other_finishes_at_the_byte() {
    let Some(town) = Town::on_a_bucket() else { return };
    let tablet = town.enrol("tablet-01");
    let (first, second) = (town.serve(), town.serve());
    let job = town.job(tablet.key_of("hello/1"), &random(12_000_000));
    let proxy = Proxy::start(first.address, [], Fate::Slow(8_000_000)).await;
    let uploading = tokio::spawn({
        let (uploader, job) = (uploader(&tablet, proxy.address), job.clone());
        async move { upload(&uploader, &job, PATIENT).await }
    });
    while proxy.forwarded() < 7_300_000 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    proxy.aim_at(second.address);
    first.kill();
    let stored: u64 = files_below(&town.in_store("uploads"))
        .iter()
        .filter(|path| path.extension().is_none())
        .map(|path| path.metadata().unwrap().len())
        .sum();
    assert!((5 << 20..job.bytes).contains(&stored), "{stored}");
    let token = uploading.await.unwrap().unwrap();
    town.assert_held(&tablet, &job, &token.0);
    // What had not become an object when the first one died comes again, and nothing else: an object, and what the
    // sockets between held.
    let again = proxy.forwarded() - job.bytes;
    assert!(again < 3 << 20, "{again} bytes came again");
    assert_eq!(second.stop(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn both_receive_the_same_package_and_it_is_held_once() {
    let Some(town) = Town::on_a_bucket() else { return };
    let tablet = town.enrol("tablet-01");
    let intakes = [town.serve(), town.serve()];
    for round in 1..=4 {
        let job = town.job(tablet.key_of(&format!("hello/{round}")), &random(5_500_000));
        // The same tablet, through both at the same time: over two networks, or because one of its processes was
        // forgotten.
        let sides = intakes.each_ref().map(|intake| {
            let (uploader, job) = (uploader(&tablet, intake.address), job.clone());
            async move { upload(&uploader, &job, PATIENT).await.unwrap() }
        });
        let [left, right] = sides;
        let (left, right) = tokio::join!(left, right);
        assert_eq!(left, right, "there are two receipts for one package");
        town.assert_held(&tablet, &job, &left.0);
        let receipt = town.in_store(&layout::receipt(&job.package, ReceiptKind::Held));
        assert_eq!(std::fs::read_to_string(receipt).unwrap(), left.0);
    }
    for intake in intakes {
        assert_eq!(intake.stop(), Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_bytes_for_one_package_through_the_other_intake_never_replace_it() {
    let Some(town) = Town::on_a_bucket() else { return };
    let tablet = town.enrol("tablet-01");
    let intakes = [town.serve(), town.serve()];
    for round in 1..=4 {
        let package = tablet.key_of(&format!("hello/{round}"));
        let contents = [random(1_500_000), random(1_500_000)];
        let jobs = contents.each_ref().map(|content| {
            let mut job = town.job(package, content);
            let file = job.file.with_extension(job.sha256.to_string());
            std::fs::rename(&job.file, &file).unwrap();
            job.file = file;
            job
        });
        let [left, right] = [0, 1].map(|side| {
            let (uploader, job) = (uploader(&tablet, intakes[side].address), jobs[side].clone());
            async move { upload(&uploader, &job, PATIENT).await }
        });
        let ended: [_; 2] = tokio::join!(left, right).into();
        let held: Vec<usize> = (0..2).filter(|side| ended[*side].is_ok()).collect();
        let [side] = held[..] else { panic!("{ended:?}") };
        assert!(
            matches!(&ended[1 - side], Err(homon_upload::UploadError::Refused { code }) if code == "already_held_other_bytes"),
            "{ended:?}"
        );
        // What the loser still received after the winner's end is nobody's, and expires.
        town.assert_same(&tablet, &jobs[side], &ended[side].as_ref().unwrap().0);
    }
    for intake in intakes {
        assert_eq!(intake.stop(), Some(0));
    }
}
