//! Photos of an activity (実施状況がわかる写真): looked at, covered, confirmed by a person, stored encrypted.
//!
//! Of a photo as it was taken there are pixels in the studio's memory, from [`Homon::look_at_activity`] until it is
//! confirmed, discarded, followed by another, or someone signs out. It is never written. What is stored is the very file
//! that [`Homon::preview_activity_photo`] showed.

use std::io::Read;

use chrono::{DateTime, Utc};
use homon_domain::activity_photo::{ActivityPhoto, MOST_BYTES, MOST_IN_A_PART};
use homon_domain::ids::{ActivityPhotoId, PartNumber, VisitId};
use homon_domain::word::Word;
use homon_photo::activity::{Confirmed, FoundBy, LARGEST_FILE, NotInPicture, Proposed};
use homon_photo::geometry::Bounds;
use homon_seal::{EntryPath, Sha256Digest};
use homon_store::{ActivityPhotoWrite, AuditEvent, Body, StepWrite, VisitReads};
use zeroize::Zeroizing;

use crate::beside::Stop;
use crate::desk::{Desk, PartKey, Session};
use crate::error::{Error, Refusal, Result};
use crate::homon::Homon;
use crate::sealing::{Writer, json};
use crate::studio::Studio;
use crate::visits::check_open;

const _: () = assert!(LARGEST_FILE <= MOST_BYTES, "what comes out can be sealed and opened");

/// A photo that is not confirmed yet, as a screen shows it. Nothing of it is stored.
#[derive(Clone, PartialEq, Debug)]
pub struct ActivityDraft {
    /// What it will be called.
    pub photo: ActivityPhotoId,
    /// Width of the upright picture in which the areas lie, in pixels. A screen draws the camera's own bytes, upright, at
    /// whatever size, and the areas to the same scale.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// What is going to be covered.
    pub areas: Vec<CoveredArea>,
    /// Whether it can be confirmed: somebody was shown how it looks with these areas.
    pub previewed: bool,
}

/// An area that is going to be covered.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CoveredArea {
    /// Which of the draft's. The number of an area that was taken away does not come back.
    pub number: u32,
    /// What is there.
    pub kind: AreaKind,
    /// Where. Of a face more is covered: the whole head.
    pub bounds: Bounds,
}

/// What is covered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AreaKind {
    /// A face, and who found it.
    Face(FoundBy),
    /// A name plate, a form, or whatever else can be read.
    Text,
}

/// What a person marks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AreaMark {
    /// A face that was not found.
    Face,
    /// Something that can be read.
    Text,
}

impl Homon {
    /// Looks for the faces in a photo from camera memory, and keeps its pixels in memory until a person has decided. One
    /// photo at a time: a draft from before is forgotten.
    ///
    /// # Errors
    /// [`crate::Rule::Photo`] for a file that is no photo; [`Refusal::NoPhotoModels`], [`Refusal::PhotoModelsDamaged`]: without
    /// them no photo of an activity is taken; [`Refusal::EnoughActivityPhotos`]; [`Refusal::VisitClosed`],
    /// [`Refusal::VisitLocked`], [`Refusal::HandedOver`], [`Refusal::NoSuchVisit`], [`Error::SignInAgain`].
    pub async fn look_at_activity(&self, visit: VisitId, part: PartNumber, jpeg: Vec<u8>) -> Result<ActivityDraft> {
        let jpeg = Zeroizing::new(jpeg);
        self.studio.run(move |studio| look(studio, (visit, part), &jpeg)).await
    }

    /// Marks what is to be covered besides, in pixels of the draft's picture.
    ///
    /// # Errors
    /// [`crate::Rule::OutsideThePicture`]; [`Refusal::NoSuchActivityPhoto`] when there is no such draft any more;
    /// [`Error::SignInAgain`], and the visit's as in [`Homon::look_at_activity`].
    pub async fn cover_area(&self, photo: ActivityPhotoId, mark: AreaMark, bounds: Bounds) -> Result<ActivityDraft> {
        self.studio.run(move |studio| edit(studio, photo, |draft| draft.cover(mark, bounds))).await
    }

    /// Takes an area away: nothing is to be covered there. An area that is gone already stays gone.
    ///
    /// # Errors
    /// As [`Homon::cover_area`], without the area's.
    pub async fn uncover_area(&self, photo: ActivityPhotoId, area: u32) -> Result<ActivityDraft> {
        self.studio
            .run(move |studio| {
                edit(studio, photo, |draft| {
                    draft.uncover(area);
                    Ok(())
                })
            })
            .await
    }

    /// The covered photo as a JPEG: the very bytes that would be stored now. It is for the screen alone.
    ///
    /// # Errors
    /// As [`Homon::uncover_area`].
    pub async fn preview_activity_photo(&self, photo: ActivityPhotoId) -> Result<Vec<u8>> {
        self.studio.run(move |studio| preview(studio, photo)).await
    }

