//! Published claims and our measurements, as text for a terminal, as Markdown and as a page. All words about what was
//! found come from the data.

mod html;
mod markdown;
mod terminal;
#[cfg(test)]
mod tests;

pub use html::html;
pub use markdown::markdown;
pub use terminal::terminal;

use crate::chart::format::{self, counted};
use crate::chart::{Chart, duplex, precise, xy};
use crate::measure::literature::{Experiment, Literature, Row, Tolerance, Verdict};

/// What the page is called.
pub const TITLE: &str = "What the literature says, and what we measured";

/// The drawings of all experiments.
pub fn charts(literature: &Literature) -> Vec<Chart> {
    let experiments = literature.experiments.iter();
    experiments
        .flat_map(|one| drawings(literature, one))
        .collect()
}

/// The chart of an experiment and its ladder, such as it has.
fn drawings(literature: &Literature, experiment: &Experiment) -> Vec<Chart> {
    let ladder = experiment.ladder.as_deref().and_then(duplex);
    chart(literature, experiment)
        .into_iter()
        .chain(ladder)
        .collect()
}

fn chart(literature: &Literature, experiment: &Experiment) -> Option<Chart> {
    let place = match (experiment.real_sockets, &literature.machine) {
        (true, Some(machine)) => format!(
            "kernel sockets on {}, {}, {}",
            machine.os,
            machine.arch,
            counted(machine.cores as u64, "core")
        ),
        _ => "simulated: the same on every machine".into(),
    };
    let origin = format!("{place}, pushlab {}", literature.pushlab);
    let footer = [origin, format!("$ {}", command(experiment))];
    Some(xy(experiment.plot.as_ref()?, &footer))
}

/// The command that runs this experiment alone.
fn command(experiment: &Experiment) -> String {
    format!("pushlab reproduce {}", experiment.id)
}

/// A verdict as a word.
fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Agrees => "agrees",
        Verdict::Off => "OFF",
        Verdict::Reported => "reported",
        Verdict::NotMeasured => "NOT MEASURED",
    }
}

/// A verdict as a sign, for those who skim.
fn sign(verdict: Verdict) -> char {
    match verdict {
        Verdict::Agrees => '✓',
        Verdict::Off => '✗',
        Verdict::Reported => '○',
        Verdict::NotMeasured => '!',
    }
}

fn predicted(row: &Row) -> String {
    precise(row.unit, row.predicted)
}

/// The measured value, or why there is none.
fn measured(row: &Row) -> String {
    match (row.measured, &row.problem) {
        (Some(value), _) => precise(row.unit, value),
        (None, Some(problem)) => problem.clone(),
        (None, None) => "-".into(),
    }
}

/// How far the measurement is from the prediction, in the terms of the tolerance.
fn deviation(row: &Row) -> String {
    let Some(measured) = row.measured else {
        return "-".into();
    };
    let difference = measured - row.predicted;
    match row.tolerance {
        Tolerance::Points(_) if difference == 0.0 => "0 points".into(),
        Tolerance::Points(_) => format!("{:+.2} points", 100.0 * difference),
        _ if row.predicted == 0.0 => precise(row.unit, difference),
        _ => percent(100.0 * difference / row.predicted),
    }
}

/// A relative deviation; a tenth of a percent is fine enough, and only nothing is `0 %`.
fn percent(percent: f64) -> String {
    match percent.abs() {
        0.0 => "0 %".into(),
        p if p < 0.05 => "<0.1 %".into(),
        _ => format::deviation(percent),
    }
}

/// What the tolerance allows.
fn allowed(row: &Row) -> String {
    match row.tolerance {
        Tolerance::Exact => "exact".into(),
        Tolerance::Percent(percent) => format!("±{percent} %"),
        Tolerance::Points(points) => format!("±{points} points"),
        Tolerance::Absolute(most) => format!("±{}", precise(row.unit, most)),
        Tolerance::Between([least, most]) => {
            format!(
                "{} to {}",
                precise(row.unit, least),
                precise(row.unit, most)
            )
        }
        Tolerance::Report => "not judged".into(),
    }
}

/// How many verdicts of each kind, in words.
fn verdicts<'a>(rows: impl Iterator<Item = &'a Row>) -> String {
    let mut counts = [0u64; 4];
    for row in rows {
        counts[row.verdict as usize] += 1;
    }
    let [agree, off, reported, missing] = counts;
    let mut parts = vec![format!("{} within tolerance", counted(agree, "figure"))];
    if off > 0 {
        parts.push(format!("{} off", format::count(off)));
    }
    if missing > 0 {
        parts.push(format!("{} not measured", format::count(missing)));
    }
    if reported > 0 {
        parts.push(format!("{} reported, not judged", format::count(reported)));
    }
    parts.join(", ")
}

/// The answer of the whole page in a sentence or two.
pub(super) fn answer(literature: &Literature) -> String {
    let ran = literature
        .experiments
        .iter()
        .filter(|e| e.skipped.is_none());
    let mut answer = format!(
        "{}: {}.",
        counted(ran.count() as u64, "experiment"),
        verdicts(literature.rows())
    );
    let off: Vec<&str> = literature
        .experiments
        .iter()
        .filter(|one| one.rows.iter().any(|row| row.verdict.is_off()))
        .map(|one| one.id.as_str())
        .collect();
    if !off.is_empty() {
        answer += &format!(" Look at {}.", off.join(", "));
    }
    answer
}

/// The row of an experiment that is furthest off in relative terms, in words, where there is one.
fn furthest(experiment: &Experiment) -> Option<String> {
    let judged = |row: &&Row| row.verdict != Verdict::Reported && row.predicted != 0.0;
    let relative = |row: &Row| Some(100.0 * (row.measured? - row.predicted) / row.predicted);
    let (row, off) = experiment
        .rows
        .iter()
        .filter(judged)
        .filter_map(|row| Some((row, relative(row)?)))
        .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
    // What rounds to nothing is not worth a sentence.
    (off.abs() >= 0.05).then(|| {
        format!(
            "Furthest from its prediction: {}, {} instead of {} ({}).",
            row.figure,
            measured(row),
            predicted(row),
            percent(off)
        )
    })
}
