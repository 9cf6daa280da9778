//! Other data, other words; and nothing is said of what was not verified.

use super::{html, markdown, terminal};
use crate::measure::sweep::SweepResults;
use crate::report::fixture::sweeps::{sweep, unverified};

const MAP: [&str; 2] = ["rate=0.5/s..50/s:12log", "poll_every=100ms..10s:12log"];

fn texts(results: &SweepResults) -> [String; 3] {
    [
        html(results),
        markdown(results).replace('\\', ""),
        terminal(results, 20_000, false),
    ]
}

fn all_say(results: &SweepResults, words: &str) {
    for text in texts(results) {
        assert!(
            text.contains(words),
            "{words}\n{}",
            terminal(results, 200, false)
        );
    }
}

#[test]
fn crossovers_are_stated_in_events_per_poll() {
    let polling = sweep(&["poll_every=100ms..10s:12log"]);
    all_say(
        &polling,
        "Asking costs fewer bytes than Duplex above poll interval 1.50 s, which is 3 events per poll.",
    );
    all_say(
        &polling,
        "6 of 15 choices are not beaten in both bytes and age by any other",
    );
    // One event per poll interval of a second.
    let rates = sweep(&["rate=0.5/s..50/s:12log"]);
    all_say(
        &rates,
        "Asking costs fewer bytes than Duplex above event rate 3/s, which is 3 events per poll.",
    );
}

#[test]
fn a_choice_that_beats_all_others_is_named() {
    let mut polling = sweep(&["poll_every=100ms..10s:12log"]);
    for trial in polling
        .trials
        .iter_mut()
        .filter(|t| t.transport == "duplex")
    {
        trial.figures.as_mut().expect("verified").bytes.total = 1_000;
    }
    all_say(
        &polling,
        "One of 15 choices costs the fewest bytes and is as fresh as any (within 2 %): Duplex (10 B/s, mean age 275 ms).",
    );
}

#[test]
fn maps_are_counted_and_their_line_is_placed() {
    let results = sweep(&MAP);
    all_say(&results, "of 144 cells");
    all_say(
        &results,
        "Asking and Duplex cost equally many bytes at 3 events per poll",
    );
    // Twice the price of a question moves the line, and the words with it.
    let mut dear = sweep(&MAP);
    for trial in dear.trials.iter_mut().filter(|t| t.transport == "ask") {
        let figures = trial.figures.as_mut().expect("verified");
        figures.bytes.total *= 2;
    }
    all_say(&dear, "cost equally many bytes at 6 events per poll");
}

/// Splits bytes into texts, of so many bytes per event and transport, and the rest.
fn with_texts(
    mut results: SweepResults,
    text: impl Fn(&str, &crate::measure::sweep::Trial) -> f64,
) -> SweepResults {
    for trial in &mut results.trials {
        let text = text(&trial.transport, trial) * trial.expected as f64;
        let bytes = &mut trial.figures.as_mut().expect("verified").bytes;
        bytes.payload = text.round() as u64;
        bytes.total += bytes.payload;
    }
    results
}

#[test]
fn a_break_even_is_taken_apart_into_questions_pushes_and_texts() {
    // Texts of 50 B on both sides weigh the same: the line stays at 300 / 100.
    let every = with_texts(sweep(&MAP), |_, _| 50.0);
    all_say(
        &every,
        "besides texts, a question with its answer costs 301 B and an event by Duplex 100 B",
    );
    all_say(
        &every,
        "the texts weigh on both sides: 301 / 100 is 3.01 events per poll",
    );
    // The newest alone: a text of 50 B per question, (300 + 50) / (100 + 50).
    let newest = with_texts(sweep(&MAP), |id, trial| {
        let requests = trial.figures.as_ref().expect("verified").requests as f64;
        match id {
            "ask" => 50.0 * (requests / trial.expected as f64).min(1.0),
            _ => 50.0,
        }
    });
    all_say(&newest, "the texts that it skips are saved as well");
    // Where the questions do not account for the place, it is not explained by them.
    let mut off = with_texts(sweep(&MAP), |_, _| 50.0);
    for trial in off.trials.iter_mut().filter(|t| t.transport == "ask") {
        trial.figures.as_mut().expect("verified").requests *= 2;
    }
    assert!(!terminal(&off, 200, false).contains("Why there"));
    // Where nothing is known of texts, nothing is said of them.
    assert!(!terminal(&sweep(&MAP), 200, false).contains("Why there"));
}

