//! From columns to types. A column is given by its name; by its place where many rows are read, because a name is looked
//! for anew in each row.

use chrono::{DateTime, NaiveDate, Utc};
use homon_domain::audit::instant;
use homon_domain::ids::{MailNumber, PartNumber};
use homon_domain::word;
use rusqlite::{Row, RowIndex};
use serde::de::DeserializeOwned;
use std::str::FromStr;

use crate::body::Facts;
use crate::error::Error;

/// A text column, where SQLite has it.
pub(super) fn text<'r>(row: &'r Row<'_>, column: impl RowIndex) -> Result<&'r str, Error> {
    optional_text(row, column)?.ok_or(Error::Record)
}

fn optional_text<'r>(row: &'r Row<'_>, column: impl RowIndex) -> Result<Option<&'r str>, Error> {
    row.get_ref(column)?.as_str_or_null().map_err(|_| Error::Record)
}

/// A text column that a type parses.
pub(super) fn parsed<T: FromStr>(row: &Row<'_>, column: impl RowIndex) -> Result<T, Error> {
    text(row, column)?.parse().map_err(|_| Error::Record)
}

/// As [`parsed`], of a column that may be NULL.
pub(super) fn optional_parsed<T: FromStr>(row: &Row<'_>, column: impl RowIndex) -> Result<Option<T>, Error> {
    optional_text(row, column)?.map(|text| text.parse().map_err(|_| Error::Record)).transpose()
}

/// A variant as serde writes it.
pub(super) fn variant<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    Ok(word::read(text)?)
}

pub(super) fn date(row: &Row<'_>, column: impl RowIndex) -> Result<NaiveDate, Error> {
    parsed(row, column)
}

pub(super) fn at(row: &Row<'_>, column: impl RowIndex) -> Result<DateTime<Utc>, Error> {
    instant::read(text(row, column)?).ok_or(Error::Record)
}

pub(super) fn optional_at(row: &Row<'_>, column: impl RowIndex) -> Result<Option<DateTime<Utc>>, Error> {
    optional_text(row, column)?.map(|text| instant::read(text).ok_or(Error::Record)).transpose()
}

pub(super) fn part(row: &Row<'_>, column: impl RowIndex) -> Result<PartNumber, Error> {
    PartNumber::new(row.get(column)?).ok_or(Error::Record)
}

pub(super) fn mail_number(row: &Row<'_>, column: impl RowIndex) -> Result<MailNumber, Error> {
    MailNumber::new(row.get(column)?).ok_or(Error::Record)
}

pub(super) fn facts(row: &Row<'_>, column: impl RowIndex) -> Result<Facts, Error> {
    Ok(Facts::from_stored(row.get(column)?))
}

pub(super) fn optional_facts(row: &Row<'_>, column: impl RowIndex) -> Result<Option<Facts>, Error> {
    Ok(row.get::<_, Option<String>>(column)?.map(Facts::from_stored))
}
