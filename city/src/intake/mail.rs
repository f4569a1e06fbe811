//! The desk's mail for a device: listed, handed out, and gone once the device says that it has it.
//!
//! A mail is sealed to its device and signed by the desk: the intake knows its number and its size and nothing else.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Extension, Json, Router};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use homon_domain::ids::{DeviceId, MailNumber};
use homon_seal::Sha256Digest;
use homon_seal::mail::MAX_SEALED;
use serde::{Deserialize, Serialize};

use super::http::{Answer, Shared, no_store};
use super::identity::Peer;
use super::layout::{self, MailState};
use super::problem::Problem;
use super::store::{Store, StoreError};

/// The answer to `GET /v1/mail`.
#[derive(Serialize, Debug)]
struct Mailbox {
    mail: Vec<Waiting>,
}

/// Mail that waits for its device.
#[derive(Serialize, Debug)]
struct Waiting {
    number: MailNumber,
    /// In bytes.
    size: u64,
    sha256: Sha256Digest,
}

/// What stands for mail that its device has taken: the content of [`MailState::Taken`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MailTaken {
    /// Since when, by the intake's clock.
    pub at: DateTime<Utc>,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/v1/mail", get(list_mail)).route("/v1/mail/{number}", any(one_mail))
}

async fn list_mail(State(intake): State<Shared>, Extension(peer): Extension<Peer>) -> Answer {
    let device = intake.admit(peer).await?;
    let mail = list(&intake.store, device).await?;
    Ok((no_store(), Json(mail)).into_response())
}

async fn one_mail(
    State(intake): State<Shared>,
    Extension(peer): Extension<Peer>,
    Path(number): Path<String>,
    request: Request,
) -> Answer {
    let device = intake.admit(peer).await?;
    let number = read_number(&number).ok_or(Problem::NotFound)?;
    match *request.method() {
        Method::GET => {
            let sealed = read(&intake.store, device, number).await?.ok_or(Problem::NotFound)?;
            Ok((no_store(), sealed).into_response())
        }
        Method::DELETE => {
            let shared = Arc::clone(&intake);
            intake.to_the_end(async move { taken(&shared.store, device, number, shared.clock.now()).await }).await
        }
        _ => Err(Problem::MethodNotAllowed { allowed: "GET, DELETE" }),
    }
}

/// A number has one spelling.
fn read_number(text: &str) -> Option<MailNumber> {
    let number = text.parse().ok().and_then(MailNumber::new)?;
    (number.to_string() == text).then_some(number)
}

