//! The desk's mail (便): fetched, believed or not, kept in a file of its own, and only then given up by the intake.

use std::collections::BTreeMap;

use homon_domain::ids::MailNumber;
use homon_domain::mail::{DeficiencyNotice, MailContent};
use homon_domain::roster::Roster;
use homon_domain::word::Word;
use homon_seal::{Mail, MailError, Sha256Digest};
use homon_store::{Body, MessageFile, NewMessage, NewRoster, RosterFile};
use homon_upload::{CancellationToken, Uploader, WaitingMail};

use crate::desk::Desk;
use crate::enrolment::{Renewal, renew};
use crate::error::{Error, Later, Refusal, Result};
use crate::homon::Homon;
use crate::rosters::entries_of;

/// What became of the mail in one sync.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct MailReport {
    /// New mail that is kept now.
    pub(crate) received: u32,
    /// Mail that was not believed, or can't be read by this version. It lies where it lay.
    pub(crate) refused: u32,
    /// Numbers below the highest one here that neither are here nor lie at the intake.
    pub(crate) missing: u32,
}

/// What became of one mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Taken {
    /// It is kept, now or before: the intake may give it up.
    Yes,
    /// It is not believed.
    No,
    /// It is believed, and must wait until someone else is signed in, or the tablet is empty.
    NotYet,
}

impl Homon {
    /// Takes the mail that waits, in the order of its numbers: an enrolment may bring the key that signed the next.
    ///
    /// Each is one request, one step of the worker and one more request, so that a crash or a cut anywhere leaves it
    /// here, at the intake, or at both; and what is at both is known by its number and digest.
    pub(crate) async fn take_mail(&self, uploader: &Uploader, cancel: &CancellationToken) -> Result<MailReport> {
        let mut report = MailReport::default();
        let waiting = self.asking(uploader, async |uploader| Ok(uploader.mail().await?)).await?;
        let known = self.worker.run(known).await?;
        let mut still_there = Vec::new();
        for mail in waiting {
            if cancel.is_cancelled() {
                return Err(Error::RetryLater { why: Later::Stopped });
            }
            let before = known.get(&mail.number).copied();
            match self.take(uploader, mail, before).await? {
                Taken::Yes => {
                    report.received += u32::from(before.is_none());
                    self.asking(uploader, async move |uploader| Ok(uploader.mail_taken(mail.number).await?)).await?;
                }
                Taken::No => {
                    report.refused += 1;
                    still_there.push(mail.number);
                }
                Taken::NotYet => still_there.push(mail.number),
            }
        }
        report.missing = self.worker.run(move |desk| missing(desk, &still_there)).await?;
        Ok(report)
    }

    async fn take(&self, uploader: &Uploader, mail: WaitingMail, before: Option<Sha256Digest>) -> Result<Taken> {
        if let Some(digest) = before {
            // Another mail under a number that this tablet has seen is an old or a forged one.
            return Ok(if digest == mail.sha256 { Taken::Yes } else { Taken::No });
        }
        let fetched = self.asking(uploader, async move |uploader| Ok(uploader.fetch_mail(&mail).await?)).await?;
        let Some(sealed) = fetched else { return Ok(Taken::No) };
        self.worker.run(move |desk| take_one(desk, mail, &sealed)).await
    }

    /// One request, to its end on the core's own runtime.
    async fn asking<T: Send + 'static, F>(&self, uploader: &Uploader, ask: impl FnOnce(Uploader) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>> + Send + 'static,
    {
        self.on_network(ask(uploader.clone())).await
    }
}

fn known(desk: &mut Desk) -> Result<BTreeMap<MailNumber, Sha256Digest>> {
    let rows = desk.session()?.file.mail()?;
    Ok(rows.into_iter().map(|row| (row.number, Sha256Digest(row.sha256))).collect())
}

fn take_one(desk: &mut Desk, waiting: WaitingMail, sealed: &[u8]) -> Result<Taken> {
    let session = desk.session()?;
    let keys = session.enrolment.mail_keys();
    let opened = Mail::open(sealed, &session.mailbox()?, &keys, session.device(), waiting.number);
    let mail = match opened {
        Ok(mail) => mail,
        Err(error) => return Ok(not_believed(waiting.number, error)),
    };
    let kind = Word::of(&mail.content.kind()).map_err(Error::internal)?;
    let taken = match mail.content {
        MailContent::Roster(roster) => keep_roster(desk, roster)?,
        MailContent::Deficiency(notice) => keep_message(desk, waiting.number, notice)?,
        MailContent::Enrolment { token } => take_enrolment(desk, waiting.number, &token)?,
    };
    if taken == Taken::Yes {
        let now = desk.now();
        let session = desk.session()?;
        let event = session.event(now, "take_mail");
        session.file.record_mail(waiting.number, &kind, waiting.sha256.0, &event)?;
    }
    Ok(taken)
}

fn not_believed(number: MailNumber, error: MailError) -> Taken {
    tracing::warn!(%number, %error, "mail was not believed");
    Taken::No
}

/// A roster that is here already came before a crash.
fn keep_roster(desk: &mut Desk, roster: Roster) -> Result<Taken> {
    let now = desk.now();
    let (session, root, platform) = desk.parts()?;
    let event = session.event(now, "roster_received");
    let new = NewRoster { id: roster.id, visit: roster.visit, entries: entries_of(&roster.residents)? };
    match RosterFile::create(root, &mut session.file, platform.vault.as_ref(), new, &event) {
        Ok(_) | Err(homon_store::Error::AlreadyExists) => Ok(Taken::Yes),
        Err(error) => Err(error.into()),
    }
}

/// As [`keep_roster`].
fn keep_message(desk: &mut Desk, number: MailNumber, notice: DeficiencyNotice) -> Result<Taken> {
    let now = desk.now();
    let (session, root, platform) = desk.parts()?;
    let event = session.event(now, "message_received");
    let visit = Some(notice.visit);
    let new = NewMessage { number, visit, body: Body::of(&MailContent::Deficiency(notice))? };
    match MessageFile::create(root, &mut session.file, platform.vault.as_ref(), &new, &event) {
        Ok(_) | Err(homon_store::Error::AlreadyExists) => Ok(Taken::Yes),
        Err(error) => Err(error.into()),
    }
}

/// The rules in an enrolment hold from here on, unless later ones do already.
fn take_enrolment(desk: &mut Desk, number: MailNumber, token: &str) -> Result<Taken> {
    match renew(desk, token) {
        Ok(Renewal::Accepted | Renewal::NotNewer) => Ok(Taken::Yes),
        // Who is signed in would be locked out: the next who signs in takes it. Or what was practised has to leave first.
        Err(Error::Refused { reason: Refusal::UnknownStaff | Refusal::ModeChanges }) => Ok(Taken::NotYet),
        Err(error @ (Error::FixInput { .. } | Error::Refused { .. })) => {
            tracing::warn!(%number, %error, "an enrolment in the mail was not taken");
            Ok(Taken::No)
        }
        Err(error) => Err(error),
    }
}

fn missing(desk: &mut Desk, still_there: &[MailNumber]) -> Result<u32> {
    let rows = desk.session()?.file.mail()?;
    let Some(highest) = rows.last().map(|row| row.number) else { return Ok(0) };
    let below = still_there.iter().filter(|number| **number < highest).count();
    let accounted_for = u32::try_from(rows.len() + below).unwrap_or(u32::MAX);
    Ok(highest.get().saturating_sub(accounted_for))
}
