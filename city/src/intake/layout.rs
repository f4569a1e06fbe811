//! What the intake's objects are called. The desk reads and writes the same objects through the same functions.
//!
//! | name | what |
//! |---|---|
//! | `devices/<device>.json` | an enrolled device; see `registry` |
//! | `uploads/<device>/<slot>/<upload>.json` | what an upload will be, and stays as its record for a while |
//! | `uploads/<device>/<slot>/<upload>/<offset>` | the bytes that arrived from that offset on |
//! | `claims/<device>/<package name>.sha256` | whose bytes get the package's name: decided once, before they get it |
//! | `packages/<device>/<package name>.age` | a package, whole and verified |
//! | `receipts/<device>/<package name>.held.jws` | the intake's word for it; a package counts once this stands |
//! | `receipts/<device>/<package name>.opened.jws` | the desk's word for it |
//! | `mail/<device>/<number>.age` | mail (便) of the desk to the device, sealed; the number in ten digits |
//! | `mail/<device>/<number>.taken` | since when the device has it; its mail is gone |
//!
//! Names hold `a-z 0-9 - . /` only, so that a name is also a path below the folder, on any system.

use homon_domain::ids::{DeviceId, MailNumber};
use homon_seal::{PackageKey, PackageName};

const PACKAGE: &str = ".age";
const MAIL: &str = ".age";
const TAKEN: &str = ".taken";
const HELD: &str = ".held.jws";
const OPENED: &str = ".opened.jws";

/// Which of the two receipts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ReceiptKind {
    /// Signed by the intake: complete, verified, durable.
    Held,
    /// Signed by the desk: decrypted and reconciled.
    Opened,
}

/// The record of a device.
#[must_use]
pub fn device(device: DeviceId) -> String {
    format!("devices/{device}.json")
}

/// The records of all devices.
#[must_use]
pub fn devices() -> &'static str {
    "devices"
}

/// Reads a name that [`device`] gave.
#[must_use]
pub fn read_device(name: &str) -> Option<DeviceId> {
    let id: DeviceId = name.strip_prefix("devices/")?.strip_suffix(".json")?.parse().ok()?;
    // Identifiers have several spellings, object names one.
    (device(id) == name).then_some(id)
}

/// All uploads of all devices.
pub(crate) const UPLOADS: &str = "uploads";

/// All uploads of one device.
pub(crate) fn uploads_of(device: DeviceId) -> String {
    format!("{UPLOADS}/{device}")
}

/// All claims of all devices.
pub(crate) const CLAIMS: &str = "claims";

/// All mail to all devices.
pub(crate) const MAILS: &str = "mail";

/// Which bytes a package's name is for: their digest in hexadecimal, and a line feed.
pub(crate) fn claim(key: &PackageKey) -> String {
    format!("{CLAIMS}/{}/{}.sha256", key.device, key.name())
}

/// All packages of all devices.
#[must_use]
pub fn packages() -> &'static str {
    "packages"
}

/// A package.
#[must_use]
pub fn package(key: &PackageKey) -> String {
    format!("packages/{}/{}{PACKAGE}", key.device, key.name())
}

/// Reads a name that [`package`] gave.
#[must_use]
pub fn read_package(name: &str) -> Option<PackageKey> {
    let (device, name) = name.strip_prefix("packages/")?.split_once('/')?;
    let name: PackageName = name.strip_suffix(PACKAGE)?.parse().ok()?;
    let key = name.of(device.parse().ok()?);
    // Identifiers have several spellings, object names one.
    (key.device.to_string() == device).then_some(key)
}

/// All receipts of all devices.
#[must_use]
pub fn receipts() -> &'static str {
    "receipts"
}

/// All receipts of one device.
#[must_use]
pub fn receipts_of(device: DeviceId) -> String {
    format!("receipts/{device}")
}

/// One receipt of a package.
#[must_use]
pub fn receipt(key: &PackageKey, kind: ReceiptKind) -> String {
    let suffix = match kind {
        ReceiptKind::Held => HELD,
        ReceiptKind::Opened => OPENED,
    };
    format!("receipts/{}/{}{suffix}", key.device, key.name())
}

/// Reads a name that [`receipt`] gave for a package of this device.
#[must_use]
pub fn read_receipt(device: DeviceId, name: &str) -> Option<(PackageName, ReceiptKind)> {
    let rest = name.strip_prefix(&receipts_of(device))?.strip_prefix('/')?;
    let (text, kind) = match (rest.strip_suffix(HELD), rest.strip_suffix(OPENED)) {
        (Some(text), _) => (text, ReceiptKind::Held),
        (_, Some(text)) => (text, ReceiptKind::Opened),
        _ => return None,
    };
    Some((text.parse().ok()?, kind))
}

/// Whether mail waits for its device or has been taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MailState {
    /// It lies there.
    Waiting,
    /// The device has it.
    Taken,
}

/// All mail of one device.
#[must_use]
pub fn mail_of(device: DeviceId) -> String {
    format!("{MAILS}/{device}")
}

