//! Parts that go to another tablet or come from one, and parts that came back after the key store had died.

use homon_domain::audit::{AuditEvent, instant};
use homon_domain::ids::{DeviceId, PartNumber, SealNumber, VisitId};
use homon_domain::package::{Erasable, Subject};
use homon_domain::word::Word;
use rusqlite::{Transaction, params};

use super::DeskFile;
use super::heads::forget_head;
use super::seals::{NewSeal, insert, last_of_part, next_number};
use super::visits::{PlannedVisit, VisitStage, one_row, plan, seals_before, stage};
use crate::body::Facts;
use crate::error::Error;

/// A part that this tablet goes on with.
#[derive(Clone, Debug)]
pub struct TakenPart {
    /// What was planned.
    pub planned: PlannedVisit,
    /// Whether residents are still received: [`VisitStage::Open`] or [`VisitStage::Closed`].
    pub stage: VisitStage,
    /// Its counts, when it is closed.
    pub counts: Option<Facts>,
    /// The highest number under which it is known to have been sealed before; its seals go on from there.
    pub seals_before: Option<SealNumber>,
}

impl DeskFile {
    /// Records that a part goes to another tablet, with the package that it goes in: [`VisitStage::HandedOver`].
    ///
    /// # Errors
    /// [`Error::WrongStage`] unless it is open or closed, or when the package is no handover; [`Error::WrongNumber`]
    /// unless it is the next; [`Error::Unknown`]; the storage's.
    pub fn hand_over(&mut self, seal: &NewSeal, to: DeviceId, event: &AuditEvent) -> Result<(), Error> {
        let Subject::Handover { visit, part } = seal.id.subject else { return Err(Error::WrongStage) };
        self.step_about(visit, event, |transaction| {
            if !matches!(stage(transaction, visit, part)?, VisitStage::Open | VisitStage::Closed) {
                return Err(Error::WrongStage);
            }
            if seal.id.seal != next_number(transaction, seal.id.subject)? {
                return Err(Error::WrongNumber);
            }
            insert(transaction, seal, event.at)?;
            put_stage(transaction, (visit, part), VisitStage::HandedOver, Some(to))
        })
    }

    /// Opens a part again that was handed over and is not taken on the other tablet.
    ///
    /// # Errors
    /// [`Error::WrongStage`] unless it is handed over; [`Error::Unknown`]; the storage's.
    pub fn take_back(&mut self, visit: VisitId, part: PartNumber, event: &AuditEvent) -> Result<(), Error> {
        self.step_about(visit, event, |transaction| match stage(transaction, visit, part)? {
            VisitStage::HandedOver => put_stage(transaction, (visit, part), VisitStage::Open, None),
            _ => Err(Error::WrongStage),
        })
    }

    /// Whether a part may be taken that another tablet sealed under that number: this tablet never had it, or handed it
    /// over before.
    ///
    /// # Errors
    /// [`Error::WrongStage`] when the part is at work here or was; [`Error::WrongNumber`] when the number is not higher
    /// than all that are known of the part, so that it was taken before or is older; the storage's.
    pub fn check_takeable(&self, visit: VisitId, part: PartNumber, number: SealNumber) -> Result<(), Error> {
        match self.visit(visit, part).map(|row| row.stage) {
            Err(Error::Unknown) | Ok(VisitStage::Planned | VisitStage::HandedOver) => {}
            Ok(_) => return Err(Error::WrongStage),
            Err(error) => return Err(error),
        }
        let connection = self.file.connection()?;
        let here = last_of_part(connection, Erasable::Visit(visit, part))?.map(|row| row.seal.id.seal);
        let known = here.max(seals_before(connection, (visit, part))?);
        if known.is_some_and(|known| number <= known) { Err(Error::WrongNumber) } else { Ok(()) }
    }

    /// The part's file is here: from now on the desk file knows its key.
    pub(crate) fn take_part(&mut self, taken: &TakenPart, wrapped_key: &[u8], event: &AuditEvent) -> Result<(), Error> {
        let (visit, part) = (taken.planned.visit, taken.planned.part);
        self.step_about(visit, event, |transaction| {
            match stage(transaction, visit, part) {
                Err(Error::Unknown) | Ok(VisitStage::Planned) => plan(transaction, &taken.planned)?,
                Ok(VisitStage::HandedOver) => {}
                Ok(_) => return Err(Error::WrongStage),
                Err(error) => return Err(error),
            }
            let changed = transaction.execute(
                "UPDATE visits
                 SET stage = ?3, wrapped_key = ?4, opened_at = ?5, seals_before = max(seals_before, ?6),
                     counts = ?7, handed_to = NULL
                 WHERE visit = ?1 AND part = ?2",
                params![
                    visit.to_string(),
                    part.get(),
                    Word::of(&taken.stage)?.as_str(),
                    wrapped_key,
                    instant::text(event.at),
                    taken.seals_before.map_or(0, SealNumber::get),
                    taken.counts.as_ref().map(Facts::as_json),
                ],
            )?;
            one_row(changed, Error::Unknown)?;
            forget_head(transaction, visit, part)
        })
    }
}

