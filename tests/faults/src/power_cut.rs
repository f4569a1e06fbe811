//! What a power cut may leave of a folder: writes that were not synced are there, are not there, or are there in part.
//!
//! The rules are those that POSIX gives, harder than what any one file system does:
//! - A write that was not synced may be missing, whole or torn, each apart from the others. Disks write sectors of 512
//!   bytes, and a system pages of 4096.
//! - A file that became longer may be longer without its bytes; there are zeros then.
//! - A name that was made, moved or removed counts once its folder was synced. Before, each may be missing for itself.
//! - A rename is whole: the new name stands for the old file or for the new one, and something that moves between
//!   folders may be in both, but never in none.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use homon_support::canaries::files_below;

use crate::chance::Chance;
use crate::volume::{Entry, Node, NodeId, Volume, What};

/// Bytes that a disk writes whole, at least.
const SECTOR: usize = 512;

/// What becomes of that which was not synced.
#[derive(Debug)]
pub enum Fate<'c> {
    /// All of it is lost.
    Lost,
    /// All of it is there, as after a kill.
    Kept,
    /// Chance decides for each write and each name.
    Chance(&'c mut Chance),
}

/// Syncs that are left out, as if the program had forgotten them: a test that sees no difference proves nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Forgotten {
    /// None.
    Nothing,
    /// Those of files.
    Files,
    /// Those of folders.
    Folders,
}

/// A folder after a power cut: every file with its bytes, every folder with `None`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Image(BTreeMap<PathBuf, Option<Vec<u8>>>);

impl Image {
    /// Writes it to a folder that does not exist yet.
    ///
    /// # Errors
    /// The system's.
    pub fn write(&self, to: &Path) -> io::Result<()> {
        for (path, content) in &self.0 {
            let path = to.join(path);
            match content {
                Some(bytes) => fs::write(path, bytes)?,
                None => fs::create_dir(path)?,
            }
        }
        Ok(())
    }

    /// The first thing in which a folder differs from it. The index of a write-ahead log is shared memory, which no
    /// call writes, and is built anew after a crash: it is not looked at.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn difference(&self, folder: &Path) -> io::Result<Option<PathBuf>> {
        let mut there = BTreeSet::new();
        for file in files_below(folder)? {
            there.insert(file.strip_prefix(folder).map_err(io::Error::other)?.to_owned());
        }
        let here: BTreeSet<PathBuf> =
            self.0.iter().filter(|(_, content)| content.is_some()).map(|(path, _)| path.clone()).collect();
        if let Some(path) = there.symmetric_difference(&here).next() {
            return Ok(Some(path.clone()));
        }
        for (path, content) in &self.0 {
            let is_index = path.as_os_str().as_encoded_bytes().ends_with(b"-shm");
            if let Some(bytes) = content
                && !is_index
                && fs::read(folder.join(path))? != *bytes
            {
                return Ok(Some(path.clone()));
            }
        }
        Ok(None)
    }
}

impl Volume {
    /// What may be there when the power is cut after the first `cut` changes.
    #[must_use]
    pub fn after_cut(&self, cut: usize, forgotten: Forgotten, fate: Fate<'_>) -> Image {
        let mut disk = Disk::of(self);
        for index in 0..cut {
            disk.follow(index, forgotten);
        }
        disk.decide(fate);
        disk.image()
    }
}

/// What is durable, and which changes are not yet.
struct Disk<'a> {
    volume: &'a Volume,
    states: Vec<State>,
    /// Renames between folders whose new name is durable, while the old one may still be there.
    half_done: BTreeSet<usize>,
}

struct State {
    content: Content,
    /// Changes of this file or folder that may be lost, in order.
    pending: Vec<usize>,
}

enum Content {
    File(Vec<u8>),
    Folder(BTreeMap<String, NodeId>),
}

/// How much of one change came to the disk.
#[derive(Clone, Copy)]
enum Part<'p> {
    Whole,
    /// Of a write, the sectors for which this is true.
    Sectors(&'p [bool]),
    /// Of a rename, the new name only.
    NewName,
}

