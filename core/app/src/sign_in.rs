//! Signing in and out, and who has a PIN on this tablet.

use std::sync::Arc;

use homon_domain::ids::StaffCode;
use homon_domain::programme::Programme;
use homon_domain::staff::StaffMember;
use homon_domain::word::Word;
use homon_seal::{Enrolment, Sha256Digest, Signer};
use homon_store::{AuditEvent, DeskFile, FileKey, KeySlots, Pin, Setting, StaffNames, resume_erasures};

use crate::case_input::code;
use crate::desk::{Desk, Session, word};
use crate::erasure::issue_missing_certificates;
use crate::error::{Error, Field, Refusal, Result, Rule};
use crate::homon::Homon;
use crate::rosters::erase_spent;

/// Someone who has a PIN on this tablet, as far as it is known before anybody is signed in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KnownStaff {
    /// Their code.
    pub code: StaffCode,
    /// Their name; `None` when the key store does not give it, or they left the programme.
    pub name: Option<String>,
}

impl Homon {
    /// Signs a member of staff in. Whoever was signed in is signed out first.
    ///
    /// # Errors
    /// [`Rule::PinWrong`], [`crate::error::Later::TooManyTries`], [`Refusal::UnknownStaff`],
    /// [`Error::KeyUnavailable`], [`Refusal::Quarantined`].
    pub async fn sign_in(&self, staff: String, typed_pin: String) -> Result<StaffMember> {
        let _nobody_reads = self.beside.end().await;
        self.discard_activity_draft().await?;
        self.worker.run(move |desk| sign_in(desk, &code(Field::Staff, &staff)?, &typed_pin)).await
    }

    /// Closes every file and forgets every key, and the photo of an activity at which somebody looked.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn sign_out(&self) -> Result<()> {
        let _nobody_reads = self.beside.end().await;
        self.worker
            .run(|desk| {
                desk.end_session();
                Ok(())
            })
            .await?;
        // Whatever was looked at meanwhile is before this in the studio's queue.
        self.discard_activity_draft().await
    }

    /// Who has a PIN on this tablet.
    ///
    /// # Errors
    /// [`Refusal::NotEnrolled`].
    pub async fn staff_with_pin(&self) -> Result<Vec<KnownStaff>> {
        self.worker.run(staff_with_pin).await
    }

    /// Gives another member of staff of the programme a PIN.
    ///
    /// # Errors
    /// [`Error::SignInAgain`], [`Refusal::UnknownStaff`], [`Refusal::StaffTwice`], the PIN's.
    pub async fn add_staff(&self, staff: String, typed_pin: String) -> Result<()> {
        self.worker.run(move |desk| add_staff(desk, &code(Field::Staff, &staff)?, &typed_pin)).await
    }

    /// Changes the PIN of a member of staff, who gives the old one.
    ///
    /// # Errors
    /// As [`Homon::sign_in`], and the new PIN's.
    pub async fn change_pin(&self, staff: String, old: String, new: String) -> Result<()> {
        self.worker
            .run(move |desk| {
                check_enrolled(desk)?;
                let (staff, old) = (code(Field::Staff, &staff)?, pin(Field::Pin, &old)?);
                let new = pin(Field::NewPin, &new)?;
                let platform = desk.platform.clone();
                let mut slots = KeySlots::of(&desk.root);
                slots.change_pin(platform.vault.as_ref(), platform.clock.as_ref(), &staff, &old, &new)?;
                Ok(())
            })
            .await
    }

    /// Closes the files while the platform suspends the app; iOS kills apps that hold their locks.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn pause(&self) -> Result<()> {
        let _nobody_reads = self.beside.end().await;
        self.worker
            .run(|desk| {
                let now = desk.now();
                desk.session.as_mut().map_or(Ok(()), |session| session.pause(now))
            })
            .await
    }

    /// Opens the files again.
    ///
    /// # Errors
    /// [`Refusal::Quarantined`], [`Error::Internal`].
    pub async fn resume(&self) -> Result<()> {
        self.worker.run(|desk| desk.session.as_mut().map_or(Ok(()), Session::resume)).await
    }
}

pub(crate) fn pin(field: Field, typed: &str) -> Result<Pin> {
    Pin::new(typed).map_err(|_| Error::FixInput { field, rule: Rule::PinForm })
}

