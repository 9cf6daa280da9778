//! Criterion's files as it writes them, and such as it does not.

use super::*;
use crate::report::fixture::benches::{bench, measured};

const BENCHMARK: &str = r#"{"group_id":"fanout","function_id":"floor","value_str":"100","throughput":{"Elements":100},
    "full_id":"fanout/floor/100","directory_name":"fanout/floor/100","title":"fanout/floor/100"}"#;

fn estimates(mean: &str, slope: &str) -> String {
    format!(
        r#"{{"mean":{mean},"median":{mean},"median_abs_dev":{mean},"slope":{slope},"std_dev":{mean}}}"#
    )
}

fn estimate(ns: f64) -> String {
    format!(
        r#"{{"confidence_interval":{{"confidence_level":0.95,"lower_bound":{},"upper_bound":{}}},
            "point_estimate":{ns},"standard_error":1.5}}"#,
        ns * 0.9,
        ns * 1.1
    )
}

#[test]
fn the_time_is_the_slope_or_the_mean_for_each_element() {
    let both = estimates(&estimate(500_000.0), &estimate(400_000.0));
    let read = Measured::read(BENCHMARK, &both).expect("criterion's own files");
    assert_eq!(
        (&*read.group, &*read.function, read.parameter.as_deref()),
        ("fanout", "floor", Some("100"))
    );
    assert!((read.each_ns - 4_000.0).abs() < 1e-6);
    assert!(
        (read.interval_ns[0] - 3_600.0).abs() < 1e-6
            && (read.interval_ns[1] - 4_400.0).abs() < 1e-6
    );
    let flat = estimates(&estimate(500_000.0), "null");
    let read = Measured::read(BENCHMARK, &flat).expect("criterion's own files");
    assert!((read.each_ns - 5_000.0).abs() < 1e-6);
    let plain =
        r#"{"group_id":"g","function_id":"f","value_str":null,"throughput":null,"full_id":"g/f"}"#;
    let read = Measured::read(plain, &flat).expect("criterion's own files");
    assert_eq!((read.parameter, read.each_ns), (None, 500_000.0));
}

#[test]
fn a_broken_file_is_named_and_breaks_nothing() {
    let fine = estimates(&estimate(5.0), "null");
    for (benchmark, saved, name) in [
        ("", &*fine, "benchmark.json: "),
        ("{\"group_id\":\"fan", &fine, "benchmark.json: "),
        ("[]", &fine, "benchmark.json: "),
        (BENCHMARK, "", "estimates.json: "),
        (BENCHMARK, "{\"mean\":null}", "estimates.json: "),
        (
            BENCHMARK,
            "{\"mean\":{\"point_estimate\":1e999}}",
            "estimates.json: ",
        ),
        (
            BENCHMARK,
            &estimates(&estimate(0.0), "null"),
            "estimates.json: 0 ns is no time",
        ),
        (
            BENCHMARK,
            &estimates(&estimate(-3.0), "null"),
            "estimates.json: -3 ns is no time",
        ),
    ] {
        let error = Measured::read(benchmark, saved).expect_err("a broken file");
        assert!(error.starts_with(name), "{error}");
    }
    for text in [
        "",
        "7",
        "{\"bytes_per_event\":\"many\"}",
        "{\"latency_p50_us\":-1}",
    ] {
        let error = Beside::read(text).expect_err("a broken file");
        assert!(error.starts_with("figures.json: "), "{error}");
    }
    let partly = Beside::read(r#"{"bytes_per_event": 102.5}"#).expect("figures");
    assert_eq!(
        (partly.bytes_per_event, partly.latency_p50_us),
        (Some(102.5), None)
    );
}

#[test]
fn figures_are_in_order_and_compared_with_their_own_floor_and_baseline() {
    let bench = bench();
    let figures = bench.figures();
    let names: Vec<String> = figures.iter().map(Figure::name).collect();
    let expected = [
        "delivery",
        "fanout 10",
        "fanout 1000",
        "fanout 1000 backlog 8",
        "ticker",
        "report",
    ];
    assert_eq!(names, expected);
    let functions: Vec<&str> = figures[0]
        .rows
        .iter()
        .map(|row| &*row.measured.function)
        .collect();
    assert_eq!(functions, [FLOOR, "ask", "duplex"]);
    let [floor, ask, duplex] = [0, 1, 2].map(|i| figures[0].rows[i]);
    assert_eq!((floor.to_floor, floor.to_baseline), (None, None));
    assert_eq!((ask.to_floor, ask.to_baseline), (Some(6.0), Some(3.0)));
    assert_eq!(
        (duplex.to_floor, duplex.to_baseline),
        (Some(2.0), Some(1.0))
    );
    let ticker = &figures[4].rows;
    assert_eq!(
        ticker[0].to_floor, None,
        "nothing is compared with another figure's floor"
    );
    assert!(
        ticker[0]
            .bytes_to_baseline
            .is_some_and(|ratio| (ratio - 763.0 / 178.0).abs() < 1e-9)
    );
    assert_eq!(figures[5].rows[0].label(), "page");
}

#[test]
fn what_was_not_measured_has_no_ratio() {
    let mut bench = bench();
    bench.measured = vec![
        measured("delivery", "ask", None, 3.0),
        measured("unknown", "x", None, 1.0),
    ];
    let figures = bench.figures();
    assert_eq!(figures.len(), 1);
    assert_eq!(
        (figures[0].rows[0].to_floor, figures[0].rows[0].to_baseline),
        (None, None)
    );
}
