//! The rows of the table: which sides are compared, how often, and what they must keep to.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use clap::ValueEnum;

use crate::Result;
use crate::files::{self, Said, Taken};
use crate::report::{Against, Row};
use crate::sides::{Rounds, SEARCH_LIMIT_MS, Side, in_turns};
use crate::stats::Times;

/// The rows, by the words that choose them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Chosen {
    /// A case step
    Step,
    /// Opening the desk file and listing its visits
    Desk,
    /// Opening a visit and listing its board
    Board,
    /// Searching 10,000 names
    Search,
    /// Sealing, opening, and their memory
    Seal,
}

const MEGABYTE: u64 = 1_000_000;

impl Chosen {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Self::value_variants().iter().copied()
    }

    pub(crate) fn measure(self, folder: &Path, full: bool) -> Result<Vec<Row>> {
        match self {
            Self::Step => step(folder),
            Self::Desk => desk(folder),
            Self::Board => board(folder),
            Self::Search => search(folder),
            Self::Seal => sealing(folder, full),
        }
    }
}

fn step(folder: &Path) -> Result<Vec<Row>> {
    // The write-ahead log starts again after 1000 pages. Until then each commit also makes it longer.
    let rounds = Rounds { warm_up: 250, measured: 400 };
    let times = in_turns(folder, &[Side::StepHomon, Side::StepPlain, Side::StepCipher, Side::Disk], rounds)?;
    let ours = times[0][0];
    Ok(vec![Row {
        name: "a case step, durable (200 cases)".to_owned(),
        compared: "Homon::case_step: read the case, apply the rule, write the case and its audit entry, answer the view; \
                   against UPDATE of the same row and INSERT of an audit row, both ready, in one transaction of plain \
                   SQLite (WAL, synchronous = FULL); against the same in SQLCipher with a raw key; and against write and \
                   fdatasync alone",
        ours: Some(ours),
        against: vec![
            Against::peer("plain SQLite, the same rows", ours, times[1][0], Some(1.3)),
            Against::peer("limit: SQLCipher alone, the same rows", ours, times[2][0], None),
            Against::peer("limit: a file grows by 4 KiB, fdatasync", ours, times[3][0], None),
            Against::peer("limit: 4 KiB in place, fdatasync", ours, times[3][1], None),
        ],
    }])
}

fn desk(folder: &Path) -> Result<Vec<Row>> {
    let times =
        in_turns(folder, &[Side::DeskHomon, Side::DeskPlain, Side::DeskCipher], Rounds { warm_up: 20, measured: 200 })?;
    let (ours, peer, limit) = (&times[0], &times[1], &times[2]);
    let row = |part: usize, name: &str, compared, target| Row {
        name: name.to_owned(),
        compared,
        ours: Some(ours[part]),
        against: vec![
            Against::peer("plain SQLite", ours[part], peer[part], target),
            Against::peer("limit: SQLCipher alone", ours[part], limit[part], None),
        ],
    };
    Ok(vec![
        row(
            0,
            "opening the desk file, listing 200 visits",
            "DeskFile::open with its key and DeskFile::visits, all columns parsed; against a plain SQLite connection (WAL, \
             synchronous = FULL) and the same statement, all columns as they are stored; and against the same in \
             SQLCipher with a raw key",
            Some(1.5),
        ),
        row(1, "  of which opening, to the first page", "the first half of that", None),
        row(2, "  of which listing", "the second half of that", None),
    ])
}

fn board(folder: &Path) -> Result<Vec<Row>> {
    let times = in_turns(
        folder,
        &[Side::BoardHomon, Side::BoardPlain, Side::BoardCipher],
        Rounds { warm_up: 10, measured: 100 },
    )?;
    let ours = times[0][0];
    Ok(vec![Row {
        name: "opening a visit, listing 130 cases".to_owned(),
        compared: "Homon::board just after signing in: unwrap the key, open the file, read the rows, parse the JSON, make \
                   the lines; against a plain SQLite connection, the same statement, the same parsing and lines; against \
                   the same without parsing; and against the same in SQLCipher with a raw key",
        ours: Some(ours),
        against: vec![
            Against::peer("plain SQLite, the same JSON parsed", ours, times[1][0], None),
            Against::peer("plain SQLite, no JSON parsed", ours, times[1][1], None),
            Against::peer("limit: SQLCipher alone, the JSON parsed", ours, times[2][0], None),
        ],
    }])
}

