//! The table on the terminal, and the same as JSON.

use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::Result;
use crate::machine::Machine;
use crate::stats::{Times, shown};

/// One run.
#[derive(Serialize)]
pub(crate) struct Report {
    machine: Machine,
    rows: Vec<Row>,
}

/// One operation of ours beside its peers.
#[derive(Serialize)]
pub(crate) struct Row {
    /// What is done.
    pub(crate) name: String,
    /// What is compared with what, exactly.
    pub(crate) compared: &'static str,
    /// How long ours takes; for a peak of memory, nothing.
    pub(crate) ours: Option<Times>,
    /// What it is held against.
    pub(crate) against: Vec<Against>,
}

/// A peer, a limit or a target.
#[derive(Serialize)]
pub(crate) struct Against {
    /// What it is.
    pub(crate) name: String,
    /// How long it takes.
    pub(crate) times: Option<Times>,
    /// Ours divided by it, or the measure itself where there is no peer.
    pub(crate) value: f64,
    /// What the value is counted in: `×`, `ms`, `MB`.
    pub(crate) unit: &'static str,
    /// What the value must not exceed, where that was decided.
    pub(crate) target: Option<f64>,
}

impl Against {
    /// Ours as a multiple of a peer or limit.
    pub(crate) fn peer(name: &str, ours: Times, peer: Times, target: Option<f64>) -> Self {
        Self { name: name.to_owned(), times: Some(peer), value: ours.ratio(peer), unit: "×", target }
    }

    /// A measure that stands for itself.
    pub(crate) fn measure(name: &str, value: f64, unit: &'static str, target: Option<f64>) -> Self {
        Self { name: name.to_owned(), times: None, value, unit, target }
    }

    fn verdict(&self) -> String {
        match self.target {
            Some(target) if self.value <= target => format!("≤ {target} met"),
            Some(target) => format!("≤ {target} MISSED"),
            None => String::new(),
        }
    }
}

impl Report {
    pub(crate) fn begin(machine: Machine) -> Self {
        Self { machine, rows: Vec::new() }
    }

    pub(crate) fn print_machine(&self) {
        let Machine { cpu, cores, kernel, disk, load, homon, sqlite, sqlcipher, age, curl } = &self.machine;
        println!("{cpu}, {cores} cores, Linux {kernel}, load {load}");
        println!("{disk}");
        let [age, curl] = [age, curl].map(|version| version.as_deref().unwrap_or("not there"));
        println!("homon {homon}, SQLite {sqlite}, SQLCipher {sqlcipher}, age {age}\n{curl}\n");
        println!("{:<44} {:>9}  {:>19} {:>5}  {:>9}  target", "what, and beside it", "median", "min–max", "n", "ratio");
    }

    /// Prints rows and keeps them.
    pub(crate) fn add(&mut self, rows: Vec<Row>) {
        for row in rows {
            print!("{row}");
            self.rows.push(row);
        }
    }

    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        fs::write(path, serde_json::to_vec_pretty(self)?)?;
        println!("\n{}", path.display());
        Ok(())
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", format!("{:<44} {}", self.name, columns(self.ours)).trim_end())?;
        for against in &self.against {
            let value = format!("{:.2} {}", against.value, against.unit);
            let line = format!("  {:<42} {}  {value:>9}  {}", against.name, columns(against.times), against.verdict());
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

fn columns(times: Option<Times>) -> String {
    let Some(times) = times else { return " ".repeat(36) };
    let range = format!("{}–{}", shown(times.min), shown(times.max));
    format!("{:>9}  {range:>19} {:>5}", shown(times.median), times.count)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_row_names_the_ratio_and_whether_the_target_is_met() {
        let times = |milliseconds| Times::of([Duration::from_millis(milliseconds)]).unwrap();
        let row = Row {
            name: "opening".to_owned(),
            compared: "this with that",
            ours: Some(times(30)),
            against: vec![
                Against::peer("plain", times(30), times(20), Some(1.5)),
                Against::peer("bare", times(30), times(10), Some(1.5)),
                Against::measure("memory", 2.0, "MB", None),
            ],
        };
        let text = row.to_string();
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[0].ends_with("30.0 ms      30.0 ms–30.0 ms     1"), "{text}");
        assert!(lines[1].ends_with("1.50 ×  ≤ 1.5 met"), "{text}");
        assert!(lines[2].ends_with("3.00 ×  ≤ 1.5 MISSED"), "{text}");
        assert!(lines[3].ends_with("2.00 MB"), "{text}");
    }
}
