//! What the desk hands on: one row a case and one row a visit for Excel, the photos, named by case numbers, and the photos of
//! activities, named by visit, part and their order.
//!
//! `cases.csv`, `visits.csv`, `photos/` and, where there are any, `activity/` appear together in a new folder, or nothing does. No file is named after a
//! person, and 個人番号 is in none of them. A [`Template`] says which columns there are, under which headings, and in
//! which encoding.

mod template;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use homon_domain::case::Case;
use homon_domain::ids::{PartNumber, VisitId};
use homon_domain::platform::Clock;
use homon_domain::programme::Programme;
use homon_domain::tally::Tally;
use homon_domain::visit::Visit;
use homon_report::{CaseRow, Chosen, TableError, VisitPart, VisitRow, write_table};

pub use self::template::{Template, TemplateError};
use super::deliveries::{Deliveries, DeliveriesError};
use super::files::{self, At, FileError};
use super::folder::CityFolder;
use super::journal::{Deed, Journal, JournalError};
use super::opened::{self, OpenedPart};
use super::programme::{self, ProgrammeError};

/// Why nothing was exported. Nothing is left behind.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is something already. An export is never mixed with another.
    #[error("{} exists already; name a folder that does not", .0.display())]
    Exists(PathBuf),
    /// The programme can't be used.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
    /// A table can't be written in the encoding of the template.
    #[error("{file}: {problem}")]
    Table {
        /// Which table.
        file: &'static str,
        /// Where it can't.
        problem: TableError,
    },
    /// What became of the applications can't be read.
    #[error(transparent)]
    Deliveries(#[from] DeliveriesError),
    /// The desk's journal can't be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// How much was exported.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Exported {
    /// Rows of `visits.csv`.
    pub visits: usize,
    /// Rows of `cases.csv`.
    pub cases: usize,
    /// Files in `photos`.
    pub photos: usize,
    /// Files in `activity`.
    pub activity_photos: usize,
}

/// Exports all opened visits, of each part the highest seal, into a new folder.
///
/// # Errors
/// Any [`ExportError`].
pub fn export(
    folder: &CityFolder,
    out: &Path,
    template: &Template,
    clock: &dyn Clock,
) -> Result<Exported, ExportError> {
    if fs::symlink_metadata(out).is_ok() {
        return Err(ExportError::Exists(out.to_owned()));
    }
    let programme = programme::read(&folder.programme())?;
    let desk = folder.desk();
    let lock = desk.lock()?;
    let mut journal = Journal::open(folder, &lock, clock)?;
    let mut parts = Vec::new();
    for part in opened::parts_that_count(&desk)?.into_values() {
        parts.push(Part::read(part)?);
    }
    let deliveries = Deliveries::read(&desk)?;
    let draft = files::draft_of(out);
    files::make_folder(&draft)?;
    let writing = Writing { draft: &draft, parts: &parts, programme: &programme, deliveries: &deliveries, template };
    let written = writing.write().and_then(|exported| {
        journal.append(&Deed::Export { cases: exported.cases })?;
        files::publish(&draft, out)?;
        Ok(exported)
    });
    if written.is_err() {
        // Residents' data must not lie about in a draft; the first error is the one to report.
        let _ = fs::remove_dir_all(&draft);
    }
    written
}

/// An opened part with everything that was read of it.
struct Part {
    opened: OpenedPart,
    visit: Visit,
    cases: Vec<Case>,
}

impl Part {
    fn read(opened: OpenedPart) -> Result<Self, FileError> {
        Ok(Self { visit: opened.visit()?, cases: opened.cases()?, opened })
    }
}

/// An export about to be written.
struct Writing<'a> {
    draft: &'a Path,
    parts: &'a [Part],
    programme: &'a Programme,
    deliveries: &'a Deliveries,
    template: &'a Template,
}

