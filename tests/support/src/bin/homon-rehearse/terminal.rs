//! What the person at the terminal sees.

use std::io::{self, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Prints a line.
pub(crate) fn line(text: &str) {
    // Nobody is left to tell when standard output is gone.
    writeln!(io::stdout(), "{text}").ok();
}

/// Announces a stage.
pub(crate) fn stage(since_start: Duration, ja: &str, en: &str) {
    line(&format!("[{:6.1} s] {ja} · {en}", since_start.as_secs_f64()));
}

/// A bar over `total` of something; silent where standard error is no terminal.
pub(crate) fn bar(total: u64, unit: &str) -> ProgressBar {
    let template = format!("           {{bar:40}} {{pos}}/{{len}} {unit} ({{elapsed}})");
    let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(total).with_style(style)
}
