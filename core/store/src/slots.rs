//! Key slots: who of the staff can open the desk file. Each needs a PIN *and* the vault's key; neither alone opens.
//!
//! The desk key is sealed with AES-256-GCM under a key that Argon2id derives from the PIN, and that whole blob is
//! wrapped by the vault. So a copied folder gives nothing to search for PINs: each guess would need this tablet's
//! key store. Tries are throttled on top, which holds against fingers, not against someone who rewrites the file.

use std::fs;
use std::io;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use homon_domain::ids::StaffCode;
use homon_domain::platform::{Clock, KeyVault, VaultError};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::keys::FileKey;
use crate::pin::Pin;
use crate::root::{Root, desk_alias};
use crate::throttle::{Answer, Tries};
use crate::{aead, files, quarantine};

/// What one derivation by Argon2id (RFC 9106) costs. Stored in each slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for PinCost {
    /// RFC 9106's second recommended option with one lane: 64 MiB, 3 passes.
    fn default() -> Self {
        Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 }
    }
}

impl PinCost {
    /// For training and tests: 64 KiB, one pass.
    #[must_use]
    pub fn cheap() -> Self {
        Self { memory_kib: 64, passes: 1, lanes: 1 }
    }

    /// A changed file must not make the tablet allocate without end.
    fn params(self) -> Option<Params> {
        let bounded = self.memory_kib <= 1024 * 1024 && self.passes <= 32 && self.lanes <= 8;
        if bounded { Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).ok() } else { None }
    }
}

/// Why nobody was signed in, or a slot was not changed.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The PIN is wrong.
    #[error("the PIN is wrong")]
    WrongPin {
        /// How many more may be wrong before one must wait.
        tries_before_wait: u32,
    },
    /// Too many PINs were wrong.
    #[error("too many wrong PINs: wait until {until}")]
    Wait {
        /// The next try may be made then.
        until: DateTime<Utc>,
    },
    /// The vault does not give its key. Trying another PIN does not help.
    #[error("the key store does not open: {0}")]
    KeyUnavailable(VaultError),
    /// The member of staff has no slot on this tablet.
    #[error("no such member of staff on this tablet")]
    UnknownStaff,
    /// The member of staff has a slot already.
    #[error("the member of staff has a PIN already")]
    AlreadyThere,
    /// The last slot cannot be removed: nobody could open the desk file again.
    #[error("the last PIN cannot be removed")]
    LastSlot,
    /// Anyone would guess this PIN.
    #[error("this PIN is too easy to guess")]
    TrivialPin,
    /// The slots cannot be read.
    #[error("the key slots are damaged")]
    Damaged,
    /// The storage does not let it be written or read.
    #[error(transparent)]
    Store(Error),
}

impl From<Error> for SignInError {
    fn from(error: Error) -> Self {
        match error {
            Error::Key(error) => Self::KeyUnavailable(error),
            Error::Record => Self::Damaged,
            error => Self::Store(error),
        }
    }
}

