//! The program itself: what it prints, how it ends, and an intake that runs without the desk.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;

use homon_domain::platform::Clock;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::city::{TestCity, files_below};
use crate::people::{ADDRESS, COMPAT_NAME, IVS_NAME, NUMBER};
use crate::tablet::Tablet;

fn homon_city(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_homon-city")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn an_example_is_shown_and_founds_a_city() {
    let home = tempfile::tempdir().unwrap();
    let (root, rules) = (home.path().join("city"), home.path().join("rules.toml"));
    for example in ["shimonoseki", "chiba"] {
        let shown = homon_city(&["init", "--example", example]);
        assert!(shown.status.success());
        fs::write(&rules, shown.stdout).unwrap();
        let arguments =
            ["init", "--dir", path(&root), "--programme", path(&rules), "--intake-url", "https://[::1]:8443"];
        let founded = homon_city(&arguments);
        assert!(founded.status.success(), "{}", text(&founded.stderr));
        let groups = text(&founded.stdout).lines().find(|line| line.split_whitespace().count() == 16).unwrap();
        assert!(groups.split_whitespace().all(|group| group.len() == 4));
        assert!(text(&founded.stdout).contains("recovery") && text(&founded.stdout).contains("office"));
        let again = homon_city(&arguments);
        assert_eq!(again.status.code(), Some(1));
        assert!(text(&again.stderr).contains("exists already"));
        fs::remove_dir_all(&root).unwrap();
    }
}

#[test]
fn what_is_not_understood_ends_with_2() {
    for wrong in [&["init"][..], &["enrol"], &["open", "--dir"], &["revoke", "--dir", ".", "x"], &["launch"], &[]] {
        assert_eq!(homon_city(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn a_day_at_the_desk() {
    let city = TestCity::found();
    let home = city.root().parent().unwrap();
    let (request, answer) = (home.join("request.jws"), home.join("enrolment.jws"));
    let mut tablet = Tablet::new("tablet-01");
    fs::write(&request, tablet.request(city.clock.now())).unwrap();
    let enrolled = homon_city(&["enrol", "--dir", path(city.root()), path(&request), "--out", path(&answer)]);
    assert!(enrolled.status.success(), "{}", text(&enrolled.stderr));
    tablet.accept(fs::read_to_string(&answer).unwrap().trim_end(), &city.founded.ca_fingerprint);
    let thumbprint = homon_seal::enrolment::fingerprint_groups(&tablet.key.public_key().thumbprint());
    assert!(text(&enrolled.stdout).contains(&thumbprint));

    let part = tablet.usual_part(1, 1);
    city.deliver(&part.key, &tablet.seal(&part));
    let waiting = homon_city(&["status", "--dir", path(city.root())]);
    assert_eq!(waiting.status.code(), Some(1));
    assert!(text(&waiting.stdout).contains("part 1: run `open`"), "{}", text(&waiting.stdout));
    let opened = homon_city(&["open", "--dir", path(city.root())]);
    assert!(opened.status.success(), "{}", text(&opened.stderr));
    let line = format!("opened      {}/{}, 3 cases", part.key.device, part.key.name());
    assert!(text(&opened.stdout).starts_with(&line), "{}", text(&opened.stdout));

    let json = homon_city(&["status", "--dir", path(city.root()), "--json"]);
    let status: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(status["parts"][0]["stage"], "opened");
    let out = home.join("export");
    let exported = homon_city(&["export", "--dir", path(city.root()), "--out", path(&out)]);
    assert!(text(&exported.stdout).starts_with("1 visits, 3 cases and 2 photos"), "{}", text(&exported.stderr));

    let revoked = homon_city(&["revoke", "--dir", path(city.root()), &part.key.device.to_string()]);
    assert!(revoked.status.success());
    let again = homon_city(&["enrol", "--dir", path(city.root()), path(&request), "--out", path(&home.join("x"))]);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("revoked"), "{}", text(&again.stderr));
    assert!(!home.join("x").exists());
}

#[test]
fn a_package_that_was_not_opened_ends_with_1_and_is_named() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let part = tablet.usual_part(1, 1);
    let mut sealed = tablet.seal(&part);
    sealed.truncate(sealed.len() - 1);
    city.deliver(&part.key, &sealed);
    let desk = city.root().with_file_name("desk-elsewhere");
    fs::rename(city.folder.desk().path(), &desk).unwrap();
    let without = homon_city(&["open", "--dir", path(city.root())]);
    assert_eq!(without.status.code(), Some(1));
    assert!(text(&without.stderr).contains("work.key is not here"), "{}", text(&without.stderr));
    let opened = homon_city(&["open", "--dir", path(city.root()), "--desk", path(&desk)]);
    assert_eq!(opened.status.code(), Some(1));
    let line = format!("NOT OPENED  {}/{}: the package is damaged", part.key.device, part.key.name());
    assert!(text(&opened.stdout).contains(&line), "{}", text(&opened.stdout));
}

#[test]
fn the_office_reads_its_counts() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let (key, sealed) = tablet.tally(&tablet.usual_part(1, 1));
    city.deliver(&key, &sealed);
    let shown = homon_city(&["tally", "--dir", path(city.root())]);
    assert!(shown.status.success());
    let out = city.root().with_file_name("counts.csv");
    let saved = homon_city(&["tally", "--dir", path(city.root()), "--out", path(&out)]);
    assert!(saved.status.success());
    assert_eq!(fs::read(&out).unwrap(), shown.stdout);
    assert_eq!(homon_city(&["tally", "--dir", path(city.root()), "--out", path(&out)]).status.code(), Some(1));
}

struct Intake {
    process: Child,
    address: String,
}

impl Intake {
    fn start(root: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_homon-city"))
            .args(["serve", "--dir", path(root), "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on ").expect("it says where it listens").to_owned();
        Self { process, address }
    }

    fn stop(mut self, signal: &str) -> Output {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        self.process.wait().unwrap();
        self.process.wait_with_output().unwrap()
    }
}

#[tokio::test]
async fn the_intake_runs_without_desk_recovery_and_office_and_stops_in_order() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    for folder in ["desk", "recovery", "office"] {
        fs::remove_dir_all(city.root().join(folder)).unwrap();
    }
    let before = files_below(city.root());
    for signal in ["-TERM", "-INT"] {
        let intake = Intake::start(city.root());
        let answer = get(&intake.address, &tablet, "/v1/receipts").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with("{\"receipts\":[]}"), "{answer}");
        let stopped = intake.stop(signal);
        assert_eq!(stopped.status.code(), Some(0));
        for line in text(&stopped.stderr).lines() {
            serde_json::from_str::<serde_json::Value>(line).expect("a log line is JSON");
        }
        assert!(text(&stopped.stderr).contains("\"stopped\""), "{}", text(&stopped.stderr));
    }
    assert_eq!(files_below(city.root()), before);
}

