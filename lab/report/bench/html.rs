//! The page.

use super::{answer, beside, cells, columns, legend, sentences, took};
use crate::chart::format::machine;
use crate::chart::{self, Table};
use crate::measure::bench::{self, Bench, Group, Row};
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
    legend: String,
    /// Whether something stands beside the times.
    more: bool,
    machine: String,
    took: String,
    /// There are no pictures beside the page.
    png: bool,
}

struct Section<'a> {
    group: &'a Group,
    /// Whether its floor was measured, and whether something beside its times.
    floor: bool,
    more: bool,
    figures: Vec<Figure>,
    table: Table,
}

/// The page: a section for each group of which something was measured.
pub fn html(bench: &Bench) -> String {
    let all = bench.figures();
    let section = |group| Section {
        group,
        floor: of(&all, group, |figure| figure.rows.iter().any(Row::is_floor)),
        more: !group.beside.is_empty() && of(&all, group, |figure| figure.has_more()),
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
        legend: legend(bench).join(" "),
        more: !beside(bench).is_empty(),
        machine: machine(&bench.machine),
        took: took(bench),
        png: false,
    };
    page.render()
        .expect("the template writes into a string and calls nothing that can fail")
}

/// Whether a figure of a group `has` something.
fn of(figures: &[bench::Figure], group: &Group, has: fn(&bench::Figure) -> bool) -> bool {
    let mut own = figures.iter().filter(|figure| figure.group.id == group.id);
    own.any(has)
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
    let mut head = columns(bench).to_vec();
    for column in (0..head.len()).rev() {
        if rows.iter().all(|row| row[column] == "-") {
            head.remove(column);
            for row in &mut rows {
                row.remove(column);
            }
        }
    }
    Table {
        caption: format!("{}: time per {}", group.id, group.each),
        head,
        rows,
    }
}
