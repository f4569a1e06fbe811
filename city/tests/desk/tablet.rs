//! A tablet as far as the city sees it: its request, its packages.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use homon_domain::audit::{AuditEvent, Head, visit_chain};
use homon_domain::case::Case;
use homon_domain::ids::{Code, DeviceId, MailNumber, PartNumber, SealNumber, VisitId};
use homon_domain::programme::{Programme, ServiceKind};
use homon_domain::tally::{Notice, Tally};
use homon_domain::visit::{self, CheckIn, CheckItem, Visit, VisitPlan, VisitStatus};
use homon_seal::grant::GrantError;
use homon_seal::manifest::{FORMAT, MANIFEST_TYP};
use homon_seal::{
    Closing, Enrolment, EnrolmentRequest, Entry, EntryPath, Granted, HandedOver, Identity, Mail, MailError, Manifest,
    PackageKey, PackageName, PackageWriter, Provenance, Recipients, Sha256Digest, Signer, SigningKey, Subject, jws,
};
use rcgen::{CertificateParams, KeyPair};

use crate::city::MORNING;
use crate::people::{COMPAT_NAME, IVS_NAME, Journey, photo};

pub(crate) const VISIT: &str = "0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11";

pub(crate) struct Tablet {
    label: Code,
    pub(crate) key: SigningKey,
    mailbox: Identity,
    enrolment: Option<Enrolment<Programme>>,
}

/// What goes into one package of a visit, to be spoiled before it is sealed.
#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) key: PackageKey,
    pub(crate) visit: Visit,
    pub(crate) cases: BTreeMap<EntryPath, Vec<u8>>,
    pub(crate) photos: BTreeMap<EntryPath, Vec<u8>>,
    pub(crate) audit: String,
    pub(crate) audit_head: Option<Sha256Digest>,
    pub(crate) counts: BTreeMap<String, u32>,
    pub(crate) programme: Code,
    pub(crate) recipients: Recipients,
    pub(crate) reason: Option<Code>,
    /// The lines of `handovers.jsonl`.
    pub(crate) handovers: Vec<String>,
}

impl Tablet {
    pub(crate) fn new(label: &str) -> Self {
        let mailbox = Identity::make_x25519();
        Self { label: label.parse().unwrap(), key: SigningKey::make(), mailbox, enrolment: None }
    }

    pub(crate) fn request(&self, now: DateTime<Utc>) -> String {
        let pair = KeyPair::try_from(self.key.to_pkcs8_der()).unwrap();
        let csr = CertificateParams::default().serialize_request(&pair).unwrap();
        let request = EnrolmentRequest {
            format: homon_seal::enrolment::FORMAT,
            csr_pem: csr.pem().unwrap(),
            mailbox: self.mailbox.recipient(),
            label: self.label.clone(),
            device_key: self.key.public_key(),
            made_at: now,
        };
        request.sign(Signer::City(&self.key)).unwrap()
    }

    /// Takes the city's answer as a real tablet does: against the fingerprint that people compared.
    pub(crate) fn accept(&mut self, token: &str, ca_fingerprint: &Sha256Digest) {
        self.enrolment = Some(Enrolment::verify(token, ca_fingerprint, &self.key.public_key()).unwrap());
    }

    pub(crate) fn enrolment(&self) -> &Enrolment<Programme> {
        self.enrolment.as_ref().unwrap()
    }

    pub(crate) fn programme(&self) -> &Programme {
        &self.enrolment().programme
    }

    pub(crate) fn device(&self) -> DeviceId {
        self.enrolment().device
    }

    /// Opens mail as a real tablet does.
    pub(crate) fn open_mail(&self, sealed: &[u8], number: u32) -> Result<Mail, MailError> {
        let (enrolment, number) = (self.enrolment(), MailNumber::new(number).unwrap());
        Mail::open(sealed, &self.mailbox, &enrolment.mail_keys(), enrolment.device, number)
    }

    /// Opens a grant as a real tablet does.
    pub(crate) fn open_grant(&self, sealed: &[u8]) -> Result<Granted, GrantError> {
        Granted::open(sealed, &self.mailbox, &self.enrolment().mail_keys(), self.device())
    }

    pub(crate) fn key_of(&self, name: &str) -> PackageKey {
        name.parse::<PackageName>().unwrap().of(self.enrolment().device)
    }

