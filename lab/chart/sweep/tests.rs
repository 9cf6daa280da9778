//! What charts of sweeps show, on sweeps with closed forms, and that no sweep breaks them.

use super::super::tests::check_chart;
use super::grid::{Cell, Grid, break_even, events_per_poll};
use super::{all, pareto, view};
use crate::measure::sweep::{AGE_MEAN, BYTES_PER_SECOND, STALE_SHARE, SweepResults};
use crate::report::fixture::sweeps::{sweep, unverified};

const SWEEPS: [&[&str]; 9] = [
    &["poll_every=100ms..10s:12log"],
    &["rtt=0ms..400ms:9"],
    &["delay=10ms,50ms,120ms,130ms,300ms"],
    &["rate=0.5/s..50/s:12log"],
    &["headers=lean,browser"],
    &["payload=20B..20kB:10log"],
    &["clients=7"],
    &["rate=0.5/s..50/s:12log", "poll_every=100ms..10s:12log"],
    &["headers=lean,browser", "rate=0.1/s..100/s:30log"],
];

fn everything() -> Vec<SweepResults> {
    let mut all: Vec<_> = SWEEPS.iter().map(|axes| sweep(axes)).collect();
    for axes in SWEEPS {
        let (mut started, mut alone) = (sweep(axes), sweep(axes));
        started.trials.truncate(started.trials.len() / 3);
        alone.head.parties.truncate(1);
        alone.head.sweep.repeats = 1;
        let mut nothing = sweep(axes);
        nothing.trials.clear();
        all.extend([started, alone, nothing, unverified(sweep(axes), "ask")]);
    }
    all
}

#[test]
fn drawings_of_sweeps_are_readable_and_load_nothing() {
    for results in everything() {
        let charts = all(&results);
        assert!(charts.len() <= 6);
        for (i, chart) in charts.iter().enumerate() {
            check_chart(&results.head.sweep.name, chart);
            assert!(charts[..i].iter().all(|other| other.id != chart.id));
            assert!(!chart.table.rows.is_empty(), "{}", chart.id);
        }
    }
}

#[test]
fn the_interval_of_a_share_ends_at_nothing_and_at_all() {
    let mut results = sweep(&["poll_every=1s,2s"]);
    for trial in &mut results.trials {
        if let Some(figures) = &mut trial.figures {
            figures.stale_share = Some(if trial.repeat == 0 { 0.3 } else { 0.0 });
        }
    }
    let party = &results.head.parties[0];
    let estimate = results
        .estimate(party, &[0], &STALE_SHARE)
        .expect("three repeats");
    let [low, high] = estimate.interval.expect("an interval");
    assert!((estimate.value - 0.1).abs() < 1e-9);
    assert!(low == 0.0 && high > 0.3 && high <= 1.0, "{low} {high}");
}

#[test]
fn which_charts_come_depends_on_what_varies() {
    let ids = |axes: &[&str]| -> Vec<String> {
        all(&sweep(axes))
            .iter()
            .map(|chart| chart.id.to_string())
            .collect()
    };
    assert_eq!(
        ids(SWEEPS[0]),
        [
            "freshness-bytes",
            "latency-mean",
            "bytes-per-second",
            "requests-per-event",
            "latency-p99"
        ]
    );
    assert_eq!(ids(SWEEPS[1])[0], "latency-mean");
    assert!(!ids(SWEEPS[1]).contains(&"freshness-bytes".into()));
    assert_eq!(ids(SWEEPS[7]), ["map-bytes", "map-age"]);
}

#[test]
fn the_frontier_has_polling_where_it_is_cheap_and_push_where_it_is_fresh() {
    // Two events per second: asking costs less than 200 B/s from 1.5 s on.
    let results = sweep(&["poll_every=500ms,1s,2s,4s"]);
    let (choices, order) = pareto::choices(&results);
    let names: Vec<&str> = order.iter().map(|&i| choices[i].name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Asking, poll interval 4 s",
            "Asking, poll interval 2 s",
            "Duplex"
        ]
    );
    let chart = &all(&results)[0];
    assert!(chart.alt.contains("Duplex (200 B/s"), "{}", chart.alt);
    assert!(chart.svg.contains("better"));
}

