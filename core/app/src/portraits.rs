//! The photo of the application: checked while the resident still sits there, cut to measure, stored encrypted.

use homon_domain::case::{Case, Portrait};
use homon_domain::case_step::Step;
use homon_domain::case_view::{CaseView, Warning};
use homon_domain::ids::{CaseId, CaseNumber, PartNumber, VisitId};
use homon_domain::photo_exception::PhotoException;
use homon_domain::programme::Programme;
use homon_domain::word::Word;
use homon_photo::same::Appearance;
use homon_seal::Sha256Digest;
use homon_store::{Body, PhotoWrite, VisitReads};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::cases::{step, stored_case};
use crate::desk::{Desk, PartKey, word};
use crate::error::{Error, Result};
use crate::homon::Homon;
use crate::photo_report::PortraitReport;
use crate::studio::{Asked, Studio, Taken, appearance};

impl Homon {
    /// Looks at a photo from camera memory as [`Homon::attach_portrait`] would, and stores nothing.
    ///
    /// # Errors
    /// [`crate::error::Rule::Photo`] for a file that is none; [`crate::Refusal::NoSuchCase`],
    /// [`crate::Refusal::NoSuchVisit`], [`Error::SignInAgain`].
    pub async fn check_portrait(
        &self,
        visit: VisitId,
        part: PartNumber,
        case: CaseId,
        jpeg: Vec<u8>,
    ) -> Result<PortraitReport> {
        let jpeg = Zeroizing::new(jpeg);
        self.studio.run(move |studio| check(studio, (visit, part), case, &jpeg)).await
    }

    /// Takes a photo from camera memory into the encrypted file: checked, and cut to the programme's measures. Nothing of
    /// it touches storage in clear.
    ///
    /// Where the app has no models of faces, the file alone is checked and kept as it is. A photo that looks like that of
    /// another case is taken, and the view warns.
    ///
    /// # Errors
    /// [`crate::error::Rule::Photo`]; [`crate::error::Rule::PhotoFindings`] with what decides against it and no exception
    /// of the case explains; and as [`Homon::case_step`].
    pub async fn attach_portrait(
        &self,
        visit: VisitId,
        part: PartNumber,
        case: CaseId,
        jpeg: Vec<u8>,
    ) -> Result<CaseView> {
        let jpeg = Zeroizing::new(jpeg);
        self.studio.run(move |studio| attach(studio, (visit, part), case, &jpeg)).await
    }

    /// The photo of a case, as it will be sent; `None` while there is none.
    ///
    /// # Errors
    /// As [`Homon::case`].
    pub async fn portrait(&self, visit: VisitId, part: PartNumber, case: CaseId) -> Result<Option<Vec<u8>>> {
        self.worker.run(move |desk| portrait(desk, (visit, part), case)).await
    }
}

pub(crate) fn portrait_kind() -> Word {
    word("portrait")
}

/// The exceptions that were chosen for a resident.
pub(crate) fn chosen(case: &Case) -> Vec<PhotoException> {
    case.photo_exceptions.iter().map(|chosen| chosen.exception).collect()
}

/// What lies beside a photo in the encrypted file, and nowhere else.
#[derive(Serialize, Deserialize)]
struct Beside {
    #[serde(flatten)]
    facts: Portrait,
    /// The bits of its [`Appearance`]. Photos from before have none, and are like no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    appearance: Option<u64>,
}

/// What is stored beside a photo. One that does not decode was not stored by us, and is like no other.
pub(crate) fn beside(facts: &Portrait, jpeg: &[u8]) -> Result<Body> {
    let appearance = appearance(jpeg).ok().map(Appearance::bits);
    Ok(Body::of(&Beside { facts: facts.clone(), appearance })?)
}

fn asked(studio: &Studio, key: PartKey, case: CaseId) -> Result<Asked> {
    studio.desk.run_now(move |desk| {
        let case = stored_case(desk, key, case)?;
        Ok(Asked::of(&desk.session()?.programme().portrait, chosen(&case)))
    })
}

