//! The experiments as one page that loads nothing and runs no script.

use super::markdown::table;
use super::{TITLE, answer, command, drawings, furthest, verdicts};
use crate::chart::{Chart, Table};
use crate::measure::literature::{Experiment, Literature};
use askama::Template;

#[derive(Template)]
#[template(path = "literature.html")]
struct Page<'a> {
    title: &'a str,
    literature: &'a Literature,
    answer: String,
    sections: Vec<Section<'a>>,
}

struct Section<'a> {
    experiment: &'a Experiment,
    /// Lower-case id, for links.
    anchor: String,
    verdicts: String,
    off: bool,
    table: Table,
    furthest: Option<String>,
    charts: Vec<Chart>,
    /// Its command alone.
    command: String,
}

/// The page.
pub fn html(literature: &Literature) -> String {
    let sections = literature
        .experiments
        .iter()
        .map(|experiment| Section {
            experiment,
            anchor: experiment.id.to_lowercase(),
            verdicts: verdicts(experiment.rows.iter()),
            off: experiment.rows.iter().any(|row| row.verdict.is_off()),
            table: table(experiment),
            furthest: furthest(experiment),
            charts: drawings(literature, experiment),
            command: command(experiment),
        })
        .collect();
    let page = Page {
        title: TITLE,
        literature,
        answer: answer(literature),
        sections,
    };
    page.render()
        .expect("the template writes into a string and calls nothing that can fail")
}
