//! The command that marks what became of applications.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use homon_city::desk::deliveries::{self, MarkFault, Marked, Named, Outcome as Happened, Place, Wish, Wishes};
use homon_domain::delivery::{Deficiency, DeficiencyKind};
use homon_domain::ids::CaseNumber;
use homon_domain::numbers::ApplicationId;
use homon_domain::platform::{Clock, SystemClock};
use homon_domain::text::ReceivedText;
use homon_domain::visit::japan_time;

use super::{CityArgs, Outcome, Ran};

#[derive(Args)]
pub(super) struct MarkArgs {
    #[command(flatten)]
    city: CityArgs,
    /// What happened
    #[arg(required_unless_present = "from", conflicts_with = "from")]
    stage: Option<StageName>,
    /// The visit, or the first eight digits of it, as exports name it
    #[arg(long, requires = "case")]
    visit: Option<String>,
    /// A case of the visit, such as 1-004; may be given several times
    #[arg(long, requires = "visit", value_name = "NUMBER")]
    case: Vec<CaseNumber>,
    /// A file of 申請書ID, one a line; - for standard input. They are never typed here: others can see a command line
    #[arg(long, value_name = "FILE", conflicts_with_all = ["visit", "case"])]
    ids: Option<PathBuf>,
    /// On which day; today unless it is given
    #[arg(long, value_name = "DATE")]
    on: Option<NaiveDate>,
    /// What is wrong with what was returned
    #[arg(long, required_if_eq("stage", "returned"))]
    kind: Option<KindName>,
    /// A file with the words of the issuing body; - for standard input
    #[arg(long, value_name = "FILE", requires = "kind")]
    note: Option<PathBuf>,
    /// A CSV file of many marks, in UTF-8 or CP932; - for standard input. All of them are made, or none
    #[arg(long, value_name = "FILE", conflicts_with_all = ["visit", "case", "ids", "on", "kind", "note"])]
    from: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StageName {
    /// Passed on to the issuing body (申請済)
    Submitted,
    /// Accepted by the issuing body (受理)
    Accepted,
    /// Returned by the issuing body (不備)
    Returned,
    /// The card was issued (交付)
    Issued,
}

/// What is wrong with an application.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum KindName {
    /// 写真
    Photo,
    /// 番号
    Number,
    /// 記載事項
    Attribute,
    /// その他
    Other,
}

impl From<KindName> for DeficiencyKind {
    fn from(name: KindName) -> Self {
        match name {
            KindName::Photo => Self::Photo,
            KindName::Number => Self::Number,
            KindName::Attribute => Self::Attribute,
            KindName::Other => Self::Other,
        }
    }
}

pub(super) fn mark(args: MarkArgs) -> Ran {
    let folder = args.city.folder();
    let wishes = match &args.from {
        Some(path) => deliveries::read_rows(&read(path)?)?,
        None => args.typed()?,
    };
    let Marked { made, before } = deliveries::mark(&folder, wishes, &SystemClock)?;
    writeln!(io::stdout(), "{made} marked; {before} stood there already.")?;
    Ok(Outcome::Done)
}

impl MarkArgs {
    fn typed(self) -> Result<Wishes, Box<dyn std::error::Error>> {
        let on = self.on.unwrap_or_else(|| japan_time(SystemClock.now()).date_naive());
        let outcome = match (self.stage, self.kind) {
            (Some(StageName::Submitted), None) => Happened::Submitted,
            (Some(StageName::Accepted), None) => Happened::Accepted,
            (Some(StageName::Issued), None) => Happened::Issued,
            (Some(StageName::Returned), Some(kind)) => {
                Happened::Returned(Deficiency { kind: kind.into(), note: note(self.note.as_deref())? })
            }
            _ => return Err("--kind goes with `returned`, and with nothing else".into()),
        };
        let wish = |named| Wish { named, on, outcome: outcome.clone() };
        if let Some(path) = &self.ids {
            let bytes = read(path)?;
            let text = homon_report::encoding::decode(&bytes).ok_or("the file of numbers is not text")?;
            let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
            return Ok(lines.map(|(index, line)| (Place::Row(index + 1), application(line).map(wish))).collect());
        }
        let visit = self.visit.unwrap_or_default();
        let named = |number| Named::Case { visit: visit.clone(), number };
        Ok(self.case.into_iter().map(|number| (Place::Case(number), Ok(wish(named(number))))).collect())
    }
}

fn application(line: &str) -> Result<Named, MarkFault> {
    let number = homon_report::excel::cell_text(line.trim());
    let unreadable = MarkFault::Unreadable("申請書ID", "23 digits");
    ApplicationId::parse(&number).map(Named::Application).map_err(|_| unreadable)
}

/// The words of the issuing body.
pub(super) fn note(path: Option<&Path>) -> Result<Option<ReceivedText>, Box<dyn std::error::Error>> {
    let Some(path) = path else { return Ok(None) };
    let bytes = read(path)?;
    let text = homon_report::encoding::decode(&bytes).ok_or("the note is not text")?;
    Ok(Some(deliveries::read_note(text.trim()).map_err(|fault| format!("the note can't be taken: {fault}"))?))
}

/// A file, or standard input for `-`.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().read_to_end(&mut bytes).map(drop)
    } else {
        fs::read(path).map(|read| bytes = read)
    };
    read.map(|()| bytes).map_err(|error| format!("{}: {error}", path.display()))
}
