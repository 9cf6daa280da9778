//! The comparison in a terminal and as Markdown.

use super::words::{explanations, networks, origin, tables, words};
use crate::chart::format::ascii;
use crate::measure::Both;
use crate::report::console::{self, ALL_BUT_THE_FIRST, fill};
use crate::report::markdown::{section, text};

/// The comparison for a terminal: plain ASCII, at most `width` columns wide where words can be
/// broken, without a final line break.
pub fn terminal(both: &Both, width: u16) -> String {
    let width = width.max(40);
    let words = words(both);
    let [simulated, loopback] = networks(both);
    let mut out = fill(&origin(&both.simulated), width);
    out.extend(fill(&format!("{simulated}; against"), width));
    out.extend(fill(&loopback, width));
    for warning in &words.warnings {
        out.push(String::new());
        out.extend(fill(warning, width));
    }
    // One table, so that the columns stand below each other.
    let mut cells: Vec<Vec<String>> = vec![];
    for table in tables(&words.rows) {
        if cells.is_empty() {
            cells.push(table.head.iter().map(|cell| cell.to_lowercase()).collect());
        }
        cells.push(vec![String::new(); table.head.len()]);
        let mut title = vec![ascii(&table.caption)];
        title.resize(table.head.len(), String::new());
        cells.push(title);
        cells.extend(
            table
                .rows
                .iter()
                .map(|row| row.iter().map(|cell| ascii(cell)).collect()),
        );
    }
    if !cells.is_empty() {
        out.push(String::new());
        let table = console::table(&cells, ALL_BUT_THE_FIRST, Some(width));
        out.extend(table.lines().map(str::to_owned));
    }
    out.push(String::new());
    out.extend(fill(
        &[vec![words.answer], words.details].concat().join(" "),
        width,
    ));
    for (heading, causes) in explanations(&words.rows) {
        out.push(String::new());
        out.extend(fill(&heading, width));
        for cause in causes {
            let lines = fill(&cause, width - 4);
            out.extend(lines.iter().enumerate().map(|(i, line)| {
                let mark = if i == 0 { "  - " } else { "    " };
                format!("{mark}{line}")
            }));
        }
    }
    out.push(String::new());
    out.push(format!("$ {}", both.command));
    out.join("\n")
}

/// The comparison as Markdown.
pub fn markdown(both: &Both) -> String {
    let words = words(both);
    let [simulated, loopback] = networks(both);
    let mut out = format!(
        "# {} on both networks\n",
        text(&both.simulated.scenario.name)
    );
    for warning in &words.warnings {
        out.push_str(&format!("\n> **{}**\n", text(warning)));
    }
    let found = [vec![words.answer], words.details].concat().join(" ");
    out.push_str(&format!("\n{}\n", text(&found)));
    for table in tables(&words.rows) {
        section(&mut out, &table.caption, &table);
    }
    let explanations = explanations(&words.rows);
    if !explanations.is_empty() {
        out.push_str("\n## Why they differ\n");
    }
    for (heading, causes) in explanations {
        out.push_str(&format!("\n{}\n\n", text(&heading)));
        for cause in causes {
            out.push_str(&format!("- {}\n", text(&cause)));
        }
    }
    out.push_str(&format!(
        "\n## Make it again\n\n{}\n\n- {}\n- {}\n\n    {}\n",
        text(&origin(&both.simulated)),
        text(&simulated),
        text(&loopback),
        both.command
    ));
    out
}
