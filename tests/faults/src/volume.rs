//! What a recorded program did to one folder: every change in order, with what was made durable when.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::power_cut::{Fate, Forgotten};
use crate::recording::{self, Argument, Call};
use crate::tracer::Tracer;

/// A file or folder, by its place in [`Volume::nodes`]. It stays the same when its name changes.
pub type NodeId = usize;

/// What something is, and what it was before anything was recorded.
#[derive(Clone, Debug)]
pub enum Node {
    /// A file with its bytes.
    File(Vec<u8>),
    /// A folder with its entries.
    Folder(BTreeMap<String, NodeId>),
}

/// Where a name stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// In which folder.
    pub folder: NodeId,
    /// The name.
    pub name: String,
}

/// One change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// Bytes were written.
    Write {
        /// To which file.
        file: NodeId,
        /// At which offset.
        offset: usize,
        /// Which.
        bytes: Vec<u8>,
    },
    /// A file was cut or made longer with zeros.
    Resize {
        /// Which.
        file: NodeId,
        /// To how many bytes.
        length: usize,
    },
    /// A file or folder got a name.
    Link {
        /// Which name, in place of what had it before.
        at: Entry,
        /// Which file or folder.
        node: NodeId,
    },
    /// A name is gone.
    Unlink {
        /// Which.
        at: Entry,
    },
    /// A name became another.
    Rename {
        /// The old name.
        from: Entry,
        /// The new name, in place of what had it before.
        to: Entry,
        /// What is called so.
        node: NodeId,
    },
    /// The system was asked to make something durable, and said that it had.
    Sync {
        /// What.
        node: NodeId,
        /// Of the changes only the first so many are meant: those that were done when it was asked.
        covers: usize,
    },
    /// Something was said on standard output.
    Said(String),
    /// Something was said on standard error.
    Logged(String),
    /// A command of the recording begins; it is the `usize`th.
    Begin(usize),
}

/// A change and its time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// As [`Call::at`]: whoever saw its effect saw it after this.
    pub at: u64,
    /// What.
    pub what: What,
}

/// A folder while programs change it.
#[derive(Debug)]
pub struct Volume {
    root: PathBuf,
    /// Everything that ever was there, as it began. The first is the folder itself.
    pub nodes: Vec<Node>,
    /// Every change, in order.
    pub changes: Vec<Change>,
    /// The entries of each folder as they are now.
    now: Vec<BTreeMap<String, NodeId>>,
    commands: usize,
}

/// An open descriptor of the recorded program.
#[derive(Clone, Copy, Debug)]
struct Open {
    node: NodeId,
    position: usize,
    append: bool,
}

impl Volume {
    /// The folder as it is now, which counts as durable.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of(root: &Path) -> io::Result<Self> {
        let root = root.canonicalize()?;
        let mut volume =
            Self { root: root.clone(), nodes: Vec::new(), changes: Vec::new(), now: Vec::new(), commands: 0 };
        volume.take_in(&root)?;
        Ok(volume)
    }

    fn take_in(&mut self, path: &Path) -> io::Result<NodeId> {
        if !path.is_dir() {
            return Ok(self.add(Node::File(fs::read(path)?)));
        }
        let id = self.add(Node::Folder(BTreeMap::new()));
        let mut entries = BTreeMap::new();
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            entries.insert(entry.file_name().to_string_lossy().into_owned(), self.take_in(&entry.path())?);
        }
        self.now[id].clone_from(&entries);
        self.nodes[id] = Node::Folder(entries);
        Ok(id)
    }

    fn add(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        self.now.push(BTreeMap::new());
        self.nodes.len() - 1
    }

    /// Lets a program run under the tracer, and adds what it did. `log` is written and removed.
    ///
    /// # Errors
    /// The program's; those of [`Volume::record`]; when what is there now is not what the recording leads to.
    pub fn watch<T>(
        &mut self,
        tracer: &Tracer,
        log: &Path,
        run: impl FnOnce(Vec<OsString>) -> io::Result<T>,
    ) -> io::Result<T> {
        let answer = run(tracer.recording(log))?;
        self.record(&recording::read(log)?)?;
        fs::remove_file(log)?;
        let expected = self.after_cut(self.changes.len(), Forgotten::Nothing, Fate::Kept);
        match expected.difference(&self.root)? {
            None => Ok(answer),
            Some(path) => Err(io::Error::other(format!("the recording does not lead to {}", path.display()))),
        }
    }

    /// Adds what one more program did, after all that were recorded before it.
    ///
    /// # Errors
    /// When it did something that is not understood here: nothing that changes the folder may be missed.
    pub fn record(&mut self, calls: &[Call]) -> io::Result<()> {
        let at = calls.first().map_or(0, |call| call.at);
        self.changes.push(Change { at, what: What::Begin(self.commands) });
        self.commands += 1;
        let mut program = Program { volume: self, open: BTreeMap::new(), changes_after: Vec::new() };
        for call in calls {
            program.changes_after.push(program.volume.changes.len());
            program.follow(call).ok_or_else(|| {
                io::Error::other(format!("{} is not understood: {:?}", call.name, brief(&call.arguments)))
            })?;
        }
        Ok(())
    }

    /// Where a path points to; `None` outside the folder.
    fn entry(&self, path: &Path) -> Option<Entry> {
        let inside = path.strip_prefix(&self.root).ok()?;
        let (folder, name) = (inside.parent()?, inside.file_name()?);
        Some(Entry { folder: self.walk(0, folder)?, name: name.to_str()?.to_owned() })
    }

    fn walk(&self, from: NodeId, path: &Path) -> Option<NodeId> {
        path.components().try_fold(from, |at, component| match component {
            Component::Normal(name) => self.now.get(at)?.get(name.to_str()?).copied(),
            Component::CurDir => Some(at),
            _ => None,
        })
    }

    fn node_at(&self, entry: &Entry) -> Option<NodeId> {
        self.now[entry.folder].get(&entry.name).copied()
    }

    fn change(&mut self, at: u64, what: What) {
        match &what {
            What::Link { at, node } => drop(self.now[at.folder].insert(at.name.clone(), *node)),
            What::Unlink { at } => drop(self.now[at.folder].remove(&at.name)),
            What::Rename { from, to, node } => {
                self.now[from.folder].remove(&from.name);
                self.now[to.folder].insert(to.name.clone(), *node);
            }
            _ => {}
        }
        self.changes.push(Change { at, what });
    }
}