fn search(folder: &Path) -> Result<Vec<Row>> {
    let times = in_turns(
        folder,
        &[Side::SearchHomon, Side::SearchPlain, Side::SearchCipher],
        Rounds { warm_up: 16, measured: 240 },
    )?;
    let ours = times[0][0];
    let milliseconds = |nanoseconds: u64| nanoseconds as f64 / 1e6;
    Ok(vec![Row {
        name: "searching 10,000 names".to_owned(),
        compared: "Homon::search in an open visit, at most 100 lines, JSON parsed; against the same statement in plain \
                   SQLite with the same parsing, and without; and against the same in SQLCipher with a raw key",
        ours: Some(ours),
        against: vec![
            Against::measure("half of all searches", milliseconds(ours.median), "ms", Some(SEARCH_LIMIT_MS)),
            Against::measure("95 of 100 searches", milliseconds(ours.p95), "ms", Some(SEARCH_LIMIT_MS)),
            Against::peer("plain SQLite, the same JSON parsed", ours, times[1][0], None),
            Against::peer("plain SQLite, no JSON parsed", ours, times[1][1], None),
            Against::peer("limit: SQLCipher alone, the JSON parsed", ours, times[2][0], None),
        ],
    }])
}

/// One of the programs that work on the same bytes.
struct Contender {
    name: &'static str,
    taken: Vec<Taken>,
    command: Box<dyn Fn() -> Result<Command>>,
}

impl Contender {
    fn new(name: &'static str, command: impl Fn() -> Result<Command> + 'static) -> Self {
        Self { name, taken: Vec::new(), command: Box::new(command) }
    }

    fn wall(&self) -> Result<Times> {
        self.times(|taken| Some(taken.wall))
    }

    fn cpu(&self) -> Result<Times> {
        self.times(|taken| Some(taken.cpu))
    }

    fn within(&self) -> Result<Times> {
        self.times(|taken| taken.said.map(|said| said.within))
    }

    fn times(&self, of: impl Fn(&Taken) -> Option<Duration>) -> Result<Times> {
        Times::of(self.taken.iter().filter_map(of)).ok_or_else(|| format!("{} was not measured", self.name).into())
    }

    fn peak_megabytes(&self) -> f64 {
        let peaks = self.taken.iter().filter_map(|taken| taken.said);
        peaks.map(|said| said.grown_kib).max().unwrap_or_default() as f64 * 1024.0 / MEGABYTE as f64
    }
}

/// Lets the programs work in turns, once unmeasured. `out` is what they write; it is removed each time before the disk is
/// busy with it.
fn race(contenders: &mut [Contender], rounds: usize, out: &Path) -> Result<()> {
    for round in 0..=rounds {
        for contender in contenders.iter_mut() {
            let taken = files::take(&mut (contender.command)()?)?;
            std::fs::remove_file(out)?;
            if round > 0 {
                contender.taken.push(taken);
            }
        }
    }
    Ok(())
}

fn job(arguments: Vec<std::path::PathBuf>, name: &'static str) -> impl Fn() -> Result<Command> {
    move || {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["job", name]).args(&arguments);
        Ok(command)
    }
}

const ROUNDS: usize = 11;

fn sealing(folder: &Path, full: bool) -> Result<Vec<Row>> {
    let at = |name: &str| folder.join(name);
    let (bytes, sealed, out, keys) = (at("bytes"), at("sealed.age"), at("out"), at("keys"));
    files::make_keys(&keys)?;
    files::write_noise(&bytes, 256 * MEGABYTE)?;
    files::take(&mut job(vec![bytes.clone(), sealed.clone(), keys.clone()], "seal")()?)?;

    let mut seal = vec![
        Contender::new("ours", job(vec![bytes.clone(), out.clone(), keys.clone()], "seal")),
        Contender::new("cipher", job(vec![bytes.clone(), out.clone()], "cipher")),
        Contender::new("cipher and digests", job(vec![bytes.clone(), out.clone(), "--digests".into()], "cipher")),
    ];
    let mut open = vec![Contender::new("ours", job(vec![sealed.clone(), out.clone(), keys.clone()], "open"))];
    if let Some(age) = files::age_program() {
        let (age, recipients, to, from) = (age, files::recipients_file(&keys), out.clone(), bytes.clone());
        let (tool, identity, opened, package) = (age.clone(), files::identity_file(&keys), out.clone(), sealed.clone());
        seal.push(Contender::new("age", move || {
            let mut command = Command::new(&age);
            command.args(["-e", "-R"]).arg(&recipients).arg("-o").arg(&to).arg(&from);
            Ok(command)
        }));
        open.push(Contender::new("age", move || {
            let mut command = Command::new(&tool);
            command.args(["-d", "-i"]).arg(&identity).arg("-o").arg(&opened).arg(&package);
            Ok(command)
        }));
    }
    race(&mut seal, ROUNDS, &out)?;
    race(&mut open, ROUNDS, &out)?;
    let mut rows = sealing_rows(&seal)?;
    rows.extend(opening_rows(&open)?);
    rows.push(memory_row(&seal[0], &open[0], if full { Some(large(folder, &keys)?) } else { None }));
    Ok(rows)
}

