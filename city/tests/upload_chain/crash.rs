//! The server dies: between any two steps of completing an upload, and by SIGKILL in the middle of receiving.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use homon_city::intake::layout::{self, ReceiptKind};
use homon_upload::UploadJob;
use tokio::net::TcpListener;

use crate::protocol::{Raw, problem};
use crate::proxy::{Fate, Proxy};
use crate::world::{PATIENT, Tablet, World, files_below, random, upload};

const VISIT: &str = "visit/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1/1";

/// A world whose intake stopped with all bytes of an upload received: the moment before completing.
async fn all_received() -> (World, Tablet, UploadJob) {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let job = world.seal(&tablet, VISIT, 2_300_000);
    let content = std::fs::read(&job.file).unwrap();
    let raw = Raw::new(&world, &tablet, server.address);
    assert_eq!(raw.create(&job).await.status(), 201);
    assert_eq!(raw.patch(&raw.location(&job), 0, content[..2_299_999].to_vec()).await.status(), 204);
    server.stop().await;
    // The last byte, as the intake would have stored it.
    let folder = world.uploads().1[0].parent().unwrap().to_owned();
    std::fs::write(folder.join(format!("{:020}", 2_299_999)), &content[2_299_999..]).unwrap();
    (world, tablet, job)
}

/// Lets a new server finish, asked in one of the three ways, and holds that all is as if nothing had happened.
async fn assert_finished_by(ask: &str, world: &World, tablet: &Tablet, job: &UploadJob) {
    let server = world.serve().await;
    let raw = Raw::new(world, tablet, server.address);
    match ask {
        "HEAD" => assert_eq!(raw.offset(&raw.location(job)).await, job.bytes),
        "POST" => assert_eq!(raw.create(job).await.headers()["upload-offset"], job.bytes.to_string().as_str()),
        _ => assert_eq!(raw.patch(&raw.location(job), job.bytes, Vec::new()).await.status(), 204),
    }
    let receipt = world.store().join(layout::receipt(&job.package, ReceiptKind::Held));
    assert!(receipt.exists(), "{ask} did not finish the work");
    let token = upload(&world.uploader(tablet, server.address), job, PATIENT).await.unwrap();
    world.assert_held(job, &token);
    assert_eq!(world.uploads().1, Vec::<PathBuf>::new(), "{ask} left bytes");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_before_composing() {
    for ask in ["HEAD", "POST", "PATCH"] {
        let (world, tablet, job) = all_received().await;
        assert_finished_by(ask, &world, &tablet, &job).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_while_composing() {
    for ask in ["HEAD", "POST", "PATCH"] {
        let (world, tablet, job) = all_received().await;
        let folder = world.uploads().1[0].parent().unwrap().to_owned();
        let package = world.store().join(layout::package(&job.package));
        std::fs::create_dir_all(package.parent().unwrap()).unwrap();
        std::fs::write(package.with_extension("age#1"), random(1_000_000)).unwrap();
        std::fs::write(folder.join("00000000000000000000#1"), random(10)).unwrap();
        assert_finished_by(ask, &world, &tablet, &job).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_the_claim_and_naming() {
    for ask in ["HEAD", "POST", "PATCH"] {
        let (world, tablet, job) = all_received().await;
        world.put(&claim(&job), format!("{}\n", job.sha256).as_bytes());
        assert_finished_by(ask, &world, &tablet, &job).await;
    }
}

fn claim(job: &UploadJob) -> String {
    format!("claims/{}/{}.sha256", job.package.device, job.package.name())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_claimed_for_other_bytes_is_never_given() {
    let (world, tablet, job) = all_received().await;
    let other = format!("{}\n", homon_seal::Sha256Digest::of(b"other"));
    world.put(&claim(&job), other.as_bytes());
    let server = world.serve().await;
    let raw = Raw::new(&world, &tablet, server.address);
    let refused = raw.patch(&raw.location(&job), job.bytes, Vec::new()).await;
    assert_eq!(problem(refused).await, (409, "already_held_other_bytes".to_owned()));
    assert_eq!(files_below(&world.store().join("packages")), Vec::<PathBuf>::new());
    assert_eq!(files_below(&world.store().join("receipts")), Vec::<PathBuf>::new());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_naming_and_the_receipt() {
    for ask in ["HEAD", "POST", "PATCH"] {
        let (world, tablet, job) = all_received().await;
        let package = world.store().join(layout::package(&job.package));
        std::fs::create_dir_all(package.parent().unwrap()).unwrap();
        std::fs::copy(&job.file, &package).unwrap();
        assert_finished_by(ask, &world, &tablet, &job).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_the_receipt_and_tidying_up() {
    for ask in ["HEAD", "POST", "PATCH"] {
        let (world, tablet, job) = all_received().await;
        let saved: Vec<(PathBuf, Vec<u8>)> =
            world.uploads().1.into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect();
        assert_finished_by(ask, &world, &tablet, &job).await;
        for (path, bytes) in saved {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        assert_finished_by(ask, &world, &tablet, &job).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complete_upload_that_a_crash_left_counts_before_other_bytes() {
    let (world, tablet, job) = all_received().await;
    let content = std::fs::read(&job.file).unwrap();
    let other = world.seal(&tablet, VISIT, 1_000);
    let server = world.serve().await;
    let refused = Raw::new(&world, &tablet, server.address).create(&other).await;
    assert_eq!(problem(refused).await, (409, "already_held_other_bytes".to_owned()));
    assert!(std::fs::read(world.store().join(layout::package(&job.package))).unwrap() == content);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_without_a_receipt_that_has_other_bytes_is_never_vouched_for() {
    let (world, tablet, job) = all_received().await;
    let package = world.store().join(layout::package(&job.package));
    std::fs::create_dir_all(package.parent().unwrap()).unwrap();
    std::fs::write(&package, random(2_300_000)).unwrap();
    let server = world.serve().await;
    let raw = Raw::new(&world, &tablet, server.address);
    let refused = raw.patch(&raw.location(&job), job.bytes, Vec::new()).await;
    assert_eq!(problem(refused).await, (409, "already_held_other_bytes".to_owned()));
    assert!(!world.store().join(layout::receipt(&job.package, ReceiptKind::Held)).exists());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_keeps_what_has_arrived() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let job = world.seal(&tablet, VISIT, 3_000_000);
    let proxy = Proxy::start(server.address, [Fate::Lives, Fate::Lives, Fate::Slow(2_000_000)], Fate::Lives).await;
    let uploading = tokio::spawn({
        let (uploader, job) = (world.uploader(&tablet, proxy.address), job.clone());
        async move { upload(&uploader, &job, PATIENT).await }
    });
    while proxy.forwarded() < 1_500_000 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // Stopping does not wait for the slow tablet.
    tokio::time::timeout(Duration::from_secs(5), server.stop()).await.unwrap();
    let kept: u64 = world.uploads().1.iter().map(|path| path.metadata().unwrap().len()).sum();
    assert!(kept > 1_200_000, "{kept}");
    let server = world.serve().await;
    proxy.aim_at(server.address);
    let token = uploading.await.unwrap().unwrap();
    world.assert_held(&job, &token);
    assert!(proxy.forwarded() < job.bytes + 300_000, "{} bytes for {}", proxy.forwarded(), job.bytes);
    server.stop().await;
}

/// A server in a process of its own, which can be killed.
struct Process(Child);

impl Process {
    /// Runs [`server_process`] of this test binary.
    fn start(world: &World) -> Self {
        let port = world.folder.path().join("port");
        let _ = std::fs::remove_file(port);
        let config = world.config();
        std::fs::write(world.folder.path().join("ca.pem"), config.ca_pem).unwrap();
        std::fs::write(world.folder.path().join("server.pem"), config.certificate_pem).unwrap();
        std::fs::write(world.folder.path().join("server.key"), config.key_pem.as_bytes()).unwrap();
        std::fs::write(world.folder.path().join("receipt.key"), config.receipt_key.to_pkcs8_pem().as_bytes()).unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::server_process", "--ignored", "--quiet"])
            .env(FOLDER, world.folder.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }

    async fn address(&self, world: &World) -> SocketAddr {
        for _ in 0..500 {
            if let Ok(address) = std::fs::read_to_string(world.folder.path().join("port")) {
                return address.parse().unwrap();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the server process did not start");
    }

    /// SIGKILL: nothing of the process runs after it.
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const FOLDER: &str = "HOMON_TEST_FOLDER";

/// Not a test: the process that [`Process`] starts.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by another test as a process of its own"]
async fn server_process() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let config = homon_city::intake::IntakeConfig {
        store: homon_city::intake::StorePlace::Folder(folder.join("store")),
        ca_pem: read("ca.pem"),
        certificate_pem: read("server.pem"),
        key_pem: zeroize::Zeroizing::new(read("server.key")),
        receipt_key: homon_seal::SigningKey::from_pkcs8_pem(&read("receipt.key")).unwrap(),
        former_receipt_keys: Vec::new(),
        clock: std::sync::Arc::new(homon_domain::platform::SystemClock),
        limits: homon_city::intake::IntakeLimits::default(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    write_whole(&folder.join("port"), &listener.local_addr().unwrap().to_string());
    homon_city::intake::serve(config, listener, std::future::pending()).await.unwrap();
}

fn write_whole(path: &Path, text: &str) {
    let draft = path.with_extension("draft");
    std::fs::write(&draft, text).unwrap();
    std::fs::rename(&draft, path).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_again_and_again_loses_nothing_it_acknowledged() {
    let world = World::make();
    let tablet = world.enrol();
    let job = world.seal(&tablet, VISIT, 24_000_000);
    let mut process = Process::start(&world);
    let proxy = Proxy::start(process.address(&world).await, [], Fate::Slow(6_000_000)).await;
    let uploading = tokio::spawn({
        let (uploader, job) = (world.uploader(&tablet, proxy.address), job.clone());
        async move { upload(&uploader, &job, PATIENT).await }
    });
    let mut acknowledged = 0;
    for round in 0..10 {
        let enough = proxy.forwarded() + 1_300_000 + round * 77_777;
        while proxy.forwarded() < enough {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        process.kill();
        let stored = whole_bytes(&world);
        assert!(stored > acknowledged, "{stored} bytes are left of {acknowledged}");
        acknowledged = stored;
        process = Process::start(&world);
        proxy.aim_at(process.address(&world).await);
    }
    assert!(acknowledged < job.bytes, "the kills did not hit the upload");
    let token = uploading.await.unwrap().unwrap();
    world.assert_held(&job, &token);
    process.kill();
}

/// Bytes in objects that are whole, of the upload or of the package, and in the draft of one that was being written.
fn whole_bytes(world: &World) -> u64 {
    let whole = |paths: Vec<PathBuf>| -> u64 {
        let whole = paths.iter().filter(|path| {
            let name = path.to_string_lossy();
            !name.contains('#') || name.ends_with("#0")
        });
        whole.map(|path| path.metadata().unwrap().len()).sum()
    };
    whole(files_below(&world.store().join("packages"))).max(whole(world.uploads().1))
}
