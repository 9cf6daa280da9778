//! What a sweep promises: enough of everything, nothing twice, the same whatever the number of cores.

use super::*;
use crate::measure::sweep::{BYTES_PER_SECOND, Figure, IN_TIME, LATENCY_MEAN, REFUSED_STALE};
use crate::scenario::sweep::{Axis, Sweep};
use crate::scenario::{self, Span};

fn sweep(fields: &str, axes: &[&str]) -> Sweep {
    let base = format!("{{\"name\": \"short\", \"clients\": 2, \"duration\": \"2s\"{fields}}}");
    let scenario = scenario::parse(&base, "").unwrap();
    let axes = axes.iter().map(|axis| axis.parse::<Axis>().unwrap());
    Sweep {
        repeats: 2,
        least_events: 2,
        least_polls: 2,
        ..Sweep::new(scenario, axes.collect())
    }
}

fn plan(sweep: Sweep) -> Plan {
    Plan::new(sweep, Network::Simulated, "pushlab sweep".into()).unwrap()
}

fn trials(plan: &Plan, workers: usize) -> Vec<Trial> {
    let done = |_: &Job, _: &Trial| Ok::<(), RunError>(());
    run(plan, vec![], workers, &Interrupt::default(), done)
        .unwrap()
        .trials
}

#[test]
fn the_number_of_workers_changes_nothing() {
    let plan = plan(sweep("", &["poll_every=200ms,500ms", "rate=4/s,20/s"]));
    let one = trials(&plan, 1);
    assert_eq!(one, trials(&plan, 3));
    // Both axes for short polling, the rate alone for the others.
    assert_eq!(one.len(), 2 * (4 + 3 * 2));
    assert!(one.iter().all(|trial| trial.figures.is_some()));
}

#[test]
fn trials_are_long_enough_for_events_and_questions() {
    let mut wanted = sweep("", &["poll_every=1s,10s"]);
    (wanted.least_events, wanted.least_polls) = (30, 6);
    let plan = plan(wanted);
    let spans: Vec<_> = plan
        .jobs
        .iter()
        .filter(|job| job.repeat == 0)
        .map(|job| (job.entry.descriptor.law, job.scenario.duration))
        .collect();
    // Thirty events at 2 per second take 15 s; six questions every 10 s take a minute.
    let seconds = |s: u64| Span::from_millis(1_000 * s);
    use crate::theory::Law::*;
    let expected = [
        (ShortPoll, seconds(15)),
        (LongPoll, seconds(15)),
        (Push, seconds(15)),
        (Push, seconds(15)),
        (ShortPoll, seconds(60)),
    ];
    assert_eq!(spans, expected);
}

#[test]
fn points_that_cannot_be_run_are_named() {
    let problem = |sweep: Sweep| {
        let plan = Plan::new(sweep, Network::Simulated, String::new());
        plan.err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    };
    let mut long = sweep("", &["rate=1/h,2/s"]);
    long.least_events = 100;
    assert!(problem(long).contains("longer than a day: write at most \"24h\" (at rate=1/h)"));
    let mut unknown = sweep("", &["rate=1/s,2/s"]);
    unknown.transports = vec!["pigeon".into()];
    assert!(problem(unknown).contains("there is no transport \"pigeon\""));
    assert!(problem(sweep("", &["clients=1,0"])).contains("\"clients\""));
}

#[test]
fn an_early_end_keeps_what_is_finished() {
    let plan = plan(sweep("", &["rate=1/s,5/s"]));
    let interrupt = Interrupt::default();
    let some = run(&plan, vec![], 1, &interrupt, |_, _| {
        interrupt.ask();
        Ok::<(), RunError>(())
    })
    .unwrap()
    .trials;
    assert!(!some.is_empty() && some.len() < plan.jobs.len());
    let mut ran = 0;
    let all = run(&plan, some.clone(), 2, &Interrupt::default(), |_, _| {
        ran += 1;
        Ok::<(), RunError>(())
    })
    .unwrap()
    .trials;
    assert_eq!(ran, plan.jobs.len() - some.len());
    assert_eq!(all, trials(&plan, 2));
}

#[test]
fn only_what_is_too_small_for_fewer_clients_rules_out_more() {
    let limit = Limit::default();
    let plan = plan(sweep("", &["clients=2,4,8"]));
    let untried = || -> Vec<u32> {
        let jobs = plan.jobs.iter().filter_map(|job| limit.beyond(job));
        let mut clients: Vec<u32> = jobs.map(|trial| trial.clients).collect();
        clients.dedup();
        clients
    };
    assert!(untried().is_empty());
    limit.learn(4, "no room");
    assert_eq!(untried(), [8]);
    limit.learn(2, "less room");
    limit.learn(4, "no room");
    assert_eq!(untried(), [4, 8]);
}

