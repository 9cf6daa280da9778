//! The experiments as one page that loads nothing and runs no script.

use super::markdown::table;
use super::{TITLE, answer, furthest, verdicts};
use crate::chart::Table;
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
    /// Its command alone.
    command: String,
}

/// The page.
pub fn html(literature: &Literature) -> String {
    let section = |experiment: &'_ Experiment| {
        (
            verdicts(experiment.rows.iter()),
            experiment.rows.iter().any(|row| row.verdict.is_off()),
        )
    };
    let sections = literature
        .experiments
        .iter()
        .map(|experiment| {
            let (verdicts, off) = section(experiment);
            Section {
                experiment,
                anchor: experiment.id.to_lowercase(),
                verdicts,
                off,
                table: table(experiment),
                furthest: furthest(experiment),
                command: format!("pushlab reproduce {}", experiment.id),
            }
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
