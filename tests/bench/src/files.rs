//! Work on whole files, each time by a new process as long as it takes: sealing and opening, ours and the stock age
//! tool's, and the least that such work can take.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chrono::DateTime;
use clap::Subcommand;
use homon_app::SoftwareVault;
use homon_domain::ids::{CaseNumber, DeviceId, PartNumber, SealNumber, VisitId};
use homon_domain::programme::Mode;
use homon_seal::{
    Closing, EntryPath, Identity, Limits, PackageKey, PackageWriter, PublicKey, Recipients, Sha256Digest, Signer,
    Subject, reader,
};
use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Result;

/// The size of one photo within the sealed bytes.
const PHOTO: u64 = 1_500_000;
/// age's chunk.
const CHUNK: usize = 64 << 10;

/// Work on one file.
#[derive(Subcommand)]
pub(crate) enum Job {
    /// Seals the bytes as photos of one visit.
    Seal {
        from: PathBuf,
        to: PathBuf,
        keys: PathBuf,
        /// Takes the digest of each photo, instead of that which was taken with the photo.
        #[arg(long)]
        anew: bool,
    },
    /// Opens a package and writes out the photos, one after the other, verified on the way.
    Open { from: PathBuf, to: PathBuf, keys: PathBuf },
    /// Only reads, encrypts and writes, without a format.
    Cipher {
        from: PathBuf,
        to: PathBuf,
        /// Also digests what is written; given twice, what was read as well.
        #[arg(long, action = clap::ArgAction::Count)]
        digest: u8,
    },
}

/// What a job says at its end.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Said {
    /// By how much its peak of memory grew, in KiB.
    pub(crate) grown_kib: u64,
    /// How long the ciphering alone took, where that is known.
    pub(crate) ciphering: Option<Duration>,
}

/// What a process took.
#[derive(Clone, Copy)]
pub(crate) struct Taken {
    /// From its start to its end.
    pub(crate) wall: Duration,
    /// Processor time, the kernel's for it included.
    pub(crate) cpu: Duration,
    /// What it said; nothing where it was the stock tool.
    pub(crate) said: Option<Said>,
}

/// Does a job in this process.
pub(crate) fn run(job: &Job) -> Result<()> {
    let before = peak_kib()?;
    let ciphering = match job {
        Job::Seal { from, to, keys, anew } => seal(from, to, keys, *anew).map(|()| None)?,
        Job::Open { from, to, keys } => open(from, to, keys).map(|()| None)?,
        Job::Cipher { from, to, digest } => Some(cipher(from, to, *digest)?),
    };
    println!("{}", serde_json::to_string(&Said { grown_kib: peak_kib()? - before, ciphering })?);
    Ok(())
}

/// Runs another process to its end.
pub(crate) fn take(command: &mut Command) -> Result<Taken> {
    let cpu = || -> Result<Duration> { Ok(spent(&getrusage(UsageWho::RUSAGE_CHILDREN)?)) };
    let (before, began) = (cpu()?, Instant::now());
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    let (wall, after) = (began.elapsed(), cpu()?);
    if !output.status.success() {
        return Err(format!("{} ended with {}", command.get_program().display(), output.status).into());
    }
    let said = if output.stdout.is_empty() { None } else { Some(serde_json::from_slice(&output.stdout)?) };
    Ok(Taken { wall, cpu: after - before, said })
}

fn spent(usage: &Usage) -> Duration {
    let time = usage.user_time() + usage.system_time();
    Duration::from_micros(time.num_microseconds().unsigned_abs())
}

/// The stock tool: `HOMON_AGE`, or `age` on the path.
pub(crate) fn age_program() -> Option<PathBuf> {
    let named = std::env::var_os("HOMON_AGE").map(PathBuf::from);
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let on_path = || std::env::split_paths(&folders).map(|folder| folder.join("age")).find(|path| path.is_file());
    named.filter(|path| path.is_file()).or_else(on_path)
}

/// Makes keys for all jobs: a hybrid recipient, its identity, and the key that signs.
pub(crate) fn make_keys(keys: &Path) -> Result<()> {
    fs::create_dir_all(keys)?;
    let identity = Identity::make_hybrid();
    fs::write(recipients_file(keys), format!("{}\n", identity.recipient()))?;
    fs::write(identity_file(keys), format!("{}\n", *identity.to_secret_string()))?;
    signing_key(keys).map(drop)
}

/// The recipient, as the stock tool reads it.
pub(crate) fn recipients_file(keys: &Path) -> PathBuf {
    keys.join("recipients.txt")
}

/// The identity, as the stock tool reads it.
pub(crate) fn identity_file(keys: &Path) -> PathBuf {
    keys.join("identity.txt")
}

/// Writes bytes that no compression makes smaller, as those of photos, and beside them the digest of each photo.
pub(crate) fn write_photos(path: &Path, bytes: u64) -> Result<()> {
    write_noise(path, bytes)?;
    let mut input = File::open(path)?;
    let mut digests = String::new();
    for _ in 0..bytes.div_ceil(PHOTO) {
        let (_, sha256) = Sha256Digest::of_reader(&mut Read::by_ref(&mut input).take(PHOTO))?;
        digests.push_str(&format!("{sha256}\n"));
    }
    Ok(fs::write(digests_file(path), digests)?)
}

