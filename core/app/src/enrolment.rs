//! Enrolment: the tablet asks, the city answers, two people compare a fingerprint.

use std::sync::Arc;

use homon_domain::ids::{Code, DeviceId, StaffCode};
use homon_domain::platform::{KeyAlias, VaultKind};
use homon_domain::programme::{Mode, Programme};
use homon_domain::staff::StaffMember;
use homon_seal::enrolment::{ENROLMENT_TYP, EnrolmentError, FORMAT, ca_fingerprint, fingerprint_groups};
use homon_seal::jws::unverified_claims;
use homon_seal::{Enrolment, EnrolmentRequest, Identity, Sha256Digest, Signer};
use homon_store::{AuditEvent, DeskFile, KeySlots, PendingEnrolment, Setting, VisitStage};
use serde::Deserialize;

use crate::case_input::code;
use crate::certificate_request::certificate_request;
use crate::desk::{Desk, Session, word};
use crate::error::{Error, Field, Refusal, Result, Rule};
use crate::homon::Homon;
use crate::rosters::kept_rosters;
use crate::sign_in::{pin, remember_names};

/// The vault's key around the mailbox identity between the request and the answer.
const PENDING_ALIAS: &str = "enrolment";

/// What the tablet shows before an enrolment is accepted: two people compare the fingerprint with the desk's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnrolmentPreview {
    /// SHA-256 of the city's certificate, in groups of four.
    pub fingerprint: String,
    /// Name of the programme.
    pub programme: String,
    /// Name of the municipality.
    pub municipality: String,
    /// Whether real residents will be received.
    pub mode: Mode,
    /// Who may set up the tablet.
    pub staff: Vec<StaffMember>,
}

impl Homon {
    /// The tablet's signed request, for `homon-city enrol`. Asking again makes a new request; the old one is void.
    ///
    /// # Errors
    /// [`Refusal::AlreadyEnrolled`], [`Error::KeyUnavailable`], [`Error::FixInput`] for the label.
    pub async fn enrolment_request(&self, label: String) -> Result<String> {
        self.worker.run(move |desk| request(desk, &code(Field::Label, &label)?)).await
    }

    /// SHA-256 of the tablet's public key, in groups of four, as `homon-city enrol` shows it: people compare the two.
    ///
    /// # Errors
    /// [`Error::KeyUnavailable`].
    pub async fn device_fingerprint(&self) -> Result<String> {
        self.worker
            .run(|desk| {
                let key = Signer::Device(desk.platform.vault.as_ref()).public_key();
                Ok(fingerprint_groups(&key?.thumbprint()))
            })
            .await
    }

    /// A request for a new enrolment of a tablet that has one: when the programme, a recipient or a certificate of the
    /// city has changed. Visits on the tablet go on.
    ///
    /// # Errors
    /// [`Error::SignInAgain`], [`Error::KeyUnavailable`], [`Error::FixInput`] for the label.
    pub async fn renewal_request(&self, label: String) -> Result<String> {
        self.worker.run(move |desk| renewal(desk, &code(Field::Label, &label)?)).await
    }

    /// Accepts a newer enrolment for the same tablet, by an authority that the present one pins.
    ///
    /// # Errors
    /// [`Rule::EnrolmentNotTrusted`] for another authority or an older enrolment; [`Refusal::OtherDevice`],
    /// [`Refusal::ProgrammeFaulty`], [`Refusal::HardwareNeeded`], [`Refusal::ModeChanges`] while anything of the other
    /// mode is on the tablet, [`Refusal::UnknownStaff`] when the new programme does
    /// not know who is signed in; [`Error::SignInAgain`]. The old enrolment stays then.
    pub async fn accept_renewal(&self, token: String) -> Result<()> {
        self.worker.run(move |desk| accept_renewal(desk, &token)).await
    }

    /// What an enrolment says, without accepting it.
    ///
    /// # Errors
    /// [`Rule::EnrolmentNotTrusted`].
    pub async fn preview_enrolment(&self, token: String) -> Result<EnrolmentPreview> {
        self.worker.run(move |desk| Ok(preview(&trusting_its_own_authority(desk, &token)?.0))).await
    }

