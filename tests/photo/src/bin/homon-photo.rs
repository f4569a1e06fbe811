//! Checks portraits as a tablet does, and cuts the photo for the card out of them.

#![allow(clippy::print_stdout, reason = "a terminal is where this program speaks")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use clap::Parser;
use homon_photo::check::{Report, check_still};
use homon_photo::crop::{self, CroppedPhoto};
use homon_photo::face::Finders;
use homon_photo::finding::Exceptions;
use homon_photo::measure::compression;
use homon_photo::profile::Profile;
use homon_photo::{FileRules, Upright, accept_portrait};
use homon_photo_tools::{Models, words};
use serde_json::{Value, json};

#[derive(Parser)]
#[command(name = "cargo xtask photo", about = "Check portraits and cut the photo for the card out of them")]
struct Arguments {
    /// JPEG files
    #[arg(required = true, value_name = "IMG")]
    pictures: Vec<PathBuf>,
    /// Leave the cut photos in this folder, under the names of the pictures
    #[arg(long, value_name = "DIR")]
    crop: Option<PathBuf>,
    /// Answer one line of JSON for each picture
    #[arg(long)]
    json: bool,
    /// The resident cannot sit up
    #[arg(long)]
    lying: bool,
    /// A wheelchair, tubes or the like are in view
    #[arg(long)]
    aids_in_view: bool,
    /// The eyes do not open
    #[arg(long)]
    eyes_do_not_open: bool,
    /// The head is covered for a medical or a religious reason
    #[arg(long)]
    head_covering: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(all_good) if all_good => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            println!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether every picture will do.
fn run(arguments: &Arguments) -> Result<bool, Box<dyn std::error::Error>> {
    let models = Models::find()?;
    let mut finders = Finders::read(models.files())?;
    let exceptions = Exceptions {
        lying: arguments.lying,
        aids_in_view: arguments.aids_in_view,
        eyes_do_not_open: arguments.eyes_do_not_open,
        head_covering: arguments.head_covering,
    };
    if let Some(folder) = &arguments.crop {
        fs::create_dir_all(folder)?;
    }
    let mut all_good = true;
    for path in &arguments.pictures {
        let looked_at = look(&mut finders, path, exceptions)?;
        all_good &= looked_at.is_good();
        if arguments.json {
            println!("{}", looked_at.json(path));
        } else {
            looked_at.tell(path);
        }
        if let (Some(folder), Ok(Checked { photo: Ok(photo), .. })) = (&arguments.crop, &looked_at.checked) {
            let name = path.file_stem().unwrap_or_default();
            fs::write(folder.join(name).with_extension("jpg"), &photo.jpeg)?;
        }
    }
    Ok(all_good)
}

/// What came of one picture.
struct LookedAt {
    checked: Result<Checked, String>,
}

/// A picture that could be looked at.
struct Checked {
    report: Report,
    /// What the file itself breaks, were it handed on as it is.
    file: Option<String>,
    photo: Result<CroppedPhoto, String>,
}

fn look(finders: &mut Finders, path: &Path, exceptions: Exceptions) -> io::Result<LookedAt> {
    let jpeg = fs::read(path)?;
    let checked = Upright::decode(&jpeg).map_err(|refused| refused.to_string()).map(|photo| {
        let profile = Profile::default();
        let quality = compression::jpeg_quality(&jpeg);
        let report = check_still(finders, &photo.picture(), quality, &profile, exceptions);
        let file = accept_portrait(&jpeg, &FileRules::default()).err().map(|refused| refused.to_string());
        let cut = match &report.face {
            Some(face) => crop::crop(&photo, &face.head, &profile.geometry, &profile.file).map_err(words::crop_refused),
            None => Err("no photo can be cut out: there is no face that can be read".to_owned()),
        };
        Checked { report, file, photo: cut }
    });
    Ok(LookedAt { checked })
}

impl LookedAt {
    fn is_good(&self) -> bool {
        self.checked.as_ref().is_ok_and(|checked| checked.report.is_good() && checked.photo.is_ok())
    }

    fn tell(&self, path: &Path) {
        println!("{}", path.display());
        let checked = match &self.checked {
            Ok(checked) => checked,
            Err(refused) => return println!("  refused: {refused}"),
        };
        for found in &checked.report.findings {
            println!("  {:<22} {}", words::weight(found.weight), words::finding(found.finding));
        }
        if checked.report.findings.is_empty() {
            println!("  nothing to mend");
        }
        if let Some(refused) = &checked.file {
            println!("  the file as it is would not be taken: {refused}");
        }
        match &checked.photo {
            Ok(photo) => println!(
                "  photo: {}×{} pixels, {} KB, head {:.1} mm, {:.1} mm above it, turned {:.1}°",
                photo.width,
                photo.height,
                photo.jpeg.len() / 1024,
                photo.face,
                photo.above,
                photo.turned
            ),
            Err(refused) => println!("  {refused}"),
        }
        for taken in &checked.report.assessments {
            println!("    {:<28} {:>10.3} {:>4}", taken.measure.name(), taken.native, taken.score);
        }
    }

    fn json(&self, path: &Path) -> Value {
        let path = path.display().to_string();
        let checked = match &self.checked {
            Ok(checked) => checked,
            Err(refused) => return json!({ "picture": path, "good": false, "refused": refused }),
        };
        let findings =
            checked.report.findings.iter().map(
                |found| json!({ "finding": format!("{:?}", found.finding), "weight": format!("{:?}", found.weight) }),
            );
        let measures = checked
            .report
            .assessments
            .iter()
            .map(|taken| json!({ "measure": taken.measure.name(), "native": taken.native, "score": taken.score }));
        let photo = match &checked.photo {
            Ok(photo) => json!({
                "width": photo.width, "height": photo.height, "bytes": photo.jpeg.len(),
                "face_mm": photo.face, "above_mm": photo.above, "turned_degrees": photo.turned,
            }),
            Err(refused) => json!({ "refused": refused }),
        };
        json!({
            "picture": path, "good": self.is_good(), "file": checked.file, "photo": photo,
            "findings": findings.collect::<Vec<_>>(), "measures": measures.collect::<Vec<_>>(),
        })
    }
}