/// One mail, or the sign that it was taken.
#[must_use]
pub fn mail(device: DeviceId, number: MailNumber, state: MailState) -> String {
    let suffix = match state {
        MailState::Waiting => MAIL,
        MailState::Taken => TAKEN,
    };
    format!("{MAILS}/{device}/{number:010}{suffix}")
}

/// Reads a name that [`mail`] gave for this device.
#[must_use]
pub fn read_mail(device: DeviceId, name: &str) -> Option<(MailNumber, MailState)> {
    let rest = name.strip_prefix(&mail_of(device))?.strip_prefix('/')?;
    let (text, state) = match (rest.strip_suffix(MAIL), rest.strip_suffix(TAKEN)) {
        (Some(text), _) => (text, MailState::Waiting),
        (_, Some(text)) => (text, MailState::Taken),
        _ => return None,
    };
    let number = text.parse().ok().and_then(MailNumber::new)?;
    (mail(device, number, state) == name).then_some((number, state))
}

/// Reads a name that [`mail`] gave for any device.
#[must_use]
pub fn read_any_mail(name: &str) -> Option<(DeviceId, MailNumber, MailState)> {
    let (device, _) = name.strip_prefix(MAILS)?.strip_prefix('/')?.split_once('/')?;
    let device = device.parse().ok()?;
    let (number, state) = read_mail(device, name)?;
    Some((device, number, state))
}

/// Reads a name that [`receipt`] gave for a package of any device.
#[must_use]
pub fn read_any_receipt(name: &str) -> Option<(PackageKey, ReceiptKind)> {
    let (device, _) = name.strip_prefix("receipts/")?.split_once('/')?;
    let device = device.parse().ok()?;
    // Identifiers have several spellings, object names one: a second spelling is no name of this device's.
    let (package, kind) = read_receipt(device, name)?;
    Some((package.of(device), kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> PackageKey {
        let device = "7f0e1c1e-5a5b-4f3a-8d3c-1f2e3d4c5b6a".parse().unwrap();
        name.parse::<PackageName>().unwrap().of(device)
    }

    const VISIT: &str = "visit/0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11/1/2";

    #[test]
    fn names_are_as_documented() {
        let key = key(VISIT);
        let receipts = [ReceiptKind::Held, ReceiptKind::Opened].map(|kind| receipt(&key, kind));
        let names = [device(key.device), claim(&key), package(&key)].into_iter().chain(receipts);
        let number = MailNumber::new(7).unwrap();
        let mail = [MailState::Waiting, MailState::Taken].map(|state| mail(key.device, number, state));
        let names: Vec<String> = names.chain(mail).collect();
        insta::assert_json_snapshot!(names);
    }

    #[test]
    fn names_read_back() {
        for name in ["hello/1", VISIT] {
            let key = key(name);
            assert_eq!(read_package(&package(&key)), Some(key));
            for kind in [ReceiptKind::Held, ReceiptKind::Opened] {
                assert_eq!(read_receipt(key.device, &receipt(&key, kind)), Some((key.name(), kind)));
                assert_eq!(read_receipt(DeviceId::make(), &receipt(&key, kind)), None);
                assert_eq!(read_any_receipt(&receipt(&key, kind)), Some((key, kind)));
            }
            assert_eq!(read_device(&device(key.device)), Some(key.device));
        }
        let device = key("hello/1").device;
        for number in [MailNumber::FIRST, MailNumber::new(u32::MAX).unwrap()] {
            for state in [MailState::Waiting, MailState::Taken] {
                assert_eq!(read_mail(device, &mail(device, number, state)), Some((number, state)));
            }
        }
    }

    #[test]
    fn other_objects_are_not_mistaken() {
        let good = package(&key("hello/1"));
        for wrong in [
            good.replace(".age", ""),
            good.replace(".age", ".age#1"),
            good.replace("7f0e", "7F0E"),
            good.replace("hello/1", "hello/1/x"),
            good.replace("packages", "uploads"),
        ] {
            assert_eq!(read_package(&wrong), None, "{wrong}");
        }
        let key = key("hello/1");
        let held = receipt(&key, ReceiptKind::Held);
        assert_eq!(read_receipt(key.device, &held.replace("held", "lost")), None);
        assert_eq!(read_any_receipt(&held.replace("7f0e", "7F0E")), None);
        assert_eq!(read_device(&device(key.device).replace("7f0e", "7F0E")), None);
        assert_eq!(read_device(&device(key.device).replace(".json", ".draft")), None);
        let good = mail(key.device, MailNumber::FIRST, MailState::Waiting);
        assert_eq!(read_mail(DeviceId::make(), &good), None);
        for wrong in
            ["0000000001", "0000000001.age#1", "1.age", "0000000000.age", "+000000001.age", "00000000001.taken"]
        {
            assert_eq!(read_mail(key.device, &good.replace("0000000001.age", wrong)), None, "{wrong}");
        }
    }
}
