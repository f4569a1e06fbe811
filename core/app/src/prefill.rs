//! What a roster says of a resident, put into the case once they have said that they wish to apply: nobody retypes it.

use homon_domain::case::Case;
use homon_domain::case_step::{Doing, Step};
use homon_domain::ids::CaseId;
use homon_domain::roster::ExpectedResident;
use homon_store::Root;

use crate::desk::Session;
use crate::error::Result;
use crate::homon::Platform;
use crate::rosters::{kept_rosters, open};

/// The resident of a roster who is received as that case. A roster that does not open keeps no case from going on.
pub(crate) fn resident_behind(
    session: &Session,
    root: &Root,
    platform: &Platform,
    case: CaseId,
) -> Result<Option<ExpectedResident>> {
    for row in kept_rosters(session)? {
        let found = match open(session, root, platform, row.id) {
            Ok(file) => file.behind(case)?,
            Err(error) if error.is_about_one_visit() => continue,
            Err(error) => return Err(error),
        };
        if let Some(entry) = found {
            return Ok(Some(entry.body.read()?));
        }
    }
    Ok(None)
}

/// The case after what the roster says, where the case does not say it yet. What the rules do not take is left for
/// people to type.
pub(crate) fn prefilled(case: Case, resident: &ExpectedResident, doing: Doing<'_>) -> Case {
    // In doubt nothing more is taken than was said.
    if case.consent.as_ref().is_none_or(|consent| consent.answers.doubtful) {
        return case;
    }
    steps(&case, resident).into_iter().fold(case, |case, step| {
        let kind = step.kind();
        case.after(step, doing).unwrap_or_else(|refused| {
            tracing::debug!(kind = kind.name(), %refused, "a roster's word was not taken");
            case
        })
    })
}

fn steps(case: &Case, resident: &ExpectedResident) -> Vec<Step> {
    let known = &case.applicant;
    let ExpectedResident { name, kana, address, birth_date, sex, number, .. } = resident.clone();
    let name = known.name.is_none().then_some(Step::SetName { name, kana });
    let address = address.filter(|_| known.address.is_none()).map(|address| Step::SetAddress { address });
    let birth_date =
        birth_date.filter(|_| known.birth_date.is_none()).map(|birth_date| Step::SetBirthDate { birth_date });
    let sex = sex.filter(|_| known.sex.is_none()).map(|sex| Step::SetSex { sex });
    let number = number.filter(|_| known.number.is_none()).map(|number| Step::SetNumber { number });
    [name, address, birth_date, sex, number].into_iter().flatten().collect()
}
