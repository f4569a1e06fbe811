//! What the people who keep the intake running see, and where they see it.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::protocol::{Raw, problem};
use crate::world::{PATIENT, World, random, upload};

const VISIT: &str = "visit/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1/1";

/// One request in plain HTTP.
async fn ask(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: intake\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn the_counts_name_nobody_and_no_tablet_reaches_them() {
    let world = World::make();
    let ((server, watched), tablet) = (world.serve_watched().await, world.enrol());
    let job = world.seal(&tablet, VISIT, 5_000);
    upload(&world.uploader(&tablet, server.address), &job, PATIENT).await.unwrap();
    let raw = Raw::new(&world, &tablet, server.address);
    let other = world.seal(&tablet, "hello/1", 700);
    assert_eq!(raw.create(&other).await.status(), 201);
    assert_eq!(problem(raw.patch(&raw.location(&other), 0, random(700)).await).await.0, 460);
    assert_eq!(problem(raw.request("GET", "/yamada-taro").send().await.unwrap()).await.0, 404);
    // Not TLS, and a handshake that fails.
    TcpStream::connect(server.address).await.unwrap().write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();

    let mut text = ask(watched, "/metrics").await;
    for _ in 0..100 {
        if text.contains("failed_handshakes_total 1") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        text = ask(watched, "/metrics").await;
    }
    assert!(text.starts_with("HTTP/1.1 200") && text.contains("text/plain; version=0.0.4"), "{text}");
    let patched = |status| {
        format!("homon_intake_requests_total{{route=\"/v1/packages/{{id}}\",method=\"PATCH\",status=\"{status}\"}} 1")
    };
    for line in [
        patched(204),
        patched(460),
        "homon_intake_requests_total{route=\"none\",method=\"GET\",status=\"404\"} 1".to_owned(),
        "homon_intake_refusals_total{code=\"digest_mismatch\"} 1".to_owned(),
        "homon_intake_uploads_begun_total 2".to_owned(),
        "homon_intake_uploads_ended_total{how=\"held\"} 1".to_owned(),
        "homon_intake_uploads_ended_total{how=\"wrong_bytes\"} 1".to_owned(),
        "homon_intake_received_bytes_total 5700".to_owned(),
        "homon_intake_receipts_total 1".to_owned(),
        "homon_intake_failed_handshakes_total 1".to_owned(),
        "homon_intake_uploads_receiving 0".to_owned(),
        "homon_intake_requests_total{route=\"/v1/packages\",method=\"POST\",status=\"201\"} 2".to_owned(),
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    for named in [&tablet.device.to_string(), "0c5ad1c7", "yamada", &job.sha256.to_string()] {
        assert!(!text.contains(named), "{named} is in\n{text}");
    }

    let refused = raw.request("GET", "/metrics").send().await.unwrap();
    assert_eq!(problem(refused).await, (404, "not_found".to_owned()));
    assert!(ask(watched, "/healthz").await.starts_with("HTTP/1.1 200"));
    for path in ["/v1/packages", "/v1/receipts", "/v1/mail"] {
        assert!(ask(watched, path).await.starts_with("HTTP/1.1 404"), "{path}");
    }
    server.stop().await;
    assert!(TcpStream::connect(watched).await.is_err(), "it goes on after its intake");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_gone_is_not_healthy() {
    let world = World::make();
    let ((server, watched), tablet) = (world.serve_watched().await, world.enrol());
    // It answers once the store is open.
    assert!(ask(watched, "/metrics").await.starts_with("HTTP/1.1 200"));
    std::fs::rename(world.store(), world.store().with_extension("away")).unwrap();
    assert!(ask(watched, "/healthz").await.starts_with("HTTP/1.1 503"));
    std::fs::rename(world.store().with_extension("away"), world.store()).unwrap();
    // The answer stands for a while: whoever asks often costs nothing.
    let raw = Raw::new(&world, &tablet, server.address);
    let silent = raw.request("GET", "/healthz").send().await.unwrap();
    assert_eq!(problem(silent).await, (503, "store_silent".to_owned()));
    server.stop().await;
}
