//! What holds of a case whatever people do with it, in whatever order.

mod moves;
mod support;

use std::collections::BTreeSet;

use homon_domain::applicant::RegisterNumber;
use homon_domain::case::{Case, CaseStatus};
use homon_domain::case_step::{Step, StepKind, StepRefused};
use homon_domain::problems::Problem;
use homon_domain::staff::{Role, StaffMember};
use moves::{Move, any_move, any_start};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use support::journey::{fresh, mend};
use support::{PROGRAMME, doing, member};

/// One step that somebody took or tried to take.
#[derive(Debug)]
struct Taken {
    before: Case,
    by: &'static StaffMember,
    step: Step,
    result: Result<Case, StepRefused>,
}

fn taken(before: Case, by: &'static StaffMember, step: Step) -> Taken {
    let result = before.after(step.clone(), doing(by.code.as_str()));
    Taken { before, by, step, result }
}

fn walk(start: Case, moves: Vec<Move>) -> Vec<Taken> {
    let mut case = start;
    let mut steps = Vec::new();
    for next in moves {
        let (by, step) = match next {
            Move::Any(by, step) => (by, step),
            Move::Mend => {
                let problems = case.view(&PROGRAMME).problems;
                let Some((by, step)) = problems.first().and_then(|problem| mend(&case, problem)) else { continue };
                (member(by), step)
            }
        };
        let taken = taken(case, by, step);
        case = taken.result.as_ref().unwrap_or(&taken.before).clone();
        steps.push(taken);
    }
    steps
}

fn any_walk() -> impl Strategy<Value = Vec<Taken>> {
    (any_start(), prop::collection::vec(any_move(), 1..40)).prop_map(|(start, moves)| walk(start, moves))
}

impl Taken {
    fn was_allowed(&self) -> bool {
        self.before.allowed_actions(&PROGRAMME).contains(&self.step.kind())
    }

    /// The case as the step left it.
    fn left(&self) -> &Case {
        self.result.as_ref().unwrap_or(&self.before)
    }
}

fn is_open(case: &Case) -> bool {
    matches!(case.status(), CaseStatus::Draft | CaseStatus::Ready)
}

