//! A part that another tablet handed over: its content goes into a file of this tablet's own, under a key of its own.

use homon_domain::audit::{AuditEntry, AuditEvent, visit_chain};
use homon_domain::ids::{PartNumber, VisitId};
use homon_domain::platform::KeyVault;
use rusqlite::{Transaction, params};

use super::step::{ActivityPhotoWrite, CaseRecord, PhotoWrite, put_activity_photo, put_case, put_photo};
use super::{FORM, VisitFile};
use crate::body::Body;
use crate::cipher_file::CipherFile;
use crate::desk::DeskFile;
use crate::desk::handovers::TakenPart;
use crate::desk::visits::VisitStage;
use crate::error::Error;
use crate::keys::FileKey;
use crate::root::{Root, visit_alias};
use crate::{audit, files, quarantine};

/// A part to be taken, before its content is read.
#[derive(Clone, Copy, Debug)]
pub struct Taking<'a> {
    /// What the desk file is to know.
    pub part: &'a TakenPart,
    /// The visit as it came.
    pub body: &'a Body,
    /// The line of `handovers.jsonl` that tells of this handover.
    pub line: &'a str,
}

/// The file of a part that is being taken. Nothing of it is there until all of it is.
pub struct PartImport<'t> {
    transaction: &'t Transaction<'t>,
}

impl PartImport<'_> {
    /// Adds an entry of the audit log, as it came.
    ///
    /// # Errors
    /// The storage's.
    pub fn audit(&self, entry: &AuditEntry) -> Result<(), Error> {
        audit::insert(self.transaction, entry)
    }

    /// Adds a case; they come in the order of their numbers.
    ///
    /// # Errors
    /// [`Error::WrongNumber`] for one that is not next; the storage's.
    pub fn case(&self, case: &CaseRecord) -> Result<(), Error> {
        put_case(self.transaction, case)
    }

    /// Adds a photo of a case that was added before.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a photo of no case; the storage's.
    pub fn photo(&self, photo: &PhotoWrite) -> Result<(), Error> {
        put_photo(self.transaction, photo)
    }

    /// Adds a photo of an activity; they come in their order.
    ///
    /// # Errors
    /// [`Error::AlreadyExists`] for one that was added before; the storage's.
    pub fn activity_photo(&self, photo: &ActivityPhotoWrite) -> Result<(), Error> {
        put_activity_photo(self.transaction, photo)
    }

    /// Adds an earlier line of `handovers.jsonl`.
    ///
    /// # Errors
    /// The storage's.
    pub fn handover(&self, line: &str) -> Result<(), Error> {
        add_handover(self.transaction, line)
    }
}

/// Adds a line of `handovers.jsonl`.
pub(crate) fn add_handover(transaction: &Transaction<'_>, line: &str) -> Result<(), Error> {
    transaction.execute(
        "INSERT INTO handovers (position, line) SELECT coalesce(max(position), 0) + 1, ?1 FROM handovers",
        [line],
    )?;
    Ok(())
}

