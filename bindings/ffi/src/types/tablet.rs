//! The tablet itself: enrolment, what leaves it, what was erased, what other tablets and the city give back.

use chrono::{DateTime, Utc};
use homon_app::model::{
    Destroyed, DeviceId, Inventory, KeyAlias, Mode, NotClaimed, PackageName, PartNumber, SealNumber, StaffCode,
    StaffMember, Subject, Thing, VaultKind, VisitId,
};
use homon_app::{
    EnrolmentPreview, ErasureCertificate, HandoverAsk, KnownStaff, OrphanedVisit, RecoveryCopy, SyncProgress,
    SyncReport,
};

/// What the tablet shows before an enrolment is accepted: two people compare the fingerprint with the desk's.
#[uniffi::remote(Record)]
pub struct EnrolmentPreview {
    /// SHA-256 of the city's certificate, in groups of four.
    pub fingerprint: String,
    /// Name of the programme.
    pub programme: String,
    /// Name of the municipality.
    pub municipality: String,
    /// Whether real residents will be received.
    pub mode: Mode,
    /// Who may set up the tablet.
    pub staff: Vec<StaffMember>,
}

/// Someone who has a PIN on this tablet, as far as it is known before anybody is signed in.
#[uniffi::remote(Record)]
pub struct KnownStaff {
    /// Their code.
    pub code: StaffCode,
    /// Their name; absent when the key store does not give it, or they left the programme.
    pub name: Option<String>,
}

/// A tablet's request for a part, or what another tablet's request says.
#[uniffi::remote(Record)]
pub struct HandoverAsk {
    /// The tablet that is to go on with the part.
    pub device: DeviceId,
    /// What people compare on the two screens.
    pub fingerprint: String,
    /// The request itself, to be carried over by nearby share, cable or stick.
    pub token: String,
}

