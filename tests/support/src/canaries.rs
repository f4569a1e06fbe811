//! The search for what must never lie in clear: names, addresses and numbers, in every form in which a program might
//! have written them.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;

/// A canary that was found in clear.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// In which file.
    pub file: PathBuf,
    /// Which canary, by its place in the list.
    pub canary: usize,
}

/// A search for canaries in every form.
pub struct Search {
    searcher: AhoCorasick,
    /// The canary of each form.
    canaries: Vec<usize>,
}

impl Search {
    /// Prepares the search for canaries, and for bytes such as keys, which are counted on after the canaries.
    ///
    /// # Errors
    /// When there are too many of them.
    pub fn of(canaries: &[String], bytes: &[Vec<u8>]) -> io::Result<Self> {
        let texts = canaries.iter().map(|text| forms(text));
        let all = texts.chain(bytes.iter().map(|bytes| vec![bytes.clone()])).enumerate();
        let forms: Vec<(usize, Vec<u8>)> =
            all.flat_map(|(canary, forms)| forms.into_iter().map(move |form| (canary, form))).collect();
        let searcher = AhoCorasick::new(forms.iter().map(|(_, form)| form)).map_err(io::Error::other)?;
        Ok(Self { searcher, canaries: forms.into_iter().map(|(canary, _)| canary).collect() })
    }

    /// The canaries in some bytes, by their place in the list.
    #[must_use]
    pub fn in_bytes(&self, bytes: &[u8]) -> BTreeSet<usize> {
        self.searcher.find_overlapping_iter(bytes).map(|hit| self.canaries[hit.pattern().as_usize()]).collect()
    }
}

/// Searches the raw bytes of every file below `folder`, and the names of the files themselves.
///
/// # Errors
/// When a file cannot be read. One that vanishes meanwhile is none.
pub fn search(folder: &Path, canaries: &[String]) -> io::Result<Vec<Found>> {
    let search = Search::of(canaries, &[])?;
    let mut found = Vec::new();
    for file in files_below(folder)? {
        let Ok(bytes) = fs::read(&file) else { continue };
        let name = file.to_string_lossy().into_owned().into_bytes();
        let canaries = search.in_bytes(&bytes).into_iter().chain(search.in_bytes(&name));
        found.extend(canaries.collect::<BTreeSet<_>>().into_iter().map(|canary| Found { file: file.clone(), canary }));
    }
    Ok(found)
}

/// All files below a folder.
///
/// # Errors
/// When a folder cannot be read.
pub fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

/// UTF-8, UTF-16 in both orders, and JSON with escapes.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let escaped: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
    let mut forms = vec![
        text.as_bytes().to_vec(),
        units.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
    ];
    if !text.is_ascii() {
        forms.push(escaped.into_bytes());
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_found_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let canaries = ["試験 梅子".to_owned(), "12345678901234567890123".to_owned()];
        fs::write(folder.path().join("clean"), "試験 竹子").unwrap();
        assert_eq!(search(folder.path(), &canaries).unwrap(), []);
        fs::create_dir(folder.path().join("deep")).unwrap();
        for (index, form) in forms(&canaries[0]).into_iter().enumerate() {
            fs::write(folder.path().join("deep").join(index.to_string()), [b"..", form.as_slice(), b".."].concat())
                .unwrap();
        }
        fs::write(folder.path().join("x-12345678901234567890123"), b"").unwrap();
        assert_eq!(search(folder.path(), &canaries).unwrap().len(), 5);
    }
}
