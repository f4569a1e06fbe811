//! Exchanging the authority, on which everything rests: in three steps, and no tablet is left behind.
//!
//! | step | who signs enrolments | what tablets and the intake trust | the intake shows a certificate of |
//! |---|---|---|---|
//! | before | the former one | the former one | the former one |
//! | announced | the former one | both | the former one |
//! | handed over | the new one | both | the former one |
//! | finished | the new one | the new one | the new one |
//!
//! The next step is taken when every tablet has taken its mail of the last one. A tablet that never comes back is
//! revoked, which is also what takes it out of the count.

use homon_domain::ids::Code;
use homon_domain::platform::Clock;
use homon_domain::programme::Programme;
use homon_seal::enrolment::ca_fingerprint;

use super::super::authority::Authority;
use super::super::devices::{Device, Devices, Issued};
use super::super::files;
use super::super::folder::{CityFolder, DeskFolder};
use super::super::init::City;
use super::super::journal::{Deed, Journal};
use super::super::key_files;
use super::super::programme;
use super::{Answers, RotateError, issue_server, live, remove, tell, tell_all, waits_for_mail};

/// Which step was taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AuthorityStep {
    /// Tablets and the intake are told to trust a second authority.
    Announced,
    /// The new authority signs; tablets get certificates of it.
    HandedOver,
    /// The former authority is trusted no more.
    Finished,
}

impl AuthorityStep {
    /// Which step comes next. The files say so: there is no other state.
    fn next(desk: &DeskFolder) -> Self {
        match (desk.next_ca().exists(), desk.former_ca().exists()) {
            (false, false) => Self::Announced,
            (true, _) => Self::HandedOver,
            (false, true) => Self::Finished,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Announced => "ca-announced",
            Self::HandedOver => "ca-handed-over",
            Self::Finished => "ca-finished",
        }
    }
}

/// Takes the next step of exchanging the authority. Afterwards the intake must be started again.
///
/// # Errors
/// [`RotateError::NotAllTold`] while tablets have not taken what the step before told them; otherwise any
/// [`RotateError`].
pub fn next_step(folder: &CityFolder, clock: &dyn Clock) -> Result<AuthorityStep, RotateError> {
    let programme = programme::read(&folder.programme())?;
    let desk = folder.desk();
    let lock = desk.lock()?;
    let mut journal = Journal::open(folder, &lock, clock)?;
    let step = AuthorityStep::next(&desk);
    let waiting = waiting(&mut journal, folder, (step, &programme), clock)?;
    if !waiting.is_empty() {
        return Err(RotateError::NotAllTold(waiting));
    }
    journal.append(&Deed::Exchange(step.word()))?;
    match step {
        AuthorityStep::Announced => announce(&mut journal, folder, programme, clock)?,
        AuthorityStep::HandedOver => hand_over(&mut journal, folder, programme, clock)?,
        AuthorityStep::Finished => finish(&mut journal, folder, programme, clock)?,
    }
    Ok(step)
}

/// The tablets for which the step must wait. One whom an interrupted command did not tell is told now.
fn waiting(
    journal: &mut Journal<'_>,
    folder: &CityFolder,
    (step, programme): (AuthorityStep, &Programme),
    clock: &dyn Clock,
) -> Result<Vec<Code>, RotateError> {
    let desk = folder.desk();
    let to_know = match step {
        AuthorityStep::Announced => return Ok(Vec::new()),
        // Interrupted while it was handed over: everyone had been told of the announcement before.
        AuthorityStep::HandedOver if desk.former_ca().exists() => return Ok(Vec::new()),
        AuthorityStep::HandedOver => files::read_text(&desk.next_ca())?,
        AuthorityStep::Finished => files::read_text(&desk.ca())?,
    };
    let answers = Answers::read(folder, programme.clone())?;
    let mut waiting = Vec::new();
    let devices = Devices::read(&desk)?;
    for (device, serial) in live(&devices).zip(devices.next_serial()..) {
        let knows = device.enrolments.last().is_some_and(Issued::has_left) && pins(&desk, device, &to_know)?;
        if !knows {
            tell(journal, folder, &answers, (device.clone(), serial), clock)?;
        }
        if !knows || waits_for_mail(folder, device)? {
            waiting.push(device.label.clone());
        }
    }
    Ok(waiting)
}

