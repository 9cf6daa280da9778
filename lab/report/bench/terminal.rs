//! The table.

use super::{beside, cells, columns, legend, took};
use crate::chart::format::{ascii, machine};
use crate::measure::bench::Bench;
use crate::report::console::{self, Ink, fill, fits};

/// The table of all that was measured, at most `width` columns wide where that can be, without a final line break.
/// Empty if nothing was measured.
pub fn terminal(bench: &Bench, width: u16, color: bool) -> String {
    let width = width.max(60);
    let ink = Ink(color);
    let figures = bench.figures();
    if figures.is_empty() {
        return String::new();
    }
    let head = ["figure".to_owned()].into_iter().chain(columns(bench));
    let head = head.map(|cell| ascii(&cell)).collect();
    let mut rows: Vec<Vec<String>> = vec![head];
    for figure in &figures {
        for (i, row) in figure.rows.iter().enumerate() {
            // The figure's name stands once, where its rows begin.
            let name = if i == 0 { figure.name() } else { String::new() };
            let cells = cells(row, &row.measured.function);
            rows.push(
                [name]
                    .into_iter()
                    .chain(cells)
                    .map(|cell| ascii(&cell))
                    .collect(),
            );
        }
    }
    // Columns in which nobody has anything are left out.
    for column in (0..rows[0].len()).rev() {
        if rows[1..].iter().all(|row| row[column] == "-") {
            for row in &mut rows {
                row.remove(column);
            }
        }
    }
    let numbers = 2..rows[0].len();
    let wide = console::table(&rows, numbers.clone(), None);
    let (table, whole) = match fits(&wide, width) {
        true => (wide, true),
        false => (console::table(&rows, numbers, Some(width)), false),
    };
    let mut out: Vec<String> = vec![];
    for problem in &bench.problems {
        out.extend(fill(problem, width).iter().map(|line| ink.red(line)));
    }
    for (i, line) in table.lines().enumerate() {
        out.push(if i == 0 && whole {
            ink.bold(line)
        } else {
            line.to_owned()
        });
    }
    out.push(String::new());
    let mut said = vec![format!("time each: for each {}.", each(bench))];
    said.extend(legend(bench));
    out.extend(fill(&ascii(&said.join(" ")), width));
    let beside = beside(bench);
    if !beside.is_empty() {
        let words = format!("Beside the time, {}.", beside.join("; "));
        out.extend(fill(&ascii(&words), width));
    }
    out.extend(fill(
        &format!(
            "{} in {}. {}. Compare within one run only: see METHODOLOGY.md, \"What cargo bench measures\".",
            crate::chart::format::counted(bench.measured.len() as u64, "benchmark"),
            took(bench),
            machine(&bench.machine)
        ),
        width,
    ));
    out.join("\n")
}

/// What times are for, and in which groups.
fn each(bench: &Bench) -> String {
    let mut said: Vec<(&str, Vec<&str>)> = vec![];
    for group in bench.figures().iter().map(|figure| figure.group) {
        match said.iter_mut().find(|(each, _)| *each == group.each) {
            Some((_, groups)) if groups.contains(&&*group.id) => {}
            Some((_, groups)) => groups.push(&group.id),
            None => said.push((&group.each, vec![&group.id])),
        }
    }
    let words = said
        .iter()
        .map(|(each, groups)| format!("{each} ({})", groups.join(", ")));
    words.collect::<Vec<_>>().join(", ")
}
