//! Taking a part that another tablet hands over: verified whole, then written into a file of this tablet's own.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use homon_domain::activity_photo::{ActivityPhoto, MOST_BYTES};
use homon_domain::audit::{AuditEntry, Head, visit_chain};
use homon_domain::case::Case;
use homon_domain::ids::{ActivityPhotoId, CaseNumber, SealNumber};
use homon_domain::tally::Tally;
use homon_domain::visit::{Visit, VisitStatus};
use homon_seal::recipients::encrypt_small;
use homon_seal::{EntryPath, Manifest, OpenError, OpenedPackage, Provenance, Sha256Digest, Subject, handover};
use homon_store::{
    ActivityPhotoWrite, AuditEvent, Body, Facts, FileKey, PartImport, PhotoWrite, TakenPart, Taking, VisitFile,
    VisitStage, orphaned_visits,
};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::cases::record;
use crate::desk::{Desk, PartKey, Session};
use crate::error::{Error, Refusal, Result};
use crate::handover::device_word;
use crate::homon::Homon;
use crate::portraits::{beside, portrait_kind};
use crate::visits::{VisitView, planned, view};

impl Homon {
    /// Takes a part that another tablet of this city handed over to this one, with its cases, photos and log, and goes on
    /// with it. The file may be deleted after that.
    ///
    /// # Errors
    /// [`Refusal::HandoverForAnother`], [`Refusal::HandoverNotTrusted`], [`Refusal::HandoverDamaged`],
    /// [`Refusal::HandoverTaken`], [`Refusal::OtherProgramme`], [`Refusal::PartTwice`], [`Refusal::OrphanFirst`];
    /// [`Error::StorageFull`], [`Error::SignInAgain`]. Nothing of it is kept then.
    pub async fn accept_handover(&self, file: PathBuf) -> Result<VisitView> {
        self.worker.run(move |desk| accept(desk, &file)).await
    }
}

type Package = OpenedPackage<File>;

fn accept(desk: &mut Desk, path: &Path) -> Result<VisitView> {
    let now = desk.now();
    let (session, root, platform) = desk.parts()?;
    let (mut package, sha256) = open(session, path)?;
    let (key, seal) = check(session, package.manifest())?;
    if orphaned_visits(root, &session.file)?.iter().any(|orphan| (orphan.visit, orphan.part) == key) {
        return Err(Refusal::OrphanFirst.into());
    }
    let visit: Visit = read(&mut package, EntryPath::Visit)?;
    if (visit.plan.id, visit.part) != key {
        return Err(Refusal::HandoverDamaged.into());
    }
    check_goes_on(session, &mut package, key)?;
    session.let_go(key);
    let taken = taken(&mut package, &visit, seal)?;
    let event = session.event(now, "accept_handover");
    let event = AuditEvent { detail: Some(device_word(package.manifest().key.device)?), ..event };
    let line = Provenance::Handover { manifest: package.manifest_token().to_owned(), sha256 }.to_line();
    let body = Body::of(&visit)?;
    let taking = Taking { part: &taken, body: &body, line: &line };
    let recovery = session.enrolment.recipients.recovery.clone();
    let copy = |key: &FileKey| encrypt_small(&recovery, key.expose()).map_err(Error::internal);
    let vault = platform.vault.as_ref();
    let fill = |import: &PartImport<'_>| fill(import, &mut package, key);
    let file = VisitFile::take(root, &mut session.file, vault, taking, &event, copy, fill)?;
    session.keep_open(key, file);
    view(desk, key)
}

/// Opens the file with this tablet's mailbox, and verifies that a tablet of this city sealed it.
fn open(session: &Session, path: &Path) -> Result<(Package, Sha256Digest)> {
    let mut file = File::open(path).map_err(|_| Refusal::HandoverDamaged)?;
    let (_, sha256) = Sha256Digest::of_reader(&mut file).map_err(|_| Refusal::HandoverDamaged)?;
    file.rewind().map_err(|_| Refusal::HandoverDamaged)?;
    let opened = handover::open(file, &session.mailbox()?, &session.enrolment.pinned_pem());
    Ok((opened.map_err(not_opened)?, sha256))
}

fn not_opened(error: OpenError) -> Refusal {
    match error {
        OpenError::NotForUs => Refusal::HandoverForAnother,
        OpenError::UnknownDevice(_) | OpenError::BadSignature => Refusal::HandoverNotTrusted,
        OpenError::UnknownFormat => Refusal::AppTooOld,
        _ => Refusal::HandoverDamaged,
    }
}

/// Whether it is for this tablet, of its programme, and not taken before.
fn check(session: &Session, manifest: &Manifest) -> Result<(PartKey, SealNumber)> {
    let Subject::Handover { visit, part } = manifest.key.subject else { return Err(Refusal::HandoverDamaged.into()) };
    if manifest.handover.as_ref().is_none_or(|handover| handover.to != session.device()) {
        return Err(Refusal::HandoverForAnother.into());
    }
    // Invented residents must not go on among real ones.
    if (&manifest.programme, manifest.mode) != (&session.programme().code, session.programme().mode) {
        return Err(Refusal::OtherProgramme.into());
    }
    match session.file.check_takeable(visit, part, manifest.key.seal) {
        Ok(()) => Ok(((visit, part), manifest.key.seal)),
        Err(homon_store::Error::WrongStage) => Err(Refusal::PartTwice.into()),
        Err(homon_store::Error::WrongNumber) => Err(Refusal::HandoverTaken.into()),
        Err(error) => Err(error.into()),
    }
}

