//! The comparison as one page that loads nothing and runs no script.

use super::words::{Words, explanations, networks, origin, tables, words};
use crate::chart::{Chart, Table, agreement};
use crate::measure::Both;
use crate::report::html::data_url;
use askama::Template;

/// The page, filled by `both.html`.
#[derive(Template)]
#[template(path = "both.html")]
struct Page<'a> {
    both: &'a Both,
    words: Words,
    chart: Chart,
    /// Name of the files, without their endings.
    file: String,
    svg_url: String,
    csv_url: String,
    /// Whether the chart lies beside the page as `ID.png`.
    png: bool,
    tables: Vec<Table>,
    explanations: Vec<(String, Vec<String>)>,
    networks: [String; 2],
    origin: String,
}

/// The whole comparison as HTML.
pub fn html(both: &Both) -> String {
    page(both, false)
}

/// The same with a link to a PNG of the chart, which must lie beside the page as `ID.png`.
pub fn html_beside_png(both: &Both) -> String {
    page(both, true)
}

fn page(both: &Both, png: bool) -> String {
    let words = words(both);
    let chart = agreement(both);
    let page = Page {
        both,
        file: format!("{}-{}", both.simulated.scenario.name, chart.id),
        svg_url: data_url("image/svg+xml", &chart.svg),
        csv_url: data_url("text/csv;charset=utf-8", &chart.table.csv()),
        chart,
        png,
        tables: tables(&words.rows),
        explanations: explanations(&words.rows),
        networks: networks(both),
        origin: origin(&both.simulated),
        words,
    };
    page.render()
        .expect("the template writes into a string and calls nothing that can fail")
}
