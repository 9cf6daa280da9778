//! The experiments in a terminal: plain ASCII tables, predicted beside measured.

use super::{answer, deviation, measured, predicted, word};
use crate::chart::format::ascii;
use crate::measure::literature::{Experiment, Literature};
use crate::report::terminal::fill;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

const HEAD: [&str; 6] = [
    "figure",
    "predicted",
    "measured",
    "deviation",
    "verdict",
    "source",
];
/// The columns that hold numbers.
const NUMBERS: std::ops::Range<usize> = 1..4;
const BOLD: &str = "\x1b[1m";
const RED: &str = "\x1b[1;31m";
const RESET: &str = "\x1b[0m";

/// All experiments, at most `width` columns wide (but never less than 60), without a final line break.
pub fn terminal(literature: &Literature, width: u16, color: bool) -> String {
    let width = width.max(60);
    let paint = |line: &str, style: &str| match color {
        true => format!("{style}{line}{RESET}"),
        false => line.to_owned(),
    };
    let mut out = Vec::new();
    for experiment in &literature.experiments {
        let title = format!("{} {}", experiment.id, experiment.title);
        out.push(paint(&ascii(&title), BOLD));
        if let Some(skipped) = &experiment.skipped {
            out.extend(fill(skipped, width));
        } else {
            out.extend(fill(&experiment.formula, width));
            out.extend(table(experiment, width));
            out.extend(fill(&experiment.finding, width));
            for note in &experiment.notes {
                out.extend(fill(&format!("Note: {note}"), width));
            }
        }
        out.push(String::new());
    }
    let style = if literature.off() { RED } else { BOLD };
    let answer = fill(&answer(literature), width);
    out.extend(answer.iter().map(|line| paint(line, style)));
    out.push(format!("$ {}", literature.command));
    out.join("\n")
}

fn table(experiment: &Experiment, width: u16) -> Vec<String> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width);
    table.set_header(HEAD);
    for row in &experiment.rows {
        let cells = [
            row.figure.clone(),
            predicted(row),
            measured(row),
            deviation(row),
            word(row.verdict).into(),
            row.source.clone(),
        ];
        table.add_row(cells.map(|cell| ascii(&cell)));
    }
    for number in NUMBERS {
        if let Some(column) = table.column_mut(number) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}
