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
    pub(crate) mail: BTreeMap<String, u64>,
    pub(crate) bytes: BTreeMap<String, u64>,
    /// None when the portraits were drawings, at which nothing looked.
    pub(crate) photos: Option<Photos>,
    pub(crate) on_the_tablets: OnTheTablets,
    pub(crate) canaries: Vec<CanarySearch>,
    pub(crate) exported: Option<String>,
}

/// What the tablets still hold.
#[derive(Default, Serialize)]
pub(crate) struct OnTheTablets {
    pub(crate) people_only_here: u64,
    pub(crate) rosters: u64,
    pub(crate) messages: u64,
    pub(crate) visits: BTreeMap<String, u64>,
    pub(crate) erasure_certificates: u64,
    pub(crate) files: u64,
    pub(crate) bytes: u64,
}

/// What the tablets found in the photos at which they looked.
#[derive(Default, Serialize)]
pub(crate) struct Photos {
    pub(crate) taken: u64,
    /// Refused, and taken again.
    pub(crate) retaken: u64,
    /// Looked like the photo of another resident: one face stands for all.
    pub(crate) alike: u64,
    /// How often, by finding and by what it meant.
    pub(crate) findings: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Photos {
    /// Adds what a tablet said of one photo.
    pub(crate) fn add(&mut self, looked: &Value) {
        let photo = &looked["photo"];
        let counted = if photo["taken"] == true { &mut self.taken } else { &mut self.retaken };
        *counted += 1;
        self.alike += u64::from(photo["alike"] != 0);
        for found in photo["findings"].as_array().into_iter().flatten() {
            let word = |name: &str| found[name].as_str().unwrap_or("unknown").to_owned();
            *self.findings.entry(word("finding")).or_default().entry(word("weight")).or_default() += 1;
        }
    }

    /// Each finding with its count, in words; or that there is none.
    fn in_words(&self, word: impl Fn(&str) -> String, between: &str, none: &str) -> String {
        if self.findings.is_empty() {
            return none.to_owned();
        }
        let each = self
            .findings
            .iter()
            .flat_map(|(finding, weights)| weights.iter().map(move |(weight, count)| (finding, weight, count)));
        let words = each.map(|(finding, weight, count)| format!("{} {count} ({})", word(finding), word(weight)));
        words.collect::<Vec<_>>().join(between)
    }
}

/// The words of `summary.json` in Japanese.
fn in_japanese(word: &str) -> String {
    let known = [
        ("NoFace", "顔が見つからない"),
        ("TwoFaces", "顔が二つ"),
        ("FaceUnreadable", "顔が読み取れない"),
        ("HeadTooSmall", "顔が小さい"),
        ("HeadTooLarge", "顔が大きい"),
        ("CutOff", "頭が切れている"),
        ("OffCentre", "顔が端に寄っている"),
        ("TurnedAway", "横を向いている"),
        ("Nodded", "うつむいている"),
        ("LeantBack", "あごが上がっている"),
        ("Tilted", "傾いている"),
        ("EyesClosed", "目が閉じている"),
        ("MouthOpen", "口が開いている"),
        ("Blurred", "ぶれ・ぼけ"),
        ("TooDark", "暗い"),
        ("TooBright", "明るすぎる"),
        ("SideLight", "光が片側から"),
        ("LittleContrast", "明暗が乏しい"),
        ("HarshLight", "光が強い"),
        ("BackgroundPatterned", "背景が無地でない"),
        ("UnnaturalColour", "色が不自然"),
        ("BlackAndWhite", "白黒"),
        ("OverCompressed", "圧縮が強い"),
        ("refused", "撮り直し"),
        ("warned", "注意"),
        ("told", "参考"),
        ("excused", "例外"),
    ];
    known.iter().find(|(english, _)| *english == word).map_or(word, |(_, japanese)| japanese).to_owned()
}

/// `HeadTooSmall` as "head too small".
fn in_english(word: &str) -> String {
    let mut words = String::new();
    for letter in word.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
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
        self.rosters += report["rosters"].as_u64().unwrap_or_default();
        self.messages += report["messages"].as_u64().unwrap_or_default();
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
        let figures = Figures::of(self);
        line("");
        self.print_ja(&figures);
        line("");
        self.print_en(&figures);
        if let Some(exported) = &self.exported {
            line(&format!("  {}", exported.trim().replace('\n', "\n  ")));
        }
    }

