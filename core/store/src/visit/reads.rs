//! Reading: the day's list, one case, a search, photos as streams, the audit log.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read, Write};
use std::num::NonZeroU32;

use homon_domain::audit::{AuditEntry, Head};
use homon_domain::ids::{ActivityPhotoId, CaseId};
use homon_domain::word::Word;
use ring::digest::{Context, SHA256};
use rusqlite::blob::Blob;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::step::CaseRecord;
use crate::audit;
use crate::body::Body;
use crate::error::Error;

/// What is in a visit part's file.
#[derive(Clone, Copy)]
pub struct VisitReads<'c> {
    connection: &'c Connection,
    chain: &'c str,
}

/// A photo without its bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PhotoFacts {
    /// Whose.
    pub case: CaseId,
    /// Which kind.
    pub kind: Word,
    /// The digest of its bytes.
    pub sha256: [u8; 32],
    /// Its length in bytes.
    pub length: u64,
    /// What is known of it.
    pub meta: Body,
}

/// A photo of an activity without its bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ActivityPhotoFacts {
    /// Which.
    pub id: ActivityPhotoId,
    /// The digest of its bytes.
    pub sha256: [u8; 32],
    /// Its length in bytes.
    pub length: u64,
    /// What is known of it.
    pub meta: Body,
}

/// A photo as a stream: only what is read is decrypted. Its last bytes come only when all of them have the digest under
/// which it was stored: SQLite's stream does not tell of a page that does not authenticate.
pub struct Photo<'c, F = PhotoFacts> {
    /// What is known of it.
    pub facts: F,
    sha256: [u8; 32],
    bytes: Blob<'c>,
    left: u64,
    digest: Context,
}

impl<F> Read for Photo<'_, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.digest.update(&buffer[..count]);
        self.left = self.left.saturating_sub(count as u64);
        let is_whole = self.left > 0 || self.digest.clone().finish().as_ref() == self.sha256;
        if is_whole { Ok(count) } else { Err(io::Error::other(Error::Damaged)) }
    }
}

const CASE: &str = "SELECT sequence, id, round_order, status, search_key, body FROM cases";
const ACTIVITY_PHOTO: &str = "SELECT position, id, sha256, length(bytes) AS length, meta FROM activity_photos";
const PHOTO: &str = "SELECT id, case_id, kind, sha256, length(bytes) AS length, meta FROM photos";

impl<'c> VisitReads<'c> {
    pub(crate) fn new(connection: &'c Connection, chain: &'c str) -> Self {
        Self { connection, chain }
    }

    /// The visit.
    ///
    /// # Errors
    /// The storage's.
    pub fn visit(&self) -> Result<Body, Error> {
        Ok(self.connection.query_row("SELECT body FROM visit", [], |row| row.get(0).map(Body::from_stored))?)
    }

    /// The second half of the next case's number.
    ///
    /// # Errors
    /// The storage's.
    pub fn next_sequence(&self) -> Result<NonZeroU32, Error> {
        next_sequence(self.connection)
    }

    /// One case.
    ///
    /// # Errors
    /// [`Error::Unknown`]; the storage's.
    pub fn case(&self, id: CaseId) -> Result<CaseRecord, Error> {
        let mut select = self.connection.prepare_cached(&format!("{CASE} WHERE id = ?1"))?;
        let mut rows = select.query_and_then([id.to_string()], case_record)?;
        rows.next().unwrap_or(Err(Error::Unknown))
    }

    /// The day's list: by place in the round, then by number.
    ///
    /// # Errors
    /// The storage's.
    pub fn cases_in_order(&self) -> Result<Vec<CaseRecord>, Error> {
        let mut select = self.connection.prepare_cached(&format!("{CASE} ORDER BY round_order, sequence"))?;
        select.query_and_then([], case_record)?.collect()
    }

    /// The cases whose search key contains `folded`, at most `limit` of them: those that begin with it first, then in
    /// the order of the day's list.
    ///
    /// # Errors
    /// The storage's.
    pub fn search(&self, folded: &str, limit: u32) -> Result<Vec<CaseRecord>, Error> {
        // instr has no wildcards to escape. The scan stays within one index; bodies are read of the matches only.
        let mut select = self.connection.prepare_cached(SEARCH)?;
        select.query_and_then(params![folded, limit], case_record)?.collect()
    }

