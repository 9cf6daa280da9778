//! What the reports for a terminal share: colour where asked for, lines and tables that fit a width. Plain ASCII, so that
//! no console garbles it.

use crate::chart::format::ascii;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use std::ops::Range;

/// Whether lines are coloured.
#[derive(Clone, Copy)]
pub struct Ink(pub bool);

impl Ink {
    /// For headings.
    pub fn bold(self, line: &str) -> String {
        self.paint(line, "\x1b[1m")
    }

    /// For what must not be overlooked.
    pub fn red(self, line: &str) -> String {
        self.paint(line, "\x1b[1;31m")
    }

    fn paint(self, line: &str, style: &str) -> String {
        match self.0 {
            true => format!("{style}{line}\x1b[0m"),
            false => line.to_owned(),
        }
    }
}

/// Text broken at spaces into lines of at most `width` characters.
pub fn fill(text: &str, width: u16) -> Vec<String> {
    let mut lines: Vec<String> = vec![];
    for word in ascii(text).split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= usize::from(width) => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Rows in columns, those in `numbers` on their right side: as wide as they need, or broken to fit into `width`.
pub fn table(rows: &[Vec<String>], numbers: Range<usize>, width: Option<u16>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if let Some(width) = width {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width);
    }
    table.add_rows(rows);
    for (i, column) in table.column_iter_mut().enumerate() {
        if numbers.contains(&i) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines: Vec<_> = table
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect();
    lines.join("\n")
}

/// The columns of a table whose first one alone is words.
pub const ALL_BUT_THE_FIRST: Range<usize> = 1..usize::MAX;

/// Whether each line of a text fits.
pub fn fits(text: &str, width: u16) -> bool {
    let mut lines = text.lines();
    lines.all(|line| line.chars().count() <= usize::from(width))
}
