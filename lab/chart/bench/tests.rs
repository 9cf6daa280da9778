//! The drawings of a run made by hand, whole and in parts.

use super::super::tests::check_chart;
use super::charts;
use crate::measure::bench::Bench;
use crate::report::fixture::benches::{bench, measured};

fn ids(bench: &Bench) -> Vec<String> {
    let all = bench.groups.iter().flat_map(|group| charts(bench, group));
    all.map(|chart| chart.id.into_owned()).collect()
}

#[test]
fn numbers_are_lines_and_names_are_bars() {
    let bench = bench();
    let expected = [
        "bench-bars-delivery",
        "bench-fanout",
        "bench-named-fanout",
        "bench-bars-ticker",
        "bench-bars-report",
    ];
    assert_eq!(ids(&bench), expected);
    for chart in bench.groups.iter().flat_map(|group| charts(&bench, group)) {
        check_chart("bench", &chart);
    }
}

#[test]
fn a_chart_says_its_numbers() {
    let bench = bench();
    let delivery = &charts(&bench, &bench.groups[0])[0];
    for words in [
        "6.0x floor",
        "2.0x floor",
        "48 µs",
        "Asking",
        "Duplex",
        "floor",
    ] {
        assert!(delivery.svg.contains(words), "{words}");
        assert!(
            delivery.alt.contains(words) || words.contains("0x"),
            "{}",
            delivery.alt
        );
    }
    let fanout = &charts(&bench, &bench.groups[1])[0];
    assert!(fanout.alt.contains("floor 12 µs to 6 µs"), "{}", fanout.alt);
    let ticker = &charts(&bench, &bench.groups[2])[0];
    let expected = ["Asking", "1.5 µs", "550 ms", "1.1 s*", "763 B"];
    assert_eq!(ticker.table.rows[0], expected);
}

#[test]
fn parts_and_extremes_are_drawn_too() {
    let mut bench = bench();
    bench.measured = vec![
        measured("fanout", "ask", Some("10"), 1e9),
        measured("delivery", "duplex", None, 1e-3),
        measured("delivery", "ask", None, 1e7),
    ];
    assert_eq!(ids(&bench), ["bench-bars-delivery", "bench-bars-fanout"]);
    for chart in bench.groups.iter().flat_map(|group| charts(&bench, group)) {
        check_chart("bench", &chart);
        assert!(!chart.svg.contains("NaN"));
    }
    bench.measured.clear();
    assert!(ids(&bench).is_empty());
}
