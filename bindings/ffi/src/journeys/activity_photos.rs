//! Photos of an activity: looked at, covered, confirmed by a person, stored encrypted.

use homon_app::model::{ActivityPhoto, ActivityPhotoId, PartNumber, VisitId};
use homon_app::{ActivityDraft, AreaMark, Bounds, Result};

use crate::changes::Change;
use crate::homon::Homon;

#[uniffi::export]
impl Homon {
    /// Looks for the faces in a photo from camera memory, and keeps its pixels in memory until a person has decided. One
    /// photo at a time: a draft from before is forgotten.
    ///
    /// # Errors
    /// `Rule::Photo` for a file that is no photo; `Refusal::NoPhotoModels`, `Refusal::PhotoModelsDamaged`: without
    /// them no photo of an activity is taken; `Refusal::EnoughActivityPhotos`; `Refusal::VisitClosed`,
    /// `Refusal::VisitLocked`, `Refusal::HandedOver`, `Refusal::NoSuchVisit`, `HomonError::SignInAgain`.
    pub async fn look_at_activity(&self, visit: VisitId, part: PartNumber, jpeg: Vec<u8>) -> Result<ActivityDraft> {
        self.ask(|homon| async move { homon.look_at_activity(visit, part, jpeg).await }).await
    }

    /// Marks what is to be covered besides, in pixels of the draft's picture.
    ///
    /// # Errors
    /// `Rule::OutsideThePicture`; `Refusal::NoSuchActivityPhoto` when there is no such draft any more;
    /// `HomonError::SignInAgain`, and the visit's as in `look_at_activity`.
    pub async fn cover_area(&self, photo: ActivityPhotoId, mark: AreaMark, bounds: Bounds) -> Result<ActivityDraft> {
        self.ask(|homon| async move { homon.cover_area(photo, mark, bounds).await }).await
    }

    /// Takes an area away: nothing is to be covered there. An area that is gone already stays gone.
    ///
    /// # Errors
    /// As `cover_area`, without the area's.
    pub async fn uncover_area(&self, photo: ActivityPhotoId, area: u32) -> Result<ActivityDraft> {
        self.ask(|homon| async move { homon.uncover_area(photo, area).await }).await
    }

    /// The covered photo as a JPEG: the very bytes that would be stored now. It is for the screen alone.
    ///
    /// # Errors
    /// As `uncover_area`.
    pub async fn preview_activity_photo(&self, photo: ActivityPhotoId) -> Result<Vec<u8>> {
        self.ask(|homon| async move { homon.preview_activity_photo(photo).await }).await
    }

    /// Stores the covered photo: whoever is signed in has looked at the preview, and says that nobody in it can be known.
    /// The pixels of the photo as it was taken are gone then. When it fails, the draft stays.
    ///
    /// # Errors
    /// `Refusal::NotPreviewed`; `Refusal::EnoughActivityPhotos`; `HomonError::StorageFull`; and as
    /// `uncover_area`.
    pub async fn confirm_activity_photo(&self, photo: ActivityPhotoId) -> Result<ActivityPhoto> {
        self.change(Change::Everything, |homon| async move { homon.confirm_activity_photo(photo).await }).await
    }

    /// Forgets the draft, if there is one.
    ///
    /// # Errors
    /// `HomonError::Internal`.
    pub async fn discard_activity_draft(&self) -> Result<()> {
        self.ask(|homon| async move { homon.discard_activity_draft().await }).await
    }

    /// The stored photos of a visit part, the first one first.
    ///
    /// # Errors
    /// `Refusal::NoSuchVisit`, `HomonError::SignInAgain`.
    pub async fn activity_photos(&self, visit: VisitId, part: PartNumber) -> Result<Vec<ActivityPhoto>> {
        self.ask(|homon| async move { homon.activity_photos(visit, part).await }).await
    }

    /// One stored photo, as it will be sent.
    ///
    /// # Errors
    /// `Refusal::NoSuchActivityPhoto`, and as `activity_photos`.
    pub async fn activity_photo(&self, visit: VisitId, part: PartNumber, photo: ActivityPhotoId) -> Result<Vec<u8>> {
        self.ask(|homon| async move { homon.activity_photo(visit, part, photo).await }).await
    }

    /// Deletes a stored photo. What was sealed before it was deleted holds it all the same.
    ///
    /// # Errors
    /// `Refusal::NoSuchActivityPhoto`, `Refusal::VisitClosed`, `Refusal::VisitLocked`, `Refusal::HandedOver`,
    /// `Refusal::NoSuchVisit`, `HomonError::SignInAgain`, `HomonError::StorageFull`.
    pub async fn delete_activity_photo(&self, visit: VisitId, part: PartNumber, photo: ActivityPhotoId) -> Result<()> {
        self.change(Change::Visit { visit, part }, |homon| async move {
            homon.delete_activity_photo(visit, part, photo).await
        })
        .await
    }
}