fn check_enrolled(desk: &Desk) -> Result<()> {
    if desk.is_enrolled()? { Ok(()) } else { Err(Refusal::NotEnrolled.into()) }
}

fn staff_with_pin(desk: &mut Desk) -> Result<Vec<KnownStaff>> {
    check_enrolled(desk)?;
    let with_pin = KeySlots::of(&desk.root).staff()?;
    let mut names = StaffNames::read(&desk.root, desk.platform.vault.as_ref());
    let known = |code: StaffCode| KnownStaff { name: names.remove(&code), code };
    Ok(with_pin.into_iter().map(known).collect())
}

/// Keeps the names of those who have a PIN for the page on which nobody is signed in. It shows codes where they are
/// missing, so nobody is kept out because of them.
pub(crate) fn remember_names(desk: &mut Desk) {
    if let Err(error) = try_to_remember_names(desk) {
        tracing::warn!(%error, "the names of the staff could not be kept");
    }
}

fn try_to_remember_names(desk: &mut Desk) -> Result<()> {
    let (session, root, platform) = desk.parts()?;
    let named =
        |code: StaffCode| session.programme().member(&code).map(|member| member.name.clone()).map(|name| (code, name));
    let names = KeySlots::of(root).staff()?.into_iter().filter_map(named).collect();
    Ok(StaffNames::write(root, platform.vault.as_ref(), &names)?)
}

fn sign_in(desk: &mut Desk, staff: &StaffCode, typed_pin: &str) -> Result<StaffMember> {
    check_enrolled(desk)?;
    desk.end_session();
    let platform = desk.platform.clone();
    let typed_pin = pin(Field::Pin, typed_pin)?;
    let mut slots = KeySlots::of(&desk.root);
    let desk_key = slots.unlock(platform.vault.as_ref(), platform.clock.as_ref(), staff, &typed_pin)?;
    let mut file = DeskFile::open(&desk.root, desk_key.clone())?;
    let enrolment = stored_enrolment(desk, &file)?;
    let member = enrolment.programme.member(staff).ok_or(Refusal::UnknownStaff)?.clone();
    file.record(&AuditEvent::new(desk.now(), staff, word("sign_in")))?;
    resume_erasures(&desk.root, &mut file, platform.vault.as_ref(), platform.clock.as_ref())?;
    let mut session = Session::new(member.clone(), desk_key, file, Arc::new(enrolment));
    issue_missing_certificates(&mut session, desk.now())?;
    desk.session = Some(session);
    // A roster that can't be erased now must not keep anyone out; the next sync tries again.
    if let Err(error) = erase_spent(desk) {
        tracing::warn!(%error, "a roster was not erased");
    }
    remember_names(desk);
    Ok(member)
}

/// The enrolment in the desk file, verified again: a file that was changed outside the app is not believed.
fn stored_enrolment(desk: &Desk, file: &DeskFile) -> Result<Enrolment<Programme>> {
    let text = |setting| -> Result<String> {
        let value = file.setting(setting)?.ok_or(Refusal::NotEnrolled)?;
        String::from_utf8(value.to_vec()).map_err(|_| Refusal::Quarantined.into())
    };
    let fingerprint: Sha256Digest = text(Setting::CaFingerprint)?.parse().map_err(|_| Refusal::Quarantined)?;
    let device_key = Signer::Device(desk.platform.vault.as_ref()).public_key()?;
    // Another device key than at enrolment means that the platform's key store was emptied.
    Enrolment::verify(&text(Setting::Enrolment)?, &fingerprint, &device_key).map_err(|_| Error::KeyUnavailable)
}

fn add_staff(desk: &mut Desk, staff: &StaffCode, typed_pin: &str) -> Result<()> {
    let (cost, now) = (desk.pin_cost, desk.now());
    let (session, root, platform) = desk.parts()?;
    session.programme().member(staff).ok_or(Refusal::UnknownStaff)?;
    let typed_pin = pin(Field::NewPin, typed_pin)?;
    let desk_key: &FileKey = &session.desk_key;
    KeySlots::of(root).add(platform.vault.as_ref(), desk_key, staff, &typed_pin, cost)?;
    let event = AuditEvent { detail: Some(Word::from(staff)), ..session.event(now, "add_staff") };
    session.file.record(&event)?;
    remember_names(desk);
    Ok(())
}
