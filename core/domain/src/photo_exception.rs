//! Exceptions of the photo (写真の例外): for people who cannot sit, open their eyes or take something off.
//!
//! The issuing body names them, and takes such a photo when it is told why. Staff choose one and write the reason; it
//! stays with the case, and so does what has to be done about it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::case::{Case, CaseStatus};
use crate::case_step::{Doing, StepRefused};
use crate::ids::StaffCode;
use crate::problems::Problem;
use crate::programme::{Method, Programme, SubmissionRoute};
use crate::text::ReceivedText;

/// Why a photo may be other than the rules ask.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum PhotoException {
    /// The resident cannot sit up: photographed lying, on a plain light sheet.
    LyingDown,
    /// A wheelchair, tubes or the like are in view.
    WheelchairOrTubes,
    /// The eyes, or one of them, do not open.
    EyesDoNotOpen,
    /// The head stays covered.
    HeadCovering {
        /// For which kind of reason.
        ground: CoveringGround,
    },
}

/// Why a head stays covered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoveringGround {
    /// For a medical reason.
    Medical,
    /// For a religious reason.
    Religious,
}

impl PhotoException {
    /// All exceptions.
    pub const ALL: [Self; 5] = [
        Self::LyingDown,
        Self::WheelchairOrTubes,
        Self::EyesDoNotOpen,
        Self::HeadCovering { ground: CoveringGround::Medical },
        Self::HeadCovering { ground: CoveringGround::Religious },
    ];
}

/// An exception that staff chose for a resident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ChosenException {
    /// Which.
    pub exception: PhotoException,
    /// Why, in the words that the issuing body will be told.
    pub reason: ReceivedText,
    /// Who chose it.
    pub by: StaffCode,
    /// When.
    pub at: DateTime<Utc>,
}

/// What has to be done so that the issuing body takes the photo (例外の申告).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Declaration {
    /// Applied for online: whoever applies calls the issuing body's help desk, with the reason and the 申請書ID.
    CallWithApplicationId {
        /// Who applies, and calls.
        by: Caller,
    },
    /// A paper form that goes by post: the reason stands in its name field.
    WriteInNameField,
    /// A paper form that city staff took, as at a counter: the city calls the help desk.
    CallByCity,
}

/// Who applies online.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caller {
    /// The contractor.
    Contractor,
    /// The city.
    City,
}

/// An exception of a case, and what has to be done about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ExceptionToDeclare {
    /// The exception.
    pub exception: PhotoException,
    /// What has to be done.
    pub declaration: Declaration,
}

impl Case {
    /// Whether an exception was chosen.
    #[must_use]
    pub fn has_exception(&self, exception: PhotoException) -> bool {
        self.photo_exceptions.iter().any(|chosen| chosen.exception == exception)
    }

    /// How an exception of this case is declared. The route is that of the application: what was made on paper is not
    /// applied for online, and in 申請時来庁方式 the city's staff have the form.
    #[must_use]
    pub fn declaration(&self, programme: &Programme) -> Declaration {
        let online = |by| Declaration::CallWithApplicationId { by };
        match programme.submission {
            SubmissionRoute::OnlineByContractor if self.on_paper.is_none() => online(Caller::Contractor),
            SubmissionRoute::OnlineByCity if self.on_paper.is_none() => online(Caller::City),
            _ if self.method == Some(Method::OnSiteApplication) => Declaration::CallByCity,
            _ => Declaration::WriteInNameField,
        }
    }

    /// The exceptions of an application, and what has to be done about each; none of a case that left.
    #[must_use]
    pub fn exceptions_to_declare(&self, programme: &Programme) -> Vec<ExceptionToDeclare> {
        if !matches!(self.status(), CaseStatus::Draft | CaseStatus::Ready) {
            return Vec::new();
        }
        let declaration = self.declaration(programme);
        let declare = |exception| ExceptionToDeclare { exception, declaration };
        self.photo_exceptions.iter().map(|chosen| declare(chosen.exception)).collect()
    }

    /// Chosen again, an exception has the newer reason.
    pub(crate) fn choose_exception(&mut self, exception: PhotoException, reason: ReceivedText, doing: Doing<'_>) {
        self.photo_exceptions.retain(|chosen| chosen.exception != exception);
        let (by, at) = (doing.by.code.clone(), doing.at);
        self.photo_exceptions.push(ChosenException { exception, reason, by, at });
    }

    pub(crate) fn revoke_exception(&mut self, exception: PhotoException) -> Result<(), StepRefused> {
        if !self.has_exception(exception) {
            return Err(StepRefused::NoSuchException);
        }
        self.photo_exceptions.retain(|chosen| chosen.exception != exception);
        Ok(())
    }

    /// A photo that was taken under an exception needs it, or another photo is taken.
    pub(crate) fn exception_problem(&self) -> Option<Problem> {
        let rests_on = &self.portrait.as_ref()?.rests_on;
        let missing = rests_on.iter().find(|exception| !self.has_exception(**exception))?;
        Some(Problem::PhotoExceptionMissing { exception: *missing })
    }
}