    /// Accepts an enrolment whose fingerprint people have compared, and gives the first member of staff a PIN.
    ///
    /// # Errors
    /// [`Rule::FingerprintDiffers`], [`Rule::EnrolmentNotTrusted`], [`Refusal::OtherDevice`],
    /// [`Refusal::HardwareNeeded`], [`Refusal::ProgrammeFaulty`], [`Refusal::AlreadyEnrolled`],
    /// [`Refusal::UnknownStaff`], the PIN's. Nothing is kept then.
    pub async fn accept_enrolment(
        &self,
        token: String,
        fingerprint: String,
        staff: String,
        typed_pin: String,
    ) -> Result<DeviceId> {
        self.worker.run(move |desk| accept(desk, &token, &fingerprint, &code(Field::Staff, &staff)?, &typed_pin)).await
    }
}

fn pending_alias() -> KeyAlias {
    KeyAlias(PENDING_ALIAS.to_owned())
}

fn request(desk: &mut Desk, label: &Code) -> Result<String> {
    if desk.is_enrolled()? {
        return Err(Refusal::AlreadyEnrolled.into());
    }
    let vault = desk.platform.vault.as_ref();
    let mailbox = Identity::make_hybrid();
    vault.create(&pending_alias())?;
    let wrapped = vault.wrap(&pending_alias(), mailbox.to_secret_string().as_bytes())?;
    PendingEnrolment::write(&desk.root, &wrapped)?;
    signed_request(desk, label, &mailbox)
}

fn renewal(desk: &mut Desk, label: &Code) -> Result<String> {
    let mailbox = desk.session()?.mailbox()?;
    signed_request(desk, label, &mailbox)
}

fn signed_request(desk: &Desk, label: &Code, mailbox: &Identity) -> Result<String> {
    let device = Signer::Device(desk.platform.vault.as_ref());
    let request = EnrolmentRequest {
        format: FORMAT,
        csr_pem: certificate_request(&desk.platform.vault)?,
        mailbox: mailbox.recipient(),
        label: label.clone(),
        device_key: device.public_key()?,
        made_at: desk.now(),
    };
    Ok(request.sign(device)?)
}

fn preview(enrolment: &Enrolment<Programme>) -> EnrolmentPreview {
    let programme = &enrolment.programme;
    let fingerprint = ca_fingerprint(&enrolment.ca_pem);
    EnrolmentPreview {
        fingerprint: fingerprint.map(|digest| fingerprint_groups(&digest)).unwrap_or_default(),
        programme: programme.name.clone(),
        municipality: programme.municipality.clone(),
        mode: programme.mode,
        staff: programme.staff.clone(),
    }
}

/// The enrolment, checked against the authority that it brings along: only people can say whether that is the city's.
fn trusting_its_own_authority(desk: &Desk, token: &str) -> Result<(Enrolment<Programme>, Sha256Digest)> {
    #[derive(Deserialize)]
    struct Claimed {
        ca_pem: String,
    }
    let not_trusted = || Error::FixInput { field: Field::Enrolment, rule: Rule::EnrolmentNotTrusted };
    let device_key = Signer::Device(desk.platform.vault.as_ref()).public_key()?;
    let claimed: Claimed = unverified_claims(token, ENROLMENT_TYP).map_err(|_| not_trusted())?;
    let fingerprint = ca_fingerprint(&claimed.ca_pem).map_err(|_| not_trusted())?;
    match Enrolment::verify(token, &fingerprint, &device_key) {
        Ok(enrolment) => Ok((enrolment, fingerprint)),
        Err(EnrolmentError::OtherDevice) => Err(Refusal::OtherDevice.into()),
        Err(_) => Err(not_trusted()),
    }
}

