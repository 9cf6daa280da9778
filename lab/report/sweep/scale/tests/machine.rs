//! What the machine and the number of events have to do with it, and what is not said of loads that were not run.

use super::{late, loads, method, said, says, sweep, table};
use crate::measure::Machine;
use crate::measure::sweep::SweepResults;

/// With so many cores.
fn on_cores(mut results: SweepResults, cores: usize) -> SweepResults {
    results.head.machine = Some(Machine {
        os: "linux".into(),
        arch: "x86_64".into(),
        cores,
    });
    results
}

#[test]
fn two_sides_that_fill_an_only_core_together_make_the_machine_give_out() {
    let half = || late(Some(0.5), Some(0.45));
    says(&half(), "No side was busy all the time");
    says(&on_cores(half(), 2), "No side was busy all the time");
    says(
        &on_cores(half(), 1),
        "There this machine gave out, whose only core both sides share: the server used 50 %",
    );
    says(
        &on_cores(late(Some(0.3), Some(0.4)), 1),
        "No side was busy all the time",
    );
    // And where it was still in time.
    let mut near = on_cores(loads(), 1);
    for trial in &mut near.trials {
        trial.figures.as_mut().expect("verified").server_cpu_share = Some(0.6);
    }
    says(&near, "they share the only core, which has no more to give");
}

#[test]
fn the_machine_is_named_where_time_is_real() {
    let real = on_cores(loads(), 2);
    for text in [
        super::super::super::html(&real),
        super::super::super::markdown(&real).replace('\\', ""),
        super::super::super::terminal(&real, 200, false),
    ] {
        assert!(text.contains("linux, x86_64, 2 cores"), "{text}");
    }
    let mut simulated = loads();
    simulated.head.network = "simulated".into();
    assert!(!super::super::super::html(&simulated).contains("Machine"));
}

#[test]
fn a_knee_that_rests_on_few_events_says_so() {
    let rough = "* Rough: fewer than 10 of the measured events (as few as 40)";
    let note = |results: &SweepResults| method(results).join(" ");
    let mut results = late(Some(0.9), Some(0.1));
    assert!(!said(&results).contains('*') && !note(&results).contains(rough));
    for trial in results
        .trials
        .iter_mut()
        .filter(|t| t.transport == "duplex")
    {
        trial.figures.as_mut().expect("verified").latency_events = 40;
    }
    says(
        &results,
        "Duplex: at 100 clients the last receiver's p99 is 1 ms*, within",
    );
    says(&results, "At 1000 it is 2 s*, too late.");
    says(
        &results,
        "Streaming: at 100 clients the last receiver's p99 is 1 ms, within",
    );
    assert!(note(&results).contains(rough), "{}", note(&results));
    let marked = |at: usize| {
        let table = table(&results).expect("a table");
        let marks = table.rows.iter().filter(|row| row[at].ends_with('*'));
        marks.map(|row| row[0].clone()).collect::<Vec<_>>()
    };
    // Forty events bear out their median.
    assert_eq!(marked(4), [""; 0]);
    assert_eq!(marked(5), ["Duplex"; 3]);
}

#[test]
fn the_load_generator_is_introduced() {
    let words = "The load generator is what runs the clients";
    assert!(super::super::super::html(&loads()).contains(words));
    assert!(!super::super::super::html(&sweep(&["rate=1/s,2/s"])).contains(words));
}

#[test]
fn what_was_never_run_was_not_too_late() {
    let mut results = loads();
    for trial in results
        .trials
        .iter_mut()
        .filter(|trial| trial.transport == "hold")
    {
        (trial.figures, trial.not_run) = (None, Some("too few descriptors".into()));
    }
    says(
        &results,
        "Holding: no load was measured. 10 could not be run: too few",
    );
    assert!(
        !said(&results).contains("no load was in time"),
        "{}",
        said(&results)
    );
    let late = |trial: &mut crate::measure::sweep::Trial| {
        let last = &mut trial.figures.as_mut().expect("verified").last_receiver_us;
        last.as_mut().expect("some").p99 = 3e6;
    };
    let mut results = loads();
    results.trials.iter_mut().for_each(late);
    says(
        &results,
        "Holding: no load was in time. At 10 it is 3 s, too late.",
    );
}
