//! The command line: what may be typed, and what is said in answer.

mod backup;
mod deficiency;
mod desk;
mod found;
mod journal;
mod lost;
mod mark;
mod recover;
mod roster;
mod rotate;
mod serve;
mod towns;

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use homon_city::desk::CityFolder;
use homon_city::desk::programme::Example;
use homon_city::desk::status::OVERDUE_DAYS;
use homon_city::intake::Bucket;
use homon_domain::ids::{DeviceId, StaffCode};
use homon_seal::recipients::RecipientKind;

/// How a command ended that did not fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    /// Nothing waits for anyone.
    Done,
    /// Something is wrong with a package, or waits for someone.
    Outstanding,
}

type Ran = Result<Outcome, Box<dyn Error>>;

/// The city's receiving end: the intake, to which tablets send sealed visits, and the desk, which opens them.
///
/// Exit codes: 0 done; 1 something is wrong or waits for someone; 2 the command was not understood.
#[derive(Parser)]
#[command(name = "homon-city", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Found a city: its keys, its certificate authority, its folders
    Init(InitArgs),
    /// Take in a tablet: check its request, write its signed enrolment (登録)
    Enrol(EnrolArgs),
    /// Refuse a tablet from now on (失効): lost, stolen or given back
    Revoke {
        #[command(flatten)]
        city: CityArgs,
        /// The device's identifier, as `status` shows it
        device: DeviceId,
    },
    /// Exchange a key of the city (鍵の更新): no visit is lost, tablets are told by mail
    Rotate(rotate::RotateArgs),
    /// Make the programme's table of towns (町名) from Japan Post's postal codes; append what it writes to the programme
    Towns(towns::TownsArgs),
    /// Send a roster (名簿) to the tablet that visits those who stand on it
    Roster(roster::RosterArgs),
    /// Answer for a lost tablet (紛失): refuse it, and say by count what was on it and what is safe
    Lost(lost::LostArgs),
    /// Run the intake; needs neither the desk's keys nor the recovery key
    Serve {
        /// The city's folder
        #[arg(long)]
        dir: PathBuf,
        #[command(flatten)]
        store: StoreArg,
        /// Where to listen, such as 0.0.0.0:8443
        #[arg(long)]
        listen: SocketAddr,
        /// Where to answer /metrics and /healthz, such as 127.0.0.1:9400; out of the tablets' reach
        #[arg(long)]
        metrics: Option<SocketAddr>,
    },
    /// Open what arrived (開封): verify, reconcile, receipt
    Open {
        #[command(flatten)]
        city: CityArgs,
    },
    /// Let a package count that `open` holds back, because people decided so: a destroyed tablet's checkpoint (途中保存),
    /// or one of two packages with which tablets went on with the same part
    Adopt {
        #[command(flatten)]
        city: CityArgs,
        /// The package as `open` names it
        package: desk::PackageArg,
        /// Why, for the record
        #[arg(long)]
        reason: String,
    },
    /// Open the counts (件数) with the contractor's office's key, as CSV without names, and photos of activities
    Tally {
        /// The city's folder, or a copy of its programme.toml and store
        #[arg(long)]
        dir: PathBuf,
        /// The folder of office.key, if it is not in the city's folder
        #[arg(long)]
        office: Option<PathBuf>,
        #[command(flatten)]
        store: StoreArg,
        /// The CSV file to write, instead of showing it
        #[arg(long)]
        out: Option<PathBuf>,
        /// A folder to make for the photos of activities, in which nobody can be known
        #[arg(long, value_name = "DIR")]
        photos: Option<PathBuf>,
    },
    /// Write opened visits as CSV for Excel, with their photos, into a new folder
    Export {
        #[command(flatten)]
        city: CityArgs,
        /// The folder to make
        #[arg(long)]
        out: PathBuf,
        /// A template of columns, headings and encoding in TOML, instead of the usual columns
        #[arg(long, value_name = "FILE")]
        columns: Option<PathBuf>,
    },
    /// Mark what became of applications: submitted, accepted, returned (不備), issued (交付)
    Mark(mark::MarkArgs),
    /// Tell a tablet that an application was returned (不備): whom to ask, how to reach them, and why
    Deficiency(deficiency::DeficiencyArgs),
    /// Hand the 個人番号 of opened applications to the receiving section, encrypted and apart from every other export
    Numbers {
        #[command(flatten)]
        city: CityArgs,
        /// The file of the section's age recipients, one a line
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// The age file to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Back the city up into one encrypted file (控え), and read it again
    Backup(backup::BackupArgs),
    /// Bring a city back from its backup
    Restore(backup::RestoreArgs),
    /// Prove the recovery key (復旧鍵の点検), or give the key of a visit back to a tablet whose key store died (再開の許可)
    Recover(recover::RecoverArgs),
    /// Show what is outstanding by device, visit, part and application, the targets, and the desk's own duties
    Status {
        #[command(flatten)]
        city: CityArgs,
        /// After how many days an application that has come no further is overdue
        #[arg(long, value_name = "DAYS", default_value_t = OVERDUE_DAYS)]
        overdue: u16,
        /// As JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// Show what was done at the desk (操作記録), by whom and when
    Journal(journal::JournalArgs),
}

/// Where the city and its desk are.
#[derive(Args)]
struct CityArgs {
    /// The city's folder
    #[arg(long)]
    dir: PathBuf,
    /// The desk's folder, if it is not in the city's folder
    #[arg(long)]
    desk: Option<PathBuf>,
    #[command(flatten)]
    store: StoreArg,
    #[command(flatten)]
    by: ByArgs,
}

/// Where the store is.
#[derive(Args)]
struct StoreArg {
    /// The bucket of the store, such as s3://bucket/prefix, if it is not in the city's folder. Endpoint, region and
    /// credentials come from AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the like
    #[arg(long, value_name = "URL")]
    store: Option<Bucket>,
}

impl CityArgs {
    fn folder(&self) -> CityFolder {
        CityFolder::new(&self.dir)
            .with_desk(self.desk.clone())
            .with_store(self.store.store.clone())
            .with_actor(self.by.by.clone())
    }
}

/// Who is at the desk.
#[derive(Args)]
struct ByArgs {
    /// Your staff code, for the desk's journal
    #[arg(long, value_name = "CODE", env = "HOMON_BY", default_value = "desk")]
    by: StaffCode,
}

#[derive(Args)]
struct InitArgs {
    /// Show a commented programme to begin with, and do nothing else
    #[arg(long, value_enum, conflicts_with_all = ["dir", "programme", "intake_url", "recipients"])]
    example: Option<ExampleName>,
    /// The folder to make
    #[arg(long, required_unless_present = "example")]
    dir: Option<PathBuf>,
    /// The rules of the work, in TOML
    #[arg(long, required_unless_present = "example")]
    programme: Option<PathBuf>,
    /// Where tablets reach the intake, such as https://intake.city.example:8443
    #[arg(long, required_unless_present = "example")]
    intake_url: Option<String>,
    /// The kind of keys to which packages are encrypted; x25519 only where tools older than age 1.3 must open them
    #[arg(long, value_enum, default_value_t = KindName::Hybrid)]
    recipients: KindName,
    #[command(flatten)]
    by: ByArgs,
}

#[derive(Args)]
struct EnrolArgs {
    #[command(flatten)]
    city: CityArgs,
    /// The request that the tablet wrote; or what a code reader read off its screen, a code a line
    request: PathBuf,
    /// The enrolment to write, for the tablet
    #[arg(long)]
    out: PathBuf,
    /// The same as QR codes that follow each other, to show to the tablet's camera
    #[arg(long, value_name = "GIF")]
    codes: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum ExampleName {
    Shimonoseki,
    Chiba,
}

impl From<ExampleName> for Example {
    fn from(name: ExampleName) -> Self {
        match name {
            ExampleName::Shimonoseki => Self::Shimonoseki,
            ExampleName::Chiba => Self::Chiba,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum KindName {
    Hybrid,
    X25519,
}

impl From<KindName> for RecipientKind {
    fn from(name: KindName) -> Self {
        match name {
            KindName::Hybrid => Self::Hybrid,
            KindName::X25519 => Self::X25519,
        }
    }
}

/// Does what was typed.
pub(crate) fn run(cli: Cli) -> Ran {
    match cli.command {
        Command::Init(args) => found::init(args),
        Command::Enrol(args) => found::enrol(&args),
        Command::Revoke { city, device } => found::revoke(&city, device),
        Command::Lost(args) => lost::lost(&args),
        Command::Rotate(args) => rotate::rotate(&args),
        Command::Towns(args) => towns::towns(&args),
        Command::Roster(args) => roster::roster(&args),
        Command::Serve { dir, store, listen, metrics } => {
            serve::serve(&CityFolder::new(&dir).with_store(store.store), listen, metrics)
        }
        Command::Open { city } => desk::open(&city),
        Command::Adopt { city, package, reason } => desk::adopt(&city, &package, &reason),
        Command::Tally { dir, office, store, out, photos } => {
            let folder = CityFolder::new(&dir).with_office(office).with_store(store.store);
            desk::tally(&folder, out.as_deref(), photos.as_deref())
        }
        Command::Export { city, out, columns } => desk::export(&city, &out, columns.as_deref()),
        Command::Mark(args) => mark::mark(args),
        Command::Deficiency(args) => deficiency::deficiency(args),
        Command::Numbers { city, to, out } => desk::numbers(&city, &to, &out),
        Command::Backup(args) => backup::backup(&args),
        Command::Restore(args) => backup::restore(&args),
        Command::Recover(args) => recover::recover(&args),
        Command::Status { city, overdue, json } => desk::status(&city, overdue, json),
        Command::Journal(args) => journal::journal(&args),
    }
}
