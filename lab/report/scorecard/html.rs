//! The page.

use super::{TITLE, alone, decisions, rough, sentences, settings, whole, words};
use crate::chart::format;
use crate::chart::{Chart, Table, scorecard};
use crate::measure::{Card, Scorecard};
use crate::report::figure::Figure;
use askama::Template;

/// The page, filled by `scorecard.html`.
#[derive(Template)]
#[template(path = "scorecard.html")]
struct Page<'a> {
    title: &'a str,
    scorecard: &'a Scorecard,
    warnings: Vec<String>,
    answer: String,
    /// The list of decisions.
    details: Vec<String>,
    decisions: Table,
    figures: Vec<Figure>,
    /// Whether each chart lies beside the page as `ID.png`.
    png: bool,
    sections: Vec<Section<'a>>,
    method: Vec<String>,
    machine: Option<String>,
}

struct Section<'a> {
    card: &'a Card,
    budget: String,
    sentences: Vec<String>,
    table: Table,
    rough: Option<String>,
    command: String,
}

/// The page.
pub fn html(scorecard: &Scorecard) -> String {
    page(scorecard, false)
}

/// The same with links to a PNG of each chart, which must lie beside the page as `ID.png`.
pub fn html_beside_png(scorecard: &Scorecard) -> String {
    page(scorecard, true)
}

fn page(judged: &Scorecard, png: bool) -> String {
    let section = |one| Section {
        card: one,
        budget: scorecard::budget(&one.scenario),
        sentences: sentences(one),
        table: settings(one),
        rough: rough(one),
        command: alone(judged, one),
    };
    let charts = scorecard::scorecard(judged).into_iter();
    let page = Page {
        title: TITLE,
        scorecard: judged,
        warnings: whole::warnings(judged),
        answer: whole::answer(judged),
        details: judged.cards.iter().map(words::decision).collect(),
        decisions: decisions(judged),
        figures: charts
            .map(|chart: Chart| Figure::new("pushlab", chart))
            .collect(),
        png,
        sections: judged.cards.iter().map(section).collect(),
        method: whole::method(judged),
        machine: judged.machine.as_ref().map(format::machine),
    };
    page.render()
        .expect("the template writes into a string and calls nothing that can fail")
}