    /// Stores the covered photo: whoever is signed in has looked at the preview, and says that nobody in it can be known.
    /// The pixels of the photo as it was taken are gone then. When it fails, the draft stays.
    ///
    /// # Errors
    /// [`Refusal::NotPreviewed`]; [`Refusal::EnoughActivityPhotos`]; [`Error::StorageFull`]; and as
    /// [`Homon::uncover_area`].
    pub async fn confirm_activity_photo(&self, photo: ActivityPhotoId) -> Result<ActivityPhoto> {
        self.studio.run(move |studio| confirm(studio, photo)).await
    }

    /// Forgets the draft, if there is one.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn discard_activity_draft(&self) -> Result<()> {
        self.studio
            .run(|studio| {
                studio.draft = None;
                Ok(())
            })
            .await
    }

    /// The stored photos of a visit part, the first one first.
    ///
    /// # Errors
    /// [`Refusal::NoSuchVisit`], [`Error::SignInAgain`].
    pub async fn activity_photos(&self, visit: VisitId, part: PartNumber) -> Result<Vec<ActivityPhoto>> {
        self.worker.run(move |desk| list(desk, (visit, part))).await
    }

    /// One stored photo, as it will be sent.
    ///
    /// # Errors
    /// [`Refusal::NoSuchActivityPhoto`], and as [`Homon::activity_photos`].
    pub async fn activity_photo(&self, visit: VisitId, part: PartNumber, photo: ActivityPhotoId) -> Result<Vec<u8>> {
        self.worker.run(move |desk| stored(desk, (visit, part), photo)).await
    }

    /// Deletes a stored photo. What was sealed before it was deleted holds it all the same.
    ///
    /// # Errors
    /// [`Refusal::NoSuchActivityPhoto`], [`Refusal::VisitClosed`], [`Refusal::VisitLocked`], [`Refusal::HandedOver`],
    /// [`Refusal::NoSuchVisit`], [`Error::SignInAgain`], [`Error::StorageFull`].
    pub async fn delete_activity_photo(&self, visit: VisitId, part: PartNumber, photo: ActivityPhotoId) -> Result<()> {
        self.worker.run(move |desk| delete(desk, (visit, part), photo)).await
    }
}

/// A photo that a person looks at.
pub(crate) struct Draft {
    id: ActivityPhotoId,
    part: PartKey,
    taken_at: DateTime<Utc>,
    proposed: Proposed,
    /// The numbers of its faces and texts, in the same order.
    faces: Vec<u32>,
    texts: Vec<u32>,
    next: u32,
    previewed: bool,
}

impl Draft {
    fn new(part: PartKey, taken_at: DateTime<Utc>, proposed: Proposed) -> Self {
        let next = u32::try_from(proposed.faces().len()).unwrap_or(u32::MAX);
        let faces = (0..next).collect();
        Self { id: ActivityPhotoId::make(), part, taken_at, proposed, faces, texts: Vec::new(), next, previewed: false }
    }

    fn cover(&mut self, mark: AreaMark, bounds: Bounds) -> Result<(), NotInPicture> {
        let numbers = match mark {
            AreaMark::Face => self.proposed.add_face(bounds).map(|()| &mut self.faces),
            AreaMark::Text => self.proposed.add_text(bounds).map(|()| &mut self.texts),
        };
        numbers?.push(self.next);
        self.next += 1;
        self.previewed = false;
        Ok(())
    }

    fn uncover(&mut self, number: u32) {
        if let Some(at) = self.faces.iter().position(|face| *face == number) {
            self.faces.remove(at);
            self.proposed.remove_face(at);
        } else if let Some(at) = self.texts.iter().position(|text| *text == number) {
            self.texts.remove(at);
            self.proposed.remove_text(at);
        }
        self.previewed = false;
    }

    fn view(&self) -> ActivityDraft {
        let faces = self.faces.iter().zip(self.proposed.faces()).map(|(number, face)| CoveredArea {
            number: *number,
            kind: AreaKind::Face(face.found_by),
            bounds: face.bounds,
        });
        let texts = self.texts.iter().zip(self.proposed.texts());
        let texts =
            texts.map(|(number, bounds)| CoveredArea { number: *number, kind: AreaKind::Text, bounds: *bounds });
        let photo = self.proposed.photo();
        ActivityDraft {
            photo: self.id,
            width: photo.width(),
            height: photo.height(),
            areas: faces.chain(texts).collect(),
            previewed: self.previewed,
        }
    }
}

fn look(studio: &mut Studio, part: PartKey, jpeg: &[u8]) -> Result<ActivityDraft> {
    studio.draft = None;
    let taken_at = studio.desk.run_now(move |desk| {
        let (session, root, platform) = desk.parts()?;
        check_open(session, part)?;
        check_room(session.visit_file(root, platform, part)?.reads()?)?;
        Ok(platform.clock.now())
    })?;
    let draft = Draft::new(part, taken_at, studio.propose(jpeg)?);
    let view = draft.view();
    studio.draft = Some(draft);
    Ok(view)
}

/// The draft of that photo, while it may still be stored.
fn draft(studio: &mut Studio, photo: ActivityPhotoId) -> Result<&mut Draft> {
    let Some(draft) = studio.draft.as_mut().filter(|draft| draft.id == photo) else {
        return Err(Refusal::NoSuchActivityPhoto.into());
    };
    let part = draft.part;
    studio.desk.run_now(move |desk| check_open(desk.session()?, part))?;
    Ok(draft)
}

