//! The page of a sweep.

use super::{finding::finding, map, method, scale, trials};
use crate::chart::sweep::{all, view};
use crate::chart::{Chart, Table, format};
use crate::measure::sweep::SweepResults;
use crate::report::figure::Figure;
use askama::Template;

/// The page, filled by `sweep.html`.
#[derive(Template)]
#[template(path = "sweep.html")]
struct Page<'a> {
    results: &'a SweepResults,
    warnings: Vec<String>,
    answer: String,
    details: Vec<String>,
    question: String,
    figures: Vec<Figure>,
    /// No chart of a sweep lies beside its page as PNG.
    png: bool,
    crossings: Option<Table>,
    /// Of a sweep over the number of clients: all figures, and why the last receiver waits longest.
    loads: Option<Table>,
    order: Vec<String>,
    fan_out: Option<Table>,
    method: Vec<String>,
    trials: String,
    /// Where real time was measured.
    machine: Option<String>,
    axes: Vec<(String, String)>,
}

/// The whole report as HTML.
pub fn html(results: &SweepResults) -> String {
    let found = finding(results);
    let sweep = &results.head.sweep;
    let figure = |chart| Figure::new(&sweep.name, chart);
    let titles: Vec<String> = sweep.vary.iter().map(view::title).collect();
    let loads = scale::table(results);
    let page = Page {
        results,
        warnings: found.warnings,
        answer: found.sentences.join(" "),
        details: found.details,
        question: match loads {
            Some(_) => "How many clients does each transport bear?".into(),
            None => format!("What changes with {}?", titles.join(" and ")),
        },
        loads,
        order: scale::explained(results),
        fan_out: scale::fan_out(results),
        figures: all(results).into_iter().map(figure).collect(),
        png: false,
        crossings: map::table(results),
        method: method(results),
        trials: trials(results),
        machine: results.head.machine.as_ref().map(format::machine),
        axes: sweep
            .vary
            .iter()
            .map(|axis| {
                let names: Vec<_> = (0..axis.values.len())
                    .map(|i| view::name(axis, i))
                    .collect();
                (view::title(axis), names.join(", "))
            })
            .collect(),
    };
    page.render()
        .expect("the template writes into a string and calls nothing that can fail")
}

/// What the list of contents calls a chart.
fn short(chart: &Chart) -> String {
    match &*chart.id {
        "freshness-bytes" => "Freshness against bytes".into(),
        "map-bytes" => "Cheapest".into(),
        "map-age" => "Freshest".into(),
        "map-latency" => "Fastest".into(),
        // The caption of its table begins with what it shows.
        _ => {
            let shown = chart.table.caption.split(" by ").next().unwrap_or_default();
            let (first, rest) = shown.split_at(shown.chars().next().map_or(0, char::len_utf8));
            first.to_uppercase() + rest
        }
    }
}
