//! How large the library is that the apps carry, what takes the room, and whether it has grown by more than is allowed.
//!
//! Sizes are those of symbols of the release build for this machine, by the crate or the library of C that they come from.
//! What the apps carry is stripped, and so is what is held against the record.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{capture, cargo, program, show};
use crate::terminal::heading;
use crate::workspace::Workspace;

/// What was recorded last, in bytes.
const RECORD: &str = "xtask/size.toml";
/// By how much the whole may grow before somebody has to look, in hundredths.
const ALLOWED: u64 = 5;
/// Components below this share of the whole, in thousandths, are shown together.
const SMALL: u64 = 10;

/// The archives of C, by the beginning of their names.
const ARCHIVES: [(&str, &str); 4] = [
    ("libsqlcipher.a", "SQLCipher (C)"),
    ("libcrypto.a", "OpenSSL (C)"),
    ("libssl.a", "OpenSSL (C)"),
    ("libring", "ring (C)"),
];
const STD: &str = "std";
/// Constants to which Rust gives a number and no name.
const TABLES: &str = "tables of Rust";
const OTHERS: &str = "others";
const UNNAMED: &str = "unwinding, relocations, texts";

/// Bytes by component; their sum is the stripped file.
type Sizes = BTreeMap<String, u64>;

/// Builds the library, shows what takes the room, and holds it against the record; or writes the record anew.
pub(crate) fn run(workspace: &Workspace, write: bool) -> Result<String, String> {
    let sizes = measure(workspace)?;
    heading("size of the library, stripped");
    print!("{}", table(&sizes));
    let record = workspace.root.join(RECORD);
    if write {
        let text = toml::to_string(&sizes).map_err(|error| error.to_string())?;
        let text = format!("# Bytes of the stripped library by component: cargo xtask size --write\n{text}");
        fs::write(&record, text).map_err(|error| format!("{}: {error}", record.display()))?;
        return Ok(format!("{RECORD} is written"));
    }
    let text = fs::read_to_string(&record).map_err(|error| format!("{}: {error}", record.display()))?;
    compare(&toml::from_str(&text).map_err(|error| format!("{RECORD}: {error}"))?, &sizes)
}

