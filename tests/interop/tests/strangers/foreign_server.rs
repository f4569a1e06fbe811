//! Our client and `@tus/server`. Receipts come from our own intake alone: here an upload ends with its last byte.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use homon_interop::city::{City, Device};
use homon_interop::stock::TusServer;
use homon_support::cutting_proxy::CuttingProxy;
use homon_upload::{Budget, CancellationToken, UploadError, UploadJob, Uploader};

use crate::stock;

const VISIT: &str = "visit/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1/1";
const PATIENT: Budget = Budget { within: Duration::from_secs(120), failures: 10 };
/// What a connection costs beside the bytes of the file, what the other side had not read when it was cut, and what it
/// had not written.
const BESIDE: u64 = 600_000;

struct Meeting {
    _home: tempfile::TempDir,
    device: Device,
    server: TusServer,
    line: CuttingProxy,
    uploader: Uploader,
}

impl Meeting {
    async fn arrange(test: &str) -> Option<Self> {
        let stock = stock(test)?;
        let home = tempfile::tempdir().unwrap();
        let city = City::found(home.path()).unwrap();
        let device = city.enrol("tablet-01").unwrap();
        let server = stock.server(&city, home.path().join("foreign")).await.unwrap();
        let line = CuttingProxy::start(server.address).unwrap();
        let uploader = device.identity.uploader(line.address).unwrap();
        Some(Self { _home: home, device, server, line, uploader })
    }

    async fn upload(&self, job: &UploadJob) -> Result<(), UploadError> {
        self.uploader.upload(job, PATIENT, |_| {}, &CancellationToken::new()).await
    }

    /// The files at the server, those that are the job's first.
    fn files(&self, job: &UploadJob) -> Vec<(PathBuf, bool)> {
        let content = fs::read(&job.file).unwrap();
        let files = self.server.files().unwrap().into_iter();
        let mut files: Vec<_> = files.map(|path| (path.clone(), fs::read(path).unwrap() == content)).collect();
        files.sort_by_key(|(_, is_same)| !is_same);
        files
    }

    fn assert_arrived_once(&self, job: &UploadJob) {
        let same: Vec<bool> = self.files(job).into_iter().map(|(_, is_same)| is_same).collect();
        assert_eq!(same, [true]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_arrives_byte_for_byte() {
    let Some(meeting) = Meeting::arrange("a_package_arrives_byte_for_byte").await else { return };
    let job = meeting.device.seal(VISIT, 11_234_567).unwrap();
    meeting.upload(&job).await.unwrap();
    meeting.assert_arrived_once(&job);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_goes_on_at_the_byte_after_each_cut() {
    let Some(meeting) = Meeting::arrange("a_package_goes_on_at_the_byte_after_each_cut").await else { return };
    let job = meeting.device.seal(VISIT, 20_000_000).unwrap();
    // One in a handshake, the others in the file.
    meeting.line.cut_after([300, 4_000_000, 7_654_321, 1]);
    meeting.line.slow_down(40_000_000);
    meeting.upload(&job).await.unwrap();
    meeting.assert_arrived_once(&job);
    assert_eq!(meeting.line.cuts(), 4);
    let carried = meeting.line.carried();
    assert!(carried < job.bytes + 2 * BESIDE, "{carried} bytes were carried for {}", job.bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_expired_is_created_again() {
    let Some(mut meeting) = Meeting::arrange("an_upload_that_expired_is_created_again").await else { return };
    let job = meeting.device.seal(VISIT, 6_000_000).unwrap();
    meeting.server.let_the_next_expire().await.unwrap();
    meeting.line.cut_after([3_000_000]);
    meeting.upload(&job).await.unwrap();
    let same: Vec<bool> = meeting.files(&job).into_iter().map(|(_, is_same)| is_same).collect();
    assert_eq!(same, [true, false], "the expired upload was continued, or nothing expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn termination_is_used_because_it_is_offered() {
    let Some(meeting) = Meeting::arrange("termination_is_used_because_it_is_offered").await else { return };
    let job = meeting.device.seal(VISIT, 1_000).unwrap();
    // This server knows no idempotent creation: an upload of its own is made, and removed.
    meeting.uploader.terminate(&job).await.unwrap();
    assert_eq!(meeting.server.files().unwrap(), Vec::<PathBuf>::new());
    assert!(meeting.line.carried() > 2 * 300, "nothing was asked of the server");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_others_gives_no_receipts_and_is_told_from_ours() {
    let Some(meeting) = Meeting::arrange("a_server_of_others_gives_no_receipts").await else { return };
    let refused = meeting.uploader.receipts().await;
    assert_eq!(refused, Err(UploadError::Refused { code: "not_tus".to_owned() }));
}