/// One request over TLS as the tablet makes it: the city's CA pinned, the device's certificate shown.
async fn get(address: &str, tablet: &Tablet, target: &str) -> String {
    let enrolment = tablet.enrolment();
    let certificate = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate(&enrolment.ca_pem)).unwrap();
    let key = PrivateKeyDer::try_from(tablet.key.to_pkcs8_der().to_vec()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(vec![certificate(&enrolment.client_certificate_pem)], key)
        .unwrap();
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from(enrolment.server_name.clone()).unwrap();
    let mut stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    let request = format!("GET {target} HTTP/1.1\r\nHost: intake\r\nTus-Resumable: 1.0.0\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[test]
fn an_intake_without_its_keys_says_what_is_missing() {
    let city = TestCity::found();
    fs::remove_file(city.folder.held_key()).unwrap();
    let output = homon_city(&["serve", "--dir", path(city.root()), "--listen", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    assert!(text(&output.stderr).contains("held.key.pem is not here"), "{}", text(&output.stderr));
}

#[test]
fn what_is_held_back_is_named_and_adopted_by_that_name() {
    let city = TestCity::found();
    let tablets = ["tablet-01", "tablet-02"].map(|label| city.enrol(label));
    let mut parts = tablets.each_ref().map(|tablet| tablet.usual_part(1, 1));
    let (audit, head) = crate::tablet::log(parts[1].visit.plan.id, parts[1].visit.part, &["open-visit", "other"]);
    (parts[1].audit, parts[1].audit_head) = (audit, Some(head));
    for (tablet, part) in tablets.iter().zip(&parts) {
        city.deliver(&part.key, &tablet.seal(part));
    }
    let opened = homon_city(&["open", "--dir", path(city.root())]);
    assert_eq!(opened.status.code(), Some(1));
    let line = text(&opened.stdout).lines().find(|line| line.starts_with("NOT OPENED")).unwrap().to_owned();
    assert!(line.contains("already came from device") && line.contains("adopt"), "{line}");
    let name = line.split_whitespace().nth(2).unwrap().trim_end_matches(':').to_owned();
    let adopt = |name: &str, reason: &str| homon_city(&["adopt", "--dir", path(city.root()), name, "--reason", reason]);
    assert_eq!(adopt("not/a/name", "x").status.code(), Some(2));
    assert_eq!(adopt(&name, "").status.code(), Some(1));
    let adopted = adopt(&name, "checked both");
    assert!(adopted.status.success(), "{}", text(&adopted.stderr));
    assert!(text(&adopted.stdout).contains(&format!("adopted     {name}, 3 cases")), "{}", text(&adopted.stdout));
    let again = adopt(&name, "checked both");
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("opened already"), "{}", text(&again.stderr));
    assert!(homon_city(&["open", "--dir", path(city.root())]).status.success());
}

#[test]
fn a_grant_is_written_once_and_only_for_a_copy_of_this_city() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let home = city.root().parent().unwrap();
    let copy = home.join(format!("{}-1.recovery", crate::tablet::VISIT));
    let recovery = &tablet.enrolment().recipients.recovery;
    fs::write(&copy, homon_seal::recipients::encrypt_small(recovery, &[7; 32]).unwrap()).unwrap();
    let (key, device, out) = (city.folder.recovery(), tablet.device().to_string(), home.join("grant.age"));
    let recover = |copy: &Path, to: &str, out: &Path| {
        let dir = path(city.root());
        homon_city(&["recover", path(copy), "--dir", dir, "--key", path(&key), "--to", to, "--out", path(out)])
    };
    let renamed = home.join("copy.recovery");
    fs::copy(&copy, &renamed).unwrap();
    let wrong_name = recover(&renamed, &device, &out);
    assert_eq!(wrong_name.status.code(), Some(1));
    assert!(text(&wrong_name.stderr).contains("<visit>-<part>.recovery"));
    let stranger = recover(&copy, &homon_domain::ids::DeviceId::make().to_string(), &out);
    assert!(text(&stranger.stderr).contains("enrol the tablet anew first"), "{}", text(&stranger.stderr));
    let foreign = home.join(format!("{}-2.recovery", crate::tablet::VISIT));
    fs::write(&foreign, b"no age file").unwrap();
    assert!(text(&recover(&foreign, &device, &out).stderr).contains("does not open the copy"));
    assert!(!out.exists());
    let granted = recover(&copy, &device, &out);
    assert!(granted.status.success(), "{}", text(&granted.stderr));
    let granted = tablet.open_grant(&fs::read(&out).unwrap()).unwrap();
    assert_eq!((granted.key.as_slice(), granted.grant.seals_before), ([7; 32].as_slice(), None));
    assert!(text(&recover(&copy, &device, &out).stderr).contains("exists already"));
    homon_city::desk::revoke::revoke(&city.folder, tablet.device(), &city.clock).unwrap();
    let revoked = recover(&copy, &device, &home.join("other.age"));
    assert!(text(&revoked.stderr).contains("was revoked"), "{}", text(&revoked.stderr));
    for wrong in [&["recover", path(&copy)][..], &["recover", "--key", "k", "--dir", "."]] {
        assert_eq!(homon_city(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn a_lost_tablet_is_told_and_what_the_city_has_of_its_part_is_laid_open() {
    let city = TestCity::found();
    let tablet = city.enrol("tablet-01");
    let mut part = tablet.usual_part(1, 1);
    part.key.subject = homon_seal::Subject::Checkpoint { visit: part.visit.plan.id, part: part.visit.part };
    (part.visit.status, part.visit.closed_at) = (homon_domain::visit::VisitStatus::Open, None);
    city.deliver(&part.key, &tablet.seal(&part));
    let device = tablet.device().to_string();
    let run = |arguments: &[&str]| {
        let output = homon_city(&[arguments, &["--dir", path(city.root())]].concat());
        for said in [&output.stdout, &output.stderr].map(|bytes| text(bytes).to_owned()) {
            let clear = [IVS_NAME, COMPAT_NAME, ADDRESS, NUMBER].into_iter().find(|clear| said.contains(clear));
            assert_eq!(clear, None, "{arguments:?}");
        }
        output
    };
    assert_eq!(run(&["open"]).status.code(), Some(0));
    let stranger = run(&["lost", &homon_domain::ids::DeviceId::make().to_string()]);
    assert_eq!((stranger.status.code(), stranger.stdout.is_empty()), (Some(1), true));
    assert!(text(&stranger.stderr).contains("was enrolled here"), "{}", text(&stranger.stderr));
    let drill = run(&["lost", &device, "--dry-run"]);
    assert_eq!(drill.status.code(), Some(1));
    assert!(text(&drill.stdout).starts_with("A drill: tablet-01"), "{}", text(&drill.stdout));
    let lost = run(&["lost", &device]);
    let told = text(&lost.stdout);
    assert!(lost.status.code() == Some(1) && told.contains("checkpoint 1 of 2026-09-24 09:30: 3 received"), "{told}");
    // It names the command that helps, and the command takes that name.
    let next = told.lines().find(|line| line.contains("adopt")).unwrap();
    let name = next.split_whitespace().find(|word| word.contains("/checkpoint/")).unwrap().to_owned();
    assert_eq!(run(&["adopt", &name]).status.code(), Some(2), "without a reason");
    let adopted = run(&["adopt", &name, "--reason", "dropped"]);
    assert!(adopted.status.success(), "{}", text(&adopted.stderr));
    assert!(text(&adopted.stdout).contains("It counts until a complete package comes"), "{}", text(&adopted.stdout));
    let after = run(&["lost", &device]);
    assert_eq!(after.status.code(), Some(0));
    assert!(text(&after.stdout).contains("checkpoint 1 was adopted"), "{}", text(&after.stdout));
}
