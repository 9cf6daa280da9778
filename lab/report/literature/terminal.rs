//! The experiments in a terminal: plain ASCII tables, predicted beside measured.

use super::{answer, deviation, measured, predicted, word};
use crate::chart::format::ascii;
use crate::measure::literature::{Experiment, Literature};
use crate::report::console::{self, Ink, fill};

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

/// All experiments, at most `width` columns wide (but never less than 60), without a final line break.
pub fn terminal(literature: &Literature, width: u16, color: bool) -> String {
    let width = width.max(60);
    let ink = Ink(color);
    let mut out = Vec::new();
    for experiment in &literature.experiments {
        let title = format!("{} {}", experiment.id, experiment.title);
        out.push(ink.bold(&ascii(&title)));
        if let Some(skipped) = &experiment.skipped {
            out.extend(fill(skipped, width));
        } else {
            out.extend(fill(&experiment.formula, width));
            let table = table(experiment, width);
            out.extend(table.lines().map(str::to_owned));
            out.extend(fill(&experiment.finding, width));
            for note in &experiment.notes {
                out.extend(fill(&format!("Note: {note}"), width));
            }
        }
        out.push(String::new());
    }
    let answer = fill(&answer(literature), width);
    let off = literature.off();
    out.extend(answer.iter().map(|line| match off {
        true => ink.red(line),
        false => ink.bold(line),
    }));
    out.push(format!("$ {}", literature.command));
    out.join("\n")
}

fn table(experiment: &Experiment, width: u16) -> String {
    let mut rows = vec![HEAD.map(str::to_owned).to_vec()];
    rows.extend(experiment.rows.iter().map(|row| {
        let cells = [
            row.figure.clone(),
            predicted(row),
            measured(row),
            deviation(row),
            word(row.verdict).into(),
            row.source.clone(),
        ];
        cells.iter().map(|cell| ascii(cell)).collect()
    }));
    console::table(&rows, NUMBERS, Some(width))
}