fn measure(workspace: &Workspace) -> Result<Sizes, String> {
    show(
        cargo()
            .args(["build", "--locked", "--release", "--package", "homon-ffi", "--lib"])
            .current_dir(&workspace.root),
    )?;
    let built = workspace.target.join("release");
    let library = built.join(format!("{}homon{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX));
    let stripped = built.join("homon.stripped");
    capture(program("strip").arg("--strip-unneeded").arg("-o").arg(&stripped).arg(&library))?;
    let whole = fs::metadata(&stripped).map_err(|error| format!("{}: {error}", stripped.display()))?.len();
    let symbols = capture(program("nm").args(["--print-size", "--demangle", "--defined-only"]).arg(&library))?;
    let origins = Origins { crates: crates(workspace)?, of_c: symbols_of_c(&built)? };
    let mut sizes = Sizes::new();
    for (name, size) in symbols.lines().filter_map(symbol) {
        *sizes.entry(origins.component(name)).or_default() += size;
    }
    let named: u64 = sizes.values().sum();
    sizes.insert(UNNAMED.to_owned(), whole.saturating_sub(named));
    Ok(sizes)
}

/// Name and size of a line of `nm`; nothing where the symbol takes no room in the file.
fn symbol(line: &str) -> Option<(&str, u64)> {
    let mut words = line.splitn(4, ' ').skip(1);
    let size = u64::from_str_radix(words.next()?, 16).ok()?;
    let (kind, name) = (words.next()?, words.next()?);
    (!kind.eq_ignore_ascii_case("b")).then_some((name, size))
}

/// Where symbols come from.
struct Origins {
    /// The names of all crates that may be in it.
    crates: BTreeSet<String>,
    /// The symbols of C, by the archive that has them.
    of_c: HashMap<String, &'static str>,
}

impl Origins {
    fn component(&self, symbol: &str) -> String {
        if let Some(library) = self.of_c.get(symbol) {
            return (*library).to_owned();
        }
        // The first crate in the name is whose code or type it is: std's functions are made for the types of others.
        let known = |root: &&str| !["alloc", "core", "std"].contains(root) && self.crates.contains(*root);
        let unknown = if symbol.starts_with("anon.") {
            TABLES
        } else if symbol.contains("::") {
            STD
        } else {
            OTHERS
        };
        roots(symbol).find(known).unwrap_or(unknown).to_owned()
    }
}

/// The words of a name at which a path begins.
fn roots(symbol: &str) -> impl Iterator<Item = &str> {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    symbol.split(move |letter: char| !is_word(letter) && letter != ':').filter_map(|path| path.split("::").next())
}

/// The names under which the crates of the tree are known in symbols.
fn crates(workspace: &Workspace) -> Result<BTreeSet<String>, String> {
    let targets = workspace.tree()?.packages.into_iter().flat_map(|package| package.targets);
    Ok(targets
        .filter(|target| !target.is_bin() && !target.is_test())
        .map(|target| target.name.replace('-', "_"))
        .collect())
}

/// What lies in the archives that build scripts have made.
fn symbols_of_c(built: &Path) -> Result<HashMap<String, &'static str>, String> {
    let mut found = HashMap::new();
    for archive in files_below(&built.join("build")) {
        let name = archive.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some((_, library)) = ARCHIVES.iter().find(|(start, _)| name.starts_with(start) && name.ends_with(".a"))
        else {
            continue;
        };
        let symbols = capture(program("nm").args(["--print-size", "--defined-only"]).arg(&archive))?;
        found.extend(symbols.lines().filter_map(symbol).map(|(name, _)| (name.to_owned(), *library)));
    }
    Ok(found)
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let deeper = |path: PathBuf| if path.is_dir() { files_below(&path) } else { vec![path] };
    entries.flat_map(|entry| deeper(entry.path())).collect()
}

fn table(sizes: &Sizes) -> String {
    let whole: u64 = sizes.values().sum();
    let (mut large, small): (Vec<_>, Vec<_>) = sizes.iter().partition(|(_, size)| **size * 1000 >= whole * SMALL);
    large.sort_by_key(|(_, size)| std::cmp::Reverse(**size));
    let line =
        |name: &str, size: u64| format!("{name:<34} {:>8} KB  {:>3} %\n", size / 1000, size * 100 / whole.max(1));
    let lines: String = large.into_iter().map(|(name, size)| line(name, *size)).collect();
    let rest = small.iter().map(|(_, size)| **size).sum();
    format!("{lines}{}{}", line(&format!("{} smaller ones", small.len()), rest), line("all", whole))
}

/// What is said of the present size beside the record; an error where it is too large, with what has grown.
fn compare(record: &Sizes, now: &Sizes) -> Result<String, String> {
    let (before, whole): (u64, u64) = (record.values().sum(), now.values().sum());
    let said = format!("{} KB, recorded {} KB", whole / 1000, before / 1000);
    if whole * 100 <= before * (100 + ALLOWED) {
        return Ok(said);
    }
    let growth =
        |(name, size): (&String, &u64)| Some((size.checked_sub(*record.get(name).unwrap_or(&0))?, name.clone()));
    let mut grown: Vec<_> = now.iter().filter_map(growth).filter(|(more, _)| *more > 0).collect();
    grown.sort_by(|one, other| other.cmp(one));
    let named: Vec<_> =
        grown.iter().take(5).map(|(more, name)| format!("{name} +{} KB", more.div_ceil(1000))).collect();
    Err(format!(
        "the library has grown by more than {ALLOWED} %: {said}. Grown most: {}. If it is worth that, cargo xtask size --write",
        named.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(of: &[(&str, u64)]) -> Sizes {
        of.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect()
    }

    #[test]
    fn a_symbol_belongs_to_the_crate_whose_code_or_type_it_is() {
        let crates = ["homon_domain", "time", "serde_json"].map(str::to_owned).into();
        let origins = Origins { crates, of_c: [("sqlite3_step".to_owned(), "SQLCipher (C)")].into() };
        let cases = [
            ("homon_domain::case::Case::view::h0123456789abcdef", "homon_domain"),
            ("<homon_domain::case::Case as core::fmt::Debug>::fmt", "homon_domain"),
            ("core::ptr::drop_in_place<alloc::vec::Vec<serde_json::Value>>", "serde_json"),
            ("core::time::Duration::as_secs", "std"),
            ("sqlite3_step", "SQLCipher (C)"),
            ("_init", "others"),
        ];
        for (symbol, component) in cases {
            assert_eq!(origins.component(symbol), component, "{symbol}");
        }
    }

    #[test]
    fn only_what_takes_room_in_the_file_counts() {
        assert_eq!(symbol("00000000001c4e70 00000000000000a5 t homon::a b"), Some(("homon::a b", 0xa5)));
        assert_eq!(symbol("00000000001c4e70 0000000000001000 b scratch"), None);
        assert_eq!(symbol("00000000001c4e70 T without_a_size"), None);
    }

    #[test]
    fn a_small_growth_is_let_through_and_a_large_one_is_named() {
        let record = sizes(&[("openssl", 600_000), ("homon_app", 400_000)]);
        assert!(compare(&record, &sizes(&[("openssl", 600_000), ("homon_app", 450_000)])).is_ok());
        let fault =
            compare(&record, &sizes(&[("openssl", 590_000), ("homon_app", 400_000), ("new", 90_000)])).unwrap_err();
        assert!(fault.contains("Grown most: new +90 KB."), "{fault}");
    }

    #[test]
    fn the_table_adds_up() {
        let text = table(&sizes(&[("large", 999_000), ("small", 600), ("smaller", 400)]));
        assert!(text.contains("2 smaller ones") && text.lines().last().unwrap().contains("1000 KB"), "{text}");
    }
}
