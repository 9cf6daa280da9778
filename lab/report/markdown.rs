//! `report.md`: the finding and the tables, to paste into a README or a pull request.

use super::{finding, ladders, people, tables};
use crate::chart::{Table, budgets, byte_ledger, cast, evidence, labelled, network};
use crate::measure::Results;

const HEAD: [&str; 11] = [
    "Transport",
    "Latency p50",
    "p99",
    "Mean age",
    "Stale",
    "Requests",
    "Empty",
    "Connections",
    "Bytes per event",
    "x baseline",
    "Verified",
];

/// The report as Markdown.
pub fn markdown(results: &Results) -> String {
    let found = finding(results);
    let mut out = format!("# {}\n", text(&results.scenario.name));
    if !results.scenario.about.is_empty() {
        out.push_str(&format!("\n{}\n", text(&results.scenario.about)));
    }
    if !results.scenario.proves.is_empty() {
        let proves = text(&results.scenario.proves);
        out.push_str(&format!("\nThe claim to test: {proves}\n"));
    }
    let cast = cast(results);
    if !cast.is_empty() {
        out.push('\n');
    }
    for sentence in cast {
        out.push_str(&format!("- {}\n", text(&sentence)));
    }
    for warning in &found.warnings {
        out.push_str(&format!("\n> **{}**\n", text(warning)));
    }
    out.push_str(&format!(
        "\n{}\n",
        text(&[found.sentences, found.details].concat().join(" "))
    ));
    section(
        &mut out,
        "Transports",
        &labelled(results, tables::summary(results, &HEAD)),
    );
    note(&mut out, evidence::note(results));
    section(
        &mut out,
        "Budgets by kind of message",
        &labelled(results, budgets(results)),
    );
    note(&mut out, people::note_of_kinds(results));
    section(
        &mut out,
        "People",
        &labelled(results, people::table(results)),
    );
    note(&mut out, people::note_of_messages(results));
    section(&mut out, "Bytes per event", &byte_ledger(results));
    for ladder in ladders(results) {
        section(
            &mut out,
            &format!("What you count decides: {}", ladder.poller),
            &labelled(results, tables::ladder(&ladder)),
        );
    }
    section(
        &mut out,
        "Theory",
        &labelled(results, tables::theory(results)),
    );
    let origin = format!(
        "{}, seed {}, pushlab {}",
        network(results),
        results.seed,
        results.pushlab
    );
    out.push_str(&format!(
        "\n## Make it again\n\n{}\n\n{}",
        text(&origin),
        command(&results.command)
    ));
    out
}

/// A command as a block to copy.
pub(super) fn command(command: &str) -> String {
    // A longer fence than any run of backticks inside, so that no command can end it.
    let fence = "`".repeat(longest_run(command, '`').max(2) + 1);
    format!("{fence}sh\n{command}\n{fence}\n")
}

pub(super) fn section(out: &mut String, title: &str, table: &Table) {
    if table.rows.is_empty() {
        return;
    }
    out.push_str(&format!("\n## {}\n\n{}", text(title), rows(table)));
}

/// What has to be known of the table above, if anything.
pub(super) fn note(out: &mut String, note: Option<String>) {
    if let Some(note) = note {
        out.push_str(&format!("\n{}\n", text(&note)));
    }
}

/// A table as Markdown.
pub(super) fn rows(table: &Table) -> String {
    let row = |cells: &[String]| {
        let cells =
            (0..table.head.len()).map(|i| cells.get(i).map_or(String::new(), |cell| text(cell)));
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    let mut out = row(&table.head);
    // Names left, numbers right.
    out.push_str(&format!(
        "|---|{}\n",
        "--:|".repeat(table.head.len().saturating_sub(1))
    ));
    for cells in &table.rows {
        out.push_str(&row(cells));
    }
    out
}

/// Text that Markdown takes literally.
pub(super) fn text(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '#' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

pub(super) fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}