impl<'a> Disk<'a> {
    fn of(volume: &'a Volume) -> Self {
        let state = |node: &Node| State {
            content: match node {
                Node::File(bytes) => Content::File(bytes.clone()),
                Node::Folder(entries) => Content::Folder(entries.clone()),
            },
            pending: Vec::new(),
        };
        Self { volume, states: volume.nodes.iter().map(state).collect(), half_done: BTreeSet::new() }
    }

    fn follow(&mut self, index: usize, forgotten: Forgotten) {
        match &self.volume.changes[index].what {
            What::Write { file, .. } | What::Resize { file, .. } => self.states[*file].pending.push(index),
            What::Link { at, .. } | What::Unlink { at } => self.states[at.folder].pending.push(index),
            What::Rename { from, to, .. } => {
                self.states[from.folder].pending.push(index);
                if to.folder != from.folder {
                    self.states[to.folder].pending.push(index);
                }
            }
            What::Sync { node, covers } => {
                let of_file = matches!(self.states[*node].content, Content::File(_));
                let left_out = if of_file { Forgotten::Files } else { Forgotten::Folders };
                if forgotten != left_out {
                    self.sync(*node, *covers);
                }
            }
            What::Said(_) | What::Logged(_) | What::Begin(_) => {}
        }
    }

    fn sync(&mut self, node: NodeId, covers: usize) {
        let pending = std::mem::take(&mut self.states[node].pending);
        let (durable, pending) = pending.into_iter().partition(|index| *index < covers);
        self.states[node].pending = pending;
        for index in Vec::<usize>::into_iter(durable) {
            self.make_durable(index, node);
        }
    }

    /// The half of a change that `node` holds. A new name is never durable later than the end of the old one.
    fn make_durable(&mut self, index: usize, node: NodeId) {
        let What::Rename { from, to, .. } = &self.volume.changes[index].what else {
            return self.apply(index, Part::Whole);
        };
        if from.folder == to.folder || node == from.folder {
            self.states[to.folder].pending.retain(|other| *other != index);
            self.apply(index, Part::Whole);
        } else {
            self.apply(index, Part::NewName);
            self.half_done.insert(index);
        }
    }

    fn apply(&mut self, index: usize, part: Part<'_>) {
        match &self.volume.changes[index].what {
            What::Write { file, offset, bytes } => match part {
                Part::Sectors(kept) => self.write_torn(*file, *offset, bytes, kept),
                _ => self.write(*file, *offset, bytes),
            },
            What::Resize { file, length } => {
                if let Content::File(content) = &mut self.states[*file].content {
                    content.resize(*length, 0);
                }
            }
            What::Link { at, node } => self.link(at, *node),
            What::Unlink { at } => self.unlink(at),
            What::Rename { from, to, node } => {
                if !matches!(part, Part::NewName) && self.stands_for(from, *node) {
                    self.unlink(from);
                }
                if !self.half_done.contains(&index) {
                    self.link(to, *node);
                }
            }
            What::Sync { .. } | What::Said(_) | What::Logged(_) | What::Begin(_) => {}
        }
    }

    fn write(&mut self, file: NodeId, offset: usize, bytes: &[u8]) {
        if let Content::File(content) = &mut self.states[file].content {
            let end = offset + bytes.len();
            if content.len() < end {
                content.resize(end, 0);
            }
            content[offset..end].copy_from_slice(bytes);
        }
    }

    /// Sectors are counted from the start of the file, not of the write.
    fn write_torn(&mut self, file: NodeId, offset: usize, bytes: &[u8], kept: &[bool]) {
        let mut at = offset;
        while at < offset + bytes.len() {
            let end = ((at / SECTOR + 1) * SECTOR).min(offset + bytes.len());
            if kept[at / SECTOR - offset / SECTOR] {
                self.write(file, at, &bytes[at - offset..end - offset]);
            }
            at = end;
        }
    }

    fn link(&mut self, at: &Entry, node: NodeId) {
        if let Content::Folder(entries) = &mut self.states[at.folder].content {
            entries.insert(at.name.clone(), node);
        }
    }

