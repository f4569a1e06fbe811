//! Tables for a terminal, aligned by the columns that characters take there: a kanji takes two.

use unicode_width::UnicodeWidthStr;

/// The blanks between two columns.
const GAP: usize = 2;

/// Lines up the cells of each column at their left. The first row holds the headings.
pub(super) fn aligned<const N: usize>(rows: &[[String; N]]) -> String {
    let widths: [usize; N] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].width()).max().unwrap_or(0));
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - cell.width() + GAP));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kanji_takes_two_columns() {
        let rows = [["site", "n"], ["みほん苑", "1"], ["ﾐﾎﾝ", "2"], ["", "3"]].map(|row| row.map(str::to_owned));
        assert_eq!(aligned(&rows), "site      n\nみほん苑  1\nﾐﾎﾝ       2\n          3\n");
    }
}
