//! The index of the gallery: one card per report, with its question, its answer and its pictures.

use super::{finding, literature, scorecard, sweep};
use crate::chart::{self, Chart};
use crate::measure::literature::Literature;
use crate::measure::sweep::SweepResults;
use crate::measure::{Results, Scorecard};
use askama::Template;

#[derive(Template)]
#[template(path = "gallery.html")]
struct Gallery<'a> {
    groups: Vec<Group<'a>>,
    pushlab: &'a str,
}

/// Cards of one kind.
struct Group<'a> {
    title: &'static str,
    cards: Vec<Card<'a>>,
}

struct Card<'a> {
    id: &'a str,
    title: &'a str,
    /// Where the report lies, seen from the index.
    folder: String,
    about: &'a str,
    /// The finding in one sentence, warnings first.
    answer: String,
    /// The first drawing, as the picture that leads to the report.
    picture: String,
    alt: String,
    command: &'a str,
}

/// The scorecard lies here.
pub const SCORECARD: &str = "scorecard";
/// The page of the literature lies here.
pub const LITERATURE: &str = "literature";

/// Where the report of a sweep lies.
pub fn sweep_folder(name: &str) -> String {
    format!("sweeps/{name}")
}

/// The index page. The report of a run is expected in a folder named after its scenario, a sweep's in `sweeps/NAME`,
/// the scorecard's in `scorecard`, the literature's in `literature`.
pub fn gallery(
    runs: &[Results],
    scorecard: &Scorecard,
    sweeps: &[SweepResults],
    literature: &Literature,
) -> String {
    let groups = vec![
        Group {
            title: "Which one should I pick?",
            cards: vec![of_scorecard(scorecard)],
        },
        Group {
            title: "Scenarios",
            cards: runs.iter().map(of_run).collect(),
        },
        Group {
            title: "Sweeps",
            cards: sweeps.iter().map(of_sweep).collect(),
        },
        Group {
            title: "Literature",
            cards: vec![of_literature(literature)],
        },
    ];
    let page = Gallery {
        groups,
        pushlab: &literature.pushlab,
    };
    page.render()
        .expect("the template writes into a string and calls nothing that can fail")
}

fn of_run(results: &Results) -> Card<'_> {
    let found = finding(results);
    let first = chart::all(results).into_iter().next();
    let (picture, alt) = cover(first);
    Card {
        id: &results.scenario.name,
        title: &results.scenario.name,
        folder: results.scenario.name.clone(),
        about: &results.scenario.about,
        answer: short(found.warnings, found.sentences),
        picture,
        alt,
        command: &results.command,
    }
}

fn of_sweep(results: &SweepResults) -> Card<'_> {
    let sweep = &results.head.sweep;
    let found = sweep::finding(results);
    let (picture, alt) = cover(chart::sweep::all(results).into_iter().next());
    Card {
        id: &sweep.name,
        title: &sweep.name,
        folder: sweep_folder(&sweep.name),
        about: &sweep.about,
        // A map's first sentence counts cells; the second says where the border is.
        answer: [
            short(found.warnings, found.sentences),
            found.details.into_iter().next().unwrap_or_default(),
        ]
        .join(" "),
        picture,
        alt,
        command: &results.head.command,
    }
}

fn of_scorecard(card: &Scorecard) -> Card<'_> {
    let (picture, alt) = cover(chart::scorecard::scorecard(card).into_iter().next());
    Card {
        id: SCORECARD,
        title: "The scorecard",
        folder: SCORECARD.into(),
        about: "Every scenario that has a budget, over every transport: who meets it, and what that costs.",
        answer: scorecard::answer(card),
        picture,
        alt,
        command: &card.command,
    }
}

fn of_literature(literature: &Literature) -> Card<'_> {
    let (picture, alt) = cover(literature::charts(literature).into_iter().next());
    Card {
        id: LITERATURE,
        title: "What the literature says, and what we measured",
        folder: LITERATURE.into(),
        about: "Experiments from papers, standards and well-known articles: predicted beside measured.",
        answer: literature::answer(literature),
        picture,
        alt,
        command: &literature.command,
    }
}

fn short(warnings: Vec<String>, sentences: Vec<String>) -> String {
    let first = sentences.into_iter().next();
    warnings
        .into_iter()
        .chain(first)
        .collect::<Vec<_>>()
        .join(" ")
}

fn cover(chart: Option<Chart>) -> (String, String) {
    chart.map_or_else(Default::default, |chart| (chart.id.to_string(), chart.alt))
}
