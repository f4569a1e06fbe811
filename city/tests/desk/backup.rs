//! A city is backed up, lost, and brought back: everything goes on, and nothing is opened twice.

use std::fs;
use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::process::Command;

use homon_city::desk::backup::{self, BackupError, BackupFault, RestoreError};
use homon_city::desk::deliveries::{self, Deliveries, Named, Outcome, Place, Wish};
use homon_city::desk::export::{self, Template};
use homon_city::desk::mail;
use homon_city::desk::status::{self, OVERDUE_DAYS};
use homon_city::desk::{CityFolder, enrol, journal, key_files, open};
use homon_city::intake::layout::{self, MailState};
use homon_domain::ids::{DeviceId, MailNumber};
use homon_domain::mail::MailContent;
use homon_domain::platform::Clock;
use homon_seal::PackageKey;
use homon_seal::recipients::{LongWriter, decrypt_long};

use crate::city::{TestCity, files_below};
use crate::tablet::{Tablet, VISIT};

/// Opened, marked, mailed; one package held and not opened; an upload under way; the recovery key in its safe.
struct Busy {
    city: TestCity,
    safe: PathBuf,
    tablet: Tablet,
    opened: (PackageKey, Vec<u8>),
    waiting: (PackageKey, Vec<u8>),
}

impl Busy {
    fn city() -> Self {
        let city = TestCity::found();
        let (tablet, other) = (city.enrol("tablet-01"), city.enrol("tablet-02"));
        let (one, two) = (tablet.usual_part(1, 1), other.usual_part(2, 1));
        let (opened, waiting) = ((one.key, tablet.seal(&one)), (two.key, other.seal(&two)));
        city.deliver(&opened.0, &opened.1);
        assert_eq!(city.open().opened.len(), 1);
        city.deliver(&waiting.0, &waiting.1);
        city.put("uploads/x/y/z/00000000000000000000", &[0; 1000]);
        let number = "1-001".parse().unwrap();
        let named = Named::Case { visit: VISIT.to_owned(), number };
        let wish = Wish { named, on: "2026-09-24".parse().unwrap(), outcome: Outcome::Submitted };
        deliveries::mark(&city.folder, vec![(Place::Case(number), Ok(wish))], &city.clock).unwrap();
        let content = MailContent::Enrolment { token: "a.b.c".to_owned() };
        mail::post(&city.folder, tablet.device(), content, &city.clock).unwrap();
        let safe = city.root().with_file_name("safe");
        fs::rename(city.folder.recovery(), &safe).unwrap();
        Self { city, safe, tablet, opened, waiting }
    }

    fn backup(&self, name: &str) -> PathBuf {
        let to = self.city.root().with_file_name(name);
        backup::backup(&self.city.folder, &to, &self.city.clock).unwrap().path
    }

    fn restore(&self, from: &std::path::Path, name: &str) -> Result<CityFolder, RestoreError> {
        let folder = CityFolder::new(&self.city.root().with_file_name(name));
        backup::restore(&folder, from, &self.safe, &self.city.clock).map(|_| folder)
    }

    fn exported(&self, folder: &CityFolder, name: &str) -> Vec<(String, Vec<u8>)> {
        let out = self.city.root().with_file_name(name);
        export::export(folder, &out, &Template::default(), &self.city.clock).unwrap();
        files_below(&out).into_iter().map(|file| (file.clone(), fs::read(out.join(file)).unwrap())).collect()
    }
}

