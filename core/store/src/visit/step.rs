//! Writing: one step, one transaction.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU32;

use homon_domain::audit::{AuditEvent, Head};
use homon_domain::ids::{ActivityPhotoId, CaseId};
use homon_domain::word::Word;
use ring::digest::{SHA256, digest};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use zeroize::Zeroizing;

use super::VisitFile;
use super::reads::next_sequence;
use crate::audit;
use crate::body::Body;
use crate::error::Error;

/// A case (受付) as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct CaseRecord {
    /// The case.
    pub id: CaseId,
    /// The second half of its number, counted from 1 in the order of reception. It never changes.
    pub sequence: NonZeroU32,
    /// Its place in the day's list.
    pub round_order: u32,
    /// Its status, as the domain writes it.
    pub status: Word,
    /// The folded text by which it is found.
    pub search_key: String,
    /// The case itself.
    pub body: Body,
}

impl fmt::Debug for CaseRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseRecord")
            .field("id", &self.id)
            .field("sequence", &self.sequence)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// What happens to a photo of a case. A case has at most one photo of a kind.
pub enum PhotoWrite {
    /// Stores it, in place of an earlier one.
    Put {
        /// Whose.
        case: CaseId,
        /// Which kind, as the domain writes it.
        kind: Word,
        /// What is known of it.
        meta: Body,
        /// The JPEG. Never written anywhere but into the encrypted file.
        bytes: Zeroizing<Vec<u8>>,
    },
    /// Removes it, if there is one.
    Remove {
        /// Whose.
        case: CaseId,
        /// Which kind.
        kind: Word,
    },
}

impl fmt::Debug for PhotoWrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put { case, kind, bytes, .. } => write!(f, "Put({case}, {kind}, {} bytes)", bytes.len()),
            Self::Remove { case, kind } => write!(f, "Remove({case}, {kind})"),
        }
    }
}

/// What happens to a photo of an activity. It belongs to the visit part and to no case.
pub enum ActivityPhotoWrite {
    /// Adds one.
    Put {
        /// Which; new.
        id: ActivityPhotoId,
        /// What is known of it.
        meta: Body,
        /// The JPEG in which nobody can be known any more.
        bytes: Zeroizing<Vec<u8>>,
    },
    /// Removes one.
    Remove {
        /// Which.
        id: ActivityPhotoId,
    },
}

impl fmt::Debug for ActivityPhotoWrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put { id, bytes, .. } => write!(f, "Put({id}, {} bytes)", bytes.len()),
            Self::Remove { id } => write!(f, "Remove({id})"),
        }
    }
}

/// One step: everything that changes, and what the audit log says of it. All of it is stored, or nothing.
#[derive(Debug)]
pub struct StepWrite {
    visit: Option<Body>,
    cases: Vec<CaseRecord>,
    photos: Vec<PhotoWrite>,
    activity_photos: Vec<ActivityPhotoWrite>,
    events: Vec<AuditEvent>,
}

impl StepWrite {
    /// A step that so far only records an event.
    #[must_use]
    pub fn new(event: AuditEvent) -> Self {
        Self { visit: None, cases: Vec::new(), photos: Vec::new(), activity_photos: Vec::new(), events: vec![event] }
    }

    /// Changes the visit.
    #[must_use]
    pub fn visit(mut self, body: Body) -> Self {
        self.visit = Some(body);
        self
    }

    /// Adds a case, or changes one.
    #[must_use]
    pub fn case(mut self, case: CaseRecord) -> Self {
        self.cases.push(case);
        self
    }

    /// Stores or removes a photo.
    #[must_use]
    pub fn photo(mut self, photo: PhotoWrite) -> Self {
        self.photos.push(photo);
        self
    }

    /// Adds or removes a photo of an activity.
    #[must_use]
    pub fn activity_photo(mut self, photo: ActivityPhotoWrite) -> Self {
        self.activity_photos.push(photo);
        self
    }

    /// Records a further event.
    #[must_use]
    pub fn event(mut self, event: AuditEvent) -> Self {
        self.events.push(event);
        self
    }
}

impl VisitFile {
    /// Stores a step durably. Answers the new end of the audit log.
    ///
    /// A new case takes the next number: read it from [`super::reads::VisitReads::next_sequence`]. That it still is
    /// the next is decided here, inside the transaction.
    ///
    /// # Errors
    /// Nothing is stored: [`Error::WrongNumber`] for a new case that is not next, or a number that changed;
    /// [`Error::Unknown`] for a photo of no case, and for a photo of an activity to be removed that is not there;
    /// [`Error::AlreadyExists`] for one to be added that is; [`Error::StorageFull`] and the other storage errors.
    pub fn step(&mut self, step: &StepWrite) -> Result<Head, Error> {
        let transaction = self.file.write()?;
        if let Some(body) = &step.visit {
            transaction.prepare_cached("UPDATE visit SET body = ?1")?.execute([body.as_json()])?;
        }
        for case in &step.cases {
            put_case(&transaction, case)?;
        }
        for photo in &step.photos {
            put_photo(&transaction, photo)?;
        }
        for photo in &step.activity_photos {
            put_activity_photo(&transaction, photo)?;
        }
        let mut head = audit::head(&transaction, &self.chain)?;
        for event in &step.events {
            let entry = head.append(event);
            audit::insert(&transaction, &entry)?;
            head = Head { seq: entry.seq, hash: entry.hash };
        }
        transaction.commit()?;
        Ok(head)
    }
}

