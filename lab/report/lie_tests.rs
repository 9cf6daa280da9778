//! A lie is labelled on everything it touches, and nothing else speaks of lies.

use super::{finding, fixture, html, markdown, terminal};
use crate::chart;
use crate::measure::{Lie, Results};

const LIES: [Lie; 2] = [Lie::CoordinatedOmission, Lie::HeaderOnly];

fn lied(lies: &[Lie]) -> Results {
    Results {
        lies: lies.to_vec(),
        ..fixture::ticker()
    }
}

#[test]
fn everything_that_is_shown_carries_the_label() {
    for (lies, label) in [
        (&LIES[..1], "LIE: coordinated omission"),
        (&LIES[1..], "LIE: header-only"),
        (&LIES[..], "LIES: coordinated omission, header-only"),
    ] {
        let results = lied(lies);
        for chart in chart::all(&results) {
            let (_, drawn) = chart.svg.split_once("</desc>").expect("a description");
            assert!(drawn.contains(label), "{}: the drawing", chart.id);
            assert!(chart.alt.starts_with(label), "{}: {}", chart.id, chart.alt);
            assert!(chart.table.caption.starts_with(label), "{}", chart.id);
            let csv = chart.table.csv();
            let head = csv.lines().next().unwrap_or_default();
            assert!(head.contains(label), "{}: {head}", chart.id);
        }
        let found = finding(&results);
        assert!(found.warnings[0].starts_with(label));
        for sentence in found.sentences.iter().chain(&found.details) {
            assert!(sentence.starts_with(&format!("[{label}]")), "{sentence}");
        }
        let page = html(&results);
        // What was checked is true whatever the figures say.
        for caption in page.split("<caption>").skip(1) {
            let honest = caption.starts_with("Deliveries checked");
            assert!(honest || caption.starts_with(label), "{:.80}", caption);
        }
        let text = markdown(&results);
        for section in text.split("\n## ").skip(1) {
            let honest = section.starts_with("Make it again");
            assert!(honest || section.contains(label), "{:.200}", section);
        }
        assert!(terminal(&results, 120, false).contains(label));
    }
}

#[test]
fn nothing_honest_speaks_of_lies() {
    let results = fixture::ticker();
    for text in [
        html(&results),
        markdown(&results),
        terminal(&results, 120, false),
    ] {
        assert!(!text.contains("LIE"));
    }
}

#[test]
fn under_header_only_no_rung_counts_what_was_left_out() {
    let honest = super::ladders(&fixture::ticker());
    let lied = super::ladders(&lied(&[Lie::HeaderOnly]));
    assert!(honest.iter().all(|ladder| ladder.rungs.len() > 1));
    assert!(lied.iter().all(|ladder| ladder.rungs.len() == 1));
}
