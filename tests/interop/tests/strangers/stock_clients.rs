//! Stock clients and our intake: what they upload is held, under a receipt that verifies.

use std::net::SocketAddr;
use std::path::Path;

use homon_interop::city::{City, Device, Intake};
use homon_interop::stock::{Stock, Task};
use homon_support::cutting_proxy::CuttingProxy;
use homon_upload::UploadJob;
use serde_json::{Value, json};

use crate::stock;

const VISIT: &str = "visit/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1/1";
/// As in `foreign_server`.
const BESIDE: u64 = 600_000;

struct Meeting {
    home: tempfile::TempDir,
    stock: Stock,
    city: City,
    device: Device,
    intake: Intake,
    line: CuttingProxy,
}

impl Meeting {
    async fn arrange(test: &str) -> Option<Self> {
        let stock = stock(test)?;
        let home = tempfile::tempdir().unwrap();
        let city = City::found(home.path()).unwrap();
        let device = city.enrol("tablet-01").unwrap();
        let intake = city.serve().await.unwrap();
        let line = CuttingProxy::start(intake.address).unwrap();
        Some(Self { home, stock, city, device, intake, line })
    }

    async fn tus_js_client(&self, job: &UploadJob, options: Value) -> Value {
        let task = task(self.line.address, job, None, options);
        self.stock.tus_js_client(&self.device, &task).await.unwrap()
    }

    async fn tuspy(&self, job: &UploadJob, url: Option<String>, options: Value) -> Value {
        let task = task(self.line.address, job, url, options);
        self.stock.tuspy(&self.device, &task).await.unwrap()
    }

    /// The city holds the package, once, and nothing else is left of the upload.
    async fn assert_held(&self, job: &UploadJob) {
        let receipts = self.device.identity.uploader(self.intake.address).unwrap().receipts().await.unwrap();
        let tokens = receipts.iter().find(|tokens| tokens.package == job.package.name()).unwrap();
        self.city.verify_held(&self.device, job, tokens.held.as_ref().unwrap()).unwrap();
        assert_eq!(self.left_of_uploads(), Vec::<String>::new());
    }

    /// Files with bytes that were not composed.
    fn left_of_uploads(&self) -> Vec<String> {
        let all = files_below(&self.city.store().join("uploads"));
        all.into_iter().filter(|name| !name.ends_with(".json")).collect()
    }

    async fn end(self) {
        self.intake.stop().await.unwrap();
        drop(self.home);
    }
}

fn task(address: SocketAddr, job: &UploadJob, url: Option<String>, options: Value) -> Task<'_> {
    let metadata = json!({ "package": job.package.name().to_string(), "sha256": job.sha256.to_string() });
    Task { address, file: &job.file, metadata, url, options }
}

fn files_below(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path.display().to_string()] }).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn tus_js_client_uploads_a_package() {
    let Some(meeting) = Meeting::arrange("tus_js_client_uploads_a_package").await else { return };
    let job = meeting.device.seal(VISIT, 11_234_567).unwrap();
    let said = meeting.tus_js_client(&job, json!({})).await;
    assert_eq!((&said["resumed"], &said["error"]), (&json!(false), &Value::Null), "{said}");
    meeting.assert_held(&job).await;
    meeting.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tus_js_client_goes_on_by_itself_and_in_another_process() {
    let Some(meeting) = Meeting::arrange("tus_js_client_goes_on").await else { return };
    let job = meeting.device.seal(VISIT, 12_000_000).unwrap();
    meeting.line.slow_down(40_000_000);
    meeting.line.cut_after([3_000_000, 2_000_000]);
    let broken = meeting.tus_js_client(&job, json!({})).await;
    assert!(broken["error"].is_string(), "{broken}");
    let said = meeting.tus_js_client(&job, json!({ "retryDelays": [100] })).await;
    assert_eq!((&said["resumed"], &said["error"]), (&json!(true), &Value::Null), "{said}");
    assert_eq!(meeting.line.cuts(), 2);
    let carried = meeting.line.carried();
    assert!(carried < job.bytes + 2 * BESIDE, "{carried} bytes were carried for {}", job.bytes);
    meeting.assert_held(&job).await;
    meeting.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tus_js_client_sends_in_chunks_and_with_the_creation() {
    let Some(meeting) = Meeting::arrange("tus_js_client_sends_in_chunks").await else { return };
    for (name, options) in [
        ("hello/1", json!({ "chunkSize": 300_000 })),
        ("hello/2", json!({ "overridePatchMethod": true })),
        // Not offered: what comes with the creation is not taken, and comes again.
        ("hello/3", json!({ "uploadDataDuringCreation": true, "chunkSize": 60_000 })),
    ] {
        let job = meeting.device.seal(name, 1_000_000).unwrap();
        let said = meeting.tus_js_client(&job, options).await;
        assert_eq!(said["error"], Value::Null, "{name}: {said}");
        meeting.assert_held(&job).await;
    }
    meeting.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tus_js_client_is_told_what_is_not_offered() {
    let Some(meeting) = Meeting::arrange("tus_js_client_is_told").await else { return };
    let job = meeting.device.seal(VISIT, 1_000_000).unwrap();
    let parallel = meeting.tus_js_client(&job, json!({ "parallelUploads": 2 })).await;
    assert_eq!(parallel["status"], 400, "{parallel}");
    let named = Task {
        metadata: json!({ "package": VISIT, "sha256": job.sha256.to_string(), "filename": "shinsei.age" }),
        ..task(meeting.line.address, &job, None, json!({}))
    };
    let named = meeting.stock.tus_js_client(&meeting.device, &named).await.unwrap();
    assert_eq!(named["status"], 400, "{named}");
    assert!(named["body"].as_str().unwrap().contains("bad_metadata"), "{named}");
    assert_eq!(files_below(&meeting.city.store().join("uploads")), Vec::<String>::new());
    meeting.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tuspy_uploads_a_package_with_checksums() {
    let Some(meeting) = Meeting::arrange("tuspy_uploads_a_package_with_checksums").await else { return };
    let job = meeting.device.seal(VISIT, 7_234_567).unwrap();
    let said = meeting.tuspy(&job, None, json!({ "chunk_size": 2_500_000, "upload_checksum": true })).await;
    assert_eq!(said["error"], Value::Null, "{said}");
    meeting.assert_held(&job).await;
    let whole = meeting.device.seal("hello/1", 2_000_000).unwrap();
    let said = meeting.tuspy(&whole, None, json!({})).await;
    assert_eq!(said["error"], Value::Null, "{said}");
    meeting.assert_held(&whole).await;
    meeting.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tuspy_goes_on_by_itself_and_in_another_process() {
    let Some(meeting) = Meeting::arrange("tuspy_goes_on").await else { return };
    let job = meeting.device.seal(VISIT, 12_000_000).unwrap();
    meeting.line.slow_down(40_000_000);
    meeting.line.cut_after([3_000_000, 2_000_000]);
    let broken = meeting.tuspy(&job, None, json!({ "retries": 1, "retry_delay": 0 })).await;
    assert!(broken["error"].is_string(), "{broken}");
    let said = meeting.tuspy(&job, Some(broken["url"].as_str().unwrap().to_owned()), json!({})).await;
    assert_eq!(said["error"], Value::Null, "{said}");
    assert!(said["resumed_at"].as_u64().unwrap() > 4_000_000, "{said}");
    assert_eq!(meeting.line.cuts(), 2);
    let carried = meeting.line.carried();
    assert!(carried < job.bytes + 2 * BESIDE, "{carried} bytes were carried for {}", job.bytes);
    meeting.assert_held(&job).await;
    meeting.end().await;
}