#[test]
fn a_city_that_was_lost_goes_on_and_opens_nothing_twice() {
    let busy = Busy::city();
    let before = busy.exported(&busy.city.folder, "before");
    let at = busy.backup("backup.age");
    let entries = journal::read(&busy.city.folder.desk()).unwrap().entries;
    fs::remove_dir_all(busy.city.root()).unwrap();
    let folder = busy.restore(&at, "city").unwrap();

    assert_eq!(busy.exported(&folder, "after"), before);
    let read = journal::read(&folder.desk()).unwrap();
    assert_eq!(read.fault, None);
    // The entry of the backup itself came after what is in it.
    let kept = entries.len() - 1;
    assert_eq!(read.entries[..kept], entries[..kept]);
    assert_eq!(read.entries[kept].action.as_str(), "restore");
    assert_eq!(Deliveries::read(&folder.desk()).unwrap().iter().count(), 1);
    let taken = layout::mail(busy.tablet.device(), MailNumber::FIRST, MailState::Waiting);
    assert!(busy.city.in_store(&taken).is_file(), "mail that nobody took waits again");

    let report = open::open(&folder, &busy.city.clock).unwrap();
    assert!(report.refused.is_empty(), "{:?}", report.refused);
    assert_eq!(report.opened.iter().map(|now| now.key).collect::<Vec<_>>(), [busy.waiting.0]);
    // The tablet sends again what it has no receipt for: it gets its receipt, and is not opened a second time.
    let place = folder.desk().place_of(&busy.opened.0).unwrap().join("opened.json");
    let record = fs::read(&place).unwrap();
    let sha256 = busy.city.deliver(&busy.opened.0, &busy.opened.1);
    let report = open::open(&folder, &busy.city.clock).unwrap();
    assert_eq!((report.opened.len(), report.before), (0, 2));
    assert!(busy.city.opened_receipt(&busy.opened.0, sha256).is_some());
    assert_eq!(fs::read(&place).unwrap(), record);

    let third = Tablet::new("tablet-03");
    let enrolled = enrol::enrol(&folder, &third.request(busy.city.clock.now()), &busy.city.clock).unwrap();
    assert_eq!(enrolled.serial, 3);
    let status = status::status(&folder, OVERDUE_DAYS, &busy.city.clock).unwrap();
    assert_eq!((status.devices.len(), status.parts.len()), (3, 2));
    let renewed =
        enrol::enrol(&folder, &busy.tablet.request("2026-10-01T00:00:00Z".parse().unwrap()), &busy.city.clock);
    assert!(renewed.unwrap().renewed, "a tablet keeps its name");
}

#[test]
fn what_was_opened_is_told_though_the_store_has_no_package_of_it() {
    let busy = Busy::city();
    let at = busy.backup("backup.age");
    let folder = busy.restore(&at, "second").unwrap();
    assert!(!files_below(folder.root()).iter().any(|file| file.ends_with(&layout::package(&busy.opened.0))));
    assert!(files_below(folder.root()).iter().any(|file| file.ends_with(&layout::package(&busy.waiting.0))));
    assert!(!files_below(folder.root()).iter().any(|file| file.contains("uploads/")));
    let status = status::status(&folder, OVERDUE_DAYS, &busy.city.clock).unwrap();
    let stages: Vec<_> = status.parts.iter().map(|part| (part.part.get(), part.stage)).collect();
    assert_eq!(stages, [(1, status::Stage::Opened), (2, status::Stage::Held)]);
}

