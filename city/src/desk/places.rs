//! Where the desk lays packages open, and what it notes of those that stay sealed.

use std::path::PathBuf;

use homon_seal::{PackageKey, Subject};

use super::folder::DeskFolder;

impl DeskFolder {
    /// What is known of checkpoints, which stay sealed.
    #[must_use]
    pub fn checkpoints(&self) -> PathBuf {
        self.path().join("checkpoints")
    }

    /// The note of one checkpoint.
    #[must_use]
    pub fn checkpoint(&self, key: &PackageKey) -> PathBuf {
        let (visit, part) =
            key.subject.visit().map_or(Default::default(), |(visit, part)| (visit.to_string(), part.to_string()));
        self.checkpoints().join(visit).join(format!("{part}-{}-{}.json", key.seal, key.device))
    }

    /// Where a package is or can be laid open. Two tablets that have one part, one after the other or both at once, use a
    /// number twice; the second one that is opened lies under its tablet's name.
    #[must_use]
    pub fn places_of(&self, key: &PackageKey) -> Vec<PathBuf> {
        let (seal, device) = (key.seal, key.device);
        let own_name = match key.subject {
            Subject::Visit { visit, part } => Some(self.visit(visit).join(format!("{part}-{seal}-{device}"))),
            Subject::Checkpoint { visit, part } => {
                Some(self.visit(visit).join(format!("{part}-checkpoint-{seal}-{device}")))
            }
            Subject::Notice { visit, part } => {
                Some(self.notices().join(visit.to_string()).join(format!("{part}-{seal}-{device}")))
            }
            Subject::Hello | Subject::Handover { .. } | Subject::Tally { .. } => None,
        };
        self.place_of(key).into_iter().chain(own_name).collect()
    }

    /// The records of packages of invented residents that came to a city in force.
    #[must_use]
    pub fn practice(&self) -> PathBuf {
        self.path().join("practice")
    }

    /// The record of one of them: its folder holds nothing else.
    #[must_use]
    pub fn practised(&self, key: &PackageKey) -> PathBuf {
        self.practice().join(key.device.to_string()).join(key.name().to_string().replace('/', "-"))
    }

    /// The first place of a package at which nothing lies.
    #[must_use]
    pub fn free_place_of(&self, key: &PackageKey) -> Option<PathBuf> {
        self.places_of(key).into_iter().find(|place| !place.exists())
    }

    /// Where a package is laid open. `None` for a tally and a handover, which are not the desk's to open, and for a
    /// checkpoint, which stays sealed.
    #[must_use]
    pub fn place_of(&self, key: &PackageKey) -> Option<PathBuf> {
        let seal = key.seal;
        match key.subject {
            Subject::Hello => Some(self.hellos().join(format!("{}/{seal}", key.device))),
            Subject::Visit { visit, part } => Some(self.visit(visit).join(format!("{part}-{seal}"))),
            Subject::Notice { visit, part } => Some(self.notices().join(format!("{visit}/{part}-{seal}"))),
            Subject::Checkpoint { .. } | Subject::Handover { .. } | Subject::Tally { .. } => None,
        }
    }
}
