//! The same as Markdown and for the terminal.

use super::{finding::finding, map, method, scale, trials};
use crate::chart::format::{self, ascii};
use crate::chart::sweep::all;
use crate::measure::sweep::SweepResults;
use crate::report::console::{self, ALL_BUT_THE_FIRST, Ink, fill, fits};
use crate::report::markdown::{longest_run, section, text};

/// Longer tables are for the page.
const MOST_ROWS: usize = 40;

/// The report as Markdown.
pub fn markdown(results: &SweepResults) -> String {
    let (head, sweep) = (&results.head, &results.head.sweep);
    let found = finding(results);
    let mut out = format!("# {}\n", text(&sweep.name));
    if !sweep.about.is_empty() {
        out.push_str(&format!("\n{}\n", text(&sweep.about)));
    }
    for warning in &found.warnings {
        out.push_str(&format!("\n> **{}**\n", text(warning)));
    }
    out.push_str(&format!("\n{}\n\n", text(&found.sentences.join(" "))));
    for sentence in &found.details {
        out.push_str(&format!("- {}\n", text(sentence)));
    }
    if let Some(table) = scale::table(results) {
        section(&mut out, "All loads", &table);
    }
    if let Some(table) = scale::fan_out(results) {
        section(&mut out, "Place in the order", &table);
        for sentence in scale::explained(results) {
            out.push_str(&format!("\n{}\n", text(&sentence)));
        }
    }
    if let Some(table) = map::table(results) {
        section(&mut out, "Break-even", &table);
    }
    for chart in all(results) {
        section(&mut out, &chart.title, &chart.table);
    }
    out.push_str("\n## How it was measured\n\n");
    for sentence in method(results) {
        out.push_str(&format!("- {}\n", text(&sentence)));
    }
    let fence = "`".repeat(longest_run(&head.command, '`').max(2) + 1);
    out.push_str(&format!(
        "\n## Make it again\n\n{}, {}, pushlab {}\n\n{fence}sh\n{}\n{fence}\n",
        text(&trials(results)),
        text(&place(results, " network")),
        text(&head.pushlab),
        head.command
    ));
    out
}

/// The network, and on which machine where that matters.
fn place(results: &SweepResults, noun: &str) -> String {
    let head = &results.head;
    match &head.machine {
        Some(machine) => format!("{}{noun}, {}", head.network, format::machine(machine)),
        None => format!("{}{noun}", head.network),
    }
}

/// The summary, at most `width` columns wide (but never less than 40), without a final line break.
pub fn terminal(results: &SweepResults, width: u16, color: bool) -> String {
    let (head, sweep) = (&results.head, &results.head.sweep);
    let width = width.max(40);
    let ink = Ink(color);
    let axes: Vec<_> = sweep.vary.iter().map(ToString::to_string).collect();
    let title = format!(
        "{} | {} | {} | {}",
        sweep.name,
        axes.join(" | "),
        trials(results),
        place(results, "")
    );
    let mut out: Vec<String> = fill(&title, width)
        .iter()
        .map(|line| ink.bold(line))
        .collect();
    let found = finding(results);
    for warning in &found.warnings {
        out.push(String::new());
        out.extend(fill(warning, width).iter().map(|line| ink.red(line)));
    }
    for sentence in found.sentences.iter().chain(&found.details) {
        out.push(String::new());
        out.extend(fill(sentence, width));
    }
    // The first chart's numbers, where they are few enough to be read.
    let first = all(results).into_iter().map(|chart| chart.table);
    let table = scale::table(results)
        .or_else(|| map::table(results))
        .or_else(|| first.take(1).next());
    if let Some(table) = table.filter(|table| table.rows.len() <= MOST_ROWS) {
        let rows: Vec<Vec<String>> = [&table.head]
            .into_iter()
            .chain(&table.rows)
            .map(|row| {
                let cell = |i| {
                    row.get(i)
                        .map_or_else(String::new, |cell: &String| ascii(cell))
                };
                (0..table.head.len()).map(cell).collect()
            })
            .collect();
        out.push(String::new());
        out.extend(
            fill(&table.caption, width)
                .iter()
                .map(|line| ink.bold(line)),
        );
        let mut text = console::table(&rows, ALL_BUT_THE_FIRST, None);
        if !fits(&text, width) {
            text = console::table(&rows, ALL_BUT_THE_FIRST, Some(width));
        }
        out.extend(text.lines().map(str::to_owned));
    }
    out.push(String::new());
    for sentence in method(results) {
        out.extend(fill(&sentence, width));
    }
    out.push(format!("$ {}", head.command));
    out.join("\n")
}
