//! The rows about whole packages: sealing, opening, and the memory that both take.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::Result;
use crate::files::{self, Said, Taken};
use crate::report::{Against, Row};
use crate::stats::Times;

const MEGABYTE: u64 = 1_000_000;

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

    fn ciphering(&self) -> Result<Times> {
        self.times(|taken| taken.said.and_then(|said| said.ciphering))
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

pub(super) fn measure(folder: &Path, full: bool) -> Result<Vec<Row>> {
    let at = |name: &str| folder.join(name);
    let (bytes, sealed, out, keys) = (at("bytes"), at("sealed.age"), at("out"), at("keys"));
    files::make_keys(&keys)?;
    files::write_photos(&bytes, 256 * MEGABYTE)?;
    files::take(&mut job(vec![bytes.clone(), sealed.clone(), keys.clone()], "seal")()?)?;

    let mut seal = vec![
        Contender::new("ours", job(vec![bytes.clone(), out.clone(), keys.clone()], "seal")),
        Contender::new("ours, anew", job(vec![bytes.clone(), out.clone(), keys.clone(), "--anew".into()], "seal")),
        Contender::new("limit: read, encrypt, write", job(vec![bytes.clone(), out.clone()], "cipher")),
        Contender::new(
            "limit: read, encrypt, digest, write",
            job(vec![bytes.clone(), out.clone(), "--digest".into()], "cipher"),
        ),
        Contender::new(
            "limit: read, encrypt, digest both, write",
            job(vec![bytes.clone(), out.clone(), "--digest".into(), "--digest".into()], "cipher"),
        ),
    ];
    let mut open = vec![
        Contender::new("ours", job(vec![sealed.clone(), out.clone(), keys.clone()], "open")),
        Contender::new(
            "limit: read, encrypt, digest both, write",
            job(vec![bytes.clone(), out.clone(), "--digest".into(), "--digest".into()], "cipher"),
        ),
    ];
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

/// A contender's times as one of the two that count.
type Measure = fn(&Contender) -> Result<Times>;

const MEASURES: [(&str, Measure, f64); 2] = [("wall clock", Contender::wall, 1.2), ("processor", Contender::cpu, 2.0)];

fn sealing_rows(contenders: &[Contender]) -> Result<Vec<Row>> {
    const COMPARED: &str = "one process from start to end: PackageWriter over photos of 1.5 MB whose digests were taken with \
                            them, hybrid recipient, zip, manifest, a digest of the whole; and the same with a digest of each \
                            photo taken anew; against the stock tool, which only encrypts; and against ring's \
                            ChaCha20-Poly1305 in chunks of 64 KiB on one thread without a format, with the digests and \
                            without. From file to file; nobody waits for the disk";
    let [ours, anew, cipher, digest, digests, age @ ..] = contenders else {
        return Err("a contender is missing".into());
    };
    let mut rows = Vec::new();
    for (measure, of, target) in MEASURES {
        let mut row = |name: String, ours: Times, target: Option<f64>, limit: &Contender| -> Result<()> {
            let mut against = Vec::new();
            for age in age {
                against.push(Against::peer("age -e -R, the same bytes", ours, of(age)?, target));
            }
            for limit in [limit, cipher] {
                against.push(Against::peer(limit.name, ours, of(limit)?, None));
            }
            against.push(Against::peer("limit: encrypting alone", ours, cipher.ciphering()?, None));
            rows.push(Row { name, compared: COMPARED, ours: Some(ours), against });
            Ok(())
        };
        row(format!("sealing 256 MB, {measure}"), of(ours)?, Some(target), digest)?;
        row(format!("  each photo digested anew, {measure}"), of(anew)?, None, digests)?;
    }
    Ok(rows)
}

fn opening_rows(contenders: &[Contender]) -> Result<Vec<Row>> {
    const COMPARED: &str = "one process from start to end: reader::examine and Examined::unpack, which decrypts, verifies and \
                            writes every photo and digests the sealed file, in one pass; against the stock tool, which \
                            decrypts and writes the zip; and against the same work the other way round, on one thread, \
                            without a format";
    let [ours, digests, age @ ..] = contenders else { return Err("a contender is missing".into()) };
    let row = |(measure, of, target): (&str, Measure, f64)| {
        let mut against = Vec::new();
        for age in age {
            against.push(Against::peer("age -d, the same package", of(ours)?, of(age)?, Some(target)));
        }
        against.push(Against::peer(digests.name, of(ours)?, of(digests)?, None));
        Ok(Row { name: format!("opening 256 MB, {measure}"), compared: COMPARED, ours: Some(of(ours)?), against })
    };
    MEASURES.into_iter().map(row).collect()
}

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
    files::write_photos(&bytes, 1_000 * MEGABYTE)?;
    let taken = files::take(&mut job(vec![bytes.clone(), out.clone(), keys.to_owned()], "seal")()?)?;
    std::fs::remove_file(out)?;
    Ok(taken.said.ok_or("the job said nothing")?)
}
