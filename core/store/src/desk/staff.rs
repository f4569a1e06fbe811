//! Who works with this tablet: codes, never names.

use homon_domain::audit::AuditEvent;
use homon_domain::ids::StaffCode;
use homon_domain::word::Word;
use rusqlite::params;

use super::{DeskFile, columns};
use crate::error::Error;

/// One member of staff.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StaffRow {
    /// The code by which everything refers to this person.
    pub code: StaffCode,
    /// The role, as the domain writes it.
    pub role: Word,
    /// Whether the person still works here. Rows stay, because old entries refer to them.
    pub active: bool,
}

impl DeskFile {
    /// Everyone, by code.
    ///
    /// # Errors
    /// The storage's.
    pub fn staff(&self) -> Result<Vec<StaffRow>, Error> {
        let mut select =
            self.file.connection()?.prepare_cached("SELECT code, role, active FROM staff ORDER BY code")?;
        select
            .query_and_then([], |row| {
                Ok(StaffRow {
                    code: columns::parsed(row, "code")?,
                    role: columns::parsed(row, "role")?,
                    active: row.get("active")?,
                })
            })?
            .collect()
    }

    /// Takes over the list of an enrolment: who is not on it is no longer active.
    ///
    /// # Errors
    /// The storage's.
    pub fn put_staff(&mut self, staff: &[StaffRow], event: &AuditEvent) -> Result<(), Error> {
        self.step(event, |transaction| {
            transaction.execute("UPDATE staff SET active = 0", [])?;
            for member in staff {
                transaction.execute(
                    "INSERT INTO staff (code, role, active) VALUES (?1, ?2, ?3)
                     ON CONFLICT (code) DO UPDATE SET role = excluded.role, active = excluded.active",
                    params![member.code.as_str(), member.role.as_str(), member.active],
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

    fn member(code: &str, role: &str, active: bool) -> StaffRow {
        StaffRow { code: code.parse().unwrap(), role: role.parse().unwrap(), active }
    }

    #[test]
    fn who_is_not_on_a_new_list_stays_known() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut desk) = desk_in(folder.path());
        let first = [member("staff-01", "site_manager", true), member("staff-02", "worker", true)];
        desk.put_staff(&first, &event("enrolled")).unwrap();
        assert_eq!(desk.staff().unwrap(), first);
        desk.put_staff(&[member("staff-02", "site_manager", true)], &event("enrolled")).unwrap();
        let left = [member("staff-01", "site_manager", false), member("staff-02", "site_manager", true)];
        assert_eq!(desk.staff().unwrap(), left);
    }
}