async fn taken(store: &Store, device: DeviceId, number: MailNumber, at: DateTime<Utc>) -> Result<Response, Problem> {
    if !take(store, device, number, at).await? {
        return Err(Problem::NotFound);
    }
    tracing::info!(%number, "mail was taken");
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The mail that waits for a device, in the order of its numbers.
async fn list(store: &Store, device: DeviceId) -> Result<Mailbox, StoreError> {
    let (mut waiting, mut gone) = (Vec::new(), BTreeSet::new());
    for entry in store.list(&layout::mail_of(device)).await? {
        match layout::read_mail(device, &entry.name) {
            Some((number, MailState::Taken)) => drop(gone.insert(number)),
            Some((number, MailState::Waiting)) if entry.size <= MAX_SEALED as u64 => waiting.push((number, entry)),
            _ => tracing::warn!("an object among the mail is none"),
        }
    }
    let mut mail = Vec::new();
    // Both stand there for a moment, or after a crash: then it was taken.
    for (number, entry) in waiting.into_iter().filter(|(number, _)| !gone.contains(number)) {
        let Some(sealed) = store.read(&entry.name).await? else { continue };
        mail.push(Waiting { number, size: sealed.len() as u64, sha256: Sha256Digest::of(&sealed) });
    }
    Ok(Mailbox { mail })
}

/// One mail, unless there is none or it was taken.
async fn read(store: &Store, device: DeviceId, number: MailNumber) -> Result<Option<Bytes>, StoreError> {
    if store.size(&layout::mail(device, number, MailState::Taken)).await?.is_some() {
        return Ok(None);
    }
    let name = layout::mail(device, number, MailState::Waiting);
    match store.size(&name).await? {
        Some(size) if size <= MAX_SEALED as u64 => store.read(&name).await,
        _ => Ok(None),
    }
}

/// The device has it. The sign stands before the mail goes, so that it is never gone without one; told again, this does
/// what is left. `false` when there was no such mail: a sign without one would keep the desk from sending it.
async fn take(store: &Store, device: DeviceId, number: MailNumber, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let (mail, sign) =
        (layout::mail(device, number, MailState::Waiting), layout::mail(device, number, MailState::Taken));
    if store.size(&sign).await?.is_none() {
        if store.size(&mail).await?.is_none() {
            return Ok(false);
        }
        let record = serde_json::to_vec(&MailTaken { at }).expect("an instant is plain data");
        match store.create(&sign, Bytes::from(record)).await {
            Ok(()) | Err(StoreError::Exists) => {}
            Err(error) => return Err(error),
        }
    }
    store.delete(&mail).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(number: u32) -> MailNumber {
        MailNumber::new(number).unwrap()
    }

    fn noon() -> DateTime<Utc> {
        "2026-09-24T03:00:00Z".parse().unwrap()
    }

    async fn put(store: &Store, device: DeviceId, of: u32, bytes: &'static [u8]) {
        let name = layout::mail(device, number(of), MailState::Waiting);
        store.create(&name, Bytes::from_static(bytes)).await.unwrap();
    }

    #[tokio::test]
    async fn what_waits_is_listed_and_gone_once_taken() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at_folder(folder.path()).unwrap();
        let (device, other) = (DeviceId::make(), DeviceId::make());
        assert!(list(&store, device).await.unwrap().mail.is_empty());
        put(&store, device, 10, b"tenth").await;
        put(&store, device, 2, b"second").await;
        put(&store, other, 3, b"another device's").await;
        std::fs::write(folder.path().join(layout::mail_of(device)).join("notes.txt"), "x").unwrap();
        insta::assert_json_snapshot!(list(&store, device).await.unwrap());
        assert_eq!(read(&store, device, number(2)).await.unwrap().unwrap(), "second");
        assert_eq!(read(&store, device, number(3)).await.unwrap(), None);

        assert!(take(&store, device, number(2), noon()).await.unwrap());
        let sign = folder.path().join(layout::mail(device, number(2), MailState::Taken));
        assert_eq!(std::fs::read_to_string(&sign).unwrap(), r#"{"at":"2026-09-24T03:00:00Z"}"#);
        assert!(take(&store, device, number(2), Utc::now()).await.unwrap(), "told again");
        assert!(std::fs::read_to_string(sign).unwrap().contains("03:00"), "the first instant stays");
        assert_eq!(read(&store, device, number(2)).await.unwrap(), None);
        assert_eq!(list(&store, device).await.unwrap().mail.len(), 1);
    }

    #[tokio::test]
    async fn what_a_crash_left_is_taken_and_what_never_was_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at_folder(folder.path()).unwrap();
        let device = DeviceId::make();
        assert!(!take(&store, device, number(1), noon()).await.unwrap());
        assert_eq!(store.list("mail").await.unwrap(), []);
        put(&store, device, 1, b"first").await;
        let sign = layout::mail(device, number(1), MailState::Taken);
        store.create(&sign, Bytes::from_static(b"{}")).await.unwrap();
        assert!(list(&store, device).await.unwrap().mail.is_empty());
        assert_eq!(read(&store, device, number(1)).await.unwrap(), None);
        assert!(take(&store, device, number(1), noon()).await.unwrap());
        assert_eq!(store.size(&layout::mail(device, number(1), MailState::Waiting)).await.unwrap(), None);
    }

    #[tokio::test]
    async fn what_is_longer_than_mail_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at_folder(folder.path()).unwrap();
        let device = DeviceId::make();
        let name = layout::mail(device, number(1), MailState::Waiting);
        store.create(&name, Bytes::from(vec![0; MAX_SEALED + 1])).await.unwrap();
        assert!(list(&store, device).await.unwrap().mail.is_empty());
        assert_eq!(read(&store, device, number(1)).await.unwrap(), None);
    }

    #[test]
    fn a_number_has_one_spelling() {
        assert_eq!(read_number("7"), Some(number(7)));
        for wrong in ["", "0", "07", "+7", "-7", "7.age", "4294967296", "７"] {
            assert_eq!(read_number(wrong), None, "{wrong}");
        }
    }
}