fn sealing_rows(contenders: &[Contender]) -> Result<Vec<Row>> {
    let (ours, cipher, digests) = (&contenders[0], &contenders[1], &contenders[2]);
    let (wall, cpu) = (ours.wall()?, ours.cpu()?);
    let mut by_wall = Vec::new();
    let mut by_cpu = Vec::new();
    if let Some(age) = contenders.get(3) {
        by_wall.push(Against::peer("age -e -R, the same bytes", wall, age.wall()?, Some(1.2)));
        by_cpu.push(Against::peer("age -e -R, the same bytes", cpu, age.cpu()?, Some(2.0)));
    }
    by_wall.push(Against::peer("limit: read, encrypt, digest both, write", wall, digests.wall()?, None));
    by_wall.push(Against::peer("limit: read, encrypt, write", wall, cipher.wall()?, None));
    by_cpu.push(Against::peer("limit: read, encrypt, digest both, write", cpu, digests.cpu()?, None));
    by_cpu.push(Against::peer("limit: read, encrypt, write", cpu, cipher.cpu()?, None));
    by_cpu.push(Against::peer("limit: encrypting alone", cpu, cipher.within()?, None));
    let compared = "one process from start to end: PackageWriter over photos of 1.5 MB, hybrid recipient, zip, manifest, a \
                    digest of each photo and of the whole; against the stock tool, which only encrypts; and against ring's \
                    ChaCha20-Poly1305 in chunks of 64 KiB without a format, with and without those digests. From file to \
                    file; nobody waits for the disk";
    Ok(vec![
        Row { name: "sealing 256 MB, wall clock".to_owned(), compared, ours: Some(wall), against: by_wall },
        Row { name: "sealing 256 MB, processor".to_owned(), compared, ours: Some(cpu), against: by_cpu },
    ])
}

fn opening_rows(contenders: &[Contender]) -> Result<Vec<Row>> {
    let ours = &contenders[0];
    let (wall, cpu, check) = (ours.wall()?, ours.cpu()?, ours.within()?);
    let mut rows = vec![
        Row { name: "opening 256 MB, wall clock".to_owned(), compared: OPENING, ours: Some(wall), against: Vec::new() },
        Row { name: "opening 256 MB, processor".to_owned(), compared: OPENING, ours: Some(cpu), against: Vec::new() },
        Row {
            name: "  of which checking everything, wall clock".to_owned(),
            compared: OPENING,
            ours: Some(check),
            against: Vec::new(),
        },
    ];
    if let Some(age) = contenders.get(1) {
        rows[0].against.push(Against::peer("age -d, the same package", wall, age.wall()?, Some(1.2)));
        rows[1].against.push(Against::peer("age -d, the same package", cpu, age.cpu()?, Some(2.0)));
        rows[2].against.push(Against::peer("age -d, the same package", check, age.wall()?, None));
    }
    Ok(rows)
}

const OPENING: &str = "one process from start to end: reader::open, which decrypts and digests everything before anything is \
                       given out, then every photo written to a file, which decrypts and digests again; against the stock \
                       tool, which decrypts once and writes the zip";

fn memory_row(seal: &Contender, open: &Contender, large: Option<Said>) -> Row {
    const TARGET: Option<f64> = Some(32.0);
    let mut against = vec![
        Against::measure("sealing 256 MB", seal.peak_megabytes(), "MB", TARGET),
        Against::measure("opening 256 MB", open.peak_megabytes(), "MB", TARGET),
    ];
    if let Some(said) = large {
        against.push(Against::measure("sealing 1 GB", said.grown_kib as f64 * 1024.0 / MEGABYTE as f64, "MB", TARGET));
    }
    Row {
        name: "peak of memory above the idle process".to_owned(),
        compared: "VmHWM at the end of the process less VmHWM at its start, the code that was loaded meanwhile included",
        ours: None,
        against,
    }
}

fn large(folder: &Path, keys: &Path) -> Result<Said> {
    let (bytes, out) = (folder.join("many-bytes"), folder.join("out"));
    files::write_noise(&bytes, 1_000 * MEGABYTE)?;
    let taken = files::take(&mut job(vec![bytes.clone(), out.clone(), keys.to_owned()], "seal")()?)?;
    std::fs::remove_file(out)?;
    std::fs::remove_file(bytes)?;
    Ok(taken.said.ok_or("the job said nothing")?)
}
