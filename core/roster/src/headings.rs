//! Finds the row of headings, which may have titles above it, and refuses what would cut a name in two.

use std::collections::BTreeMap;

use crate::column::{Column, ColumnLetter};
use crate::fault::FileFault;
use crate::grid::{Cell, Grid, GridRow};

/// Titles above the headings are at most as many rows.
const TITLE_ROWS: usize = 50;

/// Which column is what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Headings {
    /// The number of their row.
    number: u32,
    columns: BTreeMap<Column, usize>,
}

impl Headings {
    /// The headings of a sheet; `None` when it has none.
    pub(crate) fn find(grid: &Grid) -> Result<Option<Self>, FileFault> {
        let with_name = |(_, count): &(usize, usize)| *count > 0;
        let rows = grid.rows.iter().take(TITLE_ROWS).map(known_in).enumerate();
        // The first of those with the most headings.
        let best = rows.filter(with_name).max_by_key(|(row, count)| (*count, TITLE_ROWS - row));
        let Some((row, _)) = best else { return Ok(None) };
        let headings = Self { number: grid.rows[row].number, columns: columns_of(&grid.rows[row])? };
        headings.check_second_row(grid.rows.get(row + 1))?;
        headings.check_neighbours(grid, &grid.rows[row])?;
        Ok(Some(headings))
    }

    /// Where a column stands, counted from 0.
    pub(crate) fn at(&self, column: Column) -> Option<usize> {
        self.columns.get(&column).copied()
    }

    /// What stands in a column, counted from 0.
    pub(crate) fn column(&self, index: usize) -> Option<Column> {
        self.columns.iter().find(|(_, at)| **at == index).map(|(column, _)| *column)
    }

    /// How many columns are known.
    pub(crate) fn count(&self) -> usize {
        self.columns.len()
    }

    /// The rows below the headings. Where the headings are repeated, as at the top of a printed page, they are no row.
    pub(crate) fn rows_below<'a>(&'a self, grid: &'a Grid) -> impl Iterator<Item = &'a GridRow> {
        grid.rows.iter().filter(|row| self.are_above(row))
    }

    /// Whether a row stands below the headings, and is not the headings repeated.
    pub(crate) fn are_above(&self, row: &GridRow) -> bool {
        row.number > self.number && !self.stand_in(row)
    }

    /// Columns in which something stands below the headings, and that are not read.
    pub(crate) fn not_read(&self, grid: &Grid) -> Vec<ColumnLetter> {
        let filled = self.rows_below(grid).flat_map(GridRow::filled).map(|(index, _)| index);
        let mut others: Vec<usize> = filled.filter(|index| self.column(*index).is_none()).collect();
        others.sort_unstable();
        others.dedup();
        others.into_iter().map(ColumnLetter::at).collect()
    }

    fn stand_in(&self, row: &GridRow) -> bool {
        let same = |(column, at): &(&Column, &usize)| heading(row.cell(**at)) == Some(**column);
        self.columns.iter().filter(same).count() > self.count() / 2
    }

    /// 氏名 over 姓 and 名: then what stands below 氏名 is half a name.
    fn check_second_row(&self, below: Option<&GridRow>) -> Result<(), FileFault> {
        let has_headings = |row: &GridRow| row.filled().any(|(_, cell)| heading(cell).is_some());
        let second = below.is_some_and(|below| has_headings(below) && !self.stand_in(below));
        if second { Err(FileFault::HeadingsInTwoRows { row: self.number }) } else { Ok(()) }
    }

    /// 氏名 over two columns, the second of which has no heading: then the second holds half a name.
    fn check_neighbours(&self, grid: &Grid, row: &GridRow) -> Result<(), FileFault> {
        for beside in [Column::Name, Column::FamilyName, Column::Kana, Column::FamilyKana, Column::Address] {
            let Some(next) = self.at(beside).map(|at| at + 1) else { continue };
            let nameless = row.cell(next).is_blank();
            if nameless && self.rows_below(grid).any(|row| !row.cell(next).is_blank()) {
                return Err(FileFault::HeadingMissing { at: ColumnLetter::at(next), beside });
            }
        }
        Ok(())
    }
}

