//! A further tablet that works on the same visit (分担): a code on one screen, read by the other tablet's camera.
//!
//! What is shared is the plan and which part the further tablet works on; each tablet has its own check-in, file, key and
//! package, and the desk joins them. Nothing in the code is secret or about a person, so it is not signed: whoever makes
//! one up gets a visit that nobody else works on, which the desk shows.

use homon_domain::ids::{Code, PartNumber, VisitId};
use homon_domain::visit::VisitPlan;
use homon_seal::moving_code;
use serde::{Deserialize, Serialize};

use crate::desk::Desk;
use crate::error::{Error, Field, Refusal, Result, Rule};
use crate::homon::Homon;
use crate::visits::{check_open, view};

/// The format of the code.
const FORMAT: u8 = 1;

/// More tablets than this have not worked on one visit.
const MOST_TABLETS: u8 = 6;

/// What a further tablet needs to know to work on a visit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invitation {
    /// What was agreed with the site, the same on all tablets.
    pub plan: VisitPlan,
    /// The part that the further tablet works on.
    pub part: PartNumber,
}

/// The code as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    homon: Kind,
    programme: Code,
    part: PartNumber,
    plan: VisitPlan,
}

/// What every format of the code will have.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    join: u8,
}

#[derive(Deserialize)]
struct AnyFormat {
    homon: Kind,
}

impl Homon {
    /// The parts of a visit that a further tablet can be asked to work on: those from the second on that this tablet has
    /// not worked on.
    ///
    /// # Errors
    /// [`Error::SignInAgain`].
    pub async fn further_parts(&self, visit: VisitId) -> Result<Vec<PartNumber>> {
        self.worker.run(move |desk| further_parts(desk, visit)).await
    }

    /// The QR code by which a further tablet works on this visit as part `further`.
    ///
    /// # Errors
    /// [`Refusal::PartTwice`] for a part that this tablet works on; [`Refusal::VisitClosed`], [`Refusal::VisitLocked`],
    /// [`Refusal::HandedOver`], [`Refusal::NoSuchVisit`], [`Error::SignInAgain`].
    pub async fn invite(&self, visit: VisitId, part: PartNumber, further: PartNumber) -> Result<homon_seal::Code> {
        self.worker.run(move |desk| invite(desk, visit, part, further)).await
    }

    /// What a code of another tablet says. The visit is opened as any other, with this plan and this part.
    ///
    /// # Errors
    /// [`Rule::NotAnInvitation`]; [`Refusal::OtherProgramme`], [`Refusal::PartTwice`], [`Refusal::AppTooOld`],
    /// [`Error::SignInAgain`].
    pub async fn read_invitation(&self, code: String) -> Result<Invitation> {
        self.worker.run(move |desk| read(desk, &code)).await
    }
}

fn invite(desk: &mut Desk, visit: VisitId, part: PartNumber, further: PartNumber) -> Result<homon_seal::Code> {
    check_open(desk.session()?, (visit, part))?;
    check_free(desk, visit, further)?;
    let plan = view(desk, (visit, part))?.visit.plan;
    let programme = desk.session()?.programme().code.clone();
    let written = Written { homon: Kind { join: FORMAT }, programme, part: further, plan };
    let text = serde_json::to_string(&written).map_err(Error::internal)?;
    moving_code::still(&text).map_err(Error::internal)
}

fn further_parts(desk: &mut Desk, visit: VisitId) -> Result<Vec<PartNumber>> {
    let here = parts_here(desk, visit)?;
    let further = (2..=MOST_TABLETS).filter_map(PartNumber::new);
    Ok(further.filter(|part| !here.contains(part)).collect())
}

fn read(desk: &mut Desk, code: &str) -> Result<Invitation> {
    let not_one = |_| Error::FixInput { field: Field::Invitation, rule: Rule::NotAnInvitation };
    let any: AnyFormat = serde_json::from_str(code).map_err(not_one)?;
    if any.homon.join > FORMAT {
        return Err(Refusal::AppTooOld.into());
    }
    let Written { programme, part, plan, .. } = serde_json::from_str(code).map_err(not_one)?;
    if programme != desk.session()?.programme().code {
        return Err(Refusal::OtherProgramme.into());
    }
    check_free(desk, plan.id, part)?;
    Ok(Invitation { plan, part })
}

/// Refuses a part that this tablet has, or had.
fn check_free(desk: &mut Desk, visit: VisitId, part: PartNumber) -> Result<()> {
    if parts_here(desk, visit)?.contains(&part) { Err(Refusal::PartTwice.into()) } else { Ok(()) }
}

/// The parts that this tablet has, or had.
fn parts_here(desk: &mut Desk, visit: VisitId) -> Result<Vec<PartNumber>> {
    let rows = desk.session()?.file.visits()?;
    Ok(rows.into_iter().map(|row| row.planned).filter(|row| row.visit == visit).map(|row| row.part).collect())
}
