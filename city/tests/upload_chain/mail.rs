//! Mail on its way: handed to the tablet that it is for, and to no other, until the tablet has it.

use homon_city::intake::layout::{self, MailState};
use homon_domain::ids::{DeviceId, MailNumber};
use homon_seal::Sha256Digest;
use homon_seal::mail::MAX_SEALED;
use homon_upload::{UploadError, WaitingMail};

use crate::protocol::{Raw, problem};
use crate::world::{World, random};

fn number(number: u32) -> MailNumber {
    MailNumber::new(number).unwrap()
}

impl World {
    fn put_mail(&self, device: DeviceId, of: u32, sealed: &[u8]) {
        let path = self.store().join(layout::mail(device, number(of), MailState::Waiting));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, sealed).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_waits_is_fetched_and_taken() {
    let world = World::make();
    let (server, tablet, other) = (world.serve().await, world.enrol(), world.enrol());
    let uploader = world.uploader(&tablet, server.address);
    assert_eq!(uploader.mail().await, Ok(vec![]));
    let sealed = [random(3_000), random(MAX_SEALED)];
    for (of, sealed) in [11, 2].into_iter().zip(&sealed) {
        world.put_mail(tablet.device, of, sealed);
    }
    world.put_mail(other.device, 1, b"another tablet's");

    let waiting = uploader.mail().await.unwrap();
    assert_eq!(
        waiting.iter().map(|mail| (mail.number.get(), mail.size)).collect::<Vec<_>>(),
        [(2, MAX_SEALED as u64), (11, 3_000)]
    );
    for (waiting, sealed) in waiting.iter().zip(sealed.iter().rev()) {
        assert!(uploader.fetch_mail(waiting).await.unwrap().as_ref() == Some(sealed));
    }

    for _ in 0..2 {
        uploader.mail_taken(number(2)).await.unwrap();
    }
    assert_eq!(uploader.fetch_mail(&waiting[0]).await, Ok(None));
    assert_eq!(uploader.mail().await.unwrap(), waiting[1..]);
    let lying = |of, state| world.store().join(layout::mail(tablet.device, number(of), state)).exists();
    assert!(!lying(2, MailState::Waiting) && lying(2, MailState::Taken) && lying(11, MailState::Waiting));

    // Of mail that never was, no sign is left that could keep it from coming.
    uploader.mail_taken(number(1)).await.unwrap();
    assert!(!lying(1, MailState::Taken));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_bytes_than_listed_are_not_handed_on() {
    let world = World::make();
    let (server, tablet) = (world.serve().await, world.enrol());
    let uploader = world.uploader(&tablet, server.address);
    world.put_mail(tablet.device, 1, b"sealed");
    let [listed] = uploader.mail().await.unwrap()[..] else { panic!() };
    assert_eq!(listed, WaitingMail { number: number(1), size: 6, sha256: Sha256Digest::of(b"sealed") });
    let other = WaitingMail { sha256: Sha256Digest::of(b"other"), ..listed };
    assert_eq!(uploader.fetch_mail(&other).await, Ok(None));
    let too_long = WaitingMail { size: MAX_SEALED as u64 + 1, ..listed };
    assert_eq!(uploader.fetch_mail(&too_long).await, Ok(None));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_is_refused_like_everything_else() {
    let world = World::make();
    let (server, tablet, other) = (world.serve().await, world.enrol(), world.enrol());
    world.put_mail(tablet.device, 1, b"sealed");
    let raw = Raw::new(&world, &other, server.address);
    for (method, path) in
        [("GET", "/v1/mail/1"), ("DELETE", "/v1/mail/1"), ("GET", "/v1/mail/01"), ("GET", "/v1/mail/x")]
    {
        let answer = problem(raw.request(method, path).send().await.unwrap()).await;
        assert_eq!(answer, (404, "not_found".to_owned()), "{method} {path}");
    }
    let put = raw.request("PUT", "/v1/mail/1").send().await.unwrap();
    assert_eq!((put.status().as_u16(), put.headers()["allow"].to_str().unwrap()), (405, "GET, DELETE"));
    let device = tablet.device;
    let path = format!("/v1/mail/..%2F..%2F{device}%2F0000000001");
    assert_eq!(problem(raw.request("GET", &path).send().await.unwrap()).await.0, 404);

    world.registry().revoke(tablet.device, chrono::Utc::now()).unwrap();
    let uploader = world.uploader(&tablet, server.address);
    assert_eq!(uploader.mail().await, Err(UploadError::Revoked));
    assert_eq!(uploader.mail_taken(number(1)).await, Err(UploadError::Revoked));
    let waiting = WaitingMail { number: number(1), size: 6, sha256: Sha256Digest::of(b"sealed") };
    assert_eq!(uploader.fetch_mail(&waiting).await, Err(UploadError::Revoked));
    assert!(world.store().join(layout::mail(device, number(1), MailState::Waiting)).exists());
    server.stop().await;
}
