//! Covers the faces that are found in photos of an activity. A person must look at each result before it is used.

#![allow(clippy::print_stdout, reason = "a terminal is where this program speaks")]

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use homon_photo::activity::{ActivityFinders, Proposed};
use homon_photo::geometry::Bounds;
use homon_photo_tools::Models;

#[derive(Parser)]
#[command(
    name = "cargo xtask anonymise",
    about = "Cover the faces in photos of an activity",
    after_help = "Whoever runs this looks at each result before it is used: a face that was not found is not covered."
)]
struct Arguments {
    /// JPEG files
    #[arg(required = true, value_name = "IMG")]
    pictures: Vec<PathBuf>,
    /// Where to leave the covered photos, under the names of the pictures
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Cover this too, in each picture: a face that was not found
    #[arg(long, value_name = "LEFT,TOP,WIDTH,HEIGHT", value_parser = bounds)]
    face: Vec<Bounds>,
    /// Cover this too, in each picture: a name plate, a form
    #[arg(long, value_name = "LEFT,TOP,WIDTH,HEIGHT", value_parser = bounds)]
    text: Vec<Bounds>,
}

fn bounds(text: &str) -> Result<Bounds, String> {
    let numbers: Vec<f32> = text.split(',').filter_map(|number| number.trim().parse().ok()).collect();
    let [left, top, width, height] = numbers[..] else { return Err("four numbers in pixels are needed".to_owned()) };
    Ok(Bounds { left, top, width, height })
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let models = Models::find()?;
    let [detector, frontal] = models.of_activity();
    let mut finders = ActivityFinders::read(detector, frontal)?;
    fs::create_dir_all(&arguments.out)?;
    for path in &arguments.pictures {
        let file = arguments.out.join(path.file_stem().unwrap_or_default()).with_extension("jpg");
        if file.exists() && file.canonicalize()? == path.canonicalize()? {
            return Err(format!("{}: the original is never written over", path.display()).into());
        }
        let mut proposed = Proposed::find(&fs::read(path)?, &mut finders)?;
        arguments.face.iter().try_for_each(|face| proposed.add_face(*face))?;
        arguments.text.iter().try_for_each(|text| proposed.add_text(*text))?;
        for face in proposed.faces() {
            let Bounds { left, top, width, height } = face.bounds;
            println!("{}: {:?} at {left:.0},{top:.0},{width:.0},{height:.0}", path.display(), face.found_by);
        }
        // Whoever runs this is the person who looks: the help says so, and so does the line below.
        let covered = proposed.confirm()?;
        fs::write(&file, covered.jpeg())?;
        println!("{}: {} faces covered. Look at it before it is used.", file.display(), covered.faces());
    }
    Ok(())
}
