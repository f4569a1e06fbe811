//! What becomes of an application at the city: submitted, accepted, returned (不備), issued.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::programme::SubmissionRoute;
use crate::text::ReceivedText;

/// Where an application stands after the desk has opened it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "stage")]
pub enum Delivery {
    /// Opened at the desk, not passed on yet.
    Received,
    /// Passed on to the issuing body.
    Submitted {
        /// By which route.
        route: SubmissionRoute,
        /// When.
        on: NaiveDate,
    },
    /// Accepted by the issuing body.
    Accepted {
        /// When.
        on: NaiveDate,
    },
    /// 不備 (Deficiency): returned by the issuing body, to be mended and submitted again.
    Returned {
        /// When.
        on: NaiveDate,
        /// Why.
        deficiency: Deficiency,
    },
    /// 交付: the card was issued.
    Issued {
        /// When.
        on: NaiveDate,
    },
}

/// Why an application was returned (不備).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Deficiency {
    /// What is wrong.
    pub kind: DeficiencyKind,
    /// In the words of the issuing body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<ReceivedText>,
}

/// What is wrong with a returned application.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeficiencyKind {
    /// The photo; about four of five.
    Photo,
    /// The number is stale or wrong: name or address changed since the form was printed.
    Number,
    /// An attribute differs from the register.
    Attribute,
    /// Something else.
    Other,
}

/// What happened to an application.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum DeliveryEvent {
    /// It was passed on.
    Submit {
        /// By which route.
        route: SubmissionRoute,
    },
    /// It was accepted.
    Accept,
    /// It was returned.
    Return {
        /// Why.
        deficiency: Deficiency,
    },
    /// The card was issued.
    Issue,
}

/// Why an event cannot follow.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DeliveryRefused {
    /// The stage does not allow the event.
    #[error("this cannot follow on the present stage")]
    WrongStage,
    /// The programme passes applications on by another route.
    #[error("the programme submits by another route")]
    WrongRoute,
    /// The event lies before the one that it follows.
    #[error("the day lies before the stage that it follows")]
    BeforePrevious,
}

impl Delivery {
    /// The stage after an event.
    ///
    /// # Errors
    /// [`DeliveryRefused`]; the stage stays as it was.
    pub fn after(
        &self,
        event: DeliveryEvent,
        on: NaiveDate,
        route_of_programme: SubmissionRoute,
    ) -> Result<Self, DeliveryRefused> {
        if self.since().is_some_and(|since| on < since) {
            return Err(DeliveryRefused::BeforePrevious);
        }
        match (self, event) {
            (Self::Received | Self::Returned { .. }, DeliveryEvent::Submit { route }) => {
                if route != route_of_programme {
                    return Err(DeliveryRefused::WrongRoute);
                }
                Ok(Self::Submitted { route, on })
            }
            (Self::Submitted { .. }, DeliveryEvent::Accept) => Ok(Self::Accepted { on }),
            (Self::Submitted { .. } | Self::Accepted { .. }, DeliveryEvent::Return { deficiency }) => {
                Ok(Self::Returned { on, deficiency })
            }
            (Self::Accepted { .. }, DeliveryEvent::Issue) => Ok(Self::Issued { on }),
            _ => Err(DeliveryRefused::WrongStage),
        }
    }

    /// Since when it stands there; `None` before it was passed on.
    #[must_use]
    pub fn since(&self) -> Option<NaiveDate> {
        match self {
            Self::Received => None,
            Self::Submitted { on, .. } | Self::Accepted { on } | Self::Returned { on, .. } | Self::Issued { on } => {
                Some(*on)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(pick: u8) -> DeliveryEvent {
        match pick {
            0 => DeliveryEvent::Submit { route: SubmissionRoute::OnlineByCity },
            1 => DeliveryEvent::Accept,
            2 => DeliveryEvent::Return { deficiency: Deficiency { kind: DeficiencyKind::Photo, note: None } },
            _ => DeliveryEvent::Issue,
        }
    }

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 9, number).unwrap()
    }

    #[test]
    fn a_returned_application_is_submitted_again_and_issued() {
        let mut stage = Delivery::Received;
        for (number, pick) in [0, 1, 2, 0, 1, 3].into_iter().enumerate() {
            stage = stage.after(event(pick), day(number as u32 + 1), SubmissionRoute::OnlineByCity).unwrap();
        }
        assert_eq!(stage, Delivery::Issued { on: day(6) });
    }

    #[test]
    fn only_the_programmes_route_submits_and_days_never_go_back() {
        let by_post = DeliveryEvent::Submit { route: SubmissionRoute::Paper };
        let wrong_route = Delivery::Received.after(by_post, day(1), SubmissionRoute::OnlineByCity);
        assert_eq!(wrong_route, Err(DeliveryRefused::WrongRoute));
        let submitted = Delivery::Submitted { route: SubmissionRoute::Paper, on: day(5) };
        let earlier = submitted.after(DeliveryEvent::Accept, day(4), SubmissionRoute::Paper);
        assert_eq!(earlier, Err(DeliveryRefused::BeforePrevious));
    }

    proptest! {
        #[test]
        fn nothing_is_issued_that_was_not_accepted_and_nothing_follows_issue(picks in prop::collection::vec(0..4_u8, 0..20)) {
            let mut stage = Delivery::Received;
            for pick in picks {
                let Ok(next) = stage.after(event(pick), day(1), SubmissionRoute::OnlineByCity) else { continue };
                if let Delivery::Issued { .. } = next {
                    prop_assert_eq!(&stage, &Delivery::Accepted { on: day(1) });
                }
                let was_issued = matches!(stage, Delivery::Issued { .. });
                prop_assert!(!was_issued, "something followed issue");
                stage = next;
            }
        }
    }
}