    /// Three residents: one with a variation sequence, one with compatibility ideographs, one who is unwell.
    pub(crate) fn usual_part(&self, part: u8, seal: u32) -> Part {
        let number = |sequence: u32| format!("{part}-{sequence:03}");
        let journey = |sequence: u32| {
            Journey::receive(self.programme(), &number(sequence), u128::from(part) * 1000 + u128::from(sequence))
        };
        let photos = [photo(part), photo(part + 100)];
        let cases = vec![
            journey(1).complete(IVS_NAME, &photos[0]),
            journey(2).complete(COMPAT_NAME, &photos[1]),
            journey(3).come_again(),
        ];
        let photos = [(number(1), photos[0].clone()), (number(2), photos[1].clone())];
        self.part(part, seal, &cases, &photos)
    }

    pub(crate) fn part(&self, part: u8, seal: u32, cases: &[Case], photos: &[(String, Vec<u8>)]) -> Part {
        self.part_of(VISIT.parse().unwrap(), part, seal, cases, photos)
    }

    /// One resident in the first part of another visit.
    pub(crate) fn part_of_visit(&self, visit: VisitId) -> Part {
        let jpeg = photo(1);
        let case = Journey::receive(self.programme(), "1-001", visit.0.as_u128() << 64).complete(IVS_NAME, &jpeg);
        self.part_of(visit, 1, 1, &[case], &[("1-001".to_owned(), jpeg)])
    }

    fn part_of(&self, id: VisitId, part: u8, seal: u32, cases: &[Case], photos: &[(String, Vec<u8>)]) -> Part {
        let part = PartNumber::new(part).unwrap();
        let visit = self.visit(id, part);
        let (audit, audit_head) = audit(id, part);
        let programme = self.programme().code.clone();
        let entry = |case: &Case| (EntryPath::Case(case.number), serde_json::to_vec(case).unwrap());
        let photo = |(number, jpeg): &(String, Vec<u8>)| (EntryPath::Photo(number.parse().unwrap()), jpeg.clone());
        Part {
            key: PackageKey {
                device: self.enrolment().device,
                subject: Subject::Visit { visit: id, part },
                seal: SealNumber::new(seal).unwrap(),
            },
            counts: Tally::of(&visit, cases).counts(),
            visit,
            cases: cases.iter().map(entry).collect(),
            photos: photos.iter().map(photo).collect(),
            audit,
            audit_head: Some(audit_head),
            programme,
            recipients: self.enrolment().recipients.work.clone(),
            reason: None,
            handovers: Vec::new(),
        }
    }

    /// The line that tells that this tablet handed a part over, as it stood, under that number.
    pub(crate) fn handover_line(&self, part: &Part, to: DeviceId, seal: u32) -> String {
        let manifest = self.handover_manifest(part, to, seal);
        let manifest = jws::sign(Signer::City(&self.key), MANIFEST_TYP, &manifest).unwrap();
        Provenance::Handover { manifest, sha256: Sha256Digest::of(b"carried") }.to_line()
    }

    pub(crate) fn handover_manifest(&self, part: &Part, to: DeviceId, seal: u32) -> Manifest {
        let (visit, number) = (part.visit.plan.id, part.visit.part);
        let listed = |(path, content): (&EntryPath, &Vec<u8>)| Entry {
            path: *path,
            size: content.len() as u64,
            sha256: Sha256Digest::of(content),
        };
        Manifest {
            format: FORMAT,
            key: PackageKey {
                device: self.device(),
                subject: Subject::Handover { visit, part: number },
                seal: SealNumber::new(seal).unwrap(),
            },
            handover: Some(HandedOver { to, certificate_pem: self.enrolment().client_certificate_pem.clone() }),
            programme: part.programme.clone(),
            mode: self.programme().mode,
            made_at: MORNING.parse().unwrap(),
            recipients: Sha256Digest::of(b"mailbox"),
            reason: None,
            entries: part.cases.iter().map(listed).collect(),
            counts: part.counts.clone(),
            audit_head: part.audit_head,
        }
    }

    fn visit(&self, id: VisitId, part: PartNumber) -> Visit {
        let plan = VisitPlan {
            id,
            service: ServiceKind::VisitApplication,
            site: "mihon-en".parse().unwrap(),
            date: "2026-09-24".parse().unwrap(),
            from: "10:00:00".parse().unwrap(),
            until: "12:00:00".parse().unwrap(),
        };
        let staff = ["manager-01", "worker-01", "city-01"].map(|code| code.parse().unwrap()).to_vec();
        let check_in = CheckIn { staff, checked: CheckItem::ALL.to_vec(), city_asked_for_worker: false };
        let by = "manager-01".parse().unwrap();
        let now = MORNING.parse().unwrap();
        let mut visit = visit::open(self.programme(), plan, part, check_in, Vec::new(), &by, now).unwrap();
        visit.status = VisitStatus::Closed;
        visit.closed_at = Some("2026-09-24T03:10:00Z".parse().unwrap());
        visit
    }

