//! One intake and the desk on a bucket: what the store must offer, a whole day, and what is said when it can't be used.

use std::fs::File;
use std::time::{Duration, SystemTime};

use futures_util::future::join_all;
use homon_city::intake::layout::{self, ReceiptKind};
use homon_seal::OpenedReceipt;
use homon_upload::UploadError;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, path::Path as ObjectName};

use crate::gateway::Gateway;
use crate::town::{Town, text, uploader};
use crate::world::{ONE_TRY, PATIENT, files_below, random, upload};

#[tokio::test(flavor = "multi_thread")]
async fn of_several_writers_at_once_exactly_one_creates() {
    let Some(gateway) = Gateway::start() else { return };
    let client = gateway.client();
    for round in 0..20 {
        let name = ObjectName::from(format!("race/{round}"));
        let writers = (0_u8..8).map(|writer| {
            let (client, name) = (&client, &name);
            async move {
                let payload = PutPayload::from(vec![writer; 10_000]);
                let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
                (writer, client.put_opts(name, payload, options).await)
            }
        });
        let written = join_all(writers).await;
        let won: Vec<u8> = written.iter().filter(|(_, put)| put.is_ok()).map(|(writer, _)| *writer).collect();
        for (_, put) in &written {
            assert!(matches!(put, Ok(_) | Err(object_store::Error::AlreadyExists { .. })), "{put:?}");
        }
        let [winner] = won[..] else { panic!("{} writers won", won.len()) };
        assert_eq!(client.get(&name).await.unwrap().bytes().await.unwrap(), vec![winner; 10_000]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_from_enrolment_to_the_opened_receipt() {
    let Some(town) = Town::on_a_bucket() else { return };
    let (tablet, intake) = (town.enrol("tablet-01"), town.serve());
    let uploader = uploader(&tablet, intake.address);
    let part = tablet.usual_part(1, 1);
    let visit = (part.key, tablet.seal(&part));
    for (key, sealed) in [tablet.hello(), tablet.notice(&part), visit.clone(), tablet.tally(&part)] {
        let job = town.job(key, &sealed);
        let token = upload(&uploader, &job, PATIENT).await.unwrap();
        town.assert_held(&tablet, &job, &token.0);
    }
    let (waiting, done) = town.run(&["status"]);
    assert!(!done && waiting.contains("part 1: run `open`"), "{waiting}");
    let opened = town.must(&["open"]);
    assert!(opened.contains("opened now") && opened.contains(", 3 cases"), "{opened}");
    assert!(town.must(&["open"]).starts_with("0 opened now, 3 before"), "a second time there is nothing to open");

    let tokens = uploader.receipts().await.unwrap();
    let token = tokens.iter().find(|tokens| tokens.package == part.key.name()).unwrap().opened.clone().unwrap();
    let job = town.job(visit.0, &visit.1);
    OpenedReceipt::verify(&token, &tablet.enrolment().opened_keys(), &part.key, job.sha256).unwrap();

    assert_eq!(town.must(&["tally"]).lines().count(), 2);
    let out = town.city.root().with_file_name("export");
    let exported = town.must(&["export", "--out", text(&out)]);
    assert!(exported.starts_with("1 visits, 3 cases and 2 photos"), "{exported}");
    let id = tablet.device().to_string();
    town.must(&["revoke", &id]);
    assert_eq!(upload(&uploader, &job, ONE_TRY).await, Err(UploadError::Revoked));
    assert_eq!(
        files_below(&town.city.root().join("store")),
        Vec::<std::path::PathBuf>::new(),
        "it is all in the bucket"
    );
    assert_eq!(intake.stop(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_does_not_follow_the_package() {
    let Some(town) = Town::on_a_bucket() else { return };
    let (tablet, intake) = (town.enrol("tablet-01"), town.serve());
    let uploader = uploader(&tablet, intake.address);
    let small = town.job(tablet.key_of("hello/1"), &random(12_000_000));
    upload(&uploader, &small, PATIENT).await.unwrap();
    let before = intake.peak_memory();
    let large = town.job(tablet.key_of("hello/2"), &random(96_000_000));
    let token = upload(&uploader, &large, PATIENT).await.unwrap();
    town.assert_held(&tablet, &large, &token.0);
    let grown = intake.peak_memory() - before;
    assert!(grown < 32 << 20, "{grown} bytes more for a package of {}", large.bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_expired_goes_from_the_bucket_and_what_is_complete_is_finished() {
    let Some(town) = Town::on_a_bucket() else { return };
    let tablet = town.enrol("tablet-01");
    let record = |package: &homon_seal::PackageKey, content: &[u8]| {
        serde_json::json!({
            "device": package.device, "subject": package.subject, "seal": package.seal,
            "sha256": homon_seal::Sha256Digest::of(content), "length": content.len(),
            "created_at": "2026-09-24T00:30:00Z",
        })
    };
    let content = random(6_000_000);
    let (complete, abandoned) = (tablet.key_of("hello/1"), tablet.key_of("hello/2"));
    for (package, arrived) in [(complete, content.len()), (abandoned, 1_000)] {
        let id = upload_id(&package, &content);
        let folder = format!("uploads/{}/{id}", package.device);
        put(&town, &format!("{folder}.json"), record(&package, &content).to_string().as_bytes());
        for (number, chunk) in content[..arrived].chunks(1 << 20).enumerate() {
            put(&town, &format!("{folder}/{:020}", number << 20), chunk);
        }
    }
    // Two at once, as they are where one machine is not enough.
    let intakes = [town.serve(), town.serve()];
    let receipt = town.in_store(&layout::receipt(&complete, ReceiptKind::Held));
    for _ in 0..500 {
        if receipt.exists() && files_below(&town.in_store("uploads")).is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(files_below(&town.in_store("uploads")), Vec::<std::path::PathBuf>::new());
    assert!(std::fs::read(town.in_store(&layout::package(&complete))).unwrap() == content);
    assert!(receipt.exists() && !town.in_store(&layout::package(&abandoned)).exists());
    for intake in intakes {
        assert_eq!(intake.stop(), Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_is_reached_over_tls_by_the_certificates_of_the_system() {
    let authority = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let ca = params.self_signed(&authority).unwrap().pem();
    let issuer = rcgen::Issuer::new(params, authority);
    let key = rcgen::KeyPair::generate().unwrap();
    let server = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let server = server.signed_by(&key, &issuer).unwrap().pem();
    let Some(gateway) = Gateway::start_with(Some((&server, &key.serialize_pem()))) else { return };
    let town = Town::on(gateway);
    let (said, done) = town.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(!done && !said.contains("listening"), "a certificate that nobody knows was taken: {said}");

    let roots = town.city.root().with_file_name("roots.pem");
    std::fs::write(&roots, ca).unwrap();
    let town = town.with("SSL_CERT_FILE", text(&roots));
    let (tablet, intake) = (town.enrol("tablet-01"), town.serve());
    let (key, sealed) = tablet.hello();
    let job = town.job(key, &sealed);
    let token = upload(&uploader(&tablet, intake.address), &job, PATIENT).await.unwrap();
    town.assert_held(&tablet, &job, &token.0);
    assert!(town.must(&["open"]).contains("1 opened now"));
}

/// Where the intake keeps an upload below its device: by package, and by digest.
fn upload_id(package: &homon_seal::PackageKey, content: &[u8]) -> String {
    let half = |text: String| homon_seal::Sha256Digest::of(text.as_bytes()).to_string()[..32].to_owned();
    let (device, name, sha256) = (package.device, package.name(), homon_seal::Sha256Digest::of(content));
    let slot = half(format!("homon upload slot\n{device}\n{name}"));
    format!("{slot}/{}", half(format!("homon upload\n{device}\n{name}\n{sha256}")))
}

/// Puts an object into the bucket that has lain there for eight days.
fn put(town: &Town, name: &str, bytes: &[u8]) {
    let path = town.in_store(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(8 * 86_400)).unwrap();
}

#[test]
fn a_bucket_that_cannot_be_used_is_told_before_any_tablet_is_let_in() {
    let far = Town::on_a_folder().with_store("s3://homon").with("AWS_ENDPOINT_URL", "http://s3.example");
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["open"], &["status"]] {
        let (said, done) = far.run(command);
        assert!(!done && said.contains("plain http") && said.contains("AWS_ALLOW_HTTP"), "{said}");
    }
    let (said, done) = Town::on_a_folder().with_store("/srv/store").run(&["open"]);
    assert!(!done && said.contains("s3://bucket"), "{said}");

    let Some(town) = Town::on_a_bucket() else { return };
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let store = town.gateway.as_ref().unwrap().store();
    let missing = town.with_store("s3://other");
    let (said, done) = missing.run(&serve);
    assert!(!done && !said.contains("listening") && said.contains("the store is not there"), "{said}");
    let refused = missing.with_store(&store).with("AWS_SECRET_ACCESS_KEY", "another");
    let (said, done) = refused.run(&serve);
    assert!(!done && !said.contains("listening"), "{said}");
    assert!(!said.contains("a-secret-of-the-test") && !said.contains("\"another\""), "{said}");
}