/// When this tablet handed the part over before, its file is about to be replaced: what comes back must go on from where
/// it left.
fn check_goes_on(session: &Session, package: &mut Package, (visit, part): PartKey) -> Result<()> {
    if session.file.visit(visit, part).map_or(true, |row| row.stage != VisitStage::HandedOver) {
        return Ok(());
    }
    let left = session.file.last_seal(Subject::Handover { visit, part })?.and_then(|row| row.seal.audit_head);
    let goes_on = entries(package)?.iter().any(|entry| Some(entry.hash) == left);
    if goes_on { Ok(()) } else { Err(Refusal::HandoverTaken.into()) }
}

fn cases_of(package: &Package) -> BTreeSet<CaseNumber> {
    let paths = package.manifest().entries.iter().map(|entry| entry.path);
    paths.filter_map(|path| if let EntryPath::Case(number) = path { Some(number) } else { None }).collect()
}

fn taken(package: &mut Package, visit: &Visit, seal: SealNumber) -> Result<TakenPart> {
    let (stage, counts) = match visit.status {
        VisitStatus::Open => (VisitStage::Open, None),
        VisitStatus::Closed => {
            let mut tally = Tally::begin(visit);
            for number in cases_of(package) {
                tally.add(&read(package, EntryPath::Case(number))?);
            }
            (VisitStage::Closed, Some(Facts::of(&tally)?))
        }
    };
    Ok(TakenPart { planned: planned(visit)?, stage, counts, seals_before: Some(seal) })
}

/// Everything of the package into the file that is being made.
fn fill(import: &PartImport<'_>, package: &mut Package, key: PartKey) -> Result<()> {
    let mut head = Head::start(&visit_chain(key.0, key.1));
    let cases = cases_of(package);
    for entry in entries(package)? {
        head.follow(&entry).map_err(|_| Refusal::HandoverDamaged)?;
        // Whoever was received is there: a case is never taken out of a visit.
        if entry.case.is_some_and(|number| !cases.contains(&number)) {
            return Err(Refusal::HandoverDamaged.into());
        }
        import.audit(&entry)?;
    }
    if package.manifest().audit_head != Some(Sha256Digest(head.hash)) {
        return Err(Refusal::HandoverDamaged.into());
    }
    if lists(package, EntryPath::Handovers) {
        for line in lines(package, EntryPath::Handovers)? {
            import.handover(&line)?;
        }
    }
    for number in cases {
        let case: Case = read(package, EntryPath::Case(number))?;
        if case.number != number || number.part != key.1 {
            return Err(Refusal::HandoverDamaged.into());
        }
        import.case(&record(&case)?)?;
        take_photo(import, package, &case)?;
    }
    for id in activity_photos_of(package) {
        take_activity_photo(import, package, id)?;
    }
    Ok(())
}

/// In the order in which they were sealed, which is theirs.
fn activity_photos_of(package: &Package) -> Vec<ActivityPhotoId> {
    let paths = package.manifest().entries.iter().map(|entry| entry.path);
    paths.filter_map(|path| if let EntryPath::ActivityPhoto(id) = path { Some(id) } else { None }).collect()
}

fn take_activity_photo(import: &PartImport<'_>, package: &mut Package, id: ActivityPhotoId) -> Result<()> {
    let photo: ActivityPhoto = read(package, EntryPath::ActivityRecord(id))?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(photo.bytes.min(MOST_BYTES) as usize));
    let mut entry = package.entry(EntryPath::ActivityPhoto(id)).map_err(not_opened)?;
    entry.read_to_end(&mut bytes).map_err(|_| Refusal::HandoverDamaged)?;
    if photo.id != id || Sha256Digest::of(&bytes).to_string() != photo.sha256 {
        return Err(Refusal::HandoverDamaged.into());
    }
    Ok(import.activity_photo(&ActivityPhotoWrite::Put { id, meta: Body::of(&photo)?, bytes })?)
}

fn take_photo(import: &PartImport<'_>, package: &mut Package, case: &Case) -> Result<()> {
    let path = EntryPath::Photo(case.number);
    let Some(portrait) = case.portrait.as_ref().filter(|_| lists(package, path)) else { return Ok(()) };
    let mut bytes = Zeroizing::new(Vec::with_capacity(portrait.bytes as usize));
    package.entry(path).map_err(not_opened)?.read_to_end(&mut bytes).map_err(|_| Refusal::HandoverDamaged)?;
    if Sha256Digest::of(&bytes).to_string() != portrait.sha256 {
        return Err(Refusal::HandoverDamaged.into());
    }
    let meta = beside(portrait, &bytes)?;
    let photo = PhotoWrite::Put { case: case.id, kind: portrait_kind(), meta, bytes };
    Ok(import.photo(&photo)?)
}

fn lists(package: &Package, path: EntryPath) -> bool {
    package.manifest().entries.iter().any(|entry| entry.path == path)
}

fn entries(package: &mut Package) -> Result<Vec<AuditEntry>> {
    let parse = |line: String| serde_json::from_str(&line).map_err(|_| Refusal::HandoverDamaged.into());
    lines(package, EntryPath::Audit)?.into_iter().map(parse).collect()
}

fn lines(package: &mut Package, path: EntryPath) -> Result<Vec<String>> {
    let entry = BufReader::new(package.entry(path).map_err(not_opened)?);
    entry.lines().collect::<std::io::Result<_>>().map_err(|_| Refusal::HandoverDamaged.into())
}

fn read<T: DeserializeOwned>(package: &mut Package, path: EntryPath) -> Result<T> {
    let entry = BufReader::new(package.entry(path).map_err(not_opened)?);
    // The parser's own words may quote what it stumbled over.
    serde_json::from_reader(entry).map_err(|_| Refusal::HandoverDamaged.into())
}
