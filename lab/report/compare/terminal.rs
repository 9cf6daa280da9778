//! The comparison in a terminal. Plain ASCII; colour only where asked for.

use super::{Comparison, Difference, Pair, Verdict};
use crate::chart::format::{self, ascii};
use crate::report::deviation::{figure_name, figure_value};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

const BOLD: &str = "\x1b[1m";
const RESET: &str = "\x1b[0m";
/// A setting longer than this is cut; the JSON has all of it.
const LONGEST: usize = 60;

/// The comparison, at most `width` columns wide (but never less than 60), without a final line break.
pub fn terminal(comparison: &Comparison, width: u16, color: bool) -> String {
    let width = width.max(60);
    let bold = |line: &str| {
        if color {
            format!("{BOLD}{line}{RESET}")
        } else {
            line.to_owned()
        }
    };
    let mut out = vec![
        format!("A: {}", ascii(&comparison.a)),
        format!("B: {}", ascii(&comparison.b)),
        String::new(),
    ];
    for warning in &comparison.warnings {
        out.extend([bold(&ascii(warning)), String::new()]);
    }
    if comparison.settings.is_empty() {
        out.push("Nothing was set differently.".into());
    } else {
        out.push(bold("What was set differently"));
        let mut rows = vec![["".to_owned(), "A".into(), "B".into()].to_vec()];
        rows.extend(
            comparison
                .settings
                .iter()
                .map(|s| vec![s.field.clone(), short(&s.a), short(&s.b)]),
        );
        out.push(table(&rows, 0, width));
    }
    for pair in &comparison.points {
        out.push(String::new());
        out.push(bold(&pair.label));
        out.extend(lines(pair, width));
    }
    let has = |wanted: Verdict| {
        let mut all = comparison.points.iter().flat_map(|pair| &pair.figures);
        all.any(|difference| difference.verdict == wanted)
    };
    let notes = [
        (
            has(Verdict::NotDistinguishable),
            "Not distinguishable: the 95 % intervals overlap. That does not prove that there is no difference.",
        ),
        (
            has(Verdict::Higher) || has(Verdict::Lower),
            "Intervals apart: they come from the events of one run each. Repeat with other seeds before you rely on it.",
        ),
        (
            has(Verdict::Counted),
            "Counts of these runs: exact for this scenario and seed; another seed gives others.",
        ),
    ];
    out.push(String::new());
    out.extend(
        notes
            .into_iter()
            .filter(|(shown, _)| *shown)
            .map(|(_, note)| note.to_owned()),
    );
    out.join("\n").trim_end().to_owned()
}

fn lines(pair: &Pair, width: u16) -> Vec<String> {
    if let Some(problem) = &pair.problem {
        return vec![format!("nothing to compare: {}", ascii(problem))];
    }
    let (same, other): (Vec<_>, Vec<_>) = pair
        .figures
        .iter()
        .partition(|difference| difference.verdict == Verdict::Same);
    let mut out = vec![];
    if !other.is_empty() {
        let head = ["figure", "A", "B", "B - A", "", "what it means"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        rows.extend(other.into_iter().map(row));
        out.push(table(&rows, 1, width));
    }
    if !same.is_empty() {
        let names: Vec<_> = same
            .into_iter()
            .map(|difference| ascii(&figure_name(&difference.figure)))
            .collect();
        let text = match out.is_empty() {
            true => "all figures are the same".to_owned(),
            false => format!("the same: {}", names.join("; ")),
        };
        out.extend(crate::report::terminal::fill(&text, width));
    }
    out
}

fn row(difference: &Difference) -> Vec<String> {
    let value = |value: f64, interval: Option<[f64; 2]>| match interval {
        Some(interval) if difference.figure.contains("_us") => format::time_within(value, interval),
        _ => figure_value(&difference.figure, value),
    };
    let sign = if difference.difference > 0.0 {
        "+"
    } else {
        "-"
    };
    let cells = [
        figure_name(&difference.figure),
        value(difference.a, difference.interval_a),
        value(difference.b, difference.interval_b),
        format!(
            "{sign}{}",
            figure_value(&difference.figure, difference.difference.abs())
        ),
        difference.percent.map_or("-".into(), format::deviation),
        difference.verdict.words().into(),
    ];
    cells.iter().map(|cell| ascii(cell)).collect()
}

/// Columns from `first_right` to the last but one hang on their right side.
fn table(rows: &[Vec<String>], first_right: usize, width: u16) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .add_rows(rows);
    let last = rows.first().map_or(0, Vec::len).saturating_sub(1);
    for (i, column) in table.column_iter_mut().enumerate() {
        if first_right > 0 && (first_right..last).contains(&i) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines: Vec<_> = table
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect();
    lines.join("\n")
}

fn short(text: &str) -> String {
    let text = ascii(text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