/// One recorded program and the volume that it changes.
struct Program<'a> {
    volume: &'a mut Volume,
    /// Descriptors of files in the volume. Others are none of ours.
    open: BTreeMap<i64, Open>,
    /// How many changes there were before each of its calls.
    changes_after: Vec<usize>,
}

impl Program<'_> {
    /// `None` when the call is not understood.
    fn follow(&mut self, call: &Call) -> Option<()> {
        if call.answer < 0 {
            return Some(());
        }
        let name = call.name.as_str();
        match name {
            "openat" => self.opened(call, &self.target(call, 0)?, call.arguments.get(2)?),
            "open" => self.opened(call, &self.absolute(call, 0)?, call.arguments.get(1)?),
            "close" => drop(self.open.remove(&number(call, 0)?)),
            "dup" | "dup2" | "dup3" => self.duplicated(call),
            "fcntl" if word(call, 1)?.starts_with("F_DUPFD") => self.duplicated(call),
            "lseek" => self.moved(call)?,
            "write" | "writev" => self.wrote_on(call)?,
            "pwrite64" | "pwritev" => self.wrote_at(call, number(call, 3)?)?,
            "fsync" | "fdatasync" => self.synced(call)?,
            "ftruncate" => {
                let file = self.open.get(&number(call, 0)?).map(|open| open.node);
                let length = usize::try_from(number(call, 1)?).ok()?;
                self.done(call, file.map(|file| What::Resize { file, length }));
            }
            "mkdir" => self.made_folder(call, &self.absolute(call, 0)?),
            "mkdirat" => self.made_folder(call, &self.target(call, 0)?),
            "unlink" | "rmdir" => self.unlinked(call, self.absolute(call, 0)?),
            "unlinkat" => self.unlinked(call, self.target(call, 0)?),
            "rename" => self.renamed(call, self.absolute(call, 0)?, self.absolute(call, 1)?)?,
            "renameat" | "renameat2" => self.renamed(call, self.target(call, 0)?, self.target(call, 2)?)?,
            "link" => self.linked(call, &self.absolute(call, 0)?, self.absolute(call, 1)?)?,
            "linkat" => self.linked(call, &self.target(call, 0)?, self.target(call, 2)?)?,
            "fcntl" => {}
            // Of files elsewhere, such as a log, they may be.
            _ => return self.is_elsewhere(call).then_some(()),
        }
        Some(())
    }

    /// The path that is an argument; the inner `None` when it lies outside.
    #[allow(clippy::option_option, reason = "not understood, outside and inside are three things")]
    fn absolute(&self, call: &Call, index: usize) -> Option<Option<Entry>> {
        let path = path(call, index)?;
        path.is_absolute().then(|| self.volume.entry(path))
    }

    /// The path of a descriptor of a folder and an argument after it.
    #[allow(clippy::option_option, reason = "as above")]
    fn target(&self, call: &Call, index: usize) -> Option<Option<Entry>> {
        let path = path(call, index + 1)?;
        if path.is_absolute() {
            return Some(self.volume.entry(path));
        }
        let Some(open) = number(call, index).and_then(|folder| self.open.get(&folder)) else { return Some(None) };
        let folder = self.volume.walk(open.node, path.parent()?)?;
        Some(Some(Entry { folder, name: path.file_name()?.to_str()?.to_owned() }))
    }

    fn opened(&mut self, call: &Call, entry: &Option<Entry>, flags: &Argument) {
        self.open.remove(&call.answer);
        let flag = |name: &str| matches!(flags, Argument::Word(word) if word.split('|').any(|flag| flag == name));
        let Some(entry) = entry else {
            // The volume itself has no entry; it is opened to be synced.
            if path(call, 1).or_else(|| path(call, 0)).is_some_and(|path| path == self.volume.root) {
                self.open.insert(call.answer, Open { node: 0, position: 0, append: false });
            }
            return;
        };
        let node = match self.volume.node_at(entry) {
            Some(node) => node,
            None => {
                let node = self.volume.add(Node::File(Vec::new()));
                self.done(call, Some(What::Link { at: entry.clone(), node }));
                node
            }
        };
        if flag("O_TRUNC") {
            self.done(call, Some(What::Resize { file: node, length: 0 }));
        }
        self.open.insert(call.answer, Open { node, position: 0, append: flag("O_APPEND") });
    }

    fn duplicated(&mut self, call: &Call) {
        let copy = number(call, 0).and_then(|old| self.open.get(&old)).copied();
        self.open.remove(&call.answer);
        self.open.extend(copy.map(|copy| (call.answer, copy)));
    }

    fn moved(&mut self, call: &Call) -> Option<()> {
        if let Some(open) = self.open.get_mut(&number(call, 0)?) {
            open.position = usize::try_from(call.answer).ok()?;
        }
        Some(())
    }

    /// A write where the descriptor stands. Reading would move it too and is not recorded: what comes out is compared.
    fn wrote_on(&mut self, call: &Call) -> Option<()> {
        let descriptor = number(call, 0)?;
        if descriptor == 1 || descriptor == 2 {
            let text = String::from_utf8_lossy(written(call)?).into_owned();
            self.done(call, Some(if descriptor == 1 { What::Said(text) } else { What::Logged(text) }));
            return Some(());
        }
        let Some(open) = self.open.get_mut(&descriptor) else { return Some(()) };
        if open.append {
            return None;
        }
        let at = open.position;
        open.position += usize::try_from(call.answer).ok()?;
        self.wrote_at(call, i64::try_from(at).ok()?)
    }

    fn wrote_at(&mut self, call: &Call, offset: i64) -> Option<()> {
        let Some(open) = self.open.get(&number(call, 0)?) else { return Some(()) };
        let (file, bytes) = (open.node, written(call)?.to_vec());
        self.done(call, Some(What::Write { file, offset: usize::try_from(offset).ok()?, bytes }));
        Some(())
    }

    fn synced(&mut self, call: &Call) -> Option<()> {
        let Some(open) = self.open.get(&number(call, 0)?) else { return Some(()) };
        let covers = *self.changes_after.get(call.after)?;
        self.done(call, Some(What::Sync { node: open.node, covers }));
        Some(())
    }

    fn made_folder(&mut self, call: &Call, entry: &Option<Entry>) {
        if let Some(at) = entry.clone() {
            let node = self.volume.add(Node::Folder(BTreeMap::new()));
            self.done(call, Some(What::Link { at, node }));
        }
    }

    fn unlinked(&mut self, call: &Call, entry: Option<Entry>) {
        self.done(call, entry.map(|at| What::Unlink { at }));
    }

    /// A name may not come from elsewhere or go there.
    fn renamed(&mut self, call: &Call, from: Option<Entry>, to: Option<Entry>) -> Option<()> {
        match (from, to) {
            (None, None) => Some(()),
            (Some(from), Some(to)) => {
                let node = self.volume.node_at(&from)?;
                self.done(call, Some(What::Rename { from, to, node }));
                Some(())
            }
            _ => None,
        }
    }

    fn linked(&mut self, call: &Call, from: &Option<Entry>, to: Option<Entry>) -> Option<()> {
        match (from, to) {
            (None, None) => Some(()),
            (Some(from), Some(at)) => {
                let node = self.volume.node_at(from)?;
                self.done(call, Some(What::Link { at, node }));
                Some(())
            }
            _ => None,
        }
    }

    fn is_elsewhere(&self, call: &Call) -> bool {
        call.arguments.iter().all(|argument| match argument {
            Argument::Number(descriptor) => !self.open.contains_key(descriptor),
            Argument::Bytes(bytes) => !bytes.starts_with(self.volume.root.as_os_str().as_encoded_bytes()),
            Argument::Word(_) => true,
        })
    }

    fn done(&mut self, call: &Call, what: Option<What>) {
        if let Some(what) = what {
            self.volume.change(call.at, what);
        }
    }
}

