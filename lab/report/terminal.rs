//! The summary in a terminal: a table that fits its width, what was found, and how to make it again. Plain ASCII, so
//! that no console garbles it; colour only where asked for.

use super::{finding, tables};
use crate::chart::format::{ascii, spaced};
use crate::chart::{evidence, network, rate};
use crate::measure::Results;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

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
const BOLD: &str = "\x1b[1m";
const RED: &str = "\x1b[1;31m";
const RESET: &str = "\x1b[0m";

/// The summary, at most `width` columns wide (but never less than 40), without a final line break.
pub fn terminal(results: &Results, width: u16, color: bool) -> String {
    let width = width.max(40);
    let paint = |line: &str, style: &str| {
        if color {
            format!("{style}{line}{RESET}")
        } else {
            line.to_owned()
        }
    };
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
        .map(|line| paint(line, BOLD))
        .collect();
    let found = finding(results);
    for warning in &found.warnings {
        out.push(String::new());
        out.extend(fill(warning, width).iter().map(|line| paint(line, RED)));
    }
    out.push(String::new());
    let (table, head_lines) = table(results, width);
    out.extend(table.lines().take(head_lines).map(|line| paint(line, BOLD)));
    out.extend(table.lines().skip(head_lines).map(str::to_owned));
    if let Some(note) = evidence::note(results) {
        out.extend(fill(&note, width));
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
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|row| row.iter().map(|cell| ascii(cell)).collect())
        .collect();
    let wide = rendered(&rows, None);
    if wide
        .lines()
        .all(|line| line.chars().count() <= usize::from(width))
    {
        return (wide, 2);
    }
    let column = |i: usize| rows.iter().map(|row| row[i].replace('\n', " ")).collect();
    let columns: Vec<Vec<String>> = (0..HEAD.len()).map(column).collect();
    (rendered(&columns, Some(width)), 1)
}

pub(super) fn rendered(rows: &[Vec<String>], width: Option<u16>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if let Some(width) = width {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width);
    }
    table.add_rows(rows);
    for (i, column) in table.column_iter_mut().enumerate() {
        column.set_cell_alignment(if i == 0 {
            CellAlignment::Left
        } else {
            CellAlignment::Right
        });
    }
    table
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Text broken at spaces into lines of at most `width` characters.
pub(super) fn fill(text: &str, width: u16) -> Vec<String> {
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