/// Which columns of a case are in an index and have changed. SQLite takes every column that a statement sets out of its
/// indexes and puts it back, changed or not, and each index is one more page to encrypt and to write.
struct Changed {
    round_order: bool,
    status: bool,
    search_key: bool,
}

impl Changed {
    /// From a row of these three columns, after the sequence.
    fn between(row: &Row<'_>, case: &CaseRecord) -> rusqlite::Result<Self> {
        Ok(Self {
            round_order: row.get::<_, u32>(1)? != case.round_order,
            status: row.get_ref(2)?.as_str()? != case.status.as_str(),
            search_key: row.get_ref(3)?.as_str()? != case.search_key,
        })
    }

    /// The statement that stores them, with the parameters of the whole row.
    fn update(&self) -> Cow<'static, str> {
        let columns = [
            (self.round_order, "round_order = ?3, "),
            (self.status, "status = ?4, "),
            (self.search_key, "search_key = ?5, "),
        ];
        let set: String = columns.into_iter().filter_map(|(changed, set)| changed.then_some(set)).collect();
        format!("UPDATE cases SET {set}body = ?6 WHERE sequence = ?1 AND id = ?2").into()
    }
}

pub(super) fn put_case(transaction: &Transaction<'_>, case: &CaseRecord) -> Result<(), Error> {
    let id = case.id.to_string();
    let stored = transaction
        .prepare_cached("SELECT sequence, round_order, status, search_key FROM cases WHERE id = ?1")?
        .query_row([&id], |row| Ok((row.get::<_, u32>(0)?, Changed::between(row, case)?)))
        .optional()?;
    let sql = match stored {
        Some((sequence, changed)) if case.sequence.get() == sequence => changed.update(),
        None if case.sequence == next_sequence(transaction)? => {
            "INSERT INTO cases (sequence, id, round_order, status, search_key, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                .into()
        }
        _ => return Err(Error::WrongNumber),
    };
    transaction.prepare_cached(&sql)?.execute(params![
        case.sequence.get(),
        id,
        case.round_order,
        case.status.as_str(),
        case.search_key,
        case.body.as_json(),
    ])?;
    Ok(())
}

pub(super) fn put_photo(transaction: &Transaction<'_>, photo: &PhotoWrite) -> Result<(), Error> {
    match photo {
        PhotoWrite::Put { case, kind, meta, bytes } => {
            let known = transaction.prepare_cached("SELECT 1 FROM cases WHERE id = ?1")?.exists([case.to_string()])?;
            if !known {
                return Err(Error::Unknown);
            }
            transaction
                .prepare_cached(
                    "INSERT INTO photos (case_id, kind, sha256, meta, bytes) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT (case_id, kind) DO UPDATE
                     SET sha256 = excluded.sha256, meta = excluded.meta, bytes = excluded.bytes",
                )?
                .execute(params![
                    case.to_string(),
                    kind.as_str(),
                    digest(&SHA256, bytes).as_ref(),
                    meta.as_json(),
                    bytes.as_slice(),
                ])?;
        }
        PhotoWrite::Remove { case, kind } => {
            transaction
                .prepare_cached("DELETE FROM photos WHERE case_id = ?1 AND kind = ?2")?
                .execute(params![case.to_string(), kind.as_str()])?;
        }
    }
    Ok(())
}

pub(super) fn put_activity_photo(transaction: &Transaction<'_>, photo: &ActivityPhotoWrite) -> Result<(), Error> {
    let (ActivityPhotoWrite::Put { id, .. } | ActivityPhotoWrite::Remove { id }) = photo;
    let is_there =
        transaction.prepare_cached("SELECT 1 FROM activity_photos WHERE id = ?1")?.exists([id.to_string()])?;
    match photo {
        ActivityPhotoWrite::Put { .. } if is_there => return Err(Error::AlreadyExists),
        ActivityPhotoWrite::Remove { .. } if !is_there => return Err(Error::Unknown),
        ActivityPhotoWrite::Put { id, meta, bytes } => transaction
            .prepare_cached("INSERT INTO activity_photos (id, sha256, meta, bytes) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![id.to_string(), digest(&SHA256, bytes).as_ref(), meta.as_json(), bytes.as_slice()])?,
        ActivityPhotoWrite::Remove { id } => {
            transaction.prepare_cached("DELETE FROM activity_photos WHERE id = ?1")?.execute([id.to_string()])?
        }
    };
    Ok(())
}
