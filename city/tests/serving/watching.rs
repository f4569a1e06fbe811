//! What the process answers to those who watch it, and what it says of limits that it can't read.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::town::{Town, uploader};
use crate::world::{PATIENT, upload};

/// One request in plain HTTP; the answer, or nothing where nobody answers.
fn ask(address: SocketAddr, path: &str) -> String {
    let mut answer = String::new();
    let Ok(mut stream) = TcpStream::connect(address) else { return answer };
    let request = format!("GET {path} HTTP/1.1\r\nHost: intake\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_that_of_the_store_and_an_intake_outlives_its_absence() {
    let Some(mut town) = Town::on_a_bucket() else { return };
    let (tablet, intake) = (town.enrol("tablet-01"), town.serve());
    let (key, sealed) = tablet.hello();
    upload(&uploader(&tablet, intake.address), &town.job(key, &sealed), PATIENT).await.unwrap();
    let counted = ask(intake.watched, "/metrics");
    assert!(counted.contains("homon_intake_receipts_total 1") && !counted.contains(&tablet.device().to_string()));
    town.gateway.as_mut().unwrap().end();
    let watched = intake.watched;
    let health = tokio::task::spawn_blocking(move || ask(watched, "/healthz")).await.unwrap();
    assert!(health.starts_with("HTTP/1.1 503"), "{health}");
    assert_eq!(intake.stop(), Some(0));
}

#[test]
fn a_limit_that_is_not_known_is_named_with_its_file() {
    let town = Town::on_a_folder();
    let file = town.city.root().join("intake/intake.toml");
    std::fs::write(&file, "upload_gib = 4\n").unwrap();
    let (said, done) = town.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(!done && said.contains("intake.toml") && said.contains("upload_gib"), "{said}");
    std::fs::write(&file, "upload_mib = 64\n[device]\nmib_a_day = 1024\n").unwrap();
    assert_eq!(town.serve().stop(), Some(0));
}
