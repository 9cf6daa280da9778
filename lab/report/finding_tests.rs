//! The finding says what the figures say, whoever wins, and nothing else.

use super::{finding, fixture, format};
use crate::chart::figures;
use crate::measure::{Figures, Results, TransportResult};

/// The numbers of a text, each with its unit.
fn numbers(text: &str) -> Vec<String> {
    let words: Vec<&str> = text
        .split([' ', '\n', '(', ')', ',', ';', ':'])
        .filter(|word| !word.is_empty())
        .collect();
    let number = |(i, word): (usize, &&str)| {
        let word = word.trim_end_matches('.');
        let unit = words
            .get(i + 1)
            .map(|unit| unit.trim_end_matches('.'))
            .unwrap_or_default();
        let unit = if ["µs", "ms", "s", "B", "kB", "MB", "%"].contains(&unit) {
            format!(" {unit}")
        } else {
            String::new()
        };
        word.starts_with(|c: char| c.is_ascii_digit())
            .then(|| format!("{word}{unit}"))
    };
    words.iter().enumerate().filter_map(number).collect()
}

/// Every number that the figures allow a finding to state.
fn allowed(results: &Results) -> Vec<String> {
    let mut allowed: Vec<String> = ["99 %", "5 %", "99th", "1 s", "25 ms", "2"]
        .map(str::to_owned)
        .into();
    let verified: Vec<(&TransportResult, _)> = results
        .transports
        .iter()
        .filter_map(|t| figures(t).map(|f| (t, f)))
        .collect();
    let age = |figures: &Figures| figures.mean_age_us().expect("shown");
    for (t, f) in &verified {
        allowed.extend([f.latency_us.p50, f.latency_us.p99, age(f)].map(format::time));
        allowed.push(format::bytes(f.bytes_per_event));
        allowed.push(format::count(f.latency_events));
        allowed.push(format::percent(
            f.empty_answers as f64 / f.requests.max(1) as f64,
        ));
        allowed.push(format::significant(
            t.delivered as f64 / f.requests.max(1) as f64,
        ));
        for (_, other) in &verified {
            allowed.push(format::percent(f.bytes_per_event / other.bytes_per_event));
            allowed.push(format::ratio(f.latency_us.p50 / other.latency_us.p50));
            allowed.push(format::ratio(f.bytes_per_event / other.bytes_per_event));
            allowed.push(format::ratio(age(f) / age(other)));
        }
    }
    allowed
}

#[test]
fn every_number_of_a_finding_comes_from_the_figures() {
    for results in [
        fixture::ticker(),
        fixture::kaazing(),
        fixture::unverified(),
        fixture::polling_wins(),
    ] {
        let allowed = allowed(&results);
        for number in numbers(
            &[finding(&results).sentences, finding(&results).details]
                .concat()
                .join(" "),
        ) {
            assert!(
                allowed.contains(&number),
                "{}: {number} in {}",
                results.scenario.name,
                finding(&results).text()
            );
        }
    }
}

#[test]
fn the_finding_names_the_condition_the_winner_and_ties() {
    let text = finding(&fixture::ticker()).text();
    assert!(
        text.starts_with(
            "Over 25 ms each way with 2 events/s, WebSocket showed events 22x sooner than Short polling"
        ) && text.contains("nothing beat WebSocket, neither in speed nor in bytes"),
        "{text}"
    );
    assert!(
        text.contains("Long polling, SSE and WebSocket showed half of all events within 25.1 ms"),
        "{text}"
    );
    assert!(
        text.contains("Short polling (every 1 s, timer) needed 555 ms (22x)"),
        "{text}"
    );
    assert!(text.contains("within 65.1 ms with Long polling"), "{text}");
    assert!(
        text.contains("on average at most 342 ms old with Long polling, SSE and WebSocket"),
        "{text}"
    );
}

#[test]
fn the_finding_says_when_polling_wins_and_when_speed_had_a_price() {
    let mut results = fixture::polling_wins();
    let text = finding(&results).text();
    assert!(
        text.contains("nothing beat Short polling, neither in speed nor in bytes"),
        "{text}"
    );
    assert!(
        text.contains("WebSocket tied within 5 %")
            && text.contains("brought 12.2 events on average"),
        "{text}"
    );
    if let Some(figures) = &mut results.transports[0].figures {
        figures.latency_us.p50 = 500_220.0;
    }
    let text = finding(&results).text();
    assert!(
        text.contains(
            "speed had a price: WebSocket showed events 20x sooner than Short polling, for 1.8x"
        ),
        "{text}"
    );
}

#[test]
fn the_finding_says_when_nothing_differs_and_when_there_is_nothing() {
    let mut results = fixture::polling_wins();
    results.transports[0].figures = results.transports[1].figures.clone();
    assert!(
        finding(&results).text().contains("it made no difference"),
        "{}",
        finding(&results).text()
    );
    if let Some(figures) = &mut results.transports[0].figures {
        figures.latency_us.p99 *= 2.0;
    }
    let text = finding(&results).text();
    assert!(
        text.contains("nothing beat WebSocket")
            && text.contains("within 50.0 ms with Short polling"),
        "{text}"
    );
    let nothing = finding(&fixture::empty("empty")).text();
    assert!(nothing.contains("nothing to compare"), "{nothing}");
}

#[test]
fn who_wants_the_newest_alone_is_said_to_have_been_shown_few() {
    let mut results = fixture::ticker();
    let poll = &mut results.transports[0];
    (poll.delivered, poll.superseded) = (40, 360);
    let text = finding(&results).text();
    let label = &results.transports[0].label;
    let sentence = format!("{label} showed 40 of 400 events; each of the others");
    assert!(text.contains(&sentence), "{text}");
    let every = finding(&fixture::ticker()).text();
    assert!(!every.contains("each of the others"), "{every}");
}
