//! uniffi's own generator of bindings, in the version that the library is built with. `cargo xtask bindings` runs it.

use std::error::Error;
use std::path::PathBuf;

use clap::Parser;
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate};

/// Writes the bindings for Kotlin and Swift into folders of these names.
#[derive(Parser)]
struct Cli {
    /// The built library
    #[arg(long)]
    library: PathBuf,
    /// uniffi.toml
    #[arg(long)]
    config: PathBuf,
    /// The folder to write to
    #[arg(long)]
    out: PathBuf,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Cli { library, config, out } = Cli::parse();
    for (language, folder) in [(TargetLanguage::Kotlin, "kotlin"), (TargetLanguage::Swift, "swift")] {
        generate(GenerateOptions {
            languages: vec![language],
            source: library.clone().try_into()?,
            out_dir: out.join(folder).try_into()?,
            config_override: Some(config.clone().try_into()?),
            ..GenerateOptions::default()
        })?;
    }
    Ok(())
}