#[test]
fn no_key_that_belongs_elsewhere_is_in_a_backup_and_all_of_the_desk_is() {
    let busy = Busy::city();
    fs::create_dir(busy.city.folder.recovery()).unwrap();
    fs::copy(busy.safe.join("recovery.key"), busy.city.folder.recovery_key()).unwrap();
    let at = busy.backup("backup.age");
    let folder = busy.restore(&at, "second").unwrap();
    let restored = files_below(folder.root());
    assert!(!restored.iter().any(|file| file.starts_with("recovery/") || file.starts_with("office/")), "{restored:?}");
    let of_desk = |files: Vec<String>| {
        let stays = |file: &String| {
            (file.starts_with("desk/") && !file.contains("journal") && !file.ends_with(".lock"))
                || file.starts_with("intake/")
        };
        files.into_iter().filter(stays).collect::<Vec<_>>()
    };
    assert_eq!(of_desk(restored), of_desk(files_below(busy.city.root())));
    for file in files_below(folder.root()) {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(folder.root().join(&file)).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[test]
fn a_backup_that_was_changed_or_cut_off_is_refused_and_names_where() {
    let busy = Busy::city();
    // Photos as large as photos are: age authenticates 64 KiB at a time.
    for number in ["1-001", "1-002"] {
        let photo = busy.city.folder.desk().place_of(&busy.opened.0).unwrap().join(format!("photos/{number}.jpg"));
        fs::write(photo, vec![7; 400_000]).unwrap();
    }
    let at = busy.backup("backup.age");
    let whole = fs::read(&at).unwrap();
    let bad = at.with_file_name("bad.age");
    let home = busy.city.root().parent().unwrap();
    let (mut named, before) = (0, fs::read_dir(home).unwrap().count());
    let stride = whole.len() / 24;
    for at in (0..whole.len()).step_by(stride) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        for spoiled in [&flipped[..], &whole[..at]] {
            fs::write(&bad, spoiled).unwrap();
            let error = busy.restore(&bad, "second").unwrap_err();
            assert!(
                matches!(error, RestoreError::Fault(BackupFault::Damaged(_) | BackupFault::NotForUs)),
                "{at}: {error}"
            );
            named += usize::from(error.to_string().contains("desk/"));
        }
    }
    assert!(named > 10, "{named}");
    fs::remove_file(&bad).unwrap();
    assert_eq!(fs::read_dir(home).unwrap().count(), before, "something was left behind");
    busy.restore(&at, "second").unwrap();
}

#[test]
fn a_city_is_never_brought_back_over_another() {
    let busy = Busy::city();
    let at = busy.backup("backup.age");
    assert!(matches!(busy.restore(&at, "city"), Err(RestoreError::NotEmpty(_))));
    assert!(matches!(busy.restore(&at, "backup.age"), Err(RestoreError::NotEmpty(_))));
    fs::create_dir(busy.city.root().with_file_name("empty")).unwrap();
    busy.restore(&at, "empty").unwrap();
    let again = backup::backup(&busy.city.folder, &at, &busy.city.clock);
    assert!(matches!(again, Err(BackupError::Exists(_))));
    let strange = CityFolder::new(&busy.city.root().with_file_name("third"));
    let office = backup::restore(&strange, &at, &busy.city.folder.office_key(), &busy.city.clock);
    assert!(matches!(office, Err(RestoreError::Fault(BackupFault::NotForUs))));
}

type Files = Vec<(String, Vec<u8>)>;

/// What is in a backup.
fn files_of(busy: &Busy) -> Files {
    let key = key_files::identity(&busy.safe.join("recovery.key")).unwrap();
    let content = decrypt_long(std::slice::from_ref(&key), fs::File::open(busy.backup("good.age")).unwrap()).unwrap();
    let mut archive = tar::Archive::new(content);
    let mut files: Files = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        std::io::copy(&mut entry, &mut bytes).unwrap();
        files.push((entry.path().unwrap().to_str().unwrap().to_owned(), bytes));
    }
    files
}

/// Writes a backup by hand, as whoever knows the recovery recipient could.
fn by_hand(busy: &Busy, files: &Files) -> PathBuf {
    let recipients = busy.city.city().recipients.recovery;
    let mut tar = tar::Builder::new(LongWriter::begin(Cursor::new(Vec::new()), &recipients).unwrap());
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        if path.contains("evil") {
            // Set by hand: the library refuses paths that lead out.
            header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_cksum();
            tar.append(&header, &bytes[..]).unwrap();
        } else {
            tar.append_data(&mut header, path, &bytes[..]).unwrap();
        }
    }
    let sealed = tar.into_inner().unwrap().finish().unwrap().into_inner();
    let path = busy.city.root().with_file_name("forged.age");
    fs::write(&path, sealed).unwrap();
    path
}