/// Whether the last enrolment of a device makes it trust an authority.
fn pins(desk: &DeskFolder, device: &Device, authority: &str) -> Result<bool, RotateError> {
    let authority = ca_fingerprint(authority).map_err(super::AnswerError::from)?;
    let authorities = super::super::authority::keys(desk)?;
    Ok(device.last_answer(desk, &authorities).is_some_and(|answer| answer.pins(&authority)))
}

fn announce(
    journal: &mut Journal<'_>,
    folder: &CityFolder,
    programme: Programme,
    clock: &dyn Clock,
) -> Result<(), RotateError> {
    let desk = folder.desk();
    let present = Authority::read(&desk)?;
    let next = Authority::make(&programme.code, clock.now())?;
    files::replace(&desk.next_ca_key(), next.key().to_pkcs8_pem().as_bytes())?;
    trust_at_the_intake(folder, &[present.certificate_pem(), next.certificate_pem()])?;
    // With this file the step is taken; without it the command makes another authority.
    files::replace(&desk.next_ca(), next.certificate_pem().as_bytes())?;
    tell_all(journal, folder, &Answers::read(folder, programme)?, clock)?;
    Ok(())
}

fn hand_over(
    journal: &mut Journal<'_>,
    folder: &CityFolder,
    programme: Programme,
    clock: &dyn Clock,
) -> Result<(), RotateError> {
    let desk = folder.desk();
    let (present, next) = (files::read_text(&desk.ca())?, files::read_text(&desk.next_ca())?);
    if present != next {
        // What the former authority signed is verified for as long as the desk keeps it.
        files::make_folders(&desk.former())?;
        files::replace(&desk.former().join(key_files::former_ca(&present)), present.as_bytes())?;
        files::replace(&desk.former_ca(), present.as_bytes())?;
    }
    if desk.next_ca_key().exists() {
        files::publish(&desk.next_ca_key(), &desk.ca_key())?;
    }
    files::replace(&desk.ca(), next.as_bytes())?;
    let answers = Answers::read(folder, programme)?.beside(&desk.former_ca())?;
    let devices = Devices::read(&desk)?;
    for (device, serial) in live(&devices).zip(devices.next_serial()..) {
        let mut device = device.clone();
        // Given again after an interruption, the tablet may have its new certificate already.
        if device.former_certificate_pem.is_none() {
            let renewed = answers.authority.renew_client(&device.certificate_pem, device.device, clock.now())?;
            device.former_certificate_pem = Some(std::mem::replace(&mut device.certificate_pem, renewed));
        }
        tell(journal, folder, &answers, (device, serial), clock)?;
    }
    // The last: with this file gone the step is taken.
    Ok(remove(&desk.next_ca())?)
}

fn finish(
    journal: &mut Journal<'_>,
    folder: &CityFolder,
    programme: Programme,
    clock: &dyn Clock,
) -> Result<(), RotateError> {
    let desk = folder.desk();
    let answers = Answers::read(folder, programme)?.alone();
    issue_server(folder, &answers.authority, &City::read(&desk)?, clock.now())?;
    trust_at_the_intake(folder, &[answers.authority.certificate_pem()])?;
    let devices = Devices::read(&desk)?;
    for (device, serial) in live(&devices).zip(devices.next_serial()..) {
        let device = Device { former_certificate_pem: None, ..device.clone() };
        tell(journal, folder, &answers, (device, serial), clock)?;
    }
    // The last: with this file gone the step is taken.
    Ok(remove(&desk.former_ca())?)
}

fn trust_at_the_intake(folder: &CityFolder, certificates: &[&str]) -> Result<(), RotateError> {
    files::make_folders(&folder.intake())?;
    Ok(files::replace(&folder.intake_ca(), certificates.join("\n").as_bytes())?)
}