fn put_stage(
    transaction: &Transaction<'_>,
    (visit, part): (VisitId, PartNumber),
    to: VisitStage,
    handed_to: Option<DeviceId>,
) -> Result<(), Error> {
    // One statement: the schema holds that a part is handed over exactly when it is known to whom.
    let changed = transaction.execute(
        "UPDATE visits SET stage = ?3, handed_to = ?4 WHERE visit = ?1 AND part = ?2",
        params![visit.to_string(), part.get(), Word::of(&to)?.as_str(), handed_to.map(|device| device.to_string()),],
    )?;
    one_row(changed, Error::Unknown)
}

#[cfg(test)]
mod tests {
    use homon_domain::package::PackageName;

    use super::*;
    use crate::desk::seals::Receipt;
    use crate::desk::seals::tests::{open_visit, seal, stage_of};
    use crate::desk::tests::{desk_in, event};
    use crate::desk::visits::tests::planned;

    fn handover_of(subject: Subject) -> Subject {
        let (visit, part) = subject.visit().unwrap();
        Subject::Handover { visit, part }
    }

    #[test]
    fn a_part_that_was_handed_over_is_locked_until_it_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut desk) = desk_in(folder.path());
        let subject = open_visit(&mut desk);
        let (visit, part) = subject.visit().unwrap();
        let to = DeviceId::make();
        let handover = seal(handover_of(subject), 1);
        assert!(matches!(desk.add_seal(&handover, &event("seal")), Err(Error::WrongStage)));
        assert!(matches!(desk.hand_over(&seal(subject, 1), to, &event("hand_over")), Err(Error::WrongStage)));
        desk.hand_over(&handover, to, &event("hand_over")).unwrap();
        let row = desk.visit(visit, part).unwrap();
        assert_eq!((row.stage, row.handed_to), (VisitStage::HandedOver, Some(to)));
        for stage in [VisitStage::Open, VisitStage::Closed, VisitStage::Sealed, VisitStage::Held] {
            let moved = desk.move_visit(visit, part, stage, &event("moved"));
            assert!(matches!(moved, Err(Error::WrongStage)), "{stage:?}");
        }
        let twice = desk.hand_over(&seal(handover_of(subject), 2), to, &event("hand_over"));
        assert!(matches!(twice, Err(Error::WrongStage)));
        // A receipt for a handover locks nothing and opens nothing.
        desk.put_receipt(handover.id, Receipt::Opened("a.b.c"), &event("opened")).unwrap();
        assert_eq!(stage_of(&desk, subject), VisitStage::HandedOver);
        desk.take_back(visit, part, &event("take_back")).unwrap();
        let row = desk.visit(visit, part).unwrap();
        assert_eq!((row.stage, row.handed_to), (VisitStage::Open, None));
        assert!(matches!(desk.take_back(visit, part, &event("take_back")), Err(Error::WrongStage)));
    }

    #[test]
    fn visits_and_handovers_of_a_part_count_in_one_row() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut desk) = desk_in(folder.path());
        let subject = open_visit(&mut desk);
        let (visit, part) = subject.visit().unwrap();
        desk.move_visit(visit, part, VisitStage::Closed, &event("close")).unwrap();
        desk.add_seal(&seal(subject, 1), &event("seal")).unwrap();
        desk.move_visit(visit, part, VisitStage::Open, &event("reopen")).unwrap();
        let early = desk.hand_over(&seal(handover_of(subject), 1), DeviceId::make(), &event("hand_over"));
        assert!(matches!(early, Err(Error::WrongNumber)));
        desk.hand_over(&seal(handover_of(subject), 2), DeviceId::make(), &event("hand_over")).unwrap();
        assert_eq!(desk.next_seal(subject).unwrap().get(), 3);
        assert_eq!(desk.next_seal(Subject::Checkpoint { visit, part }).unwrap().get(), 1);
    }

    #[test]
    fn a_part_that_is_taken_goes_on_counting_and_no_older_one_is_taken_again() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut desk) = desk_in(folder.path());
        let planned = planned();
        let (visit, part) = (planned.visit, planned.part);
        let number = |number| SealNumber::new(number).unwrap();
        let taken = TakenPart { planned, stage: VisitStage::Closed, counts: None, seals_before: Some(number(4)) };
        desk.check_takeable(visit, part, number(4)).unwrap();
        desk.take_part(&taken, b"wrapped", &event("take")).unwrap();
        assert_eq!(desk.visit(visit, part).unwrap().stage, VisitStage::Closed);
        assert!(matches!(desk.check_takeable(visit, part, number(9)), Err(Error::WrongStage)));
        let subject = Subject::Visit { visit, part };
        assert_eq!(desk.next_seal(subject).unwrap(), number(5));
        desk.hand_over(&seal(Subject::Handover { visit, part }, 5), DeviceId::make(), &event("hand_over")).unwrap();
        for older in [1, 4, 5] {
            let again = desk.check_takeable(visit, part, number(older));
            assert!(matches!(again, Err(Error::WrongNumber)), "{older}");
        }
        desk.check_takeable(visit, part, number(6)).unwrap();
        desk.take_part(
            &TakenPart { stage: VisitStage::Open, seals_before: Some(number(6)), ..taken },
            b"same",
            &event("take"),
        )
        .unwrap();
        let row = desk.visit(visit, part).unwrap();
        assert_eq!((row.stage, row.handed_to, desk.next_seal(subject).unwrap()), (VisitStage::Open, None, number(7)));
        let id = PackageName { subject, seal: number(7) };
        assert!(matches!(desk.seal(id), Err(Error::Unknown)));
    }
}