impl From<io::Error> for SignInError {
    fn from(error: io::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<VaultError> for SignInError {
    fn from(error: VaultError) -> Self {
        Self::KeyUnavailable(error)
    }
}

/// The key slots of one tablet, in `desk.slots`. Every call reads the file and replaces it whole.
#[derive(Clone, Debug)]
pub struct KeySlots {
    root: Root,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SlotsFile {
    version: u32,
    slots: Vec<Slot>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Slot {
    staff: StaffCode,
    argon2id: PinCost,
    /// 16 random bytes, base64.
    salt: String,
    /// The vault's wrapping of the desk key sealed under the PIN, base64.
    wrapped: String,
    tries: Tries,
}

const VERSION: u32 = 1;

impl KeySlots {
    /// The slots of this tablet.
    #[must_use]
    pub fn of(root: &Root) -> Self {
        Self { root: root.clone() }
    }

    /// Whether the tablet has been set up.
    ///
    /// # Errors
    /// [`SignInError::Store`].
    pub fn exist(&self) -> Result<bool, SignInError> {
        Ok(self.root.slots().try_exists()?)
    }

    /// Sets up the tablet: a new desk key and the first slot. Slots that are damaged are put in quarantine.
    ///
    /// # Errors
    /// [`SignInError::AlreadyThere`] when the tablet is set up; [`SignInError::TrivialPin`]; the vault's and the
    /// storage's.
    pub fn create(
        root: &Root,
        vault: &dyn KeyVault,
        staff: &StaffCode,
        pin: &Pin,
        cost: PinCost,
    ) -> Result<(Self, FileKey), SignInError> {
        let slots = Self::of(root);
        match slots.read() {
            Ok(_) => return Err(SignInError::AlreadyThere),
            Err(SignInError::Store(Error::Missing)) => {}
            Err(SignInError::Damaged) => drop(quarantine::set_aside(root, &root.slots())?),
            Err(error) => return Err(error),
        }
        let desk_key = FileKey::make()?;
        vault.create(&desk_alias())?;
        let slot = Slot::make(vault, &desk_key, staff, pin, cost)?;
        slots.write(&SlotsFile { version: VERSION, slots: vec![slot] })?;
        Ok((slots, desk_key))
    }

    /// Opens the desk key by PIN and vault. A failed try is on disk before the PIN is looked at.
    ///
    /// # Errors
    /// [`SignInError::WrongPin`], [`SignInError::Wait`], [`SignInError::KeyUnavailable`],
    /// [`SignInError::UnknownStaff`], [`SignInError::Damaged`], [`SignInError::Store`].
    pub fn unlock(
        &mut self,
        vault: &dyn KeyVault,
        clock: &dyn Clock,
        staff: &StaffCode,
        pin: &Pin,
    ) -> Result<FileKey, SignInError> {
        let mut file = self.read()?;
        let index = file.index(staff)?;
        let now = clock.now();
        match file.slots[index].tries.ask(now) {
            Answer::Now => {}
            Answer::Wait(until) => return Err(SignInError::Wait { until }),
            Answer::WaitAgain(until) => {
                self.write(&file)?;
                return Err(SignInError::Wait { until });
            }
        }
        // The vault is asked first: a key store that does not answer must not use up tries, and tells nothing of the PIN.
        let sealed = file.slots[index].unwrap(vault)?;
        file.slots[index].tries.begin(now);
        self.write(&file)?;
        let Some(desk_key) = file.slots[index].open(&sealed, pin)? else {
            return Err(SignInError::WrongPin { tries_before_wait: file.slots[index].tries.left() });
        };
        file.slots[index].tries = Tries::default();
        self.write(&file)?;
        Ok(desk_key)
    }

    /// Gives another member of staff a slot. Takes the desk key, so somebody is signed in.
    ///
    /// # Errors
    /// [`SignInError::AlreadyThere`], [`SignInError::TrivialPin`]; the vault's and the storage's.
    pub fn add(
        &mut self,
        vault: &dyn KeyVault,
        desk_key: &FileKey,
        staff: &StaffCode,
        pin: &Pin,
        cost: PinCost,
    ) -> Result<(), SignInError> {
        let mut file = self.read()?;
        if file.index(staff).is_ok() {
            return Err(SignInError::AlreadyThere);
        }
        file.slots.push(Slot::make(vault, desk_key, staff, pin, cost)?);
        self.write(&file)
    }

    /// Gives a member of staff another PIN. The old one is verified as in [`KeySlots::unlock`].
    ///
    /// # Errors
    /// As [`KeySlots::unlock`], and [`SignInError::TrivialPin`].
    pub fn change_pin(
        &mut self,
        vault: &dyn KeyVault,
        clock: &dyn Clock,
        staff: &StaffCode,
        old: &Pin,
        new: &Pin,
    ) -> Result<(), SignInError> {
        if new.is_trivial() {
            return Err(SignInError::TrivialPin);
        }
        let desk_key = self.unlock(vault, clock, staff, old)?;
        let mut file = self.read()?;
        let index = file.index(staff)?;
        file.slots[index] = Slot::make(vault, &desk_key, staff, new, file.slots[index].argon2id)?;
        self.write(&file)
    }

    /// Takes a member of staff's slot away. Never the last.
    ///
    /// # Errors
    /// [`SignInError::UnknownStaff`], [`SignInError::LastSlot`], [`SignInError::Damaged`], [`SignInError::Store`].
    pub fn remove(&mut self, staff: &StaffCode) -> Result<(), SignInError> {
        let mut file = self.read()?;
        let index = file.index(staff)?;
        if file.slots.len() == 1 {
            return Err(SignInError::LastSlot);
        }
        file.slots.remove(index);
        self.write(&file)
    }

    /// Who can sign in, in the order in which they were added.
    ///
    /// # Errors
    /// [`SignInError::Damaged`], [`SignInError::Store`].
    pub fn staff(&self) -> Result<Vec<StaffCode>, SignInError> {
        Ok(self.read()?.slots.into_iter().map(|slot| slot.staff).collect())
    }

    fn read(&self) -> Result<SlotsFile, SignInError> {
        let bytes = fs::read(self.root.slots())?;
        let file: SlotsFile = serde_json::from_slice(&bytes).map_err(|_| SignInError::Damaged)?;
        match file.version {
            VERSION => Ok(file),
            newer if newer > VERSION => Err(SignInError::Store(Error::TooNew)),
            _ => Err(SignInError::Damaged),
        }
    }

    fn write(&self, file: &SlotsFile) -> Result<(), SignInError> {
        let bytes = serde_json::to_vec(file).map_err(Error::from)?;
        Ok(files::write_atomically(&self.root.slots(), &bytes)?)
    }
}

impl SlotsFile {
    fn index(&self, staff: &StaffCode) -> Result<usize, SignInError> {
        self.slots.iter().position(|slot| slot.staff == *staff).ok_or(SignInError::UnknownStaff)
    }
}

impl Slot {
    fn make(
        vault: &dyn KeyVault,
        desk_key: &FileKey,
        staff: &StaffCode,
        pin: &Pin,
        cost: PinCost,
    ) -> Result<Self, SignInError> {
        if pin.is_trivial() {
            return Err(SignInError::TrivialPin);
        }
        let mut salt = [0; 16];
        aead::fill_random(&mut salt)?;
        let pin_key = derive(pin, &salt, cost)?;
        let sealed = aead::seal(&pin_key, &context(staff), desk_key.expose())?;
        let wrapped = vault.wrap(&desk_alias(), &sealed)?;
        Ok(Self {
            staff: staff.clone(),
            argon2id: cost,
            salt: STANDARD.encode(salt),
            wrapped: STANDARD.encode(wrapped),
            tries: Tries::default(),
        })
    }

    /// The vault's half: the desk key, still sealed under the PIN.
    fn unwrap(&self, vault: &dyn KeyVault) -> Result<Zeroizing<Vec<u8>>, SignInError> {
        let wrapped = STANDARD.decode(&self.wrapped).map_err(|_| SignInError::Damaged)?;
        Ok(vault.unwrap(&desk_alias(), &wrapped)?)
    }

    /// The PIN's half; `None` when the PIN is wrong.
    fn open(&self, sealed: &[u8], pin: &Pin) -> Result<Option<FileKey>, SignInError> {
        let salt = STANDARD.decode(&self.salt).map_err(|_| SignInError::Damaged)?;
        let pin_key = derive(pin, &salt, self.argon2id)?;
        let opened = aead::open(&pin_key, &context(&self.staff), sealed);
        Ok(opened.and_then(|bytes| FileKey::from_bytes(&bytes)))
    }
}

/// One member's slot cannot be renamed into another's.
fn context(staff: &StaffCode) -> Vec<u8> {
    format!("homon desk slot 1 {staff}").into_bytes()
}

fn derive(pin: &Pin, salt: &[u8], cost: PinCost) -> Result<Zeroizing<[u8; 32]>, SignInError> {
    let params = cost.params().ok_or(SignInError::Damaged)?;
    let mut memory = Zeroizing::new(vec![Block::new(); params.block_count()]);
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(pin.as_bytes(), salt, key.as_mut(), memory.as_mut_slice())
        .map_err(|_| SignInError::Damaged)?;
    Ok(key)
}
