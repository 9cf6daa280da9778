//! The page.

use super::{COLUMNS, answer, baseline, cells, machine, sentences, took};
use crate::chart::{self, Table};
use crate::measure::bench::{Bench, Group};
use crate::report::figure::Figure;
use askama::Template;

/// The page, filled by `bench.html`.
#[derive(Template)]
#[template(path = "bench.html")]
struct Page<'a> {
    bench: &'a Bench,
    warnings: &'a [String],
    answer: String,
    details: Vec<String>,
    sections: Vec<Section<'a>>,
    baseline: &'a str,
    machine: String,
    took: String,
    /// There are no pictures beside the page.
    png: bool,
}

struct Section<'a> {
    group: &'a Group,
    figures: Vec<Figure>,
    table: Table,
}

/// The page: a section for each group of which something was measured.
pub fn html(bench: &Bench) -> String {
    let section = |group| Section {
        group,
        figures: chart::bench::charts(bench, group)
            .into_iter()
            .map(|chart| Figure::new("pushlab", chart))
            .collect(),
        table: table(bench, group),
    };
    let page = Page {
        bench,
        warnings: &bench.problems,
        answer: answer(bench),
        details: sentences(bench),
        sections: bench
            .groups
            .iter()
            .map(section)
            .filter(|section| !section.table.rows.is_empty())
            .collect(),
        baseline: baseline(bench),
        machine: machine(bench),
        took: took(bench),
        png: false,
    };
    page.render()
        .expect("the template writes into a string and calls nothing that can fail")
}

fn table(bench: &Bench, group: &Group) -> Table {
    let mut rows: Vec<Vec<String>> = vec![];
    for figure in bench
        .figures()
        .iter()
        .filter(|figure| figure.group.id == group.id)
    {
        for row in &figure.rows {
            let parameter = figure
                .parameter
                .map(|parameter| format!("{parameter}, "))
                .unwrap_or_default();
            rows.push(cells(row, &format!("{parameter}{}", row.label())));
        }
    }
    let mut head = COLUMNS.to_vec();
    for column in (0..head.len()).rev() {
        if rows.iter().all(|row| row[column] == "-") {
            head.remove(column);
            for row in &mut rows {
                row.remove(column);
            }
        }
    }
    let mut table = Table::new(format!("{}: time per {}", group.id, group.each), &head);
    table.rows = rows;
    table
}
