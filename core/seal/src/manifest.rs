//! The manifest: what a package contains, signed by the device that sealed it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use homon_domain::ids::{Code, DeviceId};
use homon_domain::programme::Mode;
use serde::{Deserialize, Serialize};

use crate::digest::Sha256Digest;
use crate::entry::EntryPath;
use crate::package::{PackageKey, Subject};

/// The `typ` of a manifest's token.
pub const MANIFEST_TYP: &str = "homon-manifest+jws";

/// The number of the package format that this code writes and reads.
pub const FORMAT: u16 = 1;

/// One entry of a package.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Where it stands in the zip.
    pub path: EntryPath,
    /// Its length in bytes, inflated.
    pub size: u64,
    /// The digest of its bytes, inflated.
    pub sha256: Sha256Digest,
}

/// Between whom a part changes tablets.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandedOver {
    /// The tablet that is to go on with it.
    pub to: DeviceId,
    /// The certificate of the tablet that hands it over: the other one has no other way to know its key.
    pub certificate_pem: String,
}

/// What a package contains. Free of personal data.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u16,
    /// Which package this is.
    pub key: PackageKey,
    /// For [`Subject::Handover`], and for it alone: to which tablet the part goes.
    #[serde(flatten)]
    pub handover: Option<HandedOver>,
    /// The code of the programme (業務) under which it was made.
    pub programme: Code,
    /// Whether its residents are real. Packages of before this was said are of real ones.
    #[serde(default)]
    pub mode: Mode,
    /// The tablet's clock when sealing began. Tablet clocks lie: order comes from the seal number and the audit chain.
    pub made_at: DateTime<Utc>,
    /// The fingerprint of the recipients to which the package was encrypted.
    pub recipients: Sha256Digest,
    /// Why it was sealed again; `None` for a first sealing.
    pub reason: Option<Code>,
    /// Every entry beside the manifest, in the order of the zip.
    pub entries: Vec<Entry>,
    /// The visit's counts by name, to be reconciled at the desk.
    pub counts: BTreeMap<String, u32>,
    /// The last digest of the audit chain.
    pub audit_head: Option<Sha256Digest>,
}

impl Manifest {
    /// Whether its residents are invented, and those of the city's programme are real.
    #[must_use]
    pub fn is_practice_at(&self, city: Mode) -> bool {
        self.mode == Mode::Training && city == Mode::Real
    }

    /// Whether it names another tablet exactly when the package is for one.
    pub(crate) fn names_whom_it_is_for(&self) -> bool {
        self.handover.is_some() == matches!(self.key.subject, Subject::Handover { .. })
    }
}

/// What the sealer knows only when every entry is in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Closing {
    /// For [`Subject::Handover`], and for it alone: to which tablet the part goes.
    pub handover: Option<HandedOver>,
    /// The code of the programme.
    pub programme: Code,
    /// Whether its residents are real.
    pub mode: Mode,
    /// The visit's counts by name.
    pub counts: BTreeMap<String, u32>,
    /// The last digest of the audit chain.
    pub audit_head: Option<Sha256Digest>,
    /// Why it is sealed again; `None` for a first sealing.
    pub reason: Option<Code>,
}