    fn print_ja(&self, figures: &Figures) {
        let [received, ready, refused, withdrawn, ineligible, revisit, consultations, on_paper] = figures.people;
        let Figures { held, opened, mail, messages, sealed_mb, left_mb, in_clear, .. } = figures;
        let OnTheTablets { erasure_certificates, people_only_here, rosters, .. } = &self.on_the_tablets;
        line(&format!("リハーサル：{}（{}）", self.title.ja, self.reached));
        line(&format!(
            "  受けた人 {received} ＝ 完了 {ready} ＋ 辞退 {refused} ＋ 取下げ {withdrawn} ＋ 対象外 {ineligible} ＋ \
             再訪問 {revisit}　相談 {consultations}件　紙 {on_paper}件"
        ));
        line(&format!(
            "  {}",
            self.photos.as_ref().map_or_else(|| "写真 描いたもの（検査なし）".to_owned(), photos_ja)
        ));
        line(&format!("  端末 {}台　強制終了 {}回　通信の切断 {}回", self.tablets, self.kills, self.connections_cut));
        line(&format!("  便 {mail}通（うち不備の連絡 {messages}件）　端末に残る名簿 {rosters}件"));
        line(&format!(
            "  市が受領 {held}件　市が開封 {opened}件　消去証明 {erasure_certificates}件　市に未着 {people_only_here}人"
        ));
        line(&format!("  封をした大きさ {sealed_mb:.1} MB　端末に残る {left_mb:.2} MB　平文の個人情報 {in_clear}件"));
    }

    fn print_en(&self, figures: &Figures) {
        let [received, ready, refused, withdrawn, ineligible, revisit, consultations, on_paper] = figures.people;
        let Figures { held, opened, mail, messages, sealed_mb, left_mb, in_clear, .. } = figures;
        let OnTheTablets { erasure_certificates, people_only_here, rosters, files, .. } = &self.on_the_tablets;
        line(&format!("Rehearsal: {} ({})", self.title.en, self.reached));
        line(&format!(
            "  received {received} = ready {ready} + refused {refused} + withdrawn {withdrawn} + ineligible {ineligible} + \
             revisit {revisit}; consultations {consultations}, on paper {on_paper}"
        ));
        line(&format!(
            "  {}",
            self.photos.as_ref().map_or_else(|| "photos: drawings, not looked at".to_owned(), photos_en)
        ));
        line(&format!(
            "  {} tablets, killed {} times, connection cut {} times",
            self.tablets, self.kills, self.connections_cut
        ));
        line(&format!(
            "  {mail} mails, {messages} of them returned applications; {rosters} rosters left on the tablets"
        ));
        line(&format!(
            "  receipts: {held} held, {opened} opened; {erasure_certificates} erasure certificates; \
             {people_only_here} people only on a tablet"
        ));
        line(&format!(
            "  sealed {sealed_mb:.1} MB; {files} files with {left_mb:.2} MB left on the tablets; \
             {in_clear} canaries found in clear"
        ));
    }
}

fn photos_ja(photos: &Photos) -> String {
    let Photos { taken, retaken, alike, .. } = photos;
    let findings = photos.in_words(in_japanese, "、", "なし");
    format!(
        "写真 {taken}枚　撮り直し {retaken}回　指摘：{findings}　ほかの人の写真と似ている {alike}回（顔は一つだけのため）"
    )
}

fn photos_en(photos: &Photos) -> String {
    let Photos { taken, retaken, alike, .. } = photos;
    let findings = photos.in_words(in_english, ", ", "nothing");
    format!(
        "{taken} photos taken, {retaken} refused and retaken; found: {findings}; {alike} like another's (one face stands for all)"
    )
}

/// The figures of a summary that both languages show.
struct Figures {
    people: [u64; 8],
    held: u64,
    opened: u64,
    mail: u64,
    messages: u64,
    sealed_mb: f64,
    left_mb: f64,
    in_clear: usize,
}

impl Figures {
    fn of(summary: &Summary) -> Self {
        const PEOPLE: [&str; 8] =
            ["received", "ready", "refused", "withdrawn", "ineligible", "revisit", "consultations", "on_paper"];
        let figure = |of: &BTreeMap<String, u64>, name: &str| of.get(name).copied().unwrap_or_default();
        Self {
            people: PEOPLE.map(|name| figure(&summary.counts, name)),
            held: figure(&summary.receipts, "held"),
            opened: figure(&summary.receipts, "opened"),
            mail: figure(&summary.mail, "received"),
            messages: figure(&summary.mail, "messages_read"),
            sealed_mb: figure(&summary.bytes, "sealed") as f64 / 1e6,
            left_mb: summary.on_the_tablets.bytes as f64 / 1e6,
            in_clear: summary.canaries.iter().map(|search| search.found).sum(),
        }
    }
}
