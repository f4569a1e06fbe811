//! Column sets by template: which columns a table has, in which order, under which headings, and in which encoding.
//!
//! A template is a TOML file of the city's; `city/templates` has examples. Columns come from a closed list, in which
//! 個人番号 does not stand.

use std::path::{Path, PathBuf};

use homon_report::{CaseRow, Chosen, Column, Encoding, VisitRow, case_table, visit_table};
use serde::Deserialize;

use crate::desk::files::{self, FileError};
use crate::desk::programme::line_at;

/// Why a template can't be used. Nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The file could not be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// Not TOML, or a field is missing, unknown or of the wrong kind.
    #[error("{}, line {line}: {problem}", path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong, with the name of the field.
        problem: String,
    },
    /// There is no such column.
    #[error("{}: {table} has no column `{column}`; its columns are {known}", path.display())]
    NoSuchColumn {
        /// The file.
        path: PathBuf,
        /// Of which table.
        table: &'static str,
        /// What the template calls it.
        column: String,
        /// What there is.
        known: String,
    },
    /// Two columns have one heading, so that a program could not tell them apart.
    #[error("{}: two columns of {table} have the heading {heading}", path.display())]
    SameHeading {
        /// The file.
        path: PathBuf,
        /// Of which table.
        table: &'static str,
        /// The heading.
        heading: String,
    },
    /// A table without a column.
    #[error("{}: {table} has no column; leave it out to have the usual ones", path.display())]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// Which table.
        table: &'static str,
    },
}

/// Which columns an export has. Without a word of the city: the usual ones, in UTF-8.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    #[serde(default)]
    encoding: EncodingName,
    #[serde(default)]
    cases: Option<Vec<Wanted>>,
    #[serde(default)]
    visits: Option<Vec<Wanted>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
enum EncodingName {
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "cp932")]
    Cp932,
}

/// A column that the city wants.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    column: String,
    #[serde(default)]
    heading: Option<String>,
}

impl Template {
    /// Reads and checks a template.
    ///
    /// # Errors
    /// Any [`TemplateError`].
    pub fn read(path: &Path) -> Result<Self, TemplateError> {
        let text = files::read_text(path)?;
        let template: Self = toml::from_str(&text).map_err(|error| TemplateError::Field {
            path: path.to_owned(),
            line: line_at(&text, error.span().map_or(0, |span| span.start)),
            problem: error.message().to_owned(),
        })?;
        check(path, "cases", template.cases.as_deref(), &case_table::columns())?;
        check(path, "visits", template.visits.as_deref(), &visit_table::COLUMNS)?;
        Ok(template)
    }

    pub(super) fn encoding(&self) -> Encoding {
        match self.encoding {
            EncodingName::Utf8 => Encoding::Utf8,
            EncodingName::Cp932 => Encoding::Cp932,
        }
    }

    pub(super) fn cases<'a>(&self) -> Vec<Chosen<CaseRow<'a>>> {
        let columns = case_table::columns();
        match &self.cases {
            Some(wanted) => chosen(wanted, &columns),
            None => columns[..case_table::USUAL].iter().map(|column| column.under(None)).collect(),
        }
    }

    pub(super) fn visits(&self) -> Vec<Chosen<VisitRow>> {
        match &self.visits {
            Some(wanted) => chosen(wanted, &visit_table::COLUMNS),
            None => visit_table::COLUMNS.iter().map(|column| column.under(None)).collect(),
        }
    }
}

/// In the order of the template. A name that is not there was refused when the template was read.
fn chosen<R>(wanted: &[Wanted], columns: &[Column<R>]) -> Vec<Chosen<R>> {
    let named = |wanted: &Wanted| {
        let column = columns.iter().find(|column| column.name == wanted.column)?;
        Some(column.under(wanted.heading.as_deref()))
    };
    wanted.iter().filter_map(named).collect()
}

fn check<R>(
    path: &Path,
    table: &'static str,
    wanted: Option<&[Wanted]>,
    columns: &[Column<R>],
) -> Result<(), TemplateError> {
    let Some(wanted) = wanted else { return Ok(()) };
    let path = path.to_owned();
    if wanted.is_empty() {
        return Err(TemplateError::NoColumn { path, table });
    }
    let known = |name: &str| columns.iter().any(|column| column.name == name);
    if let Some(stranger) = wanted.iter().find(|wanted| !known(&wanted.column)) {
        let known = columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
        return Err(TemplateError::NoSuchColumn { path, table, column: stranger.column.clone(), known });
    }
    let mut headings: Vec<String> = chosen(wanted, columns).into_iter().map(|column| column.heading).collect();
    headings.sort_unstable();
    match headings.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(TemplateError::SameHeading { path, table, heading: pair[0].clone() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Template, TemplateError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("columns.toml");
        std::fs::write(&path, text).unwrap();
        Template::read(&path)
    }

    fn headings(template: &Template) -> Vec<String> {
        template.cases().into_iter().map(|column| column.heading).collect()
    }

    #[test]
    fn the_examples_are_read() {
        for text in [include_str!("../../../templates/register.toml"), include_str!("../../../templates/marks.toml")] {
            let template = read(text).unwrap();
            assert!(template.cases.is_some());
        }
    }

    #[test]
    fn columns_stand_in_the_order_and_under_the_headings_of_the_template() {
        let template = read(
            "encoding = \"cp932\"\n[[cases]]\ncolumn = \"name\"\nheading = \"お名前\"\n[[cases]]\ncolumn = \"visit\"\n",
        )
        .unwrap();
        assert_eq!(headings(&template), ["お名前", "訪問"]);
        assert_eq!(template.encoding(), Encoding::Cp932);
        assert_eq!(template.visits().len(), visit_table::COLUMNS.len());
        assert_eq!(headings(&Template::default()).len(), case_table::USUAL);
        assert_eq!(read("").unwrap(), Template::default());
    }

    #[test]
    fn a_template_that_can_not_be_meant_is_refused_with_its_place() {
        let unknown = read("[[cases]]\ncolumn = \"individual_number\"\n").unwrap_err().to_string();
        assert!(unknown.contains("cases has no column `individual_number`; its columns are visit, date,"), "{unknown}");
        let twice = "[[cases]]\ncolumn = \"name\"\n[[cases]]\ncolumn = \"kana\"\nheading = \"氏名\"\n";
        assert!(matches!(read(twice), Err(TemplateError::SameHeading { heading, .. }) if heading == "氏名"));
        assert!(matches!(read("visits = []\n"), Err(TemplateError::NoColumn { table: "visits", .. })));
        for (text, line) in
            [("encoding = \"sjis\"\n", 1), ("\n[[cases]]\ncolumn = \"name\"\nwidth = 3\n", 4), ("[[", 1)]
        {
            let error = read(text).unwrap_err();
            assert!(matches!(error, TemplateError::Field { line: told, .. } if told == line), "{error}");
        }
    }
}