impl VisitFile {
    /// Takes a part: makes its file, lets `fill` put in what came, and tells the desk file. `copy` seals the file's key
    /// to the city's recovery key. `event` ends the audit log that came.
    ///
    /// A tablet that handed the part over before replaces its own file, under the key that it has: the new one holds
    /// all that the old one held, which the caller has checked. Until the desk file is told, the part is not here, or
    /// handed over as before, and can be taken again.
    ///
    /// # Errors
    /// [`Error::WrongStage`] as in [`DeskFile::check_takeable`]; [`Error::AlreadyExists`] when a file of the part is here
    /// of which the desk file knows nothing; [`Error::AuditBroken`]; [`Error::Key`]; the storage's; those of `fill`.
    pub fn take<E: From<Error>>(
        root: &Root,
        desk: &mut DeskFile,
        vault: &dyn KeyVault,
        taking: Taking<'_>,
        event: &AuditEvent,
        copy: impl FnOnce(&FileKey) -> Result<Vec<u8>, E>,
        fill: impl FnOnce(&PartImport<'_>) -> Result<(), E>,
    ) -> Result<Self, E> {
        let (visit, part) = (taking.part.planned.visit, taking.part.planned.part);
        let (key, wrapped) = own_key(root, desk, vault, (visit, part))?;
        files::write_atomically(&root.recovery_copy(visit, part), &copy(&key)?).map_err(Error::from)?;
        let path = root.visit(visit, part);
        let chain = visit_chain(visit, part);
        let mut file = CipherFile::make(&path, key, &FORM)?;
        let transaction = file.write()?;
        begin(&transaction, &taking, (visit, part))?;
        fill(&PartImport { transaction: &transaction })?;
        end(&transaction, &taking, &chain, event)?;
        transaction.commit().map_err(Error::from)?;
        // Planned first: what a crash leaves of a part that is only planned is set aside when it is taken again.
        if matches!(desk.visit(visit, part), Err(Error::Unknown)) {
            desk.plan_visit(&taking.part.planned, event)?;
        }
        let file = file.publish(&path)?;
        desk.take_part(taking.part, &wrapped, event)?;
        Ok(Self { file, chain })
    }
}

fn begin(
    transaction: &Transaction<'_>,
    taking: &Taking<'_>,
    (visit, part): (VisitId, PartNumber),
) -> Result<(), Error> {
    transaction.execute(
        "INSERT INTO visit (id, visit, part, body) VALUES (1, ?1, ?2, ?3)",
        params![visit.to_string(), part.get(), taking.body.as_json()],
    )?;
    Ok(())
}

fn end(transaction: &Transaction<'_>, taking: &Taking<'_>, chain: &str, event: &AuditEvent) -> Result<(), Error> {
    add_handover(transaction, taking.line)?;
    audit::verify_chain(transaction, chain)?;
    audit::append(transaction, chain, event)?;
    Ok(())
}

/// The key of the file to be made, and the same wrapped by the vault.
fn own_key(
    root: &Root,
    desk: &DeskFile,
    vault: &dyn KeyVault,
    (visit, part): (VisitId, PartNumber),
) -> Result<(FileKey, Vec<u8>), Error> {
    let alias = visit_alias(visit, part);
    let path = root.visit(visit, part);
    match desk.visit(visit, part).map(|row| row.stage) {
        Ok(VisitStage::HandedOver) => {
            let wrapped = desk.wrapped_key(visit, part)?;
            let key = FileKey::unwrapped(vault, &alias, &wrapped)?;
            settle_journal(root, &path, key.clone())?;
            Ok((key, wrapped))
        }
        Ok(VisitStage::Planned) => {
            quarantine::set_aside(root, &path)?;
            make_key(vault, &alias)
        }
        Err(Error::Unknown) if !path.try_exists()? => make_key(vault, &alias),
        Err(Error::Unknown) => Err(Error::AlreadyExists),
        Ok(_) => Err(Error::WrongStage),
        Err(error) => Err(error),
    }
}

fn make_key(vault: &dyn KeyVault, alias: &homon_domain::platform::KeyAlias) -> Result<(FileKey, Vec<u8>), Error> {
    let key = FileKey::make()?;
    vault.create(alias)?;
    let wrapped = vault.wrap(alias, key.expose())?;
    Ok((key, wrapped))
}

/// Writes the old file's journal back into it: left beside the new file of the same name and key, it would be taken for
/// that one's own. A damaged old file is set aside with its journal.
fn settle_journal(root: &Root, path: &std::path::Path, key: FileKey) -> Result<(), Error> {
    match CipherFile::open_or_set_aside(root, path, key, &FORM) {
        Ok(mut old) => old.pause()?,
        Err(Error::Quarantined { .. } | Error::Missing) => {}
        Err(error) => return Err(error),
    }
    for journal in ["-wal", "-shm"] {
        files::remove_if_there(&files::with_suffix(path, journal))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use homon_domain::ids::SealNumber;
    use homon_domain::package::Subject;
    use homon_domain::word::Word;

    use super::*;
    use crate::desk::seals::tests::seal;
    use crate::desk::tests::{desk_in, event};
    use crate::software_vault::SoftwareVault;
    use crate::visit::step::StepWrite;
    use crate::visit::tests::{Opened, case, opened_in, photo};

    struct Receiving {
        root: Root,
        desk: DeskFile,
        vault: SoftwareVault,
    }

    fn receiving(folder: &std::path::Path) -> Receiving {
        fs::create_dir(folder).unwrap();
        let vault = SoftwareVault::open(&folder.join("vault")).unwrap();
        let (root, desk) = desk_in(&folder.join("tablet"));
        Receiving { root, desk, vault }
    }

    fn entries(file: &VisitFile) -> Vec<AuditEntry> {
        let mut log = Vec::new();
        file.reads().unwrap().export_audit(&mut log).unwrap();
        String::from_utf8(log).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Takes what lies in `from` over, as a handover under that number.
    fn take(
        to: &mut Receiving,
        from: &VisitFile,
        planned: &crate::PlannedVisit,
        number: u32,
    ) -> Result<VisitFile, Error> {
        let part = TakenPart {
            planned: planned.clone(),
            stage: VisitStage::Open,
            counts: None,
            seals_before: SealNumber::new(number),
        };
        let reads = from.reads().unwrap();
        let body = reads.visit().unwrap();
        let line = format!("{{\"number\":{number}}}");
        let taking = Taking { part: &part, body: &body, line: &line };
        let Receiving { root, desk, vault } = to;
        VisitFile::take(
            root,
            desk,
            vault,
            taking,
            &event("take_part"),
            |_| Ok(b"copy".to_vec()),
            |import| {
                for line in reads.handovers()? {
                    import.handover(&line)?;
                }
                for entry in entries(from) {
                    import.audit(&entry)?;
                }
                for record in reads.all_cases() {
                    let record = record?;
                    import.case(&record)?;
                    import.photo(&photo(record.id, 2000))?;
                }
                Ok(())
            },
        )
    }

    #[test]
    fn a_part_goes_to_another_tablet_and_back_with_everything() {
        let folder = tempfile::tempdir().unwrap();
        let Opened { root, mut desk, vault, visit, part, mut file } = opened_in(&folder.path().join("a"));
        let planned = desk.visit(visit, part).unwrap().planned;
        for sequence in 1..=3 {
            file.step(&StepWrite::new(event("receive")).case(case(sequence))).unwrap();
        }
        let subject = Subject::Handover { visit, part };
        desk.hand_over(&seal(subject, 1), homon_domain::ids::DeviceId::make(), &event("hand_over")).unwrap();

        let mut other = receiving(&folder.path().join("b"));
        let mut taken = take(&mut other, &file, &planned, 1).unwrap();
        taken.check_whole().unwrap();
        assert_eq!(entries(&taken)[..4], entries(&file));
        assert_eq!(taken.reads().unwrap().verify_audit().unwrap().seq, 5);
        taken.step(&StepWrite::new(event("receive")).case(case(4))).unwrap();
        let kind: Word = "portrait".parse().unwrap();
        let first = taken.reads().unwrap().all_cases().next().unwrap().unwrap();
        assert_eq!(taken.reads().unwrap().photo(first.id, &kind).unwrap().facts.length, 2000);
        assert_eq!(fs::read(other.root.recovery_copy(visit, part)).unwrap(), b"copy");
        assert!(matches!(take(&mut other, &file, &planned, 9), Err(Error::WrongStage)));

        // And back: the first tablet's file is replaced under its own key, also while a journal lies beside it.
        drop(file);
        let mut first_tablet = Receiving { root, desk, vault };
        let back = take(&mut first_tablet, &taken, &planned, 2).unwrap();
        assert_eq!(back.reads().unwrap().handovers().unwrap(), ["{\"number\":1}", "{\"number\":2}"]);
        drop(back);
        let Receiving { root, desk, vault } = first_tablet;
        let back = VisitFile::open(&root, &desk, &vault, visit, part).unwrap();
        assert_eq!(back.reads().unwrap().all_cases().count(), 4);
        assert_eq!(back.reads().unwrap().verify_audit().unwrap().seq, 7);
    }

    #[test]
    fn what_fails_on_the_way_leaves_nothing_and_can_be_done_again() {
        let folder = tempfile::tempdir().unwrap();
        let Opened { desk, visit, part, mut file, .. } = opened_in(&folder.path().join("a"));
        file.step(&StepWrite::new(event("receive")).case(case(1))).unwrap();
        let planned = desk.visit(visit, part).unwrap().planned;
        let mut other = receiving(&folder.path().join("b"));
        let taken = TakenPart {
            planned: planned.clone(),
            stage: VisitStage::Open,
            counts: None,
            seals_before: SealNumber::new(1),
        };
        let body = file.reads().unwrap().visit().unwrap();
        let taking = Taking { part: &taken, body: &body, line: "{}" };
        let Receiving { root, desk, vault } = &mut other;
        let log = entries(&file);
        // The log lacks its first entry; then the reader of the package fails.
        let broken = VisitFile::take(
            root,
            desk,
            vault,
            taking,
            &event("take"),
            |_| Ok(Vec::new()),
            |import| import.audit(&log[1]),
        );
        assert!(broken.is_err());
        let torn = VisitFile::take(
            root,
            desk,
            vault,
            taking,
            &event("take"),
            |_| Ok(Vec::new()),
            |import| {
                import.audit(&log[0])?;
                Err(Error::Io(std::io::ErrorKind::UnexpectedEof))
            },
        );
        assert!(matches!(torn, Err(Error::Io(_))));
        assert!(matches!(desk.visit(visit, part), Err(Error::Unknown)));
        assert!(!root.visit(visit, part).exists());
        take(&mut other, &file, &planned, 1).unwrap();
    }

    #[test]
    fn a_file_that_the_desk_file_does_not_know_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let Opened { desk, visit, part, file, .. } = opened_in(&folder.path().join("a"));
        let planned = desk.visit(visit, part).unwrap().planned;
        let mut other = receiving(&folder.path().join("b"));
        fs::write(other.root.visit(visit, part), b"someone's").unwrap();
        assert!(matches!(take(&mut other, &file, &planned, 1), Err(Error::AlreadyExists)));
        assert_eq!(fs::read(other.root.visit(visit, part)).unwrap(), b"someone's");
    }
}