#[test]
fn a_map_colours_the_cheapest_and_leaves_out_what_was_not_verified() {
    // 300 B per interval against 100 B per event: three events per poll.
    let results = sweep(SWEEPS[7]);
    let grid = Grid::new(&results, &BYTES_PER_SECOND).expect("two axes");
    assert_eq!(grid.cells.len(), 144);
    let corner = |winner: usize, cell: &Cell| matches!(cell, Cell::Won { winners, .. } if *winners == [winner]);
    assert!(corner(3, grid.cell(0, 0)) && corner(0, grid.cell(11, 11)));
    assert_eq!(grid.won(0) + grid.won(3) + grid.close(), 144);
    let parties = &results.head.parties;
    let line = break_even(&results, &parties[0], &parties[3], &BYTES_PER_SECOND);
    let line = line.expect("a line");
    let ([middle, low, high], places) = events_per_poll(&results, &line).expect("both axes");
    assert!(
        (middle - 3.0).abs() < 0.01 && (high - low) < 0.05,
        "{low} {middle} {high}"
    );
    assert!(places > 12);

    let broken = unverified(sweep(SWEEPS[7]), "ask");
    let grid = Grid::new(&broken, &BYTES_PER_SECOND).expect("two axes");
    assert_eq!(grid.blank(), 1);
    assert!(matches!(grid.cell(0, 0), Cell::Blank(why) if why.contains("never saw event 17")));
}

#[test]
fn equals_are_too_close_to_call() {
    let results = sweep(SWEEPS[7]);
    let grid = Grid::new(&results, &AGE_MEAN).expect("two axes");
    assert_eq!((grid.won(2), grid.won(3)), (0, 0));
    assert!(grid.tied(2) == grid.tied(3) && grid.tied(3) == grid.close());
}

#[test]
fn slopes_are_counted_in_round_trips() {
    for axes in [SWEEPS[1], SWEEPS[2]] {
        let charts = all(&sweep(axes));
        let chart = &charts[0];
        assert!(chart.svg.contains("0.50\u{a0}x\u{a0}RTT"), "{}", chart.svg);
    }
}

#[test]
fn an_unfinished_sweep_says_so() {
    let mut results = sweep(SWEEPS[0]);
    let planned = view::planned(&results);
    assert_eq!(planned, results.trials.len());
    results.trials.truncate(20);
    assert_eq!(view::planned(&results), planned);
    let chart = &all(&results)[1];
    assert!(
        chart.svg.contains("20 trials of 45, unfinished"),
        "{}",
        chart.svg
    );
    assert!(
        chart
            .table
            .rows
            .iter()
            .flatten()
            .any(|cell| cell == "not measured yet")
    );
}

#[test]
fn the_line_of_a_budget_says_what_comes_on_top() {
    let drawn = |results: &SweepResults| {
        let chart = super::lines::chart(results, &crate::measure::sweep::LAST_RECEIVER_P99);
        chart.expect("a chart").svg
    };
    let mut results = sweep(&["clients=10,100,1000"]);
    for trial in &mut results.trials {
        trial.theory.clear();
        let figures = trial.figures.as_mut().expect("verified");
        figures.last_receiver_us = Some(crate::measure::PerEvent {
            p99: 1e6 * (trial.at[0] + 1) as f64,
            ..Default::default()
        });
    }
    assert!(drawn(&results).contains("budget 1 s") && !drawn(&results).contains("at rest"));
    for trial in results.trials.iter_mut().filter(|t| t.transport == "ask") {
        trial.theory.insert("latency_us.p99".into(), 9.9e5);
    }
    assert!(drawn(&results).contains("budget 1 s (waits at rest on top)"));
    // A budget of people's own has nothing on top.
    results.head.sweep.scenario.budget = crate::scenario::Span::from_millis(1_000);
    assert!(!drawn(&results).contains("at rest"));
}