proptest! {
    #[test]
    fn only_allowed_steps_are_accepted(walk in any_walk()) {
        for taken in walk {
            match &taken.result {
                Ok(_) => prop_assert!(taken.was_allowed(), "{:?}", taken.step.kind()),
                Err(StepRefused::NotNow | StepRefused::ConsentFirst) => {
                    prop_assert!(!taken.was_allowed(), "{:?}", taken.step.kind());
                }
                // The content was refused; an item that is not held is both.
                Err(StepRefused::NoSuchItem) => prop_assert_eq!(taken.step.kind(), StepKind::SettleItem),
                Err(refused) => prop_assert!(taken.was_allowed(), "{refused}"),
            }
        }
    }

    #[test]
    fn a_step_depends_on_nothing_but_the_case_and_the_doing(walk in any_walk()) {
        for again in walk {
            let repeated = taken(again.before, again.by, again.step);
            prop_assert_eq!(again.result, repeated.result);
        }
    }

    #[test]
    fn nothing_of_a_resident_is_kept_before_consent(walk in any_walk()) {
        for taken in walk {
            let case = taken.left();
            let nothing = fresh(case.service);
            if case.consent.is_none() {
                let kept = (&case.applicant, &case.evidence, &case.custody, &case.portrait, &case.eligibility);
                let none = (&nothing.applicant, &nothing.evidence, &nothing.custody, &None, &None);
                prop_assert!(kept == none && case.pin_envelope.is_none() && case.on_paper.is_none());
                prop_assert!(case.photo_exceptions.is_empty());
            }
        }
    }

    #[test]
    fn no_number_is_kept_that_the_programme_does_not_ask_for(walk in any_walk()) {
        for taken in walk {
            prop_assert!(!matches!(taken.left().applicant.number, Some(RegisterNumber::IndividualNumber(_))));
        }
    }

    #[test]
    fn complete_means_no_problem_and_a_confirmation(walk in any_walk()) {
        for taken in walk {
            let case = taken.left();
            match case.status() {
                CaseStatus::Ready => {
                    prop_assert_eq!(case.problems(&PROGRAMME), []);
                    prop_assert!(case.confirmed.is_some());
                }
                CaseStatus::Draft => prop_assert!(case.problems(&PROGRAMME).contains(&Problem::NotConfirmed)),
                _ => {}
            }
        }
    }

    #[test]
    fn changing_what_was_confirmed_takes_the_confirmation_back(walk in any_walk()) {
        let photo = |case: &Case| case.portrait.as_ref().map(|portrait| portrait.sha256.clone());
        let confirmed = |case: &Case| {
            (case.applicant.clone(), photo(case), case.photo_exceptions.clone(), case.on_paper.clone())
        };
        for taken in walk.into_iter().filter(|taken| taken.before.status() == CaseStatus::Ready) {
            let after = taken.left();
            if confirmed(&taken.before) != confirmed(after) {
                prop_assert_eq!((after.status(), &after.confirmed), (CaseStatus::Draft, &None));
            } else if after.problems(&PROGRAMME).is_empty() && is_open(after) {
                prop_assert_eq!((after.status(), &after.confirmed), (CaseStatus::Ready, &taken.before.confirmed));
            }
        }
    }

    #[test]
    fn a_case_that_left_only_settles_items_and_reopens(walk in any_walk()) {
        for taken in walk.into_iter().filter(|taken| !is_open(&taken.before)) {
            let Ok(after) = &taken.result else { continue };
            let with_custody_of = |case: &Case| Case { custody: after.custody.clone(), ..case.clone() };
            match taken.step.kind() {
                StepKind::SettleItem => prop_assert_eq!(&with_custody_of(&taken.before), after),
                StepKind::Reopen => prop_assert_eq!((after.status(), &after.confirmed), (CaseStatus::Draft, &None)),
                kind => prop_assert!(false, "{kind:?} was accepted"),
            }
        }
    }

    #[test]
    fn only_city_staff_find_evidence_sufficient_and_only_while_it_is(walk in any_walk()) {
        for taken in walk {
            if taken.step.kind() == StepKind::MarkEvidenceSufficient && taken.by.role != Role::CityStaff {
                prop_assert!(taken.result.is_err());
            }
            let after = taken.left();
            let Some(mark) = &after.evidence.sufficient else { continue };
            prop_assert_eq!(member(mark.by.as_str()).role, Role::CityStaff);
            prop_assert!(PROGRAMME.evidence.sums(&after.evidence.seen).iter().any(|sum| sum.suffices()));
            if taken.before.evidence.sufficient.is_none() {
                prop_assert_eq!(taken.step.kind(), StepKind::MarkEvidenceSufficient);
            }
        }
    }

    #[test]
    fn custody_is_never_forgotten(walk in any_walk()) {
        for taken in walk {
            let after = &taken.left().custody;
            let held: Vec<_> = after.iter().filter(|item| item.settled.is_none()).map(|item| item.kind).collect();
            prop_assert_eq!(held.iter().collect::<BTreeSet<_>>().len(), held.len());
            prop_assert!(after.len() >= taken.before.custody.len());
            for (item, now) in taken.before.custody.iter().zip(after) {
                prop_assert_eq!((now.kind, now.received_at), (item.kind, item.received_at));
                prop_assert!(item.settled.is_none() || now.settled == item.settled);
            }
        }
    }

    #[test]
    fn no_case_is_complete_with_a_photo_whose_exception_is_gone(walk in any_walk()) {
        for taken in walk {
            let after = taken.left();
            let rests_on = after.portrait.iter().flat_map(|portrait| &portrait.rests_on);
            let gone = rests_on.filter(|exception| !after.has_exception(**exception)).count() > 0;
            // What is on paper has its photo there.
            prop_assert!(!gone || after.on_paper.is_some() || after.status() != CaseStatus::Ready);
        }
    }

    #[test]
    fn exceptions_are_chosen_once_each_and_revoked_only_before_the_case_is_complete(walk in any_walk()) {
        for taken in walk {
            let after = taken.left();
            let all: Vec<_> = after.photo_exceptions.iter().map(|chosen| chosen.exception).collect();
            prop_assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
            let fewer = taken.before.photo_exceptions.iter().any(|chosen| !after.has_exception(chosen.exception));
            prop_assert!(!fewer || taken.step.kind() == StepKind::RevokePhotoException);
            prop_assert!(!fewer || taken.before.status() == CaseStatus::Draft);
            if let (Step::ChoosePhotoException { exception, reason }, Ok(_)) = (&taken.step, &taken.result) {
                let last = after.photo_exceptions.last().map(|chosen| (chosen.exception, &chosen.reason));
                prop_assert_eq!(last, Some((*exception, reason)));
            }
        }
    }

    #[test]
    fn a_case_stays_the_same_case(walk in any_walk()) {
        for taken in walk {
            let fixed = |case: &Case| {
                (case.id, case.number, case.service, case.method, case.received_at, case.received_by.clone())
            };
            prop_assert_eq!(fixed(&taken.before), fixed(taken.left()));
        }
    }

    #[test]
    fn a_case_survives_being_stored_at_any_moment(walk in any_walk()) {
        for taken in walk {
            let stored = serde_json::to_string(taken.left()).expect("a case is plain data");
            prop_assert_eq!(&serde_json::from_str::<Case>(&stored).expect("it was just written"), taken.left());
        }
    }
}

/// Which states follow on which, over many walks that are the same in every run.
fn transitions_seen() -> BTreeSet<(CaseStatus, CaseStatus)> {
    const WALKS: usize = 600;
    let mut runner = TestRunner::deterministic();
    let walks = (0..WALKS).flat_map(|_| any_walk().new_tree(&mut runner).expect("walks can be drawn").current());
    let states = walks.map(|taken| (taken.before.status(), taken.left().status()));
    states.filter(|(before, after)| before != after).collect()
}

#[test]
fn the_states_follow_on_each_other_as_drawn() {
    use CaseStatus::{Draft, Ineligible, Ready, Refused, Revisit, Withdrawn};
    let mut drawn = BTreeSet::from([(Draft, Ready), (Ready, Draft)]);
    for left in [Refused, Withdrawn, Ineligible, Revisit] {
        drawn.extend([(Draft, left), (Ready, left), (left, Draft)]);
    }
    assert_eq!(transitions_seen(), drawn);
}

#[test]
fn only_confirming_completes_and_only_leaving_ends() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..300 {
        for taken in any_walk().new_tree(&mut runner).expect("walks can be drawn").current() {
            let Ok(after) = taken.result else { continue };
            if taken.before.status() == after.status() {
                continue;
            }
            let expected = match after.status() {
                CaseStatus::Ready => StepKind::Confirm,
                CaseStatus::Draft if !is_open(&taken.before) => StepKind::Reopen,
                CaseStatus::Draft => continue,
                _ => StepKind::Leave,
            };
            assert_eq!(taken.step.kind(), expected);
        }
    }
}

#[test]
fn every_kind_of_step_has_its_own_name() {
    let names: BTreeSet<_> = StepKind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(names.len(), StepKind::ALL.len());
}
