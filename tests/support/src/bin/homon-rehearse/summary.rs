//! What came of a rehearsal, for people and for programs.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use homon_support::canaries::files_below;
use homon_support::scenario::Title;
use serde::Serialize;
use serde_json::Value;

use crate::terminal::line;

/// The content of `summary.json`.
#[derive(Serialize)]
pub(crate) struct Summary {
    pub(crate) title: Title,
    pub(crate) reached: String,
    pub(crate) tablets: usize,
    pub(crate) kills: usize,
    pub(crate) connections_cut: usize,
    pub(crate) counts: BTreeMap<String, u64>,
    pub(crate) receipts: BTreeMap<String, u64>,
    pub(crate) bytes: BTreeMap<String, u64>,
    pub(crate) on_the_tablets: OnTheTablets,
    pub(crate) canaries: Vec<CanarySearch>,
    pub(crate) exported: Option<String>,
}

/// What the tablets still hold.
#[derive(Default, Serialize)]
pub(crate) struct OnTheTablets {
    pub(crate) people_only_here: u64,
    pub(crate) visits: BTreeMap<String, u64>,
    pub(crate) erasure_certificates: u64,
    pub(crate) files: u64,
    pub(crate) bytes: u64,
}

/// One search for what must never lie in clear.
#[derive(Serialize)]
pub(crate) struct CanarySearch {
    pub(crate) stage: String,
    pub(crate) files: usize,
    pub(crate) found: usize,
}

impl OnTheTablets {
    /// Adds what one tablet reports.
    pub(crate) fn add(&mut self, report: &Value, counts: &mut BTreeMap<String, u64>) {
        self.people_only_here += report["people_only_here"].as_u64().unwrap_or_default();
        self.erasure_certificates += report["certificates"].as_array().map_or(0, |all| all.len() as u64);
        for visit in report["visits"].as_array().into_iter().flatten() {
            let status = visit["status"].as_str().unwrap_or("unknown").to_owned();
            *self.visits.entry(status).or_default() += 1;
            for (name, count) in visit["counts"].as_object().into_iter().flatten() {
                *counts.entry(name.clone()).or_default() += count.as_u64().unwrap_or_default();
            }
        }
    }
}

/// How many bytes lie below a folder, and in how many files; nothing where there is no folder.
pub(crate) fn weigh(folder: &Path) -> io::Result<(u64, u64)> {
    if !folder.exists() {
        return Ok((0, 0));
    }
    let sizes = files_below(folder)?.into_iter().filter_map(|file| fs::metadata(file).ok()).map(|facts| facts.len());
    Ok(sizes.fold((0, 0), |(files, bytes), size| (files + 1, bytes + size)))
}

impl Summary {
    /// Prints it in Japanese and English.
    pub(crate) fn print(&self) {
        let count = |name: &str| self.counts.get(name).copied().unwrap_or_default();
        let receipt = |name: &str| self.receipts.get(name).copied().unwrap_or_default();
        let left = &self.on_the_tablets;
        let clear: usize = self.canaries.iter().map(|search| search.found).sum();
        let megabytes = |name: &str| self.bytes.get(name).copied().unwrap_or_default() as f64 / 1e6;
        line("");
        line(&format!("リハーサル：{}（{}）", self.title.ja, self.reached));
        line(&format!(
            "  受けた人 {} ＝ 完了 {} ＋ 辞退 {} ＋ 取下げ {} ＋ 対象外 {} ＋ 再訪問 {}　相談 {}件　紙 {}件",
            count("received"),
            count("ready"),
            count("refused"),
            count("withdrawn"),
            count("ineligible"),
            count("revisit"),
            count("consultations"),
            count("on_paper"),
        ));
        line(&format!("  端末 {}台　強制終了 {}回　通信の切断 {}回", self.tablets, self.kills, self.connections_cut));
        line(&format!(
            "  市が受領 {}件　市が開封 {}件　消去証明 {}件　市に未着 {}人",
            receipt("held"),
            receipt("opened"),
            left.erasure_certificates,
            left.people_only_here
        ));
        line(&format!(
            "  封をした大きさ {:.1} MB　端末に残る {:.2} MB　平文の個人情報 {clear}件",
            megabytes("sealed"),
            left.bytes as f64 / 1e6
        ));
        line("");
        line(&format!("Rehearsal: {} ({})", self.title.en, self.reached));
        line(&format!(
            "  received {} = ready {} + refused {} + withdrawn {} + ineligible {} + revisit {}; consultations {}, on paper {}",
            count("received"),
            count("ready"),
            count("refused"),
            count("withdrawn"),
            count("ineligible"),
            count("revisit"),
            count("consultations"),
            count("on_paper"),
        ));
        line(&format!(
            "  {} tablets, killed {} times, connection cut {} times",
            self.tablets, self.kills, self.connections_cut
        ));
        line(&format!(
            "  receipts: {} held, {} opened; {} erasure certificates; {} people only on a tablet",
            receipt("held"),
            receipt("opened"),
            left.erasure_certificates,
            left.people_only_here
        ));
        line(&format!(
            "  sealed {:.1} MB; {} files with {:.2} MB left on the tablets; {clear} canaries found in clear",
            megabytes("sealed"),
            left.files,
            left.bytes as f64 / 1e6
        ));
        if let Some(exported) = &self.exported {
            line(&format!("  {}", exported.trim().replace('\n', "\n  ")));
        }
    }
}
