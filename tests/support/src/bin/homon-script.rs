//! What a program in another language needs to play a scenario and cannot make itself: the files of its rosters, its
//! portraits, and what its visits should have led to.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use homon_domain::programme::Programme;
use homon_support::camera::Camera;
use homon_support::portraits::draw;
use homon_support::replay::replay;
use homon_support::scenario::{PartScript, Scenario, ScriptStep, VisitScript};
use serde_json::json;

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Writes `rosters/TABLET.csv`, `portraits/VISIT-PART-STEP.jpg` and `expected/VISIT-PART.json`.
#[derive(Parser)]
struct Cli {
    /// The scenario.
    #[arg(long)]
    scenario: PathBuf,
    /// The programme of the scenario, as TOML.
    #[arg(long)]
    programme: PathBuf,
    /// The folder to write to.
    #[arg(long)]
    out: PathBuf,
}

fn main() -> Outcome {
    let cli = Cli::parse();
    let scenario = Scenario::read(&cli.scenario)?;
    let programme: Programme = toml::from_str(&fs::read_to_string(&cli.programme)?)?;
    for folder in ["rosters", "portraits", "expected"] {
        fs::create_dir_all(cli.out.join(folder))?;
    }
    for roster in &scenario.rosters {
        fs::write(cli.out.join("rosters").join(format!("{}.csv", roster.tablet)), roster.file())?;
    }
    for visit in &scenario.visits {
        for part in &visit.parts {
            draw_portraits(&cli.out, visit, part)?;
            expect(&cli.out, &scenario, &programme, visit, part)?;
        }
    }
    Ok(())
}

fn draw_portraits(out: &Path, visit: &VisitScript, part: &PartScript) -> Outcome {
    for (index, step) in part.steps.iter().enumerate() {
        if let ScriptStep::Portrait { photo, .. } = step {
            let name = format!("{}-{}-{index}.jpg", visit.plan.id, part.part);
            fs::write(out.join("portraits").join(name), draw(*photo)?)?;
        }
    }
    Ok(())
}

fn expect(out: &Path, scenario: &Scenario, programme: &Programme, visit: &VisitScript, part: &PartScript) -> Outcome {
    let expected = replay(scenario, programme, visit, part, u64::MAX, &Camera::Drawings);
    let expected = json!({
        "cases": expected.cases,
        "consultations": expected.consultations,
        "remarks": expected.remarks,
    });
    let name = format!("{}-{}.json", visit.plan.id, part.part);
    fs::write(out.join("expected").join(name), serde_json::to_vec_pretty(&expected)?)?;
    Ok(())
}