    /// Every case in the order of reception, a few at a time: memory does not grow with the visit.
    #[must_use]
    pub fn all_cases(&self) -> AllCases<'c> {
        AllCases { connection: self.connection, last: 0, ready: VecDeque::new(), ended: false }
    }

    /// How many cases there are in each status.
    ///
    /// # Errors
    /// The storage's.
    pub fn counts_by_status(&self) -> Result<BTreeMap<Word, u32>, Error> {
        let mut select = self.connection.prepare_cached("SELECT status, count(*) FROM cases GROUP BY status")?;
        let rows = select.query_and_then([], |row| Ok((word(row, 0)?, row.get(1)?)))?;
        rows.collect()
    }

    /// All photos, without their bytes, in the order of their cases.
    ///
    /// # Errors
    /// The storage's.
    pub fn photos(&self) -> Result<Vec<PhotoFacts>, Error> {
        let mut select = self.connection.prepare_cached(
            "SELECT photos.id, case_id, kind, sha256, length(bytes) AS length, meta
             FROM photos JOIN cases ON cases.id = case_id ORDER BY sequence, kind",
        )?;
        select.query_and_then([], photo_facts)?.collect()
    }

    /// A photo as a stream.
    ///
    /// # Errors
    /// [`Error::Unknown`]; the storage's.
    pub fn photo(&self, case: CaseId, kind: &Word) -> Result<Photo<'c>, Error> {
        let mut select = self.connection.prepare_cached(&format!("{PHOTO} WHERE case_id = ?1 AND kind = ?2"))?;
        let found = select
            .query_and_then(params![case.to_string(), kind.as_str()], |row| {
                Ok::<_, Error>((row.get::<_, i64>("id")?, photo_facts(row)?))
            })?
            .next();
        let (id, facts) = found.unwrap_or(Err(Error::Unknown))?;
        let bytes = self.connection.blob_open("main", "photos", "bytes", id, true)?;
        Ok(Photo { sha256: facts.sha256, left: facts.length, facts, bytes, digest: Context::new(&SHA256) })
    }

    /// How many photos of an activity there are.
    ///
    /// # Errors
    /// The storage's.
    pub fn activity_photo_count(&self) -> Result<u32, Error> {
        Ok(self.connection.query_row("SELECT count(*) FROM activity_photos", [], |row| row.get(0))?)
    }

    /// The photos of an activity without their bytes, the first one first.
    ///
    /// # Errors
    /// The storage's.
    pub fn activity_photos(&self) -> Result<Vec<ActivityPhotoFacts>, Error> {
        let mut select = self.connection.prepare_cached(&format!("{ACTIVITY_PHOTO} ORDER BY position"))?;
        select.query_and_then([], activity_photo_facts)?.collect()
    }

    /// A photo of an activity as a stream.
    ///
    /// # Errors
    /// [`Error::Unknown`]; the storage's.
    pub fn activity_photo(&self, id: ActivityPhotoId) -> Result<Photo<'c, ActivityPhotoFacts>, Error> {
        let mut select = self.connection.prepare_cached(&format!("{ACTIVITY_PHOTO} WHERE id = ?1"))?;
        let found = select
            .query_and_then([id.to_string()], |row| {
                Ok::<_, Error>((row.get::<_, i64>("position")?, activity_photo_facts(row)?))
            })?
            .next();
        let (position, facts) = found.unwrap_or(Err(Error::Unknown))?;
        let bytes = self.connection.blob_open("main", "activity_photos", "bytes", position, true)?;
        Ok(Photo { sha256: facts.sha256, left: facts.length, facts, bytes, digest: Context::new(&SHA256) })
    }

    /// From which tablets the part came: the lines of `handovers.jsonl`, the first tablet first.
    ///
    /// # Errors
    /// The storage's.
    pub fn handovers(&self) -> Result<Vec<String>, Error> {
        let mut select = self.connection.prepare_cached("SELECT line FROM handovers ORDER BY position")?;
        let lines = select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>();
        Ok(lines?)
    }

    /// The end of the audit log.
    ///
    /// # Errors
    /// The storage's.
    pub fn audit_head(&self) -> Result<Head, Error> {
        audit::head(self.connection, self.chain)
    }

    /// The last entry of the audit log.
    ///
    /// # Errors
    /// [`Error::Record`] when it cannot be read; the storage's.
    pub fn last_entry(&self) -> Result<Option<AuditEntry>, Error> {
        audit::last(self.connection)
    }

    /// Verifies the whole audit log.
    ///
    /// # Errors
    /// [`Error::AuditBroken`]; the storage's.
    pub fn verify_audit(&self) -> Result<Head, Error> {
        audit::verify_chain(self.connection, self.chain)
    }

    /// Writes the audit log, one JSON object a line.
    ///
    /// # Errors
    /// The storage's and the writer's.
    pub fn export_audit(&self, writer: impl Write) -> Result<(), Error> {
        audit::export_jsonl(self.connection, writer)
    }
}

