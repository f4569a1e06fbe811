//! What the intake's objects are called. The desk reads and writes the same objects through the same functions.
//!
//! | name | what |
//! |---|---|
//! | `devices/<device>.json` | an enrolled device; see `registry` |
//! | `uploads/<slot>/<upload>.json` | what an upload will be, and stays as its record |
//! | `uploads/<slot>/<upload>/<offset>` | the bytes that arrived from that offset on |
//! | `uploads/<slot>/<upload>/whole` | the bytes composed, until they get their final name |
//! | `packages/<device>/<package name>.age` | a package, whole and verified |
//! | `receipts/<device>/<package name>.held.jws` | the intake's word for it; a package counts once this stands |
//! | `receipts/<device>/<package name>.opened.jws` | the desk's word for it |
//!
//! Names hold `a-z 0-9 - . /` only, so that a name is also a path below the folder, on any system.

use homon_domain::ids::DeviceId;
use homon_seal::{PackageKey, PackageName};

const PACKAGE: &str = ".age";
const HELD: &str = ".held.jws";
const OPENED: &str = ".opened.jws";

/// Which of the two receipts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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
        let names =
            [device(key.device), package(&key), receipt(&key, ReceiptKind::Held), receipt(&key, ReceiptKind::Opened)];
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
        assert_eq!(read_receipt(key.device, &receipt(&key, ReceiptKind::Held).replace("held", "lost")), None);
    }
}