fn number(call: &Call, index: usize) -> Option<i64> {
    if let Argument::Number(number) = call.arguments.get(index)? { Some(*number) } else { None }
}

fn word(call: &Call, index: usize) -> Option<&str> {
    if let Argument::Word(word) = call.arguments.get(index)? { Some(word) } else { None }
}

fn path(call: &Call, index: usize) -> Option<&Path> {
    let Argument::Bytes(bytes) = call.arguments.get(index)? else { return None };
    std::str::from_utf8(bytes).ok().map(Path::new)
}

/// What was really written: a write may stop early.
fn written(call: &Call) -> Option<&[u8]> {
    let Argument::Bytes(bytes) = call.arguments.get(1)? else { return None };
    bytes.get(..usize::try_from(call.answer).ok()?)
}

/// Arguments without their bytes, which may be megabytes.
fn brief(arguments: &[Argument]) -> Vec<String> {
    let show = |argument: &Argument| match argument {
        Argument::Bytes(bytes) => String::from_utf8_lossy(&bytes[..bytes.len().min(120)]).into_owned(),
        Argument::Number(number) => number.to_string(),
        Argument::Word(word) => word.clone(),
    };
    arguments.iter().map(show).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, arguments: Vec<Argument>, answer: i64, after: usize) -> Call {
        Call { thread: 1, after, at: 7, name: name.to_owned(), arguments, answer }
    }

    #[test]
    fn a_file_is_followed_through_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let mut volume = Volume::of(folder.path()).unwrap();
        let root = folder.path().canonicalize().unwrap();
        let at = |name: &str| Argument::Bytes(root.join(name).into_os_string().into_encoded_bytes());
        let flags = |flags: &str| Argument::Word(flags.to_owned());
        let here = || Argument::Word("AT_FDCWD".to_owned());
        volume
            .record(&[
                call("openat", vec![here(), at("a.new"), flags("O_WRONLY|O_CREAT")], 3, 0),
                call("write", vec![Argument::Number(3), Argument::Bytes(b"ab".to_vec()), Argument::Number(2)], 2, 1),
                call("write", vec![Argument::Number(3), Argument::Bytes(b"cd".to_vec()), Argument::Number(2)], 1, 2),
                call("write", vec![Argument::Number(1), Argument::Bytes(b"ok\n".to_vec()), Argument::Number(3)], 3, 3),
                // Began before the second write had ended.
                call("fsync", vec![Argument::Number(3)], 0, 2),
                call("rename", vec![at("a.new"), at("a")], 0, 5),
                call("unlink", vec![at("gone")], -1, 6),
                call("unlink", vec![at("a")], 0, 7),
            ])
            .unwrap();
        let entry = |name: &str| Entry { folder: 0, name: name.to_owned() };
        let whats: Vec<What> = volume.changes.into_iter().map(|change| change.what).collect();
        let expected = [
            What::Begin(0),
            What::Link { at: entry("a.new"), node: 1 },
            What::Write { file: 1, offset: 0, bytes: b"ab".to_vec() },
            What::Write { file: 1, offset: 2, bytes: b"c".to_vec() },
            What::Said("ok\n".to_owned()),
            What::Sync { node: 1, covers: 3 },
            What::Rename { from: entry("a.new"), to: entry("a"), node: 1 },
            What::Unlink { at: entry("a") },
        ];
        assert_eq!(whats, expected);
    }

    #[test]
    fn what_is_not_understood_is_an_error_only_where_it_matters() {
        let folder = tempfile::tempdir().unwrap();
        let mut volume = Volume::of(folder.path()).unwrap();
        let inside = folder.path().canonicalize().unwrap().join("x").into_os_string().into_encoded_bytes();
        let truncate = |path: Vec<u8>| call("truncate", vec![Argument::Bytes(path), Argument::Number(0)], 0, 0);
        assert!(volume.record(&[truncate(inside)]).is_err());
        volume.record(&[truncate(b"/elsewhere".to_vec())]).unwrap();
    }
}
