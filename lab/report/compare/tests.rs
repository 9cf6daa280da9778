//! What a comparison says follows from figures and intervals alone.

use super::{Comparison, Side, Verdict, compare, terminal};
use crate::measure::Results;
use crate::report::fixture;

/// The ticker with this interval around each mean latency.
fn ticker(interval: Option<[f64; 2]>) -> Results {
    let mut results = fixture::ticker();
    for figures in results
        .transports
        .iter_mut()
        .filter_map(|t| t.figures.as_mut())
    {
        figures.latency_us.mean = 100_000.0;
        let interval = interval.map(|interval| ("latency_us.mean".into(), interval));
        figures.intervals.extend(interval);
    }
    results
}

fn compared(a: &Results, b: &Results) -> Comparison {
    compare(&Side::of(a), &Side::of(b))
}

fn verdict(comparison: &Comparison, figure: &str) -> Verdict {
    let figures = &comparison.points[0].figures;
    let found = figures.iter().find(|f| f.figure == figure);
    found.expect("the figure is there").verdict
}

#[test]
fn intervals_decide_what_can_be_told_apart() {
    let a = ticker(Some([90_000.0, 110_000.0]));
    for (value, interval, expected) in [
        (100_000.0, [90_000.0, 110_000.0], Verdict::Same),
        (
            120_000.0,
            [109_000.0, 130_000.0],
            Verdict::NotDistinguishable,
        ),
        (120_000.0, [111_000.0, 130_000.0], Verdict::Higher),
        (70_000.0, [60_000.0, 89_000.0], Verdict::Lower),
    ] {
        let mut b = ticker(Some(interval));
        for figures in b.transports.iter_mut().filter_map(|t| t.figures.as_mut()) {
            figures.latency_us.mean = value;
        }
        let comparison = compared(&a, &b);
        assert_eq!(verdict(&comparison, "latency_us.mean"), expected);
        let text = terminal(&comparison, 120, false);
        if expected != Verdict::Same {
            assert!(text.contains(expected.words()), "{text}");
        }
    }
}

#[test]
fn without_intervals_the_words_say_so() {
    let a = ticker(None);
    let mut b = ticker(None);
    let figures = b.transports[0].figures.as_mut().expect("verified");
    figures.latency_us.mean = 150_000.0;
    figures.requests += 10;
    let comparison = compared(&a, &b);
    assert_eq!(verdict(&comparison, "latency_us.mean"), Verdict::NoInterval);
    assert_eq!(verdict(&comparison, "requests"), Verdict::Counted);
    let mean = &comparison.points[0].figures[1];
    assert_eq!(
        (mean.figure.as_str(), mean.difference),
        ("latency_us.mean", 50_000.0)
    );
    assert_eq!(mean.percent, Some(50.0));
    // In real time nothing is exact.
    b.network = "loopback".into();
    assert_eq!(verdict(&compared(&a, &b), "requests"), Verdict::NoInterval);
}

#[test]
fn shares_are_apart_by_points_and_not_by_percent() {
    let stale = |share: f64| {
        let mut results = ticker(None);
        let figures = results.transports[0].figures.as_mut();
        figures.expect("verified").stale_share = Some(share);
        results
    };
    let text = terminal(&compared(&stale(0.58), &stale(0.575)), 120, false);
    let line = text.lines().find(|line| line.contains("stale value"));
    let words: Vec<_> = line.expect("a line").split_whitespace().collect();
    let words = words.join(" ");
    assert!(words.contains("58 % 57 % -0.50 points -0.9 %"), "{text}");
    assert!(text.contains("relative"), "{text}");
}

#[test]
fn what_was_set_differently_comes_first() {
    let a = fixture::ticker();
    let mut b = fixture::ticker();
    assert!(terminal(&compared(&a, &b), 120, false).contains("Nothing was set differently."));
    b.scenario.clients = 3;
    b.scenario.outages = serde_json::from_str(r#"[{"at":"1s","for":"2s"}]"#).expect("an outage");
    b.pushlab = "9.9.9".into();
    let comparison = compared(&a, &b);
    let fields: Vec<_> = comparison
        .settings
        .iter()
        .map(|s| s.field.as_str())
        .collect();
    assert_eq!(fields, ["pushlab version", "clients", "outages"]);
    assert_eq!(comparison.settings[2].a, "not set");
    assert_eq!(comparison.settings[2].b, r#"[{"at":"1s","for":"2s"}]"#);
}

#[test]
fn what_one_side_lacks_is_named_and_never_compared() {
    let a = fixture::unverified();
    let mut b = fixture::ticker();
    b.transports.pop();
    let comparison = compared(&a, &b);
    for pair in &comparison.points {
        assert_eq!(pair.problem.is_some(), pair.figures.is_empty(), "{pair:?}");
    }
    let problems: Vec<_> = comparison
        .points
        .iter()
        .filter_map(|p| p.problem.as_deref())
        .collect();
    assert!(
        problems.iter().any(|p| p.starts_with("in A not verified")),
        "{problems:?}"
    );
    assert!(problems.contains(&"only in A"), "{problems:?}");
}

#[test]
fn the_terminal_keeps_its_width_and_plain_letters() {
    let a = fixture::ticker();
    let b = fixture::polling_wins();
    for width in [60, 80, 120] {
        let text = terminal(&compared(&a, &b), width, false);
        assert!(text.is_ascii(), "{text}");
        let longest = text.lines().skip(2).map(str::len).max().unwrap_or(0);
        assert!(longest <= usize::from(width).max(110), "{longest}: {text}");
    }
}
