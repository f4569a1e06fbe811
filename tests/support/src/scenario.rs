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
use homon_domain::delivery::DeficiencyKind;
use homon_domain::ids::{CaseNumber, PartNumber, StaffCode, VisitId};
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
    /// The rosters that the city sends before the first visit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rosters: Vec<RosterScript>,
    /// The visits, one after the other.
    pub visits: Vec<VisitScript>,
    /// The applications that come back once the city has opened the visits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returned: Vec<ReturnedScript>,
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

/// A roster as a facility has saved it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterScript {
    /// To which tablet it goes.
    pub tablet: String,
    /// The visit that it is for.
    pub visit: VisitId,
    /// In which encoding its CSV file is saved.
    pub encoding: RosterEncoding,
    /// Its rows, titles and headings included.
    pub rows: Vec<Vec<String>>,
}

/// The encodings in which Excel saves a CSV file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RosterEncoding {
    /// "CSV UTF-8": with a byte order mark.
    Utf8,
    /// "CSV".
    Cp932,
}

/// An application that the issuing body returns (不備).
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnedScript {
    /// In which visit it was made.
    pub visit: VisitId,
    /// As which case.
    pub case: CaseNumber,
    /// What is wrong.
    pub kind: DeficiencyKind,
    /// In the words of the issuing body.
    pub note: String,
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
    /// A resident of the tablet's roster is received. The case is numbered like any other.
    ReceiveExpected {
        /// Which line of the roster, from 1, in the order in which the residents stand there.
        line: u32,
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
        /// How the invented photo is made.
        photo: PhotoRecipe,
        /// In which way it is other than asked: an exception explains it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        flaw: Option<Flaw>,
    },
    /// A photo is taken that the checks must refuse, and nothing changes. A tablet without models of faces does not look,
    /// and passes the step over.
    RefusedPortrait {
        /// The running number of the case within the part.
        case: u32,
        /// How the invented photo is made.
        photo: PhotoRecipe,
        /// What is wrong with it.
        flaw: Flaw,
        /// The beginning of the error's debug form.
        error: String,
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
    /// The tablet is online here and synchronises: the city gets a checkpoint.
    Checkpoint,
    /// The tablet is destroyed here. The last step of its part.
    Destroyed,
    /// The part goes on on another tablet, on which all further steps are done.
    HandOver {
        /// Which tablet.
        to: String,
    },
    /// The tablet's key store loses every key here. It begins anew, and the city gives the visit's key back.
    KeyStoreDies,
}

/// An invented portrait: drawn, with noise so that it compresses like a photograph, or made from a real one.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhotoRecipe {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Roughly how large the file of a drawing shall be, in kilobytes.
    pub kilobytes: u32,
    /// Which of the endless portraits.
    pub seed: u32,
}

/// In which way a photo is other than asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// Taken in a dark room.
    Dark,
    /// Taken from too far away.
    Small,
    /// The resident lies, and the head is tilted.
    Lying,
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

impl RosterScript {
    /// The file, byte for byte as Excel saves it.
    ///
    /// # Panics
    /// When the encoding lacks one of its characters: the script is wrong then.
    #[must_use]
    pub fn file(&self) -> Vec<u8> {
        let field = |text: &String| format!("\"{}\"", text.replace('"', "\"\""));
        let row = |cells: &Vec<String>| cells.iter().map(field).collect::<Vec<_>>().join(",") + "\r\n";
        let text: String = self.rows.iter().map(row).collect();
        match self.encoding {
            RosterEncoding::Utf8 => format!("\u{feff}{text}").into_bytes(),
            RosterEncoding::Cp932 => {
                let (bytes, _, lossy) = encoding_rs::SHIFT_JIS.encode(&text);
                assert!(!lossy, "the roster has a character that CP932 lacks");
                bytes.into_owned()
            }
        }
    }
}