fn check(studio: &mut Studio, key: PartKey, case: CaseId, jpeg: &[u8]) -> Result<PortraitReport> {
    let asked = asked(studio, key, case)?;
    let examined = studio.examine(jpeg, &asked)?;
    let mut report = examined.report;
    if let Some(taken) = examined.taken {
        let appearance = appearance(&taken.jpeg)?;
        report.same_as = studio.desk.run_now(move |desk| {
            let (session, root, platform) = desk.parts()?;
            let reads = session.visit_file(root, platform, key)?.reads()?;
            numbers_of(reads, key.1, case, appearance, &appearances(reads)?)
        })?;
    }
    Ok(report)
}

fn attach(studio: &mut Studio, key: PartKey, case: CaseId, jpeg: &[u8]) -> Result<CaseView> {
    let asked = asked(studio, key, case)?;
    let Taken { jpeg, width, height, checked, rests_on } = studio.examine(jpeg, &asked)?.into_taken()?;
    let facts = Portrait {
        sha256: Sha256Digest::of(&jpeg).to_string(),
        bytes: u32::try_from(jpeg.len()).map_err(Error::internal)?,
        width,
        height,
        at: studio.desk.run_now(|desk| Ok(desk.now()))?,
        checked,
        rests_on,
    };
    let photo = PhotoWrite::Put { case, kind: portrait_kind(), meta: beside(&facts, &jpeg)?, bytes: jpeg };
    let attach = Step::AttachPortrait { portrait: facts };
    studio.desk.run_now(move |desk| step(desk, key, case, attach, Some(photo)))
}

/// The view of a case. It warns of a photo that looks like another's; that the others cannot be read keeps nobody from
/// this case.
pub(crate) fn view(case: &Case, programme: &Programme, reads: VisitReads<'_>) -> CaseView {
    let mut view = case.view(programme);
    let cases = if case.portrait.is_some() { like(reads, case) } else { Ok(Vec::new()) };
    match cases {
        Ok(cases) if cases.is_empty() => {}
        Ok(cases) => view.warnings.push(Warning::SamePhoto { cases }),
        Err(error) => tracing::warn!(%error, "the photos of other cases could not be compared"),
    }
    view
}

/// The cases whose photo looks like that of this one.
fn like(reads: VisitReads<'_>, case: &Case) -> Result<Vec<CaseNumber>> {
    let photos = appearances(reads)?;
    let own = photos.iter().find(|(id, _)| *id == case.id).map(|(_, appearance)| *appearance);
    own.map_or(Ok(Vec::new()), |own| numbers_of(reads, case.number.part, case.id, own, &photos))
}

/// What the photos of all cases look like.
fn appearances(reads: VisitReads<'_>) -> Result<Vec<(CaseId, Appearance)>> {
    let kind = portrait_kind();
    let mut all = Vec::new();
    for photo in reads.photos()?.into_iter().filter(|photo| photo.kind == kind) {
        let beside: Beside = photo.meta.read()?;
        all.extend(beside.appearance.map(|bits| (photo.case, Appearance::from_bits(bits))));
    }
    Ok(all)
}

/// The numbers of the other cases whose photo is of the same shot.
fn numbers_of(
    reads: VisitReads<'_>,
    part: PartNumber,
    own: CaseId,
    appearance: Appearance,
    photos: &[(CaseId, Appearance)],
) -> Result<Vec<CaseNumber>> {
    let alike = photos.iter().filter(|(case, other)| *case != own && other.is_same_shot(appearance));
    alike.map(|(case, _)| Ok(CaseNumber { part, sequence: reads.case(*case)?.sequence })).collect()
}

fn portrait(desk: &mut Desk, key: PartKey, case: CaseId) -> Result<Option<Vec<u8>>> {
    if stored_case(desk, key, case)?.portrait.is_none() {
        return Ok(None);
    }
    let (session, root, platform) = desk.parts()?;
    let reads = session.visit_file(root, platform, key)?.reads()?;
    let mut photo = reads.photo(case, &portrait_kind())?;
    let mut bytes = Vec::with_capacity(usize::try_from(photo.facts.length).unwrap_or_default());
    std::io::Read::read_to_end(&mut photo, &mut bytes)?;
    Ok(Some(bytes))
}
