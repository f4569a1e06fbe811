//! The stock age tool reads what we write, and we read what it writes. A stranger reads a whole package with nothing
//! but `docs/package-format.md`.
//!
//! `HOMON_AGE` and `HOMON_AGE_KEYGEN` name the tools, or they are on the PATH; `cargo xtask test` installs and names them.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::ffi::OsString;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{SigningVault, closing, noon, open, photo, seal_small, small_entries, visit_key};
use homon_seal::recipients::{RecipientKind, decrypt_small, encrypt_small};
use homon_seal::{Identity, OpenError, PackageWriter, Recipients, Signer, SigningKey};

const FORMAT: &str = include_str!("../../../docs/package-format.md");
const KINDS: [RecipientKind; 2] = [RecipientKind::Hybrid, RecipientKind::X25519];

fn tool(variable: &str, name: &str) -> PathBuf {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let found = named.or_else(|| on_path(name)).filter(|path| path.is_file());
    found.unwrap_or_else(|| {
        panic!(
            "{name} 1.3 or newer is neither at {variable} nor on the PATH: run `cargo xtask test`, which installs it"
        )
    })
}

fn on_path(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Runs a tool with `input`; its output, or what it complained about.
fn run(command: &mut Command, input: &[u8]) -> Result<Vec<u8>, String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_vec());
    // Apart, because the tool answers before it has read everything. It may also stop reading: that shows in its status.
    let feeder = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    if output.status.success() { Ok(output.stdout) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

fn age(arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, String> {
    run(Command::new(tool("HOMON_AGE", "age")).args(arguments), input)
}

/// A key file as the stock tool makes it, comments and all.
fn stock_key_file(kind: RecipientKind) -> String {
    let mut command = Command::new(tool("HOMON_AGE_KEYGEN", "age-keygen"));
    if kind == RecipientKind::Hybrid {
        command.arg("-pq");
    }
    let made = run(&mut command, b"");
    String::from_utf8(made.expect("age-keygen 1.3 or newer: run `cargo xtask test`, which installs it")).unwrap()
}

/// Decrypts with the stock tool and one identity.
fn stock_decrypt(key_file: &str, sealed: &[u8]) -> Result<Vec<u8>, String> {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.txt");
    fs::write(&key, key_file).unwrap();
    age(&["-d", "-i", key.to_str().unwrap()], sealed)
}

#[test]
fn keys_of_the_stock_tool_are_ours_and_ours_are_its() {
    for kind in KINDS {
        let file = stock_key_file(kind);
        let identity = Identity::parse_file(&file).unwrap();
        let public = file.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap();
        assert_eq!(identity.recipient().to_string(), public);
        assert_eq!(identity.to_secret_string().as_str(), file.lines().last().unwrap());

        let ours = Identity::make(kind);
        let mut keygen = Command::new(tool("HOMON_AGE_KEYGEN", "age-keygen"));
        let derived = run(keygen.arg("-y"), ours.to_secret_string().as_bytes()).unwrap();
        assert_eq!(String::from_utf8(derived).unwrap(), format!("{}\n", ours.recipient()));
    }
}

#[test]
fn what_we_encrypt_the_stock_tool_decrypts() {
    for kind in KINDS {
        let (file, ours, stranger) = (stock_key_file(kind), Identity::make(kind), stock_key_file(kind));
        let stock = Identity::parse_file(&file).unwrap();
        let both = Recipients::new(vec![ours.recipient(), stock.recipient()]).unwrap();
        for secret in [&b""[..], b"a key", &[7; 64 << 10]] {
            let sealed = encrypt_small(&both, secret).unwrap();
            assert_eq!(stock_decrypt(&file, &sealed).unwrap(), secret);
            assert_eq!(stock_decrypt(&ours.to_secret_string(), &sealed).unwrap(), secret);
            assert!(stock_decrypt(&stranger, &sealed).unwrap_err().contains("no identity matched"));
        }
    }
}

#[test]
fn what_the_stock_tool_encrypts_we_decrypt() {
    for kind in KINDS {
        let (first, second) = (Identity::make(kind), Identity::make(kind));
        let to = [first.recipient().to_string(), second.recipient().to_string()];
        for secret in [&b""[..], b"a key", &[7; 64 << 10]] {
            let sealed = age(&["-r", &to[0], "-r", &to[1]], secret).unwrap();
            for identity in [&first, &second] {
                assert_eq!(decrypt_small(std::slice::from_ref(identity), &sealed).unwrap().as_slice(), secret);
            }
        }
    }
}

/// Our package, opened by the stock tool, encrypted anew by it, and opened by us: of one chunk, and of more than we write
/// and read at once.
#[test]
fn a_package_that_the_stock_tool_encrypted_is_a_package() {
    let vault = SigningVault::make();
    for (kind, photo_bytes) in KINDS.into_iter().flat_map(|kind| [(kind, 0), (kind, 3 << 20)]) {
        let (file, ours) = (stock_key_file(kind), Identity::make(kind));
        let stock = Identity::parse_file(&file).unwrap();
        let sealed = seal_photo(&vault, &common::only(&stock), photo_bytes);
        let zip = stock_decrypt(&file, &sealed).unwrap();
        assert!(zip.len() as u64 > photo_bytes);
        let again = age(&["-r", &ours.recipient().to_string()], &zip).unwrap();
        assert_eq!(open(&again, &ours, &vault).unwrap().manifest().key, visit_key());
        assert!(matches!(open(&again, &stock, &vault), Err(OpenError::NotForUs)));
    }
}

fn seal_photo(vault: &SigningVault, recipients: &Recipients, photo_bytes: u64) -> Vec<u8> {
    let mut writer = PackageWriter::new(Vec::new(), recipients, visit_key(), noon()).unwrap();
    writer.add(photo(1), &mut std::io::repeat(7).take(photo_bytes)).unwrap();
    writer.finish(Signer::Device(vault), closing()).unwrap().out
}

/// A fenced block of the document, by its language.
fn block(language: &str) -> &'static str {
    let (_, rest) = FORMAT.split_once(&format!("\n```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

/// The document's commands are those of a stranger's machine; `cargo xtask test` installs what is missing.
fn need(tools: &[&str]) {
    for name in tools {
        assert!(on_path(name).is_some(), "the document's commands need {name}: cargo xtask test installs it");
    }
}

/// The document's programs in a folder with a package, a key and the tablet's public key.
fn stranger_reads(folder: &Path, sealed: &[u8], key_file: &str, device: &str) -> Result<String, String> {
    for (name, content) in [
        ("visit.age", sealed),
        ("key.txt", key_file.as_bytes()),
        ("device.jwk", device.as_bytes()),
        ("token.py", block("python").as_bytes()),
    ] {
        fs::write(folder.join(name), content).unwrap();
    }
    let beside_age = tool("HOMON_AGE", "age").parent().unwrap().to_owned();
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let path: OsString =
        std::env::join_paths([beside_age].into_iter().chain(std::env::split_paths(&inherited))).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-eu", "-c", block("sh")]).current_dir(folder).env("PATH", path);
    run(&mut shell, b"").map(|said| String::from_utf8(said).unwrap())
}

#[test]
fn a_stranger_reads_a_package_by_the_document() {
    need(&["sh", "unzip", "python3", "openssl", "sha256sum", "sort", "diff"]);
    let vault = SigningVault::make();
    let device = serde_json::to_string(&vault.public_key()).unwrap();
    for kind in KINDS {
        let file = stock_key_file(kind);
        let stock = Identity::parse_file(&file).unwrap();
        let recipients = Recipients::new(vec![Identity::make(kind).recipient(), stock.recipient()]).unwrap();
        let sealed = seal_small(&vault, &recipients).out;

        let folder = tempfile::tempdir().unwrap();
        let said = stranger_reads(folder.path(), &sealed, &file, &device).unwrap();
        assert!(said.contains("type: homon-manifest+jws") && said.contains("Verified OK"), "{said}");
        for (path, content) in small_entries() {
            assert_eq!(fs::read(folder.path().join("visit").join(path.to_string())).unwrap(), content);
        }
        let claims: serde_json::Value =
            serde_json::from_slice(&fs::read(folder.path().join("claims.json")).unwrap()).unwrap();
        assert_eq!(claims["recipients"], recipients.fingerprint().to_string());

        let other = serde_json::to_string(&SigningKey::make().public_key()).unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        stranger_reads(elsewhere.path(), &sealed, &file, &other).expect_err("the key of another tablet");
    }
}

/// The document's own recipe for the fingerprint of recipients.
#[test]
fn a_fingerprint_of_recipients_is_what_sort_and_sha256sum_give() {
    need(&["sh", "sort", "sha256sum"]);
    let set = Recipients::new((0..5).map(|_| Identity::make_x25519().recipient()).collect()).unwrap();
    let printed =
        run(Command::new("sh").args(["-c", "LC_ALL=C sort | sha256sum"]), set.to_string().as_bytes()).unwrap();
    assert_eq!(String::from_utf8(printed).unwrap().split(' ').next().unwrap(), set.fingerprint().to_string());
}