/// A copy of a visit's key that only the city's recovery key opens, to be taken to the city desk.
#[uniffi::remote(Record)]
pub struct RecoveryCopy {
    /// What the file must be called: `homon-city recover` reads the visit and the part from it.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A visit part's file whose key only the city has.
#[uniffi::remote(Record)]
pub struct OrphanedVisit {
    /// The visit.
    pub visit: VisitId,
    /// The part.
    pub part: PartNumber,
    /// The file's length in bytes.
    pub bytes: u64,
    /// Whether the copy of its key lies beside it that the city's recovery key opens.
    pub has_copy: bool,
}

/// How far the upload of one package has come.
#[uniffi::remote(Record)]
pub struct SyncProgress {
    /// Which package.
    pub package: PackageName,
    /// Bytes that the intake has.
    pub sent: u64,
    /// Bytes of the package.
    pub total: u64,
}

/// What a sync did.
#[uniffi::remote(Record)]
pub struct SyncReport {
    /// Packages that the city holds now and did not before.
    pub held: u32,
    /// Packages that the desk has opened now and had not before.
    pub opened: u32,
    /// Visit parts erased from this tablet.
    pub erased: u32,
    /// Receipts that were not believed: forged, for another package, or by another key. They changed nothing.
    pub rejected: u32,
    /// Packages that the city does not hold yet.
    pub outstanding: u32,
    /// Mail of the desk that is here now and was not before.
    pub mail: u32,
    /// Mail that was not believed: forged, replayed, for another tablet, damaged; or that this version can't read. It
    /// changed nothing, and lies where it lay.
    pub mail_refused: u32,
    /// Mail that the desk has sent and that never came, as far as the numbers of later mail tell. Call the city desk.
    pub mail_missing: u32,
}

/// The name of a package among those of its device: `hello/1`, `visit/<visit id>/<part>/<seal number>`.
///
/// It stands in object names and upload metadata, so each name has exactly one spelling.
#[uniffi::remote(Record)]
pub struct PackageName {
    /// What the package is about.
    pub subject: Subject,
    /// How often it has been sealed.
    pub seal: SealNumber,
}

/// What a package is about.
#[uniffi::remote(Enum)]
pub enum Subject {
    /// The first thing a tablet sends: nothing but a manifest. Its *opened* receipt proves the whole chain.
    Hello,
    /// One part of a visit (訪問): records, photos and the audit log.
    Visit {
        /// The visit.
        visit: VisitId,
        /// The tablet's share of it.
        part: PartNumber,
    },
    /// A part of a visit that is still open, as far as it has come (途中保存): the same entries. It takes the place of the
    /// part only if its tablet is lost, and nothing that is said about it locks or erases anything.
    Checkpoint {
        /// The visit.
        visit: VisitId,
        /// The tablet's share of it.
        part: PartNumber,
    },
    /// A part that goes on on another tablet (引き継ぎ): the same entries, encrypted to that tablet and carried there
    /// without the city.
    Handover {
        /// The visit.
        visit: VisitId,
        /// The share that changes tablets.
        part: PartNumber,
    },
    /// The same part in numbers only, without identities, for the contractor's office.
    Tally {
        /// The visit.
        visit: VisitId,
        /// The tablet's share of it.
        part: PartNumber,
    },
    /// The word that a part was opened, in numbers only: what the city is to expect.
    Notice {
        /// The visit.
        visit: VisitId,
        /// The tablet's share of it.
        part: PartNumber,
    },
}

/// What was destroyed and what is not claimed. Holds no personal data; it stays when the visit is gone.
#[uniffi::remote(Record)]
pub struct ErasureCertificate {
    /// The visit.
    pub visit: VisitId,
    /// The part.
    pub part: PartNumber,
    /// The seal number whose receipt allowed it.
    pub seal: SealNumber,
    /// The tablet that the part had been handed over to, if it was: the city has it from there.
    pub handed_to: Option<DeviceId>,
    /// What was destroyed, how it was guarded, and what is not claimed.
    pub inventory: Inventory,
    /// When it was done.
    pub erased_at: DateTime<Utc>,
    /// When the certificate was issued.
    pub issued_at: DateTime<Utc>,
}

/// What an erasure destroys, measured when it begins.
#[uniffi::remote(Record)]
pub struct Inventory {
    /// What guarded the wrapping key.
    pub vault: VaultKind,
    /// The name of the wrapping key.
    pub key: KeyAlias,
    /// What was there.
    pub destroyed: Vec<Destroyed>,
    /// What the erasure does not promise.
    pub not_claimed: Vec<NotClaimed>,
}

/// How much of a thing there was.
#[uniffi::remote(Record)]
pub struct Destroyed {
    /// What.
    pub thing: Thing,
    /// How many.
    pub count: u32,
    /// Their length in bytes, together; 0 for a key inside a vault.
    pub bytes: u64,
}

/// A thing that is destroyed in erasure.
#[uniffi::remote(Enum)]
pub enum Thing {
    /// The vault's key around the visit's key. Its destruction is what erases the visit.
    WrappingKey,
    /// The visit's key, wrapped, in the desk file.
    WrappedKey,
    /// The visit's encrypted file with its journals.
    VisitFile,
    /// The copy of the visit's key that was sealed to the city's recovery key.
    RecoveryCopy,
    /// Damaged files of the visit, from quarantine.
    SetAsideFile,
    /// Packages of the visit, sealed to the city.
    SealedPackage,
}

/// What an erasure does not promise.
#[uniffi::remote(Enum)]
pub enum NotClaimed {
    /// That no old block of the flash memory still holds ciphertext.
    FlashBlocks,
    /// That the platform's key store keeps no trace of a key that it deleted.
    KeyStoreTraces,
    /// That a key from a software vault was never copied.
    SoftwareKeyCopies,
    /// Anything of what the city received, or of copies made outside this tablet.
    CopiesElsewhere,
}

/// What guards the keys of a vault.
#[uniffi::remote(Enum)]
pub enum VaultKind {
    /// A secure element or trusted execution environment: keys cannot be read out.
    Hardware,
    /// A file: for desks, training and tests. It refuses a real programme.
    Software,
}
