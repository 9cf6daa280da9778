//! The summary in a terminal: a table that fits its width, what was found, and how to make it again. Colour
//! only where asked for.

use super::console::{self, ALL_BUT_THE_FIRST, Ink, fill, fits};
use super::{finding, people, tables};
use crate::chart::format::{ascii, spaced};
use crate::chart::{Table, cast, evidence, network, rate};
use crate::measure::Results;

const HEAD: [&str; 11] = [
    "transport",
    "latency\np50",
    "latency\np99",
    "mean\nage",
    "time\nstale",
    "requests",
    "empty\nanswers",
    "TCP\nconns",
    "bytes per\nevent",
    "times\nbaseline",
    "verified",
];

/// The summary, at most `width` columns wide (but never less than 40), without a final line break.
pub fn terminal(results: &Results, width: u16, color: bool) -> String {
    let width = width.max(40);
    let ink = Ink(color);
    let scenario = &results.scenario;
    let title = format!(
        "{} | {} | {} | {} | seed {}",
        scenario.name,
        spaced(&scenario.duration.to_string()),
        network(results),
        rate(results),
        results.seed
    );
    let mut out: Vec<String> = fill(&title, width)
        .iter()
        .map(|line| ink.bold(line))
        .collect();
    out.extend(fill(&cast(results).join(" "), width));
    let found = finding(results);
    for warning in &found.warnings {
        out.push(String::new());
        out.extend(fill(warning, width).iter().map(|line| ink.red(line)));
    }
    out.push(String::new());
    let (table, head_lines) = table(results, width);
    out.extend(table.lines().take(head_lines).map(|line| ink.bold(line)));
    out.extend(table.lines().skip(head_lines).map(str::to_owned));
    if let Some(note) = evidence::note(results) {
        out.extend(fill(&note, width));
    }
    if let Some((table, head_lines)) = people_table(results, width) {
        out.push(String::new());
        out.extend(table.lines().take(head_lines).map(|line| ink.bold(line)));
        out.extend(table.lines().skip(head_lines).map(str::to_owned));
        if let Some(note) = people::note_of_compact(results) {
            out.extend(fill(&note, width));
        }
    }
    out.push(String::new());
    out.extend(fill(&found.sentences.join(" "), width));
    out.push(String::new());
    for transport in results.transports.iter().filter(|t| !t.settings.is_empty()) {
        out.extend(fill(
            &format!("{}: {}", transport.label, transport.settings),
            width,
        ));
    }
    if let Some(baseline) = results.transports.iter().find(|t| t.id == results.baseline) {
        out.extend(fill(
            &format!("Baseline of the ratios: {}", baseline.label),
            width,
        ));
    }
    out.push(format!("$ {}", results.command));
    out.join("\n")
}

/// Budgets and what people published, where an application ran.
fn people_table(results: &Results, width: u16) -> Option<(String, usize)> {
    let Table { head, rows, .. } = people::compact(results);
    let mut all = vec![head.clone()];
    for mut row in rows {
        // The warning above says why a transport has no figures.
        if row.len() < head.len() {
            row.truncate(1);
            row.resize(head.len(), "-".into());
        }
        all.push(row);
    }
    (all.len() > 1).then(|| arranged(&all, head.len(), width))
}

/// One row per transport or, where the terminal is too narrow for that, one column; and the lines of its head.
fn table(results: &Results, width: u16) -> (String, usize) {
    let summary = tables::summary(results, &HEAD);
    let mut rows = vec![summary.head];
    for mut row in summary.rows {
        if row.len() < HEAD.len() {
            // A transport without figures has dashes here; the warning above says why.
            row.truncate(1);
            row.resize(HEAD.len() - 1, "-".into());
            row.push("NO".into());
        }
        rows.push(row);
    }
    arranged(&rows, HEAD.len(), width)
}

fn arranged(rows: &[Vec<String>], columns: usize, width: u16) -> (String, usize) {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| ascii(cell)).collect())
        .collect();
    let wide = console::table(&rows, ALL_BUT_THE_FIRST, None);
    if fits(&wide, width) {
        return (wide, 2);
    }
    let column = |i: usize| rows.iter().map(|row| row[i].replace('\n', " ")).collect();
    let columns: Vec<Vec<String>> = (0..columns).map(column).collect();
    (console::table(&columns, ALL_BUT_THE_FIRST, Some(width)), 1)
}
