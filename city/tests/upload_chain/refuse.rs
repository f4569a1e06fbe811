//! What the intake refuses, what the tablet refuses, and what the tablet then tells its user to do.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use homon_domain::ids::DeviceId;
use homon_domain::platform::VaultError;
use homon_seal::Sha256Digest;
use homon_upload::{Budget, Endpoint, EndpointError, UploadError, UploadJob, Uploader};
use rcgen::{ExtendedKeyUsagePurpose, KeyPair, date_time_ymd};

use crate::protocol::{Raw, problem};
use crate::proxy::{Fate, Proxy};
use crate::world::{Authority, PATIENT, Tablet, TestVault, World, files_below, random, tablet, upload};

const VISIT: &str = "visit/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1/1";

/// What a tablet is told when it uploads, and when it asks for receipts.
///
/// Several tries, because on the loopback a refusal can be as fast as the request, and its reason is then lost.
async fn refused(world: &World, tablet: &Tablet) -> UploadError {
    let server = world.serve().await;
    let job = world.seal(tablet, VISIT, 1_000);
    let uploader = world.uploader(tablet, server.address);
    let error = upload(&uploader, &job, Budget { within: Duration::from_secs(300), failures: 10 }).await.unwrap_err();
    let mut asked = uploader.receipts().await;
    for _ in 0..10 {
        if asked == Err(UploadError::RetryLater { after: None }) {
            asked = uploader.receipts().await;
        }
    }
    assert_eq!(asked, Err(error.clone()), "receipts are refused in the same way");
    assert_eq!(world.uploads(), (vec![], vec![]), "something was stored");
    server.stop().await;
    error
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_tablet() {
    let world = World::make();
    let tablet = world.enrol();
    world.registry().revoke(tablet.device, chrono::Utc::now()).unwrap();
    assert_eq!(refused(&world, &tablet).await, UploadError::Revoked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tablet_revoked_between_two_requests_of_one_connection() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let proxy = Proxy::start(server.address, [], Fate::Lives).await;
    let raw = Raw::new(&world, &tablet, proxy.address);
    let list = async || raw.request("GET", "/v1/receipts").send().await.unwrap();
    let allowed = list().await;
    assert_eq!(allowed.status(), 200);
    // Read to its end, so that the connection is kept.
    allowed.bytes().await.unwrap();
    world.registry().revoke(tablet.device, chrono::Utc::now()).unwrap();
    assert_eq!(problem(list().await).await, (403, "revoked".to_owned()));
    assert_eq!(proxy.connections(), 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tablet_that_was_never_enrolled() {
    let world = World::make();
    let (device, key) = (DeviceId::make(), KeyPair::generate().unwrap());
    let stranger = tablet(device, &key, &world.authority.client(device, &key, |_| {}));
    assert_eq!(refused(&world, &stranger).await, UploadError::NotEnrolled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_former_certificate_of_an_enrolled_tablet() {
    let world = World::make();
    let enrolled = world.enrol();
    let key = KeyPair::generate().unwrap();
    let former = tablet(enrolled.device, &key, &world.authority.client(enrolled.device, &key, |_| {}));
    assert_eq!(refused(&world, &former).await, UploadError::NotEnrolled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_another_authority() {
    let world = World::make();
    let (device, key) = (world.enrol().device, KeyPair::generate().unwrap());
    let forged = tablet(device, &key, &Authority::make().client(device, &key, |_| {}));
    assert_eq!(refused(&world, &forged).await, UploadError::NotEnrolled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_ran_out_is_not_begun_or_is_for_servers() {
    let world = World::make();
    let outdated = world.enrol_with(|params| {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    });
    assert_eq!(refused(&world, &outdated).await, UploadError::NotEnrolled);
    let early = world.enrol_with(|params| params.not_before = date_time_ymd(3020, 1, 1));
    assert_eq!(refused(&world, &early).await, UploadError::NotEnrolled);
    let purpose = world.enrol_with(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth]);
    assert_eq!(refused(&world, &purpose).await, UploadError::NotEnrolled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_without_its_key() {
    let world = World::make();
    let (enrolled, other) = (world.enrol(), world.enrol());
    let thief = Tablet { vault: other.vault, ..enrolled };
    assert_eq!(refused(&world, &thief).await, UploadError::NotEnrolled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_gone_is_told_as_such() {
    let world = World::make();
    let enrolled = world.enrol();
    let broken = Tablet { vault: Arc::new(TestVault(Err(VaultError::KeyMissing))), ..enrolled };
    assert_eq!(refused(&world, &broken).await, UploadError::KeyUnavailable(VaultError::KeyMissing));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_the_citys() {
    let (world, impostor) = (World::make(), World::make());
    let server = impostor.serve().await;
    let tablet = world.enrol();
    let job = world.seal(&tablet, VISIT, 1_000);
    let at = |change: fn(&mut Endpoint)| {
        let mut endpoint = world.endpoint(&tablet, server.address);
        change(&mut endpoint);
        Uploader::new(&endpoint, Arc::clone(&tablet.vault)).unwrap()
    };
    assert_eq!(upload(&at(|_| {}), &job, PATIENT).await, Err(UploadError::PinMismatch));
    server.stop().await;

    let server = world.serve().await;
    let mut endpoint = world.endpoint(&tablet, server.address);
    endpoint.server_name = "other.test".to_owned();
    let misnamed = Uploader::new(&endpoint, Arc::clone(&tablet.vault)).unwrap();
    assert_eq!(upload(&misnamed, &job, PATIENT).await, Err(UploadError::PinMismatch));
    server.stop().await;
}

#[tokio::test]
async fn an_endpoint_that_is_damaged() {
    let world = World::make();
    let tablet = world.enrol();
    let address = "127.0.0.1:1".parse().unwrap();
    let with = |change: fn(&mut Endpoint)| {
        let mut endpoint = world.endpoint(&tablet, address);
        change(&mut endpoint);
        Uploader::new(&endpoint, Arc::clone(&tablet.vault)).map(drop)
    };
    assert_eq!(with(|_| {}), Ok(()));
    assert_eq!(with(|endpoint| endpoint.base_url = "http://127.0.0.1:1".to_owned()), Err(EndpointError::Url));
    assert_eq!(with(|endpoint| endpoint.server_name = "no name".to_owned()), Err(EndpointError::ServerName));
    assert_eq!(with(|endpoint| endpoint.ca_pem.clear()), Err(EndpointError::Authority));
    let damaged = with(|endpoint| endpoint.client_certificate_pem.truncate(100));
    assert_eq!(damaged, Err(EndpointError::ClientCertificate));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_file_that_changed_after_sealing_nothing_stays() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let uploader = world.uploader(&tablet, server.address);
    let job = world.seal(&tablet, VISIT, 100_000);
    let mut content = std::fs::read(&job.file).unwrap();
    content[50_000] ^= 1;
    std::fs::write(&job.file, &content).unwrap();
    assert_eq!(upload(&uploader, &job, PATIENT).await, Err(UploadError::FileChanged));
    std::fs::write(&job.file, &content[1..]).unwrap();
    assert_eq!(upload(&uploader, &job, PATIENT).await, Err(UploadError::FileChanged));
    std::fs::remove_file(&job.file).unwrap();
    let missing = upload(&uploader, &job, PATIENT).await;
    assert_eq!(missing, Err(UploadError::FileUnreadable(std::io::ErrorKind::NotFound)));
    // The upload was begun; its bytes were found to be others, and removed.
    assert_eq!(world.uploads().1, Vec::<PathBuf>::new());
    assert_eq!(files_below(&world.store().join("packages")), Vec::<PathBuf>::new());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_bytes_for_a_package_that_is_held() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let uploader = world.uploader(&tablet, server.address);
    let job = world.seal(&tablet, VISIT, 50_000);
    let token = upload(&uploader, &job, PATIENT).await.unwrap();
    let other = UploadJob { file: job.file.with_extension("other"), ..job.clone() };
    let content = random(50_000);
    std::fs::write(&other.file, &content).unwrap();
    let other = UploadJob { sha256: Sha256Digest::of(&content), ..other };
    let code = "already_held_other_bytes".to_owned();
    assert_eq!(upload(&uploader, &other, PATIENT).await, Err(UploadError::Refused { code }));
    world.assert_held(&job, &token);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_that_is_too_large() {
    let mut world = World::make();
    world.limits.upload_bytes = 99_999;
    let (server, tablet) = (world.serve().await, world.enrol());
    let uploader = world.uploader(&tablet, server.address);
    let large = world.seal(&tablet, VISIT, 100_000);
    assert_eq!(upload(&uploader, &large, PATIENT).await, Err(UploadError::Refused { code: "too_large".to_owned() }));
    let fits = world.seal(&tablet, "hello/1", 99_999);
    assert!(upload(&uploader, &fits, PATIENT).await.is_ok());
    server.stop().await;
}
