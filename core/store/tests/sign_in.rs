//! PIN and vault: both are needed, tries are counted before they are made, and nothing is ever wiped.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod common;

use std::fs;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use common::{PIN, TestClock, pin, staff};
use homon_domain::platform::{Clock, KeyVault, VaultError};
use homon_store::{FileKey, KeySlots, PinCost, Root, SignInError, SoftwareVault, desk_alias};

struct Door {
    root: Root,
    vault: SoftwareVault,
    slots: KeySlots,
    key: FileKey,
    clock: TestClock,
}

impl Door {
    fn new(folder: &Path) -> Self {
        let vault = SoftwareVault::open(&folder.join("vault")).unwrap();
        let root = Root::open(&folder.join("tablet")).unwrap();
        let made = KeySlots::create(&root, &vault, &staff("staff-01"), &pin(PIN), PinCost::cheap());
        let (slots, key) = made.unwrap();
        Self { root, vault, slots, key, clock: TestClock::new() }
    }

    fn try_pin(&mut self, code: &str, digits: &str) -> Result<FileKey, SignInError> {
        self.slots.unlock(&self.vault, &self.clock, &staff(code), &pin(digits))
    }

    fn wait(&mut self, digits: &str) -> DateTime<Utc> {
        match self.try_pin("staff-01", digits) {
            Err(SignInError::Wait { until }) => until,
            other => panic!("{other:?}"),
        }
    }

    fn wrong(&mut self) -> u32 {
        match self.try_pin("staff-01", "999000") {
            Err(SignInError::WrongPin { tries_before_wait }) => tries_before_wait,
            other => panic!("{other:?}"),
        }
    }

    fn change_file(&self, change: impl FnOnce(&mut serde_json::Value)) {
        let path = self.root.path().join("desk.slots");
        let mut json = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        change(&mut json);
        fs::write(path, json.to_string()).unwrap();
    }

    fn failed_tries(&self) -> u64 {
        let json: serde_json::Value =
            serde_json::from_slice(&fs::read(self.root.path().join("desk.slots")).unwrap()).unwrap();
        json["slots"][0]["tries"]["failed"].as_u64().unwrap()
    }
}

#[test]
fn the_pin_opens_the_same_key_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut door = Door::new(folder.path());
    assert_eq!(door.try_pin("staff-01", PIN).unwrap().expose(), door.key.expose());
    door.vault = SoftwareVault::open(&folder.path().join("vault")).unwrap();
    door.slots = KeySlots::of(&door.root);
    assert_eq!(door.try_pin("staff-01", PIN).unwrap().expose(), door.key.expose());
    assert!(matches!(door.try_pin("staff-02", PIN), Err(SignInError::UnknownStaff)));
}

#[test]
fn neither_the_pin_nor_the_vault_alone_opens() {
    let folder = tempfile::tempdir().unwrap();
    let mut door = Door::new(folder.path());
    // The PIN and a copy of the folder, without this tablet's key store.
    let other = SoftwareVault::open(&folder.path().join("other")).unwrap();
    let unlocked = door.slots.unlock(&other, &door.clock, &staff("staff-01"), &pin(PIN));
    assert!(matches!(unlocked, Err(SignInError::KeyUnavailable(VaultError::KeyMissing))));
    other.create(&desk_alias()).unwrap();
    let unlocked = door.slots.unlock(&other, &door.clock, &staff("staff-01"), &pin(PIN));
    assert!(matches!(unlocked, Err(SignInError::KeyUnavailable(VaultError::Rejected))));
    assert_eq!(door.failed_tries(), 0, "a key store that does not answer uses up no tries");
    // The vault without the PIN: what it unwraps is still sealed.
    let wrapped = {
        use base64::Engine;
        let json: serde_json::Value =
            serde_json::from_slice(&fs::read(door.root.path().join("desk.slots")).unwrap()).unwrap();
        base64::engine::general_purpose::STANDARD.decode(json["slots"][0]["wrapped"].as_str().unwrap()).unwrap()
    };
    let unwrapped = door.vault.unwrap(&desk_alias(), &wrapped).unwrap();
    assert!(!unwrapped.windows(32).any(|window| window == door.key.expose()));
    assert_eq!(door.wrong(), 4);
}

#[test]
fn five_tries_are_free_and_a_restart_forgets_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut door = Door::new(folder.path());
    for left in (0..5).rev() {
        assert_eq!(door.wrong(), left);
        door.slots = KeySlots::of(&door.root);
    }
    // The right PIN has to wait too, or waiting would tell which one is right.
    for seconds in [30, 60, 300, 900, 3600, 3600] {
        let until = door.wait(PIN);
        assert_eq!(until - door.clock.now(), TimeDelta::seconds(seconds));
        door.clock.turn(TimeDelta::seconds(seconds - 1));
        door.slots = KeySlots::of(&door.root);
        assert_eq!(door.wait(PIN), until);
        door.clock.turn(TimeDelta::seconds(1));
        assert_eq!(door.wrong(), 0);
    }
    door.clock.turn(TimeDelta::hours(1));
    assert_eq!(door.try_pin("staff-01", PIN).unwrap().expose(), door.key.expose());
    assert_eq!(door.wrong(), 4);
}

