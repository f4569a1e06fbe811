//! A tablet of a scenario as a process: it speaks on standard output and can be killed at any time.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use homon_app::{CancellationToken, SyncProgress};
use homon_domain::visit::AmendmentReason;
use homon_support::camera::Camera;
use homon_support::faces::Faces;
use homon_support::scenario::Scenario;
use homon_support::tablet::{Mark, ScriptedTablet};
use serde_json::json;

/// Memory is overwritten when it is given back: texts and photos of residents do not outlive their use. The app's bridge
/// does the same (docs/decisions/0028).
#[global_allocator]
static MEMORY: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// A scripted tablet.
#[derive(Parser)]
struct Cli {
    /// The tablet's folder.
    #[arg(long)]
    folder: PathBuf,
    /// The scenario.
    #[arg(long)]
    scenario: PathBuf,
    /// Which tablet of it.
    #[arg(long)]
    tablet: String,
    /// Cheap PINs, for tests.
    #[arg(long)]
    cheap_pins: bool,
    /// Portraits before the camera, and models that look at them, from where `cargo xtask assets` has put them.
    #[arg(long)]
    portraits: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Prints the enrolment request.
    Request,
    /// Accepts an enrolment whose fingerprint was compared, from wherever an earlier try stopped.
    Accept {
        #[arg(long)]
        enrolment: PathBuf,
        #[arg(long)]
        fingerprint: String,
    },
    /// Works through the tablet's parts, from wherever it stopped.
    Work {
        /// How many kills of the script lie behind.
        #[arg(long, default_value_t = 0)]
        survived: usize,
        /// How often a step that the storage refused is tried again.
        #[arg(long, default_value_t = 0)]
        patience: u32,
        /// Stops after opening the visits.
        #[arg(long)]
        open_only: bool,
    },
    /// Works through the tablet's parts, closes and seals them, signs out, says so, and stays: for a look at its memory.
    Linger {
        /// Stays signed in instead.
        #[arg(long)]
        signed_in: bool,
    },
    /// Compares what is stored with what the script should have led to.
    Compare,
    /// Closes every part that is open.
    Close,
    /// Opens every part again that is closed or sealed, because something was wrong.
    Reopen,
    /// Seals every part that is closed.
    Seal,
    /// Prints this tablet's request for a part, to be compared, and writes it into a file.
    Ask {
        #[arg(long)]
        out: PathBuf,
    },
    /// Hands the tablet's part over to the tablet whose request it is; prints the file's path.
    HandOver {
        #[arg(long)]
        ask: PathBuf,
        #[arg(long)]
        fingerprint: String,
    },
    /// Takes the part in the file.
    Take {
        #[arg(long)]
        file: PathBuf,
    },
    /// Makes the tablet ready to be enrolled again, because its key store has died.
    Anew,
    /// Writes the recovery copies of the visits that do not open into a folder; prints their paths.
    Copies {
        #[arg(long)]
        out: PathBuf,
    },
    /// Goes on with such a visit by the city's grant.
    Adopt {
        #[arg(long)]
        grant: PathBuf,
    },
    /// Sends, fetches receipts, erases what may be erased.
    Sync,
    /// Reads, sees to and erases the messages of the desk.
    ReadMessages,
    /// Prints what the tablet still knows.
    Report,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::from_default_env();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(false).init();
    homon_app::hush_panics();
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            writeln!(io::stderr(), "homon-tablet: {error}").ok();
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Outcome {
    let scenario = Scenario::read(&cli.scenario)?;
    let camera = if cli.portraits { Camera::Portraits(Box::new(Faces::fetched()?)) } else { Camera::Drawings };
    let tablet = ScriptedTablet::open_with(&cli.folder, scenario, &cli.tablet, cli.cheap_pins, camera)?;
    match cli.command {
        Command::Request => say(&tablet.request().await?),
        Command::Accept { enrolment, fingerprint } => {
            tablet.accept(std::fs::read_to_string(enrolment)?.trim().to_owned(), fingerprint).await.map_err(Into::into)
        }
        Command::Work { survived, patience, open_only } => work(&tablet.patient(patience), survived, open_only).await,
        Command::Linger { signed_in } => linger(tablet, signed_in).await,
        Command::Compare => compare(&tablet).await,
        Command::Close => tablet.close().await.map_err(Into::into),
        Command::Reopen => tablet.reopen(AmendmentReason::Correction).await.map_err(Into::into),
        Command::Seal => tablet.seal().await.map_err(Into::into),
        Command::Ask { out } => {
            let ask = tablet.ask().await?;
            std::fs::write(out, ask.token)?;
            say(&json!({"device": ask.device, "fingerprint": ask.fingerprint}).to_string())
        }
        Command::HandOver { ask, fingerprint } => {
            say(&tablet.hand_over(std::fs::read_to_string(ask)?, fingerprint).await?.to_string_lossy())
        }
        Command::Take { file } => tablet.take(file).await.map_err(Into::into),
        Command::Anew => tablet.begin_anew().await.map_err(Into::into),
        Command::Copies { out } => {
            tablet.recovery_copies(&out).await?.iter().try_for_each(|path| say(&path.to_string_lossy()))
        }
        Command::Adopt { grant } => tablet.adopt(std::fs::read(grant)?).await.map_err(Into::into),
        Command::Sync => sync(&tablet).await,
        Command::ReadMessages => read_messages(&tablet).await,
        Command::Report => report(&tablet).await,
    }
}

fn say(line: &str) -> Outcome {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

async fn work(tablet: &ScriptedTablet, survived: usize, open_only: bool) -> Outcome {
    for (visit, part) in tablet.parts() {
        if open_only {
            tablet.open_part(&visit, &part).await?;
            continue;
        }
        let mut tell = |mark| match mark {
            Mark::Acknowledged(written) => say(&format!("acknowledged {written}")).unwrap_or_default(),
            Mark::Looked(looked) => say(&looked.to_string()).unwrap_or_default(),
            Mark::KillMe => {
                say("kill-me").unwrap_or_default();
                // Whoever reads this line kills the process; until then it must not go on.
                loop {
                    std::thread::park();
                }
            }
        };
        tablet.work(&visit, &part, survived, &mut tell).await?;
    }
    Ok(())
}

/// The app as it is after a day: everyone has signed out, and it still runs. The script is gone: an app has none.
async fn linger(tablet: ScriptedTablet, signed_in: bool) -> Outcome {
    work(&tablet, usize::MAX, false).await?;
    if !signed_in {
        tablet.close().await?;
        tablet.seal().await?;
        tablet.homon.sign_out().await.map_err(|error| format!("{error:?}"))?;
    }
    let homon = tablet.into_homon();
    say(if signed_in { "signed in" } else { "signed out" })?;
    // Whoever reads this line looks into the memory and kills the process.
    loop {
        std::thread::park();
        drop(homon.is_enrolled().await);
    }
}

async fn compare(tablet: &ScriptedTablet) -> Outcome {
    for (visit, part) in tablet.parts() {
        let written = tablet.open_part(&visit, &part).await?;
        tablet.compare(&visit, &part, written).await?;
        say(&format!("acknowledged {written}"))?;
    }
    Ok(())
}

async fn sync(tablet: &ScriptedTablet) -> Outcome {
    tablet.sign_in_first().await?;
    let observer = Arc::new(|progress: SyncProgress| {
        let SyncProgress { package, sent, total } = progress;
        say(&json!({"package": package.to_string(), "sent": sent, "total": total}).to_string()).unwrap_or_default();
    });
    let report = tablet.homon.sync(observer, CancellationToken::new()).await.map_err(|error| format!("{error:?}"))?;
    let counts = json!({
        "held": report.held,
        "opened": report.opened,
        "erased": report.erased,
        "rejected": report.rejected,
        "outstanding": report.outstanding,
        "mail": report.mail,
        "mail_refused": report.mail_refused,
        "mail_missing": report.mail_missing,
    });
    say(&counts.to_string())
}

async fn read_messages(tablet: &ScriptedTablet) -> Outcome {
    tablet.sign_in_first().await?;
    say(&tablet.read_messages().await?.to_string())
}

async fn report(tablet: &ScriptedTablet) -> Outcome {
    tablet.sign_in_first().await?;
    let today = tablet.homon.today().await.map_err(|error| format!("{error:?}"))?;
    let certificates = tablet.homon.erasure_certificates().await.map_err(|error| format!("{error:?}"))?;
    let mut visits = Vec::new();
    for line in &today.visits {
        let view = tablet.homon.visit(line.visit, line.part).await.ok();
        visits.push(json!({
            "visit": line.visit,
            "part": line.part,
            "status": line.status,
            "amendment": view.and_then(|view| view.visit.amendment),
            "counts": line.tally.as_ref().map(homon_domain::tally::Tally::counts),
        }));
    }
    let rosters = tablet.homon.rosters().await.map_err(|error| format!("{error:?}"))?;
    let messages = tablet.homon.messages().await.map_err(|error| format!("{error:?}"))?;
    let all = json!({
        "rosters": rosters.len(),
        "messages": messages.len(),
        "chain_proven": today.chain_proven,
        "people_only_here": today.only_here,
        "visits": visits,
        "certificates": certificates,
    });
    say(&all.to_string())
}