    fn unlink(&mut self, at: &Entry) {
        if let Content::Folder(entries) = &mut self.states[at.folder].content {
            entries.remove(&at.name);
        }
    }

    fn stands_for(&self, at: &Entry, node: NodeId) -> bool {
        matches!(&self.states[at.folder].content, Content::Folder(entries) if entries.get(&at.name) == Some(&node))
    }

    /// What was not synced gets its fate.
    fn decide(&mut self, mut fate: Fate<'_>) {
        // A rename between folders stands in both.
        let pending: BTreeSet<usize> = self.states.iter_mut().flat_map(|s| std::mem::take(&mut s.pending)).collect();
        let odds = if let Fate::Chance(chance) = &mut fate { [1, 4, 7][below(chance, 3)] } else { 0 };
        for index in pending {
            match &mut fate {
                Fate::Lost => {}
                Fate::Kept => self.apply(index, Part::Whole),
                Fate::Chance(chance) => {
                    if chance.below(8) < odds {
                        self.keep_some(index, chance);
                    }
                }
            }
        }
    }

    fn keep_some(&mut self, index: usize, chance: &mut Chance) {
        match &self.volume.changes[index].what {
            What::Write { offset, bytes, .. } if chance.below(3) == 0 => {
                let sectors = (offset + bytes.len()).div_ceil(SECTOR) - offset / SECTOR;
                let kept = torn(sectors, chance);
                self.apply(index, Part::Sectors(&kept));
            }
            What::Rename { from, to, .. } if from.folder != to.folder && chance.below(3) == 0 => {
                self.apply(index, Part::NewName);
            }
            _ => self.apply(index, Part::Whole),
        }
    }

    fn image(&self) -> Image {
        let mut files = BTreeMap::new();
        self.take_out(0, PathBuf::new(), &mut files);
        Image(files)
    }

    fn take_out(&self, node: NodeId, path: PathBuf, files: &mut BTreeMap<PathBuf, Option<Vec<u8>>>) {
        match &self.states[node].content {
            Content::File(bytes) => drop(files.insert(path, Some(bytes.clone()))),
            Content::Folder(entries) => {
                entries.iter().for_each(|(name, node)| self.take_out(*node, path.join(name), files));
                files.insert(path, None);
            }
        }
    }
}

/// Which sectors of a torn write came to the disk: some at its start, some at its end, or any; now and then by pages.
fn torn(sectors: usize, chance: &mut Chance) -> Vec<bool> {
    let grain = if chance.below(2) == 0 { 1 } else { 4096 / SECTOR };
    let border = below(chance, sectors as u64 + 1);
    match chance.below(3) {
        0 => (0..sectors).map(|sector| sector / grain * grain < border).collect(),
        1 => (0..sectors).map(|sector| sector / grain * grain >= border).collect(),
        _ => {
            let pages: Vec<bool> = (0..sectors.div_ceil(grain)).map(|_| chance.below(2) == 0).collect();
            (0..sectors).map(|sector| pages[sector / grain]).collect()
        }
    }
}