fn edit(
    studio: &mut Studio,
    photo: ActivityPhotoId,
    how: impl FnOnce(&mut Draft) -> Result<(), NotInPicture>,
) -> Result<ActivityDraft> {
    let draft = draft(studio, photo)?;
    how(draft)?;
    Ok(draft.view())
}

fn preview(studio: &mut Studio, photo: ActivityPhotoId) -> Result<Vec<u8>> {
    let draft = draft(studio, photo)?;
    let jpeg = draft.proposed.preview_jpeg()?;
    draft.previewed = true;
    Ok(jpeg)
}

fn confirm(studio: &mut Studio, photo: ActivityPhotoId) -> Result<ActivityPhoto> {
    let draft = draft(studio, photo)?;
    if !draft.previewed {
        return Err(Refusal::NotPreviewed.into());
    }
    let (part, taken_at) = (draft.part, draft.taken_at);
    let confirmed = draft.proposed.confirm()?;
    let stored = studio.desk.run_now(move |desk| store(desk, part, photo, taken_at, confirmed))?;
    studio.draft = None;
    Ok(stored)
}

fn store(
    desk: &mut Desk,
    part: PartKey,
    id: ActivityPhotoId,
    taken_at: DateTime<Utc>,
    confirmed: Confirmed,
) -> Result<ActivityPhoto> {
    let now = desk.now();
    let (session, root, platform) = desk.parts()?;
    check_open(session, part)?;
    let count = |many: usize| u32::try_from(many).map_err(Error::internal);
    let photo = ActivityPhoto {
        id,
        sha256: Sha256Digest::of(confirmed.jpeg()).to_string(),
        bytes: count(confirmed.jpeg().len())?,
        width: confirmed.width(),
        height: confirmed.height(),
        taken_at,
        confirmed_by: session.staff.code.clone(),
        faces: count(confirmed.faces())?,
        texts: count(confirmed.texts())?,
    };
    let event = event(session, now, "confirm_activity_photo", id)?;
    let file = session.visit_file(root, platform, part)?;
    check_room(file.reads()?)?;
    let write = ActivityPhotoWrite::Put { id, meta: Body::of(&photo)?, bytes: Zeroizing::new(confirmed.into_jpeg()) };
    file.step(&StepWrite::new(event).activity_photo(write))?;
    Ok(photo)
}

fn event(session: &Session, now: DateTime<Utc>, action: &'static str, photo: ActivityPhotoId) -> Result<AuditEvent> {
    let detail: Word = photo.to_string().parse().map_err(Error::internal)?;
    Ok(AuditEvent { detail: Some(detail), ..session.event(now, action) })
}

/// Refuses when a part has as many as it may have.
fn check_room(reads: VisitReads<'_>) -> Result<()> {
    if reads.activity_photo_count()? < MOST_IN_A_PART { Ok(()) } else { Err(Refusal::EnoughActivityPhotos.into()) }
}

fn list(desk: &mut Desk, part: PartKey) -> Result<Vec<ActivityPhoto>> {
    let (session, root, platform) = desk.parts()?;
    let photos = session.visit_file(root, platform, part)?.reads()?.activity_photos()?;
    photos.iter().map(|photo| Ok(photo.meta.read()?)).collect()
}

fn stored(desk: &mut Desk, part: PartKey, id: ActivityPhotoId) -> Result<Vec<u8>> {
    let (session, root, platform) = desk.parts()?;
    let reads = session.visit_file(root, platform, part)?.reads()?;
    let mut photo = reads.activity_photo(id).map_err(not_there)?;
    let mut bytes = Vec::new();
    photo.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn delete(desk: &mut Desk, part: PartKey, id: ActivityPhotoId) -> Result<()> {
    let now = desk.now();
    let (session, root, platform) = desk.parts()?;
    check_open(session, part)?;
    let event = event(session, now, "delete_activity_photo", id)?;
    let file = session.visit_file(root, platform, part)?;
    let removed = file.step(&StepWrite::new(event).activity_photo(ActivityPhotoWrite::Remove { id }));
    removed.map(drop).map_err(not_there)
}

fn not_there(error: homon_store::Error) -> Error {
    match error {
        homon_store::Error::Unknown => Refusal::NoSuchActivityPhoto.into(),
        other => other.into(),
    }
}

/// Adds the photos of a part and what is known of them to a package.
pub(crate) fn add_activity_photos(writer: &mut Writer, reads: &VisitReads<'_>, stop: &Stop) -> Result<()> {
    for facts in reads.activity_photos()? {
        stop.check()?;
        let photo: ActivityPhoto = facts.meta.read()?;
        writer.add_bytes(EntryPath::ActivityRecord(photo.id), &json(&photo)?)?;
        let mut bytes = reads.activity_photo(facts.id)?;
        writer.add_digested(EntryPath::ActivityPhoto(photo.id), Sha256Digest(facts.sha256), &mut bytes)?;
    }
    Ok(())
}