#[test]
fn a_clock_moved_back_waits_again_even_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut door = Door::new(folder.path());
    for _ in 0..6 {
        let _ = door.try_pin("staff-01", "999000");
        door.clock.turn(TimeDelta::seconds(if door.failed_tries() == 5 { 30 } else { 0 }));
    }
    door.clock.turn(TimeDelta::days(-400));
    assert_eq!(door.wait(PIN) - door.clock.now(), TimeDelta::seconds(60));
    door.slots = KeySlots::of(&door.root);
    door.clock.turn(TimeDelta::seconds(59));
    assert_eq!(door.wait(PIN) - door.clock.now(), TimeDelta::seconds(1));
    door.clock.turn(TimeDelta::seconds(1));
    door.try_pin("staff-01", PIN).unwrap();
}

#[test]
fn a_try_is_on_disk_before_the_pin_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let mut door = Door::new(folder.path());
    // No derivation is possible with this, so verification ends where it begins, as if the app were killed there.
    door.change_file(|json| json["slots"][0]["argon2id"]["memory_kib"] = 0.into());
    assert!(matches!(door.try_pin("staff-01", PIN), Err(SignInError::Damaged)));
    assert_eq!(door.failed_tries(), 1);
}

#[test]
fn a_new_pin_replaces_the_old_one_and_counts_tries_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut door = Door::new(folder.path());
    let code = staff("staff-01");
    let change = |door: &mut Door, old: &str, new: &str| {
        door.slots.change_pin(&door.vault, &door.clock, &code, &pin(old), &pin(new))
    };
    assert!(matches!(change(&mut door, PIN, "111111"), Err(SignInError::TrivialPin)));
    assert!(matches!(change(&mut door, "999000", "730194"), Err(SignInError::WrongPin { tries_before_wait: 4 })));
    change(&mut door, PIN, "730194").unwrap();
    assert!(matches!(door.try_pin("staff-01", PIN), Err(SignInError::WrongPin { .. })));
    assert_eq!(door.try_pin("staff-01", "730194").unwrap().expose(), door.key.expose());
}

#[test]
fn each_member_of_staff_has_a_slot_and_the_last_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut door = Door::new(folder.path());
    let second = staff("staff-02");
    let add =
        |door: &mut Door, digits: &str| door.slots.add(&door.vault, &door.key, &second, &pin(digits), PinCost::cheap());
    assert!(matches!(add(&mut door, "123456"), Err(SignInError::TrivialPin)));
    add(&mut door, "730194").unwrap();
    assert!(matches!(add(&mut door, "730194"), Err(SignInError::AlreadyThere)));
    assert_eq!(door.slots.staff().unwrap(), [staff("staff-01"), staff("staff-02")]);
    door.wrong();
    assert_eq!(door.try_pin("staff-02", "730194").unwrap().expose(), door.key.expose());
    assert_eq!(door.failed_tries(), 1, "each counts for itself");
    // A slot cannot be given another name.
    door.change_file(|json| json["slots"][1]["staff"] = "staff-03".into());
    assert!(matches!(door.try_pin("staff-03", "730194"), Err(SignInError::WrongPin { .. })));
    door.slots.remove(&staff("staff-01")).unwrap();
    assert!(matches!(door.slots.remove(&staff("staff-03")), Err(SignInError::LastSlot)));
    assert!(matches!(door.slots.remove(&staff("staff-01")), Err(SignInError::UnknownStaff)));
}

#[test]
fn slots_are_set_up_once_and_damaged_ones_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut door = Door::new(folder.path());
    let create =
        |door: &Door| KeySlots::create(&door.root, &door.vault, &staff("staff-01"), &pin(PIN), PinCost::cheap());
    assert!(matches!(create(&door), Err(SignInError::AlreadyThere)));
    let path = door.root.path().join("desk.slots");
    fs::write(&path, b"{").unwrap();
    assert!(matches!(door.try_pin("staff-01", PIN), Err(SignInError::Damaged)));
    assert!(path.exists(), "signing in moves nothing");
    let (_, key) = create(&door).unwrap();
    assert_ne!(key.expose(), door.key.expose());
    assert_eq!(fs::read(door.root.path().join("quarantine/desk~1.slots")).unwrap(), b"{");
    door.change_file(|json| json["version"] = 2.into());
    assert!(matches!(door.try_pin("staff-01", PIN), Err(SignInError::Store(homon_store::Error::TooNew))));
}

#[test]
fn the_file_has_this_form() {
    let folder = tempfile::tempdir().unwrap();
    let door = Door::new(folder.path());
    door.change_file(|json| {
        for secret in ["salt", "wrapped"] {
            let text = json["slots"][0][secret].as_str().unwrap();
            json["slots"][0][secret] = format!("<base64 of length {}>", text.len()).into();
        }
    });
    let json: serde_json::Value =
        serde_json::from_slice(&fs::read(door.root.path().join("desk.slots")).unwrap()).unwrap();
    insta::assert_json_snapshot!(json);
}

#[test]
fn the_cost_of_a_real_pin_is_64_mib_and_three_passes() {
    let folder = tempfile::tempdir().unwrap();
    let vault = SoftwareVault::open(&folder.path().join("vault")).unwrap();
    let root = Root::open(&folder.path().join("tablet")).unwrap();
    let (mut slots, key) = KeySlots::create(&root, &vault, &staff("staff-01"), &pin(PIN), PinCost::default()).unwrap();
    let text = fs::read_to_string(root.path().join("desk.slots")).unwrap();
    assert!(text.contains(r#""argon2id":{"memory_kib":65536,"passes":3,"lanes":1}"#));
    let unlocked = slots.unlock(&vault, &TestClock::new(), &staff("staff-01"), &pin(PIN)).unwrap();
    assert_eq!(unlocked.expose(), key.expose());
}
