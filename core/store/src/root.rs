//! The folder of one tablet: which file lies where.

use std::path::{Path, PathBuf};

use homon_domain::ids::{MailNumber, PartNumber, RosterId, VisitId};
use homon_domain::package::{PackageName, Subject};
use homon_domain::platform::KeyAlias;

use crate::error::Error;
use crate::files;

/// The folder of one tablet.
///
/// | path | what |
/// |---|---|
/// | `desk.homon` | the desk file; no personal data |
/// | `desk.slots` | the key slots of the staff and their counts of failed tries |
/// | `desk.names` | the names of the staff who have a slot, wrapped by the vault |
/// | `enrolment.pending` | an enrolment that was asked for; absent once the tablet is enrolled |
/// | `visits/<visit>-<part>.homon` | one visit part, under its own key |
/// | `visits/<visit>-<part>.recovery` | that key, sealed to the city's recovery key |
/// | `rosters/<roster>.homon` | one roster, under its own key |
/// | `messages/<number>.homon` | one message of the desk, under its own key; the number in ten digits |
/// | `sealed/` | packages on their way to the city, or to another tablet |
/// | `quarantine/` | damaged files and what a key store that died left, unchanged |
#[derive(Clone, Debug)]
pub struct Root {
    path: PathBuf,
}

impl Root {
    /// Opens the folder of a tablet; makes it and its inner folders where they are missing.
    ///
    /// # Errors
    /// [`Error::StorageFull`], [`Error::Io`]; [`Error::Missing`] when the folder above does not exist.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let root = Self { path: path.to_owned() };
        files::make_private_dir(&root.path)?;
        for folder in [root.visits(), root.rosters(), root.messages(), root.sealed_folder(), root.quarantine()] {
            files::make_private_dir(&folder)?;
        }
        Ok(root)
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of packages on their way.
    #[must_use]
    pub fn sealed_folder(&self) -> PathBuf {
        self.path.join("sealed")
    }

    /// Where a package lies: `visit-<visit>-<part>-<number>.age` and the like; `hello-<number>.age`.
    ///
    /// Whoever writes it may use names that begin with this one while it is unfinished: erasure removes those too.
    #[must_use]
    pub fn sealed(&self, package: PackageName) -> PathBuf {
        self.sealed_folder().join(format!("{}{}.age", file_prefix(package.subject), package.seal))
    }

    /// The copy of a visit part's key that is sealed to the city's recovery key.
    #[must_use]
    pub fn recovery_copy(&self, visit: VisitId, part: PartNumber) -> PathBuf {
        self.visits().join(format!("{visit}-{part}.recovery"))
    }

    pub(crate) fn desk(&self) -> PathBuf {
        self.path.join("desk.homon")
    }

    pub(crate) fn slots(&self) -> PathBuf {
        self.path.join("desk.slots")
    }

    pub(crate) fn names(&self) -> PathBuf {
        self.path.join("desk.names")
    }

    pub(crate) fn pending(&self) -> PathBuf {
        self.path.join("enrolment.pending")
    }

    pub(crate) fn visits(&self) -> PathBuf {
        self.path.join("visits")
    }

    pub(crate) fn visit(&self, visit: VisitId, part: PartNumber) -> PathBuf {
        self.visits().join(format!("{visit}-{part}.homon"))
    }

    pub(crate) fn rosters(&self) -> PathBuf {
        self.path.join("rosters")
    }

    pub(crate) fn roster(&self, id: RosterId) -> PathBuf {
        self.rosters().join(format!("{id}.homon"))
    }

    pub(crate) fn messages(&self) -> PathBuf {
        self.path.join("messages")
    }

    pub(crate) fn message(&self, number: MailNumber) -> PathBuf {
        self.messages().join(format!("{number:010}.homon"))
    }

    pub(crate) fn quarantine(&self) -> PathBuf {
        self.path.join("quarantine")
    }
}

/// How the names of the packages about a subject begin.
pub(crate) fn file_prefix(subject: Subject) -> String {
    let word = subject.word();
    match subject.visit() {
        Some((visit, part)) => format!("{word}-{visit}-{part}-"),
        None => format!("{word}-"),
    }
}

/// How the names of all packages begin that hold residents of a part.
pub(crate) fn sealed_prefixes(visit: VisitId, part: PartNumber) -> [String; 3] {
    [Subject::Visit { visit, part }, Subject::Checkpoint { visit, part }, Subject::Handover { visit, part }]
        .map(file_prefix)
}

/// The vault's key around the key slots.
#[must_use]
pub fn desk_alias() -> KeyAlias {
    KeyAlias("desk".to_owned())
}

/// The vault's key around the key of one visit part's file.
#[must_use]
pub fn visit_alias(visit: VisitId, part: PartNumber) -> KeyAlias {
    KeyAlias(format!("visit/{visit}/{part}"))
}

/// The vault's key around the key of one roster's file.
#[must_use]
pub fn roster_alias(id: RosterId) -> KeyAlias {
    KeyAlias(format!("roster/{id}"))
}

/// The vault's key around the key of one message's file.
#[must_use]
pub fn message_alias(number: MailNumber) -> KeyAlias {
    KeyAlias(format!("message/{number}"))
}