impl Writing<'_> {
    fn write(&self) -> Result<Exported, ExportError> {
        let Self { draft, parts, programme, deliveries, template } = *self;
        let names = short_names(parts.iter().map(|part| part.visit.plan.id));
        let photos = draft.join("photos");
        files::make_folder(&photos)?;
        let mut exported = Exported::default();
        let mut cases = Vec::new();
        for part in parts {
            let visit_name = names[&part.visit.plan.id].as_str();
            let site = site_name(programme, &part.visit);
            for case in &part.cases {
                let photo = copy_photo(part, case, visit_name, draft)?;
                exported.photos += usize::from(photo.is_some());
                let delivery = deliveries.stage_of(case.id);
                cases.push(CaseRow { visit_name, site, visit: &part.visit, case, photo, programme, delivery });
            }
        }
        exported.activity_photos = self.copy_activity_photos(&names)?;
        cases.sort_by_key(|row| (row.visit.plan.date, row.visit_name, row.case.number));
        let visits = visits(parts, &names, programme);
        exported.cases = cases.len();
        exported.visits = visits.len();
        self.write_table("cases.csv", &template.cases(), &cases)?;
        self.write_table("visits.csv", &template.visits(), &visits)?;
        files::sync_folder(&photos)?;
        files::sync_folder(draft)?;
        Ok(exported)
    }

    /// Each was looked at when it was opened: it is a picture in which somebody said that nobody can be known, and no more.
    fn copy_activity_photos(&self, names: &BTreeMap<VisitId, String>) -> Result<usize, FileError> {
        let folder = self.draft.join("activity");
        let mut copied = 0;
        for part in self.parts {
            let visit = &part.visit;
            for (place, (_, from)) in (1..).zip(part.opened.activity_photos()?) {
                if copied == 0 {
                    files::make_folder(&folder)?;
                }
                let name = activity_photo_name(&names[&visit.plan.id], visit.part, place);
                copy(&from, &folder.join(name))?;
                copied += 1;
            }
        }
        if copied > 0 {
            files::sync_folder(&folder)?;
        }
        Ok(copied)
    }

    fn write_table<R>(&self, name: &'static str, columns: &[Chosen<R>], rows: &[R]) -> Result<(), ExportError> {
        let path = self.draft.join(name);
        let file = files::create(&path)?;
        match write_table(io::BufWriter::new(&file), columns, rows, self.template.encoding()) {
            Ok(()) => Ok(file.sync_all().at(&path)?),
            Err(TableError::Io(error)) => Err(error).at(&path).map_err(ExportError::from),
            Err(problem) => Err(ExportError::Table { file: name, problem }),
        }
    }
}

fn visits(parts: &[Part], names: &BTreeMap<VisitId, String>, programme: &Programme) -> Vec<VisitRow> {
    let mut by_visit: BTreeMap<VisitId, Vec<&Part>> = BTreeMap::new();
    for part in parts {
        by_visit.entry(part.visit.plan.id).or_default().push(part);
    }
    let mut rows = Vec::new();
    for (visit, parts) in by_visit {
        let site = site_name(programme, &parts[0].visit).to_owned();
        let parts = parts.into_iter().map(|part| VisitPart {
            seal: part.opened.seal(),
            visit: part.visit.clone(),
            tally: Tally::of(&part.visit, &part.cases),
        });
        rows.extend(VisitRow::join(names[&visit].clone(), site, parts.collect()));
    }
    rows.sort_by_key(VisitRow::date);
    rows
}

fn copy_photo(part: &Part, case: &Case, visit_name: &str, draft: &Path) -> Result<Option<String>, FileError> {
    let Some(from) = part.opened.photo(case) else { return Ok(None) };
    let name = format!("photos/{visit_name}-{}.jpg", case.number);
    copy(&from, &draft.join(&name))?;
    Ok(Some(name))
}

fn copy(from: &Path, to: &Path) -> Result<(), FileError> {
    let mut source = fs::File::open(from).at(from)?;
    let mut target = files::create(to)?;
    io::copy(&mut source, &mut target).and_then(|_| target.sync_all()).at(to)
}

/// The name of a photo of an activity: the visit's short name, the part, and its place among those of the part.
pub(super) fn activity_photo_name(visit: &str, part: PartNumber, place: usize) -> String {
    format!("{visit}-{part}-{place:02}.jpg")
}

fn site_name<'a>(programme: &'a Programme, visit: &'a Visit) -> &'a str {
    let named = programme.site(&visit.plan.site).and_then(|site| site.name.as_deref());
    named.unwrap_or(visit.plan.site.as_str())
}

/// The first eight digits of each identifier; the whole of it where two visits share them.
pub(super) fn short_names(visits: impl Iterator<Item = VisitId>) -> BTreeMap<VisitId, String> {
    const DIGITS: usize = 8;
    let whole: BTreeMap<VisitId, String> = visits.map(|visit| (visit, visit.to_string())).collect();
    let mut shared: BTreeMap<String, usize> = BTreeMap::new();
    for name in whole.values() {
        *shared.entry(name[..DIGITS].to_owned()).or_default() += 1;
    }
    let short = |name: String| if shared[&name[..DIGITS]] == 1 { name[..DIGITS].to_owned() } else { name };
    whole.into_iter().map(|(visit, name)| (visit, short(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_visits_never_share_a_name() {
        let ids = [
            "0c5ad1c7-8a5b-4d3c-9f43-5f1f0c7a2b11",
            "0c5ad1c7-0000-4d3c-9f43-5f1f0c7a2b11",
            "7f0e1c1e-5a5b-4f3a-8d3c-1f2e3d4c5b6a",
        ];
        let names = short_names(ids.into_iter().chain(ids).map(|id| id.parse().unwrap()));
        let names: Vec<&str> = names.values().map(String::as_str).collect();
        assert_eq!(names, [ids[1], ids[0], "7f0e1c1e"]);
    }
}