pub(super) const SEARCH: &str = "SELECT sequence, id, round_order, status, search_key, body FROM cases
    WHERE sequence IN (
        SELECT sequence FROM cases INDEXED BY cases_search WHERE instr(search_key, ?1) > 0
        ORDER BY instr(search_key, ?1) > 1, round_order, sequence LIMIT ?2
    )
    ORDER BY instr(search_key, ?1) > 1, round_order, sequence";

/// Every case, in the order of reception.
pub struct AllCases<'c> {
    connection: &'c Connection,
    last: u32,
    ready: VecDeque<CaseRecord>,
    ended: bool,
}

impl AllCases<'_> {
    const AT_ONCE: u32 = 16;

    fn read_on(&mut self) -> Result<(), Error> {
        let sql = format!("{CASE} WHERE sequence > ?1 ORDER BY sequence LIMIT ?2");
        let mut select = self.connection.prepare_cached(&sql)?;
        for case in select.query_and_then(params![self.last, Self::AT_ONCE], case_record)? {
            let case = case?;
            self.last = case.sequence.get();
            self.ready.push_back(case);
        }
        self.ended = self.ready.is_empty();
        Ok(())
    }
}

impl Iterator for AllCases<'_> {
    type Item = Result<CaseRecord, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty()
            && !self.ended
            && let Err(error) = self.read_on()
        {
            self.ended = true;
            return Some(Err(error));
        }
        self.ready.pop_front().map(Ok)
    }
}

pub(super) fn next_sequence(connection: &Connection) -> Result<NonZeroU32, Error> {
    let last: Option<u32> = connection
        .prepare_cached("SELECT sequence FROM cases ORDER BY sequence DESC LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    NonZeroU32::MIN.checked_add(last.unwrap_or(0)).ok_or(Error::WrongNumber)
}

fn case_record(row: &Row<'_>) -> Result<CaseRecord, Error> {
    Ok(CaseRecord {
        sequence: NonZeroU32::new(row.get(0)?).ok_or(Error::Record)?,
        id: case_id(row, 1)?,
        round_order: row.get(2)?,
        status: word(row, 3)?,
        search_key: row.get(4)?,
        body: Body::from_stored(row.get(5)?),
    })
}

fn photo_facts(row: &Row<'_>) -> Result<PhotoFacts, Error> {
    Ok(PhotoFacts {
        case: case_id(row, 1)?,
        kind: word(row, 2)?,
        sha256: row.get(3)?,
        length: u64::try_from(row.get::<_, i64>(4)?).map_err(|_| Error::Record)?,
        meta: Body::from_stored(row.get(5)?),
    })
}

fn activity_photo_facts(row: &Row<'_>) -> Result<ActivityPhotoFacts, Error> {
    Ok(ActivityPhotoFacts {
        id: row.get::<_, String>(1)?.parse().map_err(|_| Error::Record)?,
        sha256: row.get(2)?,
        length: u64::try_from(row.get::<_, i64>(3)?).map_err(|_| Error::Record)?,
        meta: Body::from_stored(row.get(4)?),
    })
}

fn case_id(row: &Row<'_>, column: usize) -> Result<CaseId, Error> {
    row.get::<_, String>(column)?.parse().map_err(|_| Error::Record)
}

fn word(row: &Row<'_>, column: usize) -> Result<Word, Error> {
    row.get::<_, String>(column)?.parse().map_err(|_| Error::Record)
}