fn digests_file(photos: &Path) -> PathBuf {
    photos.with_extension("sha256")
}

pub(crate) fn write_noise(path: &Path, bytes: u64) -> Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..bytes / 8 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        out.write_all(&state.to_le_bytes())?;
    }
    Ok(out.into_inner()?.sync_all()?)
}

/// The most memory that this process has held so far.
fn peak_kib() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("the kernel does not say")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

fn signing_key(keys: &Path) -> Result<(SoftwareVault, PublicKey)> {
    let vault = SoftwareVault::open(&keys.join("vault"))?;
    let public = Signer::Device(&vault).public_key()?;
    Ok((vault, public))
}

fn package() -> PackageKey {
    let subject = Subject::Visit { visit: VisitId(Uuid::from_u128(1)), part: PartNumber::FIRST };
    PackageKey { device: DeviceId(Uuid::from_u128(2)), subject, seal: SealNumber::FIRST }
}

fn seal(from: &Path, to: &Path, keys: &Path, anew: bool) -> Result<()> {
    let (vault, _) = signing_key(keys)?;
    let recipients: Recipients = fs::read_to_string(recipients_file(keys))?.parse()?;
    let mut input = File::open(from)?;
    let digests = fs::read_to_string(digests_file(from))?;
    let mut writer = PackageWriter::new(File::create(to)?, &recipients, package(), DateTime::UNIX_EPOCH)?;
    for (number, sha256) in (1..).zip(digests.lines()) {
        let number = CaseNumber { part: PartNumber::FIRST, sequence: u32::try_into(number)? };
        let (path, mut content) = (EntryPath::Photo(number), Read::by_ref(&mut input).take(PHOTO));
        if anew { writer.add(path, &mut content) } else { writer.add_digested(path, sha256.parse()?, &mut content) }?;
    }
    let closing = Closing {
        handover: None,
        programme: "bench".parse()?,
        mode: Mode::Training,
        counts: Default::default(),
        audit_head: None,
        reason: None,
    };
    writer.finish(Signer::Device(&vault), closing)?;
    Ok(())
}

fn open(from: &Path, to: &Path, keys: &Path) -> Result<()> {
    let (_, public) = signing_key(keys)?;
    let identity = Identity::parse_file(&fs::read_to_string(identity_file(keys))?)?;
    let package = reader::examine(File::open(from)?, &[identity], |_| Some(public), &Limits::default())?;
    let mut out = File::create(to)?;
    package.unpack::<Box<dyn std::error::Error + Send + Sync>>(|_, content| {
        io::copy(&mut BufReader::with_capacity(CHUNK, content), &mut out)?;
        Ok(())
    })?;
    Ok(())
}

/// One key, one nonce after the other, no associated data: what age's payload is, without its header.
fn cipher(from: &Path, to: &Path, digest: u8) -> Result<Duration> {
    let wrong = |_| "the cipher failed";
    let key = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &[7; 32]).map_err(wrong)?);
    let (mut input, mut output) = (File::open(from)?, File::create(to)?);
    let mut chunk = Vec::with_capacity(CHUNK + CHACHA20_POLY1305.tag_len());
    let (mut clear, mut sealed) = (Context::new(&SHA256), Context::new(&SHA256));
    let mut ciphering = Duration::ZERO;
    for number in 0_u64.. {
        chunk.clear();
        if Read::by_ref(&mut input).take(CHUNK as u64).read_to_end(&mut chunk)? == 0 {
            break;
        }
        if digest > 1 {
            clear.update(&chunk);
        }
        let mut nonce = [0; NONCE_LEN];
        nonce[4..].copy_from_slice(&number.to_be_bytes());
        let began = Instant::now();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut chunk).map_err(wrong)?;
        ciphering += began.elapsed();
        if digest > 0 {
            sealed.update(&chunk);
        }
        output.write_all(&chunk)?;
    }
    std::hint::black_box((clear.finish(), sealed.finish()));
    Ok(ciphering)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_opened_and_every_job_says_what_it_took() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        write_photos(&at("bytes"), 4 * PHOTO + 8).unwrap();
        make_keys(&at("keys")).unwrap();
        for anew in [false, true] {
            seal(&at("bytes"), &at("sealed"), &at("keys"), anew).unwrap();
            open(&at("sealed"), &at("opened"), &at("keys")).unwrap();
            assert!(fs::read(at("bytes")).unwrap() == fs::read(at("opened")).unwrap());
        }
        cipher(&at("bytes"), &at("ciphered"), 2).unwrap();
        let chunks = (4 * PHOTO + 8).div_ceil(CHUNK as u64);
        assert_eq!(fs::metadata(at("ciphered")).unwrap().len(), 4 * PHOTO + 8 + chunks * 16);
    }

    #[test]
    fn another_process_is_measured_and_its_failure_is_one() {
        let busy = take(Command::new("sh").args(["-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"])).unwrap();
        assert!(busy.cpu > Duration::from_millis(5) && busy.wall > Duration::from_millis(5));
        assert!(take(Command::new("sh").args(["-c", "exit 3"])).is_err());
    }
}
