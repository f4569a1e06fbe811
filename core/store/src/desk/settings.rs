//! Facts of the tablet's enrolment.

use homon_domain::audit::AuditEvent;
use rusqlite::{OptionalExtension, params};
use zeroize::Zeroizing;

use super::DeskFile;
use crate::error::Error;

/// What the desk file remembers of the enrolment. The values are bytes that their owner understands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Setting {
    /// The tablet's own identifier.
    DeviceId,
    /// The signed enrolment, as it was received.
    Enrolment,
    /// The fingerprint of the city's certificate authority, to which connections are pinned.
    CaFingerprint,
    /// The secret age identity for what comes back to this tablet.
    MailboxSecret,
    /// The *opened* receipt of the hello package: the whole chain of keys is proven.
    ChainProven,
}

impl Setting {
    fn key(self) -> &'static str {
        match self {
            Self::DeviceId => "device_id",
            Self::Enrolment => "enrolment",
            Self::CaFingerprint => "ca_fingerprint",
            Self::MailboxSecret => "mailbox_secret",
            Self::ChainProven => "chain_proven",
        }
    }
}

impl DeskFile {
    /// A value, if it was ever set.
    ///
    /// # Errors
    /// The storage's.
    pub fn setting(&self, setting: Setting) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let mut select = self.file.connection()?.prepare_cached("SELECT value FROM settings WHERE key = ?1")?;
        let value: Option<Vec<u8>> = select.query_row([setting.key()], |row| row.get(0)).optional()?;
        Ok(value.map(Zeroizing::new))
    }

    /// Sets values, all or none.
    ///
    /// # Errors
    /// The storage's.
    pub fn put_settings(&mut self, values: &[(Setting, &[u8])], event: &AuditEvent) -> Result<(), Error> {
        self.step(event, |transaction| {
            for (setting, value) in values {
                transaction.execute(
                    "INSERT INTO settings (key, value) VALUES (?1, ?2)
                     ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    params![setting.key(), value],
                )?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::tests::{desk_in, event};

    #[test]
    fn a_value_is_set_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut desk) = desk_in(folder.path());
        assert!(desk.setting(Setting::CaFingerprint).unwrap().is_none());
        desk.put_settings(&[(Setting::CaFingerprint, b"one"), (Setting::DeviceId, b"id")], &event("enrolled")).unwrap();
        desk.put_settings(&[(Setting::CaFingerprint, b"two")], &event("enrolled")).unwrap();
        assert_eq!(desk.setting(Setting::CaFingerprint).unwrap().unwrap().as_slice(), b"two");
        assert_eq!(desk.setting(Setting::DeviceId).unwrap().unwrap().as_slice(), b"id");
        assert_eq!(desk.verify_audit().unwrap().seq, 3);
    }
}
