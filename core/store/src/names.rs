//! The names of those who have a PIN on this tablet, for the page on which nobody is signed in yet.
//!
//! The desk file is closed then, so they lie beside it, wrapped by the vault's key alone. Whoever has the folder and not
//! the key store reads nothing; whoever has the tablet reads what a badge says. Nothing depends on the file: where it is
//! missing, damaged or of another key, there are only codes.

use std::collections::BTreeMap;
use std::fs;

use homon_domain::ids::StaffCode;
use homon_domain::platform::KeyVault;

use crate::error::Error;
use crate::files;
use crate::root::{Root, desk_alias};

/// The file `desk.names`.
#[derive(Debug)]
pub struct StaffNames;

impl StaffNames {
    /// The names that are known before anybody is signed in.
    #[must_use]
    pub fn read(root: &Root, vault: &dyn KeyVault) -> BTreeMap<StaffCode, String> {
        let wrapped = fs::read(root.names()).ok();
        let names = wrapped.and_then(|wrapped| vault.unwrap(&desk_alias(), &wrapped).ok());
        names.and_then(|names| serde_json::from_slice(&names).ok()).unwrap_or_default()
    }

    /// Keeps these names and no others; writes nothing when they are known.
    ///
    /// # Errors
    /// The vault's and the storage's.
    pub fn write(root: &Root, vault: &dyn KeyVault, names: &BTreeMap<StaffCode, String>) -> Result<(), Error> {
        if Self::read(root, vault) == *names {
            return Ok(());
        }
        let wrapped = vault.wrap(&desk_alias(), &serde_json::to_vec(names)?)?;
        Ok(files::write_atomically(&root.names(), &wrapped)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::software_vault::SoftwareVault;

    #[test]
    fn names_are_read_with_the_key_store_and_never_without() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(&folder.path().join("files")).unwrap();
        let vault = SoftwareVault::open(&folder.path().join("vault")).unwrap();
        let other = SoftwareVault::open(&folder.path().join("other")).unwrap();
        for vault in [&vault, &other] {
            vault.create(&desk_alias()).unwrap();
        }
        assert_eq!(StaffNames::read(&root, &vault), BTreeMap::new());
        let names = BTreeMap::from([("worker-01".parse().unwrap(), "見本 従事一".to_owned())]);
        StaffNames::write(&root, &vault, &names).unwrap();
        assert_eq!(StaffNames::read(&root, &vault), names);
        assert_eq!(StaffNames::read(&root, &other), BTreeMap::new());
        let before = fs::read(root.names()).unwrap();
        assert!(!before.windows(6).any(|bytes| bytes == "見本".as_bytes()));
        // Wrapping anew would give other bytes.
        StaffNames::write(&root, &vault, &names).unwrap();
        assert_eq!(fs::read(root.names()).unwrap(), before);
        fs::write(root.names(), b"damaged").unwrap();
        assert_eq!(StaffNames::read(&root, &vault), BTreeMap::new());
        StaffNames::write(&root, &vault, &names).unwrap();
        assert_eq!(StaffNames::read(&root, &vault), names);
    }
}
