//! How far the audit log of each visit had come: an older copy of a visit's file that is put back has not come so far.

use homon_domain::audit::{AuditEvent, Head};
use homon_domain::ids::{PartNumber, VisitId};
use rusqlite::{OptionalExtension, Transaction, params};

use super::DeskFile;
use crate::error::Error;

impl DeskFile {
    /// Notes how far the logs of these parts have come. One that had come further keeps that.
    ///
    /// # Errors
    /// The storage's; [`Error::Database`] for a part that is not known.
    pub fn note_heads(&mut self, heads: &[((VisitId, PartNumber), Head)], event: &AuditEvent) -> Result<(), Error> {
        self.step(event, |transaction| {
            heads.iter().try_for_each(|((visit, part), head)| {
                transaction.execute(
                    "INSERT INTO heads (visit, part, seq, hash) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (visit, part) DO UPDATE SET seq = excluded.seq, hash = excluded.hash
                     WHERE excluded.seq > seq",
                    params![
                        visit.to_string(),
                        part.get(),
                        i64::try_from(head.seq).map_err(|_| Error::Record)?,
                        head.hash
                    ],
                )?;
                Ok(())
            })
        })
    }

    /// How far the log of a part had come when it was last noted.
    ///
    /// # Errors
    /// The storage's.
    pub fn noted_head(&self, visit: VisitId, part: PartNumber) -> Result<Option<Head>, Error> {
        let mut select =
            self.file.connection()?.prepare_cached("SELECT seq, hash FROM heads WHERE visit = ?1 AND part = ?2")?;
        let found: Option<(i64, [u8; 32])> = select
            .query_row(params![visit.to_string(), part.get()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let head = |(seq, hash)| Ok(Head { seq: u64::try_from(seq).map_err(|_| Error::Record)?, hash });
        found.map(head).transpose()
    }
}

/// A part gets another file, whose log begins or continues elsewhere.
pub(super) fn forget_head(transaction: &Transaction<'_>, visit: VisitId, part: PartNumber) -> Result<(), Error> {
    transaction.execute("DELETE FROM heads WHERE visit = ?1 AND part = ?2", params![visit.to_string(), part.get()])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::tests::{desk_in, event};
    use crate::desk::visits::tests::planned;

    #[test]
    fn a_head_only_goes_forward_until_the_part_gets_another_file() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut desk) = desk_in(folder.path());
        let planned = planned();
        let key = (planned.visit, planned.part);
        desk.plan_visit(&planned, &event("visit_planned")).unwrap();
        let head = |seq: u8| Head { seq: seq.into(), hash: [seq; 32] };
        for (noted, kept) in [(3, 3), (2, 3), (5, 5)] {
            desk.note_heads(&[(key, head(noted))], &event("sign_out")).unwrap();
            assert_eq!(desk.noted_head(key.0, key.1).unwrap(), Some(head(kept)));
        }
        desk.open_visit(key.0, key.1, b"wrapped", &event("visit_opened")).unwrap();
        assert_eq!(desk.noted_head(key.0, key.1).unwrap(), None);
        let unknown = desk.note_heads(&[((VisitId::make(), key.1), head(1))], &event("sign_out"));
        assert!(unknown.is_err());
    }
}
