//! Scenarios (`tests/scenarios/*.json`): days of work as data, run alike by Rust, Kotlin and Swift.
//!
//! A scenario names the programme, the instant at which it begins, the tablets with their staff, and for every part of
//! every visit the steps that a person takes, with what is expected of each. `tests/scenarios/README.md` explains the
//! form to the other languages.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use homon_app::{CaseInput, PlaceInput};
use homon_domain::case::CaseStatus;
use homon_domain::ids::{PartNumber, StaffCode};
use homon_domain::visit::{CheckIn, Departure, VisitPlan};
use serde::{Deserialize, Serialize};

/// One scenario.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Name in Japanese and English.
    pub title: Title,
    /// A programme of `city/programmes/`, without `.toml`.
    pub programme: String,
    /// The instant at which it begins; each step takes 15 seconds of the scenario's clock.
    pub begins_at: DateTime<Utc>,
    /// PINs by staff code.
    pub pins: BTreeMap<StaffCode, String>,
    /// The tablets.
    pub tablets: Vec<Tablet>,
    /// The visits, one after the other.
    pub visits: Vec<VisitScript>,
    /// Text that must never be found in clear: names, addresses, numbers.
    pub canaries: Vec<String>,
}

/// A name in both languages.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

/// One tablet.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tablet {
    /// Its label, and the name of its folder.
    pub label: String,
    /// Who sets it up and signs in first.
    pub first_staff: StaffCode,
    /// Who else has a PIN on it.
    #[serde(default)]
    pub other_staff: Vec<StaffCode>,
}

/// One visit.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitScript {
    /// What was agreed.
    pub plan: VisitPlan,
    /// Who is there and what was checked.
    pub check_in: CheckIn,
    /// Departures and the reasons given for them.
    #[serde(default)]
    pub deviations: Vec<DeviationScript>,
    /// The parts, one a tablet.
    pub parts: Vec<PartScript>,
}

/// A departure and its reason.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviationScript {
    /// The rule that is not kept.
    pub departure: Departure,
    /// Why.
    pub reason: String,
}

/// What happens on one tablet.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartScript {
    /// Which tablet.
    pub tablet: String,
    /// Which part.
    pub part: PartNumber,
    /// Who is signed in at the beginning.
    pub staff: StaffCode,
    /// What happens, in order.
    pub steps: Vec<ScriptStep>,
}

/// One thing that happens.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do", deny_unknown_fields)]
pub enum ScriptStep {
    /// Another member of staff takes the tablet.
    SignIn {
        /// Who.
        staff: StaffCode,
    },
    /// A resident is received. Cases are numbered in this order, from 1.
    Receive {
        /// Where they are found.
        #[serde(default)]
        place: PlaceInput,
    },
    /// Someone does something with a case.
    Case {
        /// The running number of the case within the part.
        case: u32,
        /// What.
        input: Box<CaseInput>,
    },
    /// A photo is taken and accepted.
    Portrait {
        /// The running number of the case within the part.
        case: u32,
        /// How the invented photo is drawn.
        photo: PhotoRecipe,
    },
    /// Someone only asked something.
    Consultation,
    /// 特記事項.
    Remarks {
        /// The words.
        text: String,
    },
    /// The step must be refused, and change nothing.
    Refused {
        /// The running number of the case within the part.
        case: u32,
        /// What is tried.
        input: Box<CaseInput>,
        /// The beginning of the error's debug form, such as `FixInput { field: BirthDate`.
        error: String,
    },
    /// A case must stand so.
    Expect {
        /// The running number of the case within the part.
        case: u32,
        /// Where it stands.
        status: CaseStatus,
    },
    /// A search must find just these cases.
    Search {
        /// What is typed.
        query: String,
        /// The running numbers of the cases found, in order.
        found: Vec<u32>,
    },
    /// The tablet is killed here (`kill -9`) and started again.
    Kill,
}

/// An invented portrait: drawn, not photographed, with noise so that it compresses like a photograph.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhotoRecipe {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Roughly how large the file shall be, in kilobytes.
    pub kilobytes: u32,
    /// Which of the endless portraits.
    pub seed: u32,
}

/// Why a scenario cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The file cannot be read.
    #[error("the scenario cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// It does not have the form.
    #[error("the scenario does not have the form: {0}")]
    Form(#[from] serde_json::Error),
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// [`ScenarioError`].
    pub fn read(path: &Path) -> Result<Self, ScenarioError> {
        Ok(serde_json::from_slice(&fs::read(path)?)?)
    }
}
