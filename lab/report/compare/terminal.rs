//! The comparison in a terminal. Plain ASCII; colour only where asked for.

use super::{Comparison, Difference, Pair, Verdict};
use crate::chart::format::{self, ascii};
use crate::report::console::{self, Ink, fill};
use crate::report::deviation::{figure_difference, figure_name, figure_value};

/// The columns of figures that hold numbers.
const NUMBERS: std::ops::Range<usize> = 1..5;
/// A setting longer than this is cut; the JSON has all of it.
const LONGEST: usize = 60;

/// The comparison, at most `width` columns wide (but never less than 60), without a final line break.
pub fn terminal(comparison: &Comparison, width: u16, color: bool) -> String {
    let width = width.max(60);
    let ink = Ink(color);
    let mut out = vec![
        format!("A: {}", ascii(&comparison.a)),
        format!("B: {}", ascii(&comparison.b)),
        String::new(),
    ];
    for warning in &comparison.warnings {
        out.extend([ink.bold(&ascii(warning)), String::new()]);
    }
    if comparison.settings.is_empty() {
        out.push("Nothing was set differently.".into());
    } else {
        out.push(ink.bold("What was set differently"));
        let mut rows = vec![["".to_owned(), "A".into(), "B".into()].to_vec()];
        rows.extend(
            comparison
                .settings
                .iter()
                .map(|s| vec![s.field.clone(), short(&s.a), short(&s.b)]),
        );
        out.push(console::table(&rows, 0..0, Some(width)));
    }
    for pair in &comparison.points {
        out.push(String::new());
        out.push(ink.bold(&pair.label));
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
        let head = ["figure", "A", "B", "B - A", "relative", "what it means"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        rows.extend(other.into_iter().map(row));
        out.push(console::table(&rows, NUMBERS, Some(width)));
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
        out.extend(fill(&text, width));
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
            figure_difference(&difference.figure, difference.difference.abs())
        ),
        difference.percent.map_or("-".into(), format::deviation),
        difference.verdict.words().into(),
    ];
    cells.iter().map(|cell| ascii(cell)).collect()
}

fn short(text: &str) -> String {
    let text = ascii(text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