/// A sweep on kernel sockets whose server is a shell script.
#[cfg(unix)]
fn with_a_server_that(does: &str) -> Result<Vec<Trial>, RunError> {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("server");
    // Written by another process: a file that a fork of this one still has open cannot be started.
    let write = r#"printf '#!/bin/sh\n%s\n' "$1" > "$0" && chmod +x "$0""#;
    let mut shell = std::process::Command::new("sh");
    let written = shell.arg("-c").arg(write).arg(&program).arg(does).status();
    assert!(written.unwrap().success());
    let mut wanted = sweep("", &["clients=1,2"]);
    wanted.repeats = 1;
    let mut plan = Plan::new(wanted, Network::Loopback, "pushlab sweep".into()).unwrap();
    plan.server_program = Some(program);
    let done = |_: &Job, _: &Trial| Ok::<(), RunError>(());
    run(&plan, vec![], 1, &Interrupt::default(), done).map(|results| results.trials)
}

#[test]
#[cfg(unix)]
fn a_server_that_crashes_is_a_bug_and_no_limit_of_the_machine() {
    let crash = with_a_server_that("exit 101").expect_err("a panic");
    assert!(matches!(crash, RunError::Internal(_)), "{crash}");
    // Killed from outside: each load is tried, whatever became of smaller ones.
    let trials = with_a_server_that("kill -KILL $$").expect("trials that were not run");
    assert!(trials.iter().any(|trial| trial.clients == 2));
    for trial in trials {
        let why = trial.not_run.expect("no server");
        assert!(
            why.starts_with("the server's process failed: signal: 9"),
            "{why}"
        );
    }
}

#[test]
fn figures_are_means_with_intervals_and_ratios_are_paired() {
    let plan = plan(sweep(
        r#", "arrivals": "fixed", "rate": "4/s", "bandwidth": "1Gbit/s""#,
        &["rtt=20ms,100ms"],
    ));
    let results = SweepResults::new(plan.head.clone(), trials(&plan, 2));
    let parties = &results.head.parties;
    let push = parties.last().unwrap();
    for (at, delay_us) in [(0, 10_000.0), (1, 50_000.0)] {
        let latency = results.estimate(push, &[at], &LATENCY_MEAN).unwrap();
        // A one-way delay and about a microsecond on the line.
        assert!((latency.value - delay_us).abs() < 2.0, "{latency:?}");
        let [low, high] = latency.interval.unwrap();
        assert!(low <= latency.value && latency.value <= high);
    }
    let itself = results
        .compare(push, push, &[0], &BYTES_PER_SECOND)
        .unwrap();
    assert_eq!((itself.ratio, itself.interval), (1.0, Some([1.0, 1.0])));
    let polls = results
        .compare(&parties[0], push, &[0], &BYTES_PER_SECOND)
        .unwrap();
    assert!(polls.ratio > 0.3 && polls.interval.is_some(), "{polls:?}");
}

/// The sweep that is shipped, with fewer points and repeats.
fn shipped(name: &str, values: &str, repeats: u32) -> SweepResults {
    let mut sweep = crate::scenario::sweep::shipped(name).unwrap();
    let key = sweep.vary[0].key.clone();
    sweep.vary = vec![format!("{key}={values}").parse().unwrap()];
    sweep.repeats = repeats;
    let polls = |entry: &&crate::transport::Entry| entry.descriptor.affects("poll_every");
    let poll = crate::transport::ALL.iter().find(polls).unwrap();
    let ids = [poll.descriptor.id, crate::transport::BASELINE.id];
    sweep.transports = ids.map(str::to_owned).to_vec();
    let plan = plan(sweep);
    SweepResults::new(plan.head.clone(), trials(&plan, 2))
}

fn estimates(results: &SweepResults, party: usize, figure: &Figure) -> Vec<f64> {
    let party = &results.head.parties[party];
    let values = if party.affected[0] {
        results.head.sweep.shape()[0]
    } else {
        1
    };
    (0..values)
        .map(|at| results.estimate(party, &[at], figure).unwrap().value)
        .collect()
}

#[test]
fn the_older_the_price_the_more_bids_are_refused() {
    let results = shipped("stale-bids", "100ms,1s,5s", 4);
    // A longer auction would have its rush at another place.
    assert!(
        results
            .trials
            .iter()
            .all(|trial| trial.span_us == 65_000_000)
    );
    let polls = estimates(&results, 0, &REFUSED_STALE);
    let push = estimates(&results, 1, &REFUSED_STALE);
    assert!(polls.is_sorted_by(|a, b| a < b), "{polls:?}");
    assert!(push[0] < polls[0], "{push:?} {polls:?}");
    assert!(polls[2] > 1.5 * polls[0], "{polls:?}");
}

#[test]
fn a_slow_poll_is_in_time_until_its_interval_is_the_budget() {
    // Half a minute less a line's delay: an event waits for up to an interval.
    let results = shipped("budget", "20s,60s", 2);
    let polls = estimates(&results, 0, &IN_TIME);
    assert_eq!(polls[0], 1.0);
    assert!((polls[1] - 0.5).abs() < 0.02, "{polls:?}");
    assert_eq!(estimates(&results, 1, &IN_TIME), [1.0]);
}

#[test]
fn figures_of_people_are_absent_where_there_are_none() {
    let plan = plan(sweep("", &["poll_every=200ms,500ms"]));
    for trial in trials(&plan, 2) {
        let measured = [REFUSED_STALE, IN_TIME].map(|figure| figure.measured(&trial));
        assert_eq!(measured, [None, None]);
    }
}
