//! `rehearse` and `bench`: set up, build, and hand over to the programs in `tests/support` and `tests/bench`.

use std::ffi::OsString;
use std::process::{ExitCode, Stdio};

use crate::app;
use crate::process::{cargo, program, show};
use crate::setup::Ready;
use crate::terminal::heading;
use crate::workspace::Workspace;

/// A program of `tests/`.
#[derive(Clone, Copy)]
pub(crate) enum Journey {
    /// The whole visit, in a build that is quick to make.
    Rehearse,
    /// The measurements, optimised, beside the stock age tool.
    Bench,
    /// Checks of portraits.
    Photo,
    /// Faces covered in photos of an activity.
    Anonymise,
}

impl Journey {
    fn binary(self) -> &'static str {
        match self {
            Self::Rehearse => "homon-rehearse",
            Self::Bench => "homon-bench",
            Self::Photo => "homon-photo",
            Self::Anonymise => "homon-anonymise",
        }
    }

    /// What cargo builds for it, and in which folder of the target the program then lies.
    fn build(self) -> (&'static [&'static str], &'static str) {
        match self {
            Self::Rehearse => (&["--package", "homon-city", "--package", "homon-support", "--bins"], "debug"),
            // The library too: the sides on the JVM load it from the same folder.
            Self::Bench => (&["--package", "homon-bench", "--package", "homon-ffi", "--release"], "release"),
            Self::Photo | Self::Anonymise => (&["--package", "homon-photo-tools", "--bins"], "debug"),
        }
    }
}

/// Gives the program's own exit code. It runs where the caller stands, so that `--out DIR` means the caller's `DIR`.
pub(crate) fn run(workspace: &Workspace, journey: Journey, arguments: &[OsString]) -> Result<ExitCode, String> {
    heading("set-up");
    let mut ready = Ready::default();
    ready.build_needs();
    if !(matches!(journey, Journey::Rehearse) && arguments.iter().any(|argument| argument == "--drawn")) {
        ready.assets(workspace);
    }
    if matches!(journey, Journey::Bench) {
        ready.age(workspace);
        ready.tus(workspace);
        ready.photo_peers(workspace);
        ready.curl();
        ready.java();
    }

    heading("build");
    let (build, folder) = journey.build();
    show(cargo().arg("build").args(build).current_dir(&workspace.root))?;
    // Without Java the rows that need it say so, and the others are measured.
    let classes = if matches!(journey, Journey::Bench) { app::classes_for_the_bench(workspace).ok() } else { None };

    heading(journey.binary());
    let file = format!("{}{}", journey.binary(), std::env::consts::EXE_SUFFIX);
    let path = workspace.target.join(folder).join(file);
    let mut command = program(&path);
    command.args(arguments).envs(ready.environment()).stdin(Stdio::inherit());
    command.envs(classes.map(|classes| ("HOMON_JVM_CLASSES", classes)));
    let status = command.status().map_err(|error| format!("{} cannot be started: {error}", journey.binary()))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