fn below(chance: &mut Chance, end: u64) -> usize {
    usize::try_from(chance.below(end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::Change;

    fn entry(folder: NodeId, name: &str) -> Entry {
        Entry { folder, name: name.to_owned() }
    }

    /// A file `f` of a kilobyte of `o` and an empty folder `d`, and what happened to them.
    fn volume(whats: Vec<What>) -> Volume {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("d")).unwrap();
        fs::write(folder.path().join("f"), [b'o'; 1024]).unwrap();
        let mut volume = Volume::of(folder.path()).unwrap();
        // Entries are read in any order.
        if matches!(volume.nodes[1], Node::File(_)) {
            volume.nodes.swap(1, 2);
            volume.nodes[0] = Node::Folder([("d".to_owned(), 1), ("f".to_owned(), 2)].into());
        }
        volume.changes = whats.into_iter().map(|what| Change { at: 0, what }).collect();
        volume
    }

    fn cut(volume: &Volume, fate: Fate<'_>) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        volume.after_cut(volume.changes.len(), Forgotten::Nothing, fate).0
    }

    fn names(files: &BTreeMap<PathBuf, Option<Vec<u8>>>) -> Vec<&str> {
        files.keys().filter_map(|path| path.to_str()).filter(|path| !path.is_empty()).collect()
    }

    #[test]
    fn a_write_is_durable_once_the_file_was_synced_after_it() {
        let write = |offset| What::Write { file: 2, offset, bytes: b"new".to_vec() };
        let volume = volume(vec![write(0), write(100), What::Sync { node: 2, covers: 1 }, write(1022)]);
        let file = |fate| cut(&volume, fate)[Path::new("f")].clone().unwrap();
        let lost = file(Fate::Lost);
        assert_eq!((&lost[..3], &lost[100..103], lost.len()), (&b"new"[..], &b"ooo"[..], 1024));
        let kept = file(Fate::Kept);
        assert_eq!((&kept[..3], &kept[100..103], &kept[1022..]), (&b"new"[..], &b"new"[..], &b"new"[..]));
        let forgotten = volume.after_cut(4, Forgotten::Files, Fate::Lost).0;
        assert_eq!(forgotten[Path::new("f")].as_deref(), Some(&[b'o'; 1024][..]));
    }

    #[test]
    fn a_name_is_durable_once_its_folder_was_synced() {
        let rename = What::Rename { from: entry(0, "f"), to: entry(0, "g"), node: 2 };
        let volume = volume(vec![rename, What::Sync { node: 0, covers: 1 }, What::Unlink { at: entry(0, "g") }]);
        assert_eq!(names(&cut(&volume, Fate::Lost)), ["d", "g"]);
        assert_eq!(names(&cut(&volume, Fate::Kept)), ["d"]);
        assert_eq!(names(&volume.after_cut(3, Forgotten::Folders, Fate::Lost).0), ["d", "f"]);
    }

    #[test]
    fn what_moves_between_folders_is_never_in_none() {
        let rename = || What::Rename { from: entry(0, "f"), to: entry(1, "f"), node: 2 };
        let sync = |node| What::Sync { node, covers: 1 };
        let into = volume(vec![rename(), sync(1)]);
        assert_eq!(names(&cut(&into, Fate::Lost)), ["d", "d/f", "f"]);
        assert_eq!(names(&cut(&into, Fate::Kept)), ["d", "d/f"]);
        let out_of = volume(vec![rename(), sync(0)]);
        assert_eq!(names(&cut(&out_of, Fate::Lost)), ["d", "d/f"]);
        // The new name was durable, and then went away: it does not come back with the end of the old one.
        let gone = What::Unlink { at: entry(1, "f") };
        let gone = volume(vec![rename(), sync(1), gone, What::Sync { node: 1, covers: 3 }]);
        assert_eq!(names(&cut(&gone, Fate::Kept)), ["d"]);
        let (mut chance, _) = Chance::seeded();
        for _ in 0..200 {
            assert!(names(&cut(&volume(vec![rename()]), Fate::Chance(&mut chance))).contains(&"d"));
            let either = cut(&volume(vec![rename()]), Fate::Chance(&mut chance));
            assert!(either.contains_key(Path::new("f")) || either.contains_key(Path::new("d/f")));
        }
    }

    #[test]
    fn chance_tears_writes_at_sectors_and_finds_every_state() {
        let write = What::Write { file: 2, offset: 256, bytes: vec![b'n'; 1024] };
        let volume = volume(vec![write]);
        let (mut chance, seed) = Chance::seeded();
        let mut seen = BTreeSet::new();
        for _ in 0..2000 {
            let file = cut(&volume, Fate::Chance(&mut chance))[Path::new("f")].clone().unwrap();
            let sectors = [&file[256..512], &file[512..1024], file.get(1024..1280).unwrap_or_default()];
            for sector in sectors {
                assert!(sector.iter().all(|byte| *byte == sector[0]), "seed {seed}: a sector is torn");
            }
            assert!(file[..256].iter().all(|byte| *byte == b'o'));
            seen.insert(sectors.map(|sector| sector.first() == Some(&b'n')));
        }
        assert_eq!(seen.len(), 8, "seed {seed}");
    }
}
