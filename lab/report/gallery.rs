//! The index of the gallery: one card per shipped scenario, with its question, its answer and its pictures.

use super::finding;
use crate::chart::all;
use crate::measure::Results;
use askama::Template;

#[derive(Template)]
#[template(path = "gallery.html")]
struct Gallery<'a> {
    entries: Vec<Entry<'a>>,
    pushlab: &'a str,
}

struct Entry<'a> {
    name: &'a str,
    about: &'a str,
    /// The finding in one sentence, warnings first.
    answer: String,
    /// The first drawing, as the picture that leads to the report.
    picture: String,
    alt: String,
    command: &'a str,
}

/// The index page. Each report is expected in a folder named after its scenario.
pub fn gallery(all_results: &[Results]) -> String {
    let entry = |results: &'_ Results| {
        let found = finding(results);
        let mut sentences = found.warnings;
        sentences.extend(found.sentences.into_iter().next());
        let first = all(results).into_iter().next();
        let (picture, alt) =
            first.map_or_else(Default::default, |chart| (chart.id.into_owned(), chart.alt));
        (sentences.join(" "), picture, alt)
    };
    let entries = all_results
        .iter()
        .map(|results| {
            let (answer, picture, alt) = entry(results);
            Entry {
                name: &results.scenario.name,
                about: &results.scenario.about,
                answer,
                picture,
                alt,
                command: &results.command,
            }
        })
        .collect();
    let page = Gallery {
        entries,
        pushlab: all_results.first().map_or("", |results| &results.pushlab),
    };
    page.render()
        .expect("the template writes into a string and calls nothing that can fail")
}