#[test]
fn a_gentle_rise_is_no_cliff() {
    let mut results = sweep(&["delay=100ms,110ms,120ms"]);
    for trial in results.trials.iter_mut().filter(|t| t.transport == "hold") {
        let factor = 1.4 + 0.08 * trial.at[0] as f64;
        trial.figures.as_mut().expect("verified").latency_us.mean *= factor;
    }
    all_say(
        &results,
        "the mean latency of Holding passes 1.5 times that of Duplex (1.48, then 1.56)",
    );
}

#[test]
fn a_cliff_lies_between_two_values() {
    // Holding needs twice the delay once a round trip is longer than half a second.
    let results = sweep(&["delay=100ms,240ms,260ms,400ms"]);
    all_say(
        &results,
        "When the delay each way goes from 240 ms to 260 ms, the mean latency of Holding rises from 1 to 2 times that of Duplex.",
    );
    all_say(
        &results,
        "Mean latency grows by 0.50 x RTT with Asking, Streaming and Duplex; with Holding it does not grow in a straight line.",
    );
    let flat = sweep(&["delay=10ms,20ms,30ms"]);
    let text = terminal(&flat, 200, false);
    assert!(!text.contains("of Holding rises"), "{text}");
    assert!(
        text.contains("Mean latency grows by 0.50 x RTT with Asking"),
        "{text}"
    );
}

#[test]
fn what_was_not_verified_or_not_run_comes_first() {
    let broken = unverified(sweep(&["rate=0.5/s..50/s:12log"]), "ask");
    let [page, text, shown] = texts(&broken);
    for text in [&page, &text, &shown] {
        let (warning, finding) = (
            text.find("Warning: Asking at event rate"),
            text.find("Duplex"),
        );
        assert!(warning.is_some() && warning < finding, "{text}");
        assert!(text.contains("client 3 never saw event 17"));
    }
    let mut started = sweep(&MAP);
    started.trials.truncate(50);
    all_say(&started, "this sweep is unfinished, 50 of");
    started.trials.clear();
    all_say(&started, "There is nothing to compare yet");
    started.head.parties.truncate(1);
    all_say(
        &started,
        "Asking ran alone, and so there is nobody to compare it with",
    );
}

#[test]
fn repeats_and_lengths_are_explained() {
    let mut results = sweep(&["rate=0.5/s..50/s:12log"]);
    all_say(
        &results,
        "95 % Student interval (too few runs for a bootstrap) over the 3 seeds",
    );
    all_say(&results, "up to 5 % of its questions");
    results.head.sweep.repeats = 8;
    all_say(&results, "95 % bootstrap interval over the 8 seeds");
    results.head.sweep.repeats = 3;
    all_say(&results, "each lasts 100 s");
    results.trials[0].span_us = 65_000_000;
    all_say(&results, "they last from 65 s to 100 s");
    results.head.sweep.repeats = 1;
    results.trials.retain(|trial| trial.repeat == 0);
    all_say(&results, "there are no intervals");
}

#[test]
fn the_page_loads_nothing_and_the_terminal_keeps_its_width() {
    for axes in [
        &MAP[..],
        &["poll_every=100ms..10s:12log"],
        &["headers=lean,browser"],
    ] {
        let results = sweep(axes);
        let page = html(&results);
        for sign in ["<script", "src=\"http", "href=\"http", "url(", "@import"] {
            assert!(!page.contains(sign), "{sign}");
        }
        for (open, close) in [
            ("<section", "</section>"),
            ("<figure", "</figure>"),
            ("<td", "</td>"),
        ] {
            assert_eq!(
                page.matches(open).count(),
                page.matches(close).count(),
                "{open}"
            );
        }
        for width in [40, 80, 120] {
            let text = terminal(&results, width, false);
            assert!(text.is_ascii());
            let command = |line: &&str| !line.starts_with("$ ");
            let longest = text.lines().filter(command).map(str::len).max();
            assert!(longest <= Some(usize::from(width)), "{width}: {text}");
        }
        assert!(terminal(&results, 80, true).contains("\x1b[1m"));
    }
}