#[test]
fn a_forged_backup_is_refused_and_writes_nothing_outside() {
    type Change = fn(&mut Files);
    let changes: [(&str, Change); 7] = [
        ("desk/city.json", |files| files.iter_mut().find(|file| file.0 == "desk/city.json").unwrap().1.push(b' ')),
        ("desk/ca.pem", |files| files.retain(|file| file.0 != "desk/ca.pem")),
        ("desk/more", |files| files.insert(0, ("desk/more".to_owned(), b"x".to_vec()))),
        ("../../evil", |files| files.insert(0, ("../../evil".to_owned(), b"evil".to_vec()))),
        ("/tmp/evil", |files| files.insert(0, ("/tmp/evil".to_owned(), b"evil".to_vec()))),
        ("recovery/recovery.key", |files| files.insert(0, ("recovery/recovery.key".to_owned(), b"evil".to_vec()))),
        ("desk/more", |files| files.push(("desk/more".to_owned(), b"after the token".to_vec()))),
    ];
    let busy = Busy::city();
    let good = files_of(&busy);
    for (entry, change) in changes {
        let mut files = good.clone();
        change(&mut files);
        let error = busy.restore(&by_hand(&busy, &files), "second").unwrap_err().to_string();
        assert!(error.contains(entry) || entry == "desk/ca.pem", "{entry}: {error}");
        let left = files_below(busy.city.root().parent().unwrap());
        assert!(!left.iter().any(|file| file.contains("evil") || file.contains("second") || file.contains(".tmp-")));
    }
    // A list that fits its files, and a token of another city: signed by nobody whom this one knows.
    let mut files = good.clone();
    files.last_mut().unwrap().1 = files_of(&Busy::city()).pop().unwrap().1;
    let forged = busy.restore(&by_hand(&busy, &files), "second");
    assert!(matches!(forged, Err(RestoreError::Fault(BackupFault::Token(_)))), "{forged:?}");
    busy.restore(&by_hand(&busy, &good), "second").unwrap();
}

#[test]
fn a_backup_has_its_entry_and_status_tells_its_day() {
    let busy = Busy::city();
    let folder = busy.city.root().with_file_name("backups");
    fs::create_dir(&folder).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_homon-city"))
        .args(["backup", "--dir", busy.city.root().to_str().unwrap(), "--to", folder.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let files = files_below(&folder);
    assert!(files.len() == 1 && files[0].starts_with("homon-backup-"), "{files:?}");
    let state = journal::state(&busy.city.folder.desk()).unwrap();
    assert!(state.last_backup_at.is_some() && state.last_backup_at == state.last_at);
    let lost = busy.city.root().with_file_name("second");
    let output = Command::new(env!("CARGO_BIN_EXE_homon-city"))
        .args(["restore", "--dir", lost.to_str().unwrap(), "--from", folder.join(&files[0]).to_str().unwrap()])
        .args(["--key", busy.safe.to_str().unwrap()])
        .output()
        .unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let fingerprint = homon_seal::enrolment::fingerprint_groups(&busy.city.founded.ca_fingerprint);
    assert!(output.status.success() && said.contains(&fingerprint), "{said}");
}

#[test]
fn stock_age_and_tar_read_a_backup() {
    let Some(age) = std::env::var_os("HOMON_AGE") else {
        writeln!(std::io::stderr(), "SKIPPED: HOMON_AGE names no stock age; `cargo xtask test` installs it").unwrap();
        return;
    };
    let busy = Busy::city();
    let at = busy.backup("backup.age");
    let tar = at.with_file_name("backup.tar");
    let opened = Command::new(age).args(["-d", "-i"]).args([&busy.safe.join("recovery.key"), &at]).output().unwrap();
    assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
    fs::write(&tar, &opened.stdout).unwrap();
    let listed = Command::new("tar").arg("-tf").arg(&tar).output().unwrap();
    let names = String::from_utf8(listed.stdout).unwrap();
    assert!(names.contains("desk/city.json\n") && names.ends_with("backup.json\nbackup.jws\n"), "{names}");
}

#[test]
fn a_device_that_the_city_never_knew_is_not_in_it() {
    // The registry is the intake's; the desk's own records are what `open` believes, before and after.
    let busy = Busy::city();
    let folder = busy.restore(&busy.backup("backup.age"), "second").unwrap();
    let known = homon_city::desk::devices::Devices::read(&folder.desk()).unwrap();
    assert_eq!(known.iter().count(), 2);
    assert!(known.get(DeviceId::make()).is_none());
}
