//! What a person sees: headings, steps with their time, and the closing table.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// One quiet piece of work: a turning mark and the time on a terminal, one line at the end everywhere.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let start = Instant::now();
    let bar = ProgressBar::new_spinner().with_message(name.to_owned());
    let style = ProgressStyle::with_template("  {spinner} {msg}  {elapsed}");
    bar.set_style(style.expect("the template is a constant"));
    bar.enable_steady_tick(Duration::from_millis(120));
    let result = work();
    bar.finish_and_clear();
    let mark = if result.is_ok() { "ok" } else { "--" };
    println!("  {mark}  {name}  {}", seconds(start.elapsed()));
    result
}

/// A bar over work that can be counted; shows nothing where there is no terminal.
pub(crate) fn bar(length: usize, name: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("  {msg} {wide_bar} {pos}/{len}");
    let bar = ProgressBar::new(length as u64).with_message(name.to_owned());
    bar.with_style(style.expect("the template is a constant"))
}

/// A line that starts a stage.
pub(crate) fn heading(text: &str) {
    println!("\n== {text} {}", "=".repeat(76usize.saturating_sub(text.chars().count())));
}

/// `0.4 s`, `75.0 s`, `12 min 05 s`.
pub(crate) fn seconds(duration: Duration) -> String {
    let whole = duration.as_secs();
    if whole < 100 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_at_a_glance() {
        assert_eq!(seconds(Duration::from_millis(420)), "0.4 s");
        assert_eq!(seconds(Duration::from_secs(725)), "12 min 05 s");
    }
}