fn accept(desk: &mut Desk, token: &str, typed: &str, staff: &StaffCode, typed_pin: &str) -> Result<DeviceId> {
    if desk.is_enrolled()? {
        return Err(Refusal::AlreadyEnrolled.into());
    }
    let (enrolment, fingerprint) = trusting_its_own_authority(desk, token)?;
    if hex_digits(typed) != fingerprint.to_string() {
        return Err(Error::FixInput { field: Field::Fingerprint, rule: Rule::FingerprintDiffers });
    }
    let member = check_usable(desk, &enrolment.programme, staff)?;
    let typed_pin = pin(Field::NewPin, typed_pin)?;
    if typed_pin.is_trivial() {
        return Err(Error::FixInput { field: Field::NewPin, rule: Rule::PinTrivial });
    }
    let vault = Arc::clone(&desk.platform.vault);
    let wrapped = PendingEnrolment::read(&desk.root)?.ok_or(Refusal::OtherDevice)?;
    let mailbox = vault.unwrap(&pending_alias(), &wrapped)?;

    // Until the pending request is gone the tablet counts as not enrolled, and a crash lets people accept once more.
    PendingEnrolment::discard_half_done(&desk.root)?;
    let (_, desk_key) = KeySlots::create(&desk.root, vault.as_ref(), staff, &typed_pin, desk.pin_cost)?;
    let event = AuditEvent::new(desk.now(), staff, word("enrol"));
    let mut file = DeskFile::create(&desk.root, desk_key.clone(), &event)?;
    let (device, authority) = (enrolment.device.to_string(), fingerprint.to_string());
    let settings = [
        (Setting::DeviceId, device.as_bytes()),
        (Setting::Enrolment, token.as_bytes()),
        (Setting::CaFingerprint, authority.as_bytes()),
        (Setting::MailboxSecret, mailbox.as_slice()),
    ];
    file.put_settings(&settings, &event)?;
    PendingEnrolment::finish(&desk.root)?;
    vault.destroy(&pending_alias())?;

    let device = enrolment.device;
    desk.session = Some(Session::new(member, desk_key, file, Arc::new(enrolment)));
    remember_names(desk);
    Ok(device)
}

/// What a newer enrolment came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Renewal {
    /// It holds from now on.
    Accepted,
    /// The present one is as new, or newer. Nothing changed.
    NotNewer,
}

fn accept_renewal(desk: &mut Desk, token: &str) -> Result<()> {
    match renew(desk, token)? {
        Renewal::Accepted => Ok(()),
        Renewal::NotNewer => Err(Error::FixInput { field: Field::Enrolment, rule: Rule::EnrolmentNotTrusted }),
    }
}

/// Accepts an enrolment by an authority that is pinned, for this tablet, if it is newer than the present one.
pub(crate) fn renew(desk: &mut Desk, token: &str) -> Result<Renewal> {
    let (enrolment, fingerprint) = trusting_its_own_authority(desk, token)?;
    let present = Arc::clone(&desk.session()?.enrolment);
    if !present.pins(&fingerprint) {
        return Err(Error::FixInput { field: Field::Enrolment, rule: Rule::EnrolmentNotTrusted });
    }
    if enrolment.device != present.device {
        return Err(Refusal::OtherDevice.into());
    }
    if enrolment.serial <= present.serial {
        return Ok(Renewal::NotNewer);
    }
    if enrolment.programme.mode != present.programme.mode && holds_work(desk.session()?)? {
        return Err(Refusal::ModeChanges.into());
    }
    let staff = desk.session()?.staff.code.clone();
    let member = check_usable(desk, &enrolment.programme, &staff)?;
    let now = desk.now();
    let session = desk.session()?;
    let event = session.event(now, "renew_enrolment");
    let authority = fingerprint.to_string();
    let settings = [(Setting::Enrolment, token.as_bytes()), (Setting::CaFingerprint, authority.as_bytes())];
    session.file.put_settings(&settings, &event)?;
    session.staff = member;
    session.enrolment = Arc::new(enrolment);
    remember_names(desk);
    Ok(Renewal::Accepted)
}

/// Whether anything of the present mode is on the tablet.
fn holds_work(session: &Session) -> Result<bool> {
    let visits = session.file.visits()?;
    Ok(visits.iter().any(|row| row.stage != VisitStage::Erased) || !kept_rosters(session)?.is_empty())
}

fn check_usable(desk: &Desk, programme: &Programme, staff: &StaffCode) -> Result<StaffMember> {
    if programme.mode == Mode::Real && desk.platform.vault.kind() == VaultKind::Software {
        return Err(Refusal::HardwareNeeded.into());
    }
    if !programme.faults().is_empty() {
        return Err(Refusal::ProgrammeFaulty.into());
    }
    Ok(programme.member(staff).ok_or(Refusal::UnknownStaff)?.clone())
}

/// People read the fingerprint in groups; blanks and the case of letters say nothing.
pub(crate) fn hex_digits(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect()
}