fn heading(cell: &Cell) -> Option<Column> {
    match cell {
        Cell::Text(text) => Column::of_heading(text),
        _ => None,
    }
}

/// How many headings are known in a row; none when no name is among them.
fn known_in(row: &GridRow) -> usize {
    let known: Vec<Column> = row.filled().filter_map(|(_, cell)| heading(cell)).collect();
    let has = |column| known.contains(&column);
    let named = has(Column::Name) || has(Column::FamilyName) && has(Column::GivenName);
    if named { known.len() } else { 0 }
}

fn columns_of(row: &GridRow) -> Result<BTreeMap<Column, usize>, FileFault> {
    let mut columns = BTreeMap::new();
    for (index, cell) in row.filled() {
        let Some(column) = heading(cell) else { continue };
        if let Some(before) = columns.insert(column, index) {
            return Err(FileFault::HeadingTwice { column, at: [ColumnLetter::at(before), ColumnLetter::at(index)] });
        }
    }
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::separated;

    fn find(text: &str) -> Result<Option<Headings>, FileFault> {
        Headings::find(&separated::read(text).unwrap())
    }

    #[test]
    fn headings_are_found_below_titles() {
        let text = "見本苑 利用者名簿,,\n令和8年9月,,担当者 氏名,\n\n部屋,氏　名,ﾌﾘｶﾞﾅ,生年月日\n203,渡邉　神,ワタナベ　カミ,S5.3.12";
        let headings = find(text).unwrap().unwrap();
        assert_eq!(
            (headings.at(Column::Name), headings.at(Column::Room), headings.at(Column::Sex)),
            (Some(1), Some(0), None)
        );
        let grid = separated::read(text).unwrap();
        assert_eq!(headings.rows_below(&grid).map(|row| row.number).collect::<Vec<_>>(), [5]);
        assert_eq!(find("a,b\n1,2").unwrap(), None);
        assert_eq!(find("姓,住所\n渡邉,下関市").unwrap(), None, "half a name is none");
        assert_eq!(find("氏名\n渡邉　神").unwrap().unwrap().count(), 1);
    }

    #[test]
    fn the_row_with_the_most_headings_is_taken_and_of_two_the_first() {
        let text = "氏名,責任者\n姓,名,住所\n渡邉,神,下関市";
        assert_eq!(find(text).unwrap().unwrap().count(), 3);
        let repeated = "氏名,部屋,住所\n渡邉　神,1,下関市\n氏名,部屋,住所\n山田　花,2,下関市\n";
        let headings = find(repeated).unwrap().unwrap();
        let grid = separated::read(repeated).unwrap();
        assert_eq!(headings.rows_below(&grid).map(|row| row.number).collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn what_would_cut_a_name_in_two_is_refused() {
        let two_rows = find("氏名,,住所,部屋\n姓,名,,\n渡邉,神,下関市,1");
        assert_eq!(two_rows, Err(FileFault::HeadingsInTwoRows { row: 1 }));
        let merged = find("氏名,,住所\n渡邉,神,下関市");
        let missing = FileFault::HeadingMissing { at: ColumnLetter::at(1), beside: Column::Name };
        assert_eq!(
            missing.to_string(),
            "column B has no heading and stands beside 氏名; give it one, such as 姓 and 名, or empty it"
        );
        assert_eq!(merged, Err(missing));
        let twice = find("氏名,電話,電話\n渡邉　神,1,2");
        let at = [ColumnLetter::at(1), ColumnLetter::at(2)];
        assert_eq!(twice, Err(FileFault::HeadingTwice { column: Column::Phone, at }));
        assert!(find("氏名,住所,\n渡邉　神,下関市,").unwrap().is_some(), "an empty column is none");
    }

    #[test]
    fn what_is_not_read_is_told_by_its_letter() {
        let text = "氏名,介護度,住所,\n渡邉　神,3,下関市\n";
        let grid = separated::read(text).unwrap();
        let letters: Vec<String> =
            find(text).unwrap().unwrap().not_read(&grid).iter().map(ToString::to_string).collect();
        assert_eq!(letters, ["B"]);
    }
}
