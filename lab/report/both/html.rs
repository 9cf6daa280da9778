//! The comparison as one page that loads nothing and runs no script.

use super::words::{explanations, networks, origin, tables, words};
use crate::chart::{Table, agreement};
use crate::measure::Both;
use crate::report::figure::Figure;
use askama::Template;

/// The page, filled by `both.html`.
#[derive(Template)]
#[template(path = "both.html")]
struct Page<'a> {
    both: &'a Both,
    warnings: Vec<String>,
    answer: String,
    details: Vec<String>,
    figure: Figure,
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
    let page = Page {
        both,
        figure: Figure::new(&both.simulated.scenario.name, agreement(both)),
        png,
        tables: tables(&words.rows),
        explanations: explanations(&words.rows),
        networks: networks(both),
        origin: origin(&both.simulated),
        warnings: words.warnings,
        answer: words.answer,
        details: words.details,
    };
    page.render()
        .expect("the template writes into a string and calls nothing that can fail")
}
