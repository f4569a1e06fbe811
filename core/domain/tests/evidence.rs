//! Evidence of identity: who sees it, who finds it sufficient, and when that word is taken back.

mod support;

use homon_domain::case::{Case, CaseStatus};
use homon_domain::case_step::{Step, StepRefused};
use homon_domain::evidence::DocumentClass::{A, B, FacilityPhotoCertificate, Letter, NotificationCard};
use homon_domain::ids::Code;
use homon_domain::problems::Problem;
use homon_domain::programme::ServiceKind;
use support::journey::{after, consent, fresh, names, problems, ready, see, withdraw};
use support::{doing, read};

fn seen(documents: &[&str]) -> Case {
    let case = after(&fresh(ServiceKind::VisitApplication), "worker-1", consent());
    documents.iter().fold(case, |case, document| after(&case, "worker-1", see(document)))
}

fn evidence_problem(case: &Case) -> Option<String> {
    names(&problems(case)).into_iter().find(|name| name.starts_with("evidence"))
}

#[test]
fn evidence_that_suffices_still_needs_the_word_of_city_staff() {
    let case = seen(&["driving-licence", "pension-book"]);
    assert_eq!(evidence_problem(&case).as_deref(), Some("evidence_not_marked"));
    for nobody in ["worker-1", "manager-1", "general-1"] {
        let refused = case.after(Step::MarkEvidenceSufficient, doing(nobody));
        assert_eq!(refused, Err(StepRefused::CityStaffOnly), "{nobody}");
    }
    let marked = after(&case, "city-1", Step::MarkEvidenceSufficient);
    assert_eq!(evidence_problem(&marked), None);
    assert_eq!(marked.evidence.sufficient.map(|mark| mark.by), Some(read("city-1")));
}

#[test]
fn evidence_that_does_not_suffice_cannot_be_marked() {
    let case = seen(&["driving-licence"]);
    assert_eq!(evidence_problem(&case).as_deref(), Some("evidence_missing"));
    assert_eq!(case.after(Step::MarkEvidenceSufficient, doing("city-1")), Err(StepRefused::NotNow));
    let missing_of = |problem| match problem {
        Problem::EvidenceMissing { sums } => Some(sums.iter().map(|sum| sum.missing().collect()).collect()),
        _ => None,
    };
    let missing: Option<Vec<Vec<_>>> = problems(&case).into_iter().find_map(missing_of);
    // The licence stands for a B書類 as well.
    let expected = [vec![A], vec![B], vec![Letter], vec![NotificationCard, B], vec![FacilityPhotoCertificate]];
    assert_eq!(missing, Some(expected.to_vec()));
}

#[test]
fn withdrawing_a_needed_document_takes_the_mark_back() {
    let marked = after(&seen(&["driving-licence", "passport", "letter"]), "city-1", Step::MarkEvidenceSufficient);
    let still_enough = after(&marked, "worker-1", withdraw("letter"));
    assert_eq!(still_enough.evidence.sufficient, marked.evidence.sufficient);
    let too_little = after(&still_enough, "worker-1", withdraw("passport"));
    assert_eq!(too_little.evidence.sufficient, None);
    let shown_again = after(&too_little, "worker-1", see("passport"));
    assert_eq!(evidence_problem(&shown_again).as_deref(), Some("evidence_not_marked"));
}

#[test]
fn withdrawing_a_document_of_a_complete_case_makes_it_a_draft() {
    let case = after(&ready(ServiceKind::VisitApplication), "worker-1", withdraw("passport"));
    assert_eq!((case.status(), case.confirmed.as_ref()), (CaseStatus::Draft, None));
    assert_eq!(names(&problems(&case)), ["evidence_missing", "not_confirmed"]);
}

#[test]
fn a_document_is_noted_once_and_only_if_the_programme_accepts_it() {
    let case = seen(&["passport", "passport"]);
    assert_eq!(case.evidence.seen.len(), 1);
    let library_card: Code = read("library-card");
    let refused = case.after(Step::SeeDocument { document: library_card }, doing("city-1"));
    assert_eq!(refused, Err(StepRefused::NoSuchDocument));
}

#[test]
fn a_venue_asks_for_no_identity() {
    let case = after(&fresh(ServiceKind::VenueApplication), "worker-1", consent());
    for step in [see("passport"), Step::MarkEvidenceSufficient, Step::NumberPinEnvelope { envelope: read("e-1") }] {
        assert_eq!(case.after(step, doing("city-1")), Err(StepRefused::NotNow));
    }
}
