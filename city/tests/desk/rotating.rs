//! Exchanging keys by the command itself, killed at random moments: it is given again, and nobody is left behind.
#![cfg(unix)]

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use homon_city::desk::devices::Devices;
use homon_city::desk::{journal, key_files};
use homon_city::intake::layout::{self, MailState};
use homon_domain::ids::MailNumber;
use homon_domain::mail::MailContent;
use homon_domain::programme::Programme;
use homon_seal::Enrolment;
use uuid::Uuid;

use crate::city::TestCity;
use crate::tablet::Tablet;

/// The command takes some tens of milliseconds here; on a slow machine more of the kills fall early.
const KILLS: u64 = 6;

/// A number below `bound`, another one each time.
fn chance(bound: u64) -> u64 {
    Uuid::new_v4().as_u64_pair().0 % bound
}

impl TestCity {
    /// Gives the command and kills it, again and again; then lets it end. Answers whether it ended well.
    fn rotate_killed(&self, key: &str) -> bool {
        for _ in 0..KILLS {
            let mut command = self.rotate(key).spawn().unwrap();
            thread::sleep(Duration::from_millis(chance(60)));
            let ended = command.try_wait().unwrap();
            // Ended by itself just before: that is for the one who asks for a step to know.
            let _ = command.kill();
            command.wait().unwrap();
            if ended.is_some_and(|status| status.success()) {
                return true;
            }
        }
        self.rotate(key).status().unwrap().success()
    }

    fn rotate(&self, key: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_homon-city"));
        command.args(["rotate", key, "--dir", self.root().to_str().unwrap()]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).env_remove("HOMON_BY");
        command
    }

    /// Lets a tablet take its mail as a real one does: in the order of the numbers, each under the enrolment of the last.
    fn take_mail(&self, tablet: &mut Tablet) {
        for number in (1..).map_while(MailNumber::new) {
            let name = |state| self.in_store(&layout::mail(tablet.device(), number, state));
            let (waiting, taken) = (name(MailState::Waiting), name(MailState::Taken));
            if taken.exists() {
                continue;
            }
            let Ok(sealed) = fs::read(&waiting) else { return };
            let mail = tablet.open_mail(&sealed, number.get()).unwrap();
            let MailContent::Enrolment { token } = mail.content else { panic!("not what was sent") };
            tablet.renew(&token);
            fs::write(&taken, r#"{"at":"2026-09-25T00:00:00Z"}"#).unwrap();
            fs::remove_file(&waiting).unwrap();
        }
    }

    /// The registry lets in the certificate that the tablet has.
    fn admits(&self, tablet: &Tablet) -> bool {
        let record = self.folder.registry().read(tablet.device()).unwrap();
        let certificate = &tablet.enrolment().client_certificate_pem;
        let sha256 = homon_seal::enrolment::ca_fingerprint(certificate).unwrap();
        record.certificate_sha256 == sha256 || record.former_certificate_sha256 == Some(sha256)
    }

    /// Whether the intake and the tablet trust each other's certificates.
    fn trusted_by_each_other(&self, tablet: &Tablet) -> bool {
        let server = fs::read_to_string(self.folder.server_certificate()).unwrap();
        let authorities = fs::read_to_string(self.folder.intake_ca()).unwrap();
        signed_by_one_of(&server, &tablet.enrolment().pinned_pem())
            && signed_by_one_of(&tablet.enrolment().client_certificate_pem, &authorities)
    }
}

fn signed_by_one_of(certificate: &str, authorities: &str) -> bool {
    let (_, pem) = x509_parser::pem::parse_x509_pem(certificate.as_bytes()).unwrap();
    let certificate = pem.parse_x509().unwrap();
    x509_parser::pem::Pem::iter_from_buffer(authorities.as_bytes()).any(|authority| {
        let authority = authority.unwrap();
        certificate.verify_signature(Some(authority.parse_x509().unwrap().public_key())).is_ok()
    })
}

impl Tablet {
    /// Takes a newer enrolment as a real tablet does: by an authority that the present one pins.
    fn renew(&mut self, token: &str) {
        let fingerprint = homon_seal::enrolment::claimed_fingerprint(token).unwrap();
        assert!(self.enrolment().pins(&fingerprint), "an authority that this tablet was never told of");
        let renewed: Enrolment<Programme> = Enrolment::verify(token, &fingerprint, &self.key.public_key()).unwrap();
        // Given again after an interruption, a step tells once more what was told.
        if self.enrolment().serial < renewed.serial {
            self.accept(token, &fingerprint);
        }
    }
}

#[test]
fn killed_in_the_middle_of_exchanging_the_work_key_no_package_stays_closed() {
    let city = TestCity::found();
    let mut tablet = city.enrol("tablet-01");
    let before = tablet.usual_part(1, 1);
    for _ in 0..3 {
        assert!(city.rotate_killed("work"));
    }
    city.deliver(&before.key, &tablet.seal(&before));
    city.take_mail(&mut tablet);
    assert_ne!(tablet.enrolment().recipients.work, before.recipients);
    let after = tablet.usual_part(2, 1);
    city.deliver(&after.key, &tablet.seal(&after));
    let report = city.open();
    assert_eq!((report.opened.len(), report.refused.len()), (2, 0), "{:?}", report.refused);
    assert!(journal::state(&city.folder.desk()).unwrap().fault.is_none());
    assert!(key_files::work_identities(&city.folder.desk()).unwrap().len() >= 4);
}

#[test]
fn killed_in_every_step_of_exchanging_the_authority_no_tablet_is_locked_out() {
    let city = TestCity::found();
    let mut tablets = [city.enrol("tablet-01"), city.enrol("tablet-02")];
    let part = tablets[0].usual_part(1, 1);
    let former = fs::read_to_string(city.folder.desk().ca()).unwrap();
    let desk = city.folder.desk();
    // Killed when the last step was taken and before it could say so, the command given again begins another exchange.
    let is_on_its_way = || desk.former_ca().exists() || desk.next_ca().exists();
    let mut rounds = 0;
    while is_on_its_way() || fs::read_to_string(desk.ca()).unwrap() == former {
        city.rotate_killed("authority");
        for tablet in &mut tablets {
            // Before it has the mail of the step, and after.
            assert!(city.admits(tablet) && city.trusted_by_each_other(tablet));
            city.take_mail(tablet);
            assert!(city.admits(tablet) && city.trusted_by_each_other(tablet));
        }
        rounds += 1;
        assert!(rounds < 40, "the exchange does not end");
    }
    for tablet in &mut tablets {
        city.take_mail(tablet);
        assert_eq!(tablet.enrolment().other_ca_pem, None);
    }
    city.deliver(&part.key, &tablets[0].seal(&part));
    assert_eq!(city.open().opened.len(), 1);
    assert!(Devices::read(&city.folder.desk()).unwrap().iter().all(|device| device.former_certificate_pem.is_none()));
    // Whoever comes now knows the new authority alone.
    let mut newcomer = Tablet::new("tablet-03");
    let request = newcomer.request(homon_domain::platform::Clock::now(&city.clock));
    let enrolled = homon_city::desk::enrol::enrol(&city.folder, &request, &city.clock).unwrap();
    newcomer.accept(&enrolled.token, &enrolled.ca_fingerprint);
    assert!(city.trusted_by_each_other(&newcomer));
}
