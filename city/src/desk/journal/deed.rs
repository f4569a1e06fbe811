//! What can be done at the desk, and the words for it in the journal.

use chrono::{DateTime, Utc};
use homon_domain::audit::{AuditEntry, AuditEvent};
use homon_domain::delivery::DeliveryEvent;
use homon_domain::ids::{CaseNumber, DeviceId, StaffCode, VisitId};
use homon_domain::mail::MailKind;
use homon_domain::word::Word;
use homon_seal::{PackageKey, Subject};

/// How the actions of refusals begin.
const REFUSE: &str = "refuse-";
const BACKUP: &str = "backup";
const DRILL: &str = "recovery-drill";
const PASSED: &str = "passed";

/// Something that the desk does. Its entry holds codes, identifiers and counts, never a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Deed {
    /// The city is founded.
    Found,
    /// A journal that did not hold is put out of the way.
    SetAside {
        /// How many of its entries held.
        entries: u64,
    },
    /// A tablet is taken in (登録).
    Enrol(DeviceId),
    /// An enrolled tablet gets the present rules.
    Renew(DeviceId),
    /// A tablet is refused from now on (失効).
    Revoke(DeviceId),
    /// A package is laid open (開封).
    Open(PackageKey),
    /// A package is not opened.
    Refuse {
        /// Which one.
        package: PackageKey,
        /// Why, in a word of at most 32 characters.
        reason: &'static str,
    },
    /// A checkpoint is verified and kept sealed (途中保存).
    Keep(PackageKey),
    /// A checkpoint is removed: what goes on from it is here.
    Discard(PackageKey),
    /// A package is laid open because people decided so.
    Adopt(PackageKey),
    /// The key of a part is given back to a tablet whose key store died (再開の許可).
    Grant {
        /// To which tablet.
        device: DeviceId,
        /// The visit.
        visit: VisitId,
    },
    /// Mail goes to a tablet (便).
    Post {
        /// To which.
        device: DeviceId,
        /// What kind.
        kind: MailKind,
        /// The visit that it is about, if any.
        visit: Option<VisitId>,
    },
    /// A key of the city is exchanged (鍵の更新), or one step of that is taken.
    Exchange(&'static str),
    /// It becomes known what happened to an application.
    Mark {
        /// In which visit.
        visit: VisitId,
        /// Under which number.
        case: CaseNumber,
        /// What happened. Of a deficiency only the kind is recorded, never the note.
        event: DeliveryEvent,
    },
    /// Residents' data leaves as files that anyone can read.
    Export {
        /// How many cases.
        cases: usize,
    },
    /// 個人番号 leave, encrypted.
    Numbers {
        /// How many.
        numbers: usize,
    },
    /// A backup was written and read again (控え).
    Backup {
        /// How many files are in it.
        files: usize,
    },
    /// The city is brought back from a backup.
    Restore {
        /// How many files were in it.
        files: usize,
    },
    /// The yearly drill of the recovery key (復旧鍵の点検).
    Drill {
        /// Whether the key opened what it must.
        passed: bool,
    },
    /// It is asked what was on a lost tablet, without refusing it.
    LostDrill(DeviceId),
}

impl Deed {
    /// The entry for it.
    #[must_use]
    pub(super) fn event(&self, at: DateTime<Utc>, by: &StaffCode) -> AuditEvent {
        let mut event = AuditEvent::new(at, by, word(self.action()));
        match self {
            Self::Found => {}
            Self::Exchange(what) => event.detail = Some(word(*what)),
            Self::SetAside { entries } => event.detail = Some(word(format!("entries-{entries}"))),
            Self::Enrol(device) | Self::Renew(device) | Self::Revoke(device) | Self::LostDrill(device) => {
                event.detail = Some(named(*device))
            }
            Self::Open(package)
            | Self::Keep(package)
            | Self::Discard(package)
            | Self::Adopt(package)
            | Self::Refuse { package, .. } => {
                event.visit = package.subject.visit().map(|(visit, _)| visit);
                event.detail = Some(name_of(package));
            }
            Self::Grant { device, visit } => {
                event.visit = Some(*visit);
                event.detail = Some(named(*device));
            }
            Self::Post { device, visit, .. } => {
                event.visit = *visit;
                event.detail = Some(named(*device));
            }
            Self::Mark { visit, case, event: happened } => {
                (event.visit, event.case) = (Some(*visit), Some(*case));
                if let DeliveryEvent::Return { deficiency } = happened {
                    event.detail = Word::of(&deficiency.kind).ok();
                }
            }
            Self::Export { cases } => event.detail = Some(word(format!("cases-{cases}"))),
            Self::Numbers { numbers } => event.detail = Some(word(format!("numbers-{numbers}"))),
            Self::Backup { files } | Self::Restore { files } => event.detail = Some(word(format!("files-{files}"))),
            Self::Drill { passed } => event.detail = Some(word(if *passed { PASSED } else { "failed" })),
        }
        event
    }

    fn action(&self) -> String {
        let action = match self {
            Self::Found => "found",
            Self::SetAside { .. } => "set-aside",
            Self::Enrol(_) => "enrol",
            Self::Renew(_) => "renew",
            Self::Revoke(_) => "revoke",
            Self::Open(PackageKey { subject: Subject::Hello, .. }) => "open-hello",
            Self::Open(_) => "open",
            Self::Keep(_) => "keep",
            Self::Discard(_) => "discard",
            Self::Adopt(_) => "adopt",
            Self::Grant { .. } => "grant",
            Self::Refuse { reason, .. } => return format!("{REFUSE}{reason}"),
            Self::Post { kind: MailKind::Roster, .. } => "post-roster",
            Self::Post { kind: MailKind::Deficiency, .. } => "post-deficiency",
            Self::Post { kind: MailKind::Enrolment, .. } => "post-enrolment",
            Self::Exchange(_) => "exchange",
            Self::Mark { event, .. } => match event {
                DeliveryEvent::Submit { .. } => "mark-submitted",
                DeliveryEvent::Accept => "mark-accepted",
                DeliveryEvent::Return { .. } => "mark-returned",
                DeliveryEvent::Issue => "mark-issued",
            },
            Self::Export { .. } => "export",
            Self::Numbers { .. } => "numbers",
            Self::Backup { .. } => BACKUP,
            Self::Restore { .. } => "restore",
            Self::Drill { .. } => DRILL,
            Self::LostDrill(_) => "lost-drill",
        };
        action.to_owned()
    }
}

/// Whether an entry's action says that something was refused.
pub(super) fn is_refusal(action: &Word) -> bool {
    action.as_str().starts_with(REFUSE)
}

/// Whether an entry says that the city was backed up.
pub(super) fn is_backup(entry: &AuditEntry) -> bool {
    entry.action.as_str() == BACKUP
}

/// Whether an entry says that the recovery key was proven.
pub(super) fn is_passed_drill(entry: &AuditEntry) -> bool {
    entry.action.as_str() == DRILL && entry.detail.as_ref().is_some_and(|detail| detail.as_str() == PASSED)
}

/// A package beside the visit that the entry names: `visit-1-2` is the second seal of its first part. A hello is known
/// by its tablet.
fn name_of(package: &PackageKey) -> Word {
    match package.subject.visit() {
        Some((_, part)) => word(format!("{}-{part}-{}", package.subject.word(), package.seal)),
        None => named(package.device),
    }
}

fn named(device: DeviceId) -> Word {
    word(device.to_string())
}

fn word(text: impl Into<String>) -> Word {
    text.into().parse().expect("the desk's own words are short and plain")
}