    pub(crate) fn seal(&self, part: &Part) -> Vec<u8> {
        let mut writer = PackageWriter::new(Vec::new(), &part.recipients, part.key, MORNING.parse().unwrap()).unwrap();
        writer.add_bytes(EntryPath::Visit, &serde_json::to_vec(&part.visit).unwrap()).unwrap();
        for (path, bytes) in part.cases.iter().chain(&part.photos) {
            writer.add_bytes(*path, bytes).unwrap();
        }
        writer.add_bytes(EntryPath::Audit, part.audit.as_bytes()).unwrap();
        if !part.handovers.is_empty() {
            writer.add_bytes(EntryPath::Handovers, part.handovers.join("\n").as_bytes()).unwrap();
        }
        let closing = Closing {
            handover: None,
            programme: part.programme.clone(),
            mode: self.programme().mode,
            counts: part.counts.clone(),
            audit_head: part.audit_head,
            reason: part.reason.clone(),
        };
        writer.finish(Signer::City(&self.key), closing).unwrap().out
    }

    pub(crate) fn hello(&self) -> (PackageKey, Vec<u8>) {
        let key = self.key_of("hello/1");
        (key, self.seal_one(key, &self.enrolment().recipients.work, None))
    }

    pub(crate) fn notice(&self, part: &Part) -> (PackageKey, Vec<u8>) {
        let key = self.key_of(&format!("notice/{VISIT}/{}/1", part.visit.part));
        let notice = serde_json::to_vec(&part.visit.plan).unwrap();
        (key, self.seal_one(key, &self.enrolment().recipients.work, Some((EntryPath::Notice, notice))))
    }

    /// A notice that says where the part came from.
    pub(crate) fn notice_of(
        &self,
        part: &Part,
        seal: u32,
        taken_from: &[DeviceId],
        recovered: bool,
    ) -> (PackageKey, Vec<u8>) {
        let key = self.key_of(&format!("notice/{VISIT}/{}/{seal}", part.visit.part));
        let notice = Notice { tally: Tally::begin(&part.visit), taken_from: taken_from.to_vec(), recovered };
        let notice = serde_json::to_vec(&notice).unwrap();
        (key, self.seal_one(key, &self.enrolment().recipients.work, Some((EntryPath::Notice, notice))))
    }

    pub(crate) fn tally(&self, part: &Part) -> (PackageKey, Vec<u8>) {
        let key = self.key_of(&format!("tally/{VISIT}/{}/{}", part.visit.part, part.key.seal));
        let cases: Vec<Case> = part.cases.values().map(|json| serde_json::from_slice(json).unwrap()).collect();
        let tally = serde_json::to_vec(&Tally::of(&part.visit, &cases)).unwrap();
        let office = self.enrolment().recipients.office.clone().unwrap();
        let activity = part.photos.iter().filter(|(path, _)| path.may_stand_in(key.subject));
        let activity = activity.map(|(path, bytes)| (*path, bytes.clone()));
        (key, self.seal_one(key, &office, std::iter::once((EntryPath::Tally, tally)).chain(activity)))
    }

    fn seal_one(
        &self,
        key: PackageKey,
        to: &Recipients,
        entries: impl IntoIterator<Item = (EntryPath, Vec<u8>)>,
    ) -> Vec<u8> {
        let mut writer = PackageWriter::new(Vec::new(), to, key, MORNING.parse().unwrap()).unwrap();
        for (path, bytes) in entries {
            writer.add_bytes(path, &bytes).unwrap();
        }
        let closing = Closing {
            handover: None,
            programme: self.programme().code.clone(),
            mode: self.programme().mode,
            counts: BTreeMap::new(),
            audit_head: None,
            reason: None,
        };
        writer.finish(Signer::City(&self.key), closing).unwrap().out
    }
}

fn audit(visit: VisitId, part: PartNumber) -> (String, Sha256Digest) {
    log(visit, part, &["open-visit", "receive", "set-name", "close-visit"])
}

/// An audit log of these actions, and its end.
pub(crate) fn log(visit: VisitId, part: PartNumber, actions: &[&str]) -> (String, Sha256Digest) {
    let mut head = Head::start(&visit_chain(visit, part));
    let mut log = String::new();
    for action in actions {
        let actor = "manager-01".parse().unwrap();
        let entry = head.append(&AuditEvent::new(MORNING.parse().unwrap(), &actor, action.parse().unwrap()));
        head.follow(&entry).unwrap();
        log.push_str(&serde_json::to_string(&entry).unwrap());
        log.push('\n');
    }
    (log, Sha256Digest(head.hash))
}
