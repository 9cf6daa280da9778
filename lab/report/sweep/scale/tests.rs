//! Knees and who gave out, on loads made by hand: other data, other words.

mod machine;

use super::{answer, details, explained, fan_out, method, table};
use crate::measure::PerEvent;
use crate::measure::sweep::SweepResults;
use crate::measure::sweep::scale::{self, Knee};
use crate::report::fixture::sweeps::sweep;

/// What a delivery costs the thread that serves; the process has other things to do besides.
const SERVING_US: f64 = 10.0;

/// 10, 100 and 1,000 clients on loopback, one run each, 12 us per delivery in all. The last receiver waits for all of them.
fn loads() -> SweepResults {
    let mut results = sweep(&["clients=10,100,1000"]);
    results.head.network = "loopback".into();
    results.head.sweep.repeats = 1;
    results.trials.retain(|trial| trial.repeat == 0);
    for trial in &mut results.trials {
        trial.theory.clear();
        let n = [10.0, 100.0, 1_000.0][trial.at[0]];
        let figures = trial.figures.as_mut().expect("verified");
        figures.latency_events = 5_000;
        figures.server_cpu_us_per_delivery = Some(12.0);
        figures.server_memory_bytes_per_connection = Some(8_192.0);
        (figures.server_cpu_share, figures.client_cpu_share) = (Some(0.2), Some(0.3));
        // The serving thread's part of it, in a window of 95 s.
        figures.latency_samples = (0.2 * 95e6 / SERVING_US) as u64;
        figures.latency_us.p50 = 5.0 * n;
        figures.last_receiver_us = Some(PerEvent {
            mean: 9.0 * n,
            p50: 9.0 * n,
            p99: 10.0 * n,
            max: 12.0 * n,
        });
    }
    results
}

/// The same with a last receiver that is two seconds late at 1,000 clients, and these shares of a core there.
fn late(server: Option<f64>, clients: Option<f64>) -> SweepResults {
    let mut results = loads();
    for trial in results.trials.iter_mut().filter(|trial| trial.at == [2]) {
        let figures = trial.figures.as_mut().expect("verified");
        figures.last_receiver_us.as_mut().expect("some").p99 = 2e6;
        (figures.server_cpu_share, figures.client_cpu_share) = (server, clients);
    }
    results
}

fn said(results: &SweepResults) -> String {
    let first = answer(results).unwrap_or_default();
    format!("{first} {}", details(results).join(" "))
}

fn says(results: &SweepResults, words: &str) {
    let text = said(results);
    assert!(text.contains(words), "{words}\n{text}");
}

#[test]
fn without_a_late_load_there_is_no_knee() {
    let results = loads();
    says(&results, "Duplex up to 1000, the most that was measured");
    says(
        &results,
        "at 1000 clients the last receiver's p99 is 10 ms, within 1 s. No knee up to 1000 clients.",
    );
    says(
        &results,
        "the server used 20 % of a core and the load generator 30 %.",
    );
    says(
        &results,
        "Duplex 12 µs per delivery and 8.19 kB per connection (1000 clients)",
    );
    let mut near = results;
    for trial in &mut near.trials {
        trial.figures.as_mut().expect("verified").client_cpu_share = Some(0.9);
    }
    says(
        &near,
        "the load generator will give out first, not the server",
    );
}

#[test]
fn the_side_that_gave_out_is_named() {
    for (server, clients, words) in [
        (
            Some(0.97),
            Some(0.6),
            "There the server gave out: the server used 97 % of a core",
        ),
        (
            Some(0.6),
            Some(0.97),
            "There the load generator gave out, not the server",
        ),
        (Some(0.9), Some(0.97), "There this machine gave out"),
        (
            Some(0.4),
            Some(0.5),
            "No side was busy all the time: the server used 40 % of a core, the load generator 50 %. What was late waited for something else.",
        ),
        (
            None,
            Some(0.9),
            "Which side gave out is not known: CPU time of the server was not told",
        ),
        (
            Some(0.9),
            None,
            "CPU time of the load generator was not told",
        ),
        (None, None, "CPU time of both sides was not told"),
    ] {
        let results = late(server, clients);
        says(&results, "Duplex up to 100 clients");
        says(&results, "At 1000 it is 2 s, too late.");
        says(&results, words);
    }
}

#[test]
fn a_burst_that_fills_the_budget_is_no_idle_server() {
    let mut results = late(Some(0.2), Some(0.3));
    results.head.sweep.scenario.budget = "15ms".parse().expect("a time");
    // 1,000 deliveries of 10 us are most of 15 ms, whatever the server does between two events.
    says(
        &results,
        "But to hand one event to all takes the server 10 ms alone, and no more than 15 ms may pass.",
    );
}

#[test]
fn a_load_that_was_not_verified_is_a_failed_one_without_figures() {
    let mut results = loads();
    for trial in results
        .trials
        .iter_mut()
        .filter(|t| t.at == [2] && t.transport == "hold")
    {
        (trial.figures, trial.problem) = (None, Some("client 3 never saw event 17".into()));
    }
    says(&results, "Holding up to 100 clients; Streaming up to 1000");
    says(
        &results,
        "At 1000 it was not verified (client 3 never saw event 17)",
    );
}

#[test]
fn a_load_that_could_not_be_run_says_why_and_is_no_knee() {
    let mut results = loads();
    for trial in results.trials.iter_mut().filter(|trial| trial.at == [2]) {
        (trial.figures, trial.not_run) = (None, Some("too few descriptors".into()));
    }
    says(&results, "Duplex up to 100, the most that was measured");
    says(&results, "1000 could not be run: too few descriptors.");
    let table = table(&results).expect("a table");
    let cell = "could not be run: too few descriptors";
    assert!(
        table.rows.iter().flatten().any(|text| text == cell),
        "{table:?}"
    );
    let page = super::super::html(&results);
    assert!(
        page.contains("4 trials could not be run on this machine"),
        "{page}"
    );
}

#[test]
fn nothing_in_time_and_luck_are_told_apart() {
    let mut results = late(Some(0.9), Some(0.1));
    for trial in &mut results.trials {
        let last = &mut trial.figures.as_mut().expect("verified").last_receiver_us;
        last.as_mut().expect("some").p99 = 3e6;
    }
    says(&results, "Duplex at none of the loads");
    let mut uneven = loads();
    for trial in uneven.trials.iter_mut().filter(|trial| trial.at == [1]) {
        let last = &mut trial.figures.as_mut().expect("verified").last_receiver_us;
        last.as_mut().expect("some").p99 = 3e6;
    }
    let knee = scale::knee(&uneven, &uneven.head.parties[0]);
    let expected = Knee {
        last: Some(2),
        first_failed: None,
        uneven: vec![1],
    };
    assert_eq!(knee, expected);
    says(&uneven, "At 100 it was not, though more clients were");
}

#[test]
fn a_poll_has_its_wait_on_top_unless_the_scenario_has_a_budget() {
    let mut results = loads();
    for trial in results
        .trials
        .iter_mut()
        .filter(|trial| trial.transport == "ask")
    {
        trial.theory.insert("latency_us.p50".into(), 5e5);
        trial.theory.insert("latency_us.p99".into(), 9.9e5);
        let last = &mut trial.figures.as_mut().expect("verified").last_receiver_us;
        last.as_mut().expect("some").p99 = 1.2e6;
    }
    says(&results, "Asking up to 1000");
    says(
        &results,
        "within 1 s and the 990 ms that it waits on an idle machine as well",
    );
    let words = explained(&results).join(" ");
    assert!(
        words.contains("Its clients wait for something else first, 500 ms"),
        "{words}"
    );
    results.head.sweep.scenario.budget = crate::scenario::Span::from_millis(1_000);
    says(&results, "Asking at none of the loads");
}

#[test]
fn the_place_in_the_order_is_arithmetic_beside_measurement() {
    let words = explained(&loads()).join(" ");
    assert!(
        words.contains(
            "Duplex: 1\u{202f}000 clients at 10 µs each are 5 ms for half of them, 10 ms for all; measured are 5 ms \
             (median) and 10 ms (last receiver, p99). The order explains both."
        ),
        "{words}"
    );
    let mut slow = loads();
    for trial in &mut slow.trials {
        trial.figures.as_mut().expect("verified").latency_us.p50 *= 4.0;
    }
    let words = explained(&slow).join(" ");
    assert!(
        words.contains("That is more than the order explains"),
        "{words}"
    );
    assert_eq!(fan_out(&slow).map(|table| table.rows.len()), Some(4));
}

#[test]
fn what_the_system_does_not_tell_is_left_out() {
    let mut results = loads();
    for trial in &mut results.trials {
        let figures = trial.figures.as_mut().expect("verified");
        figures.server_cpu_us_per_delivery = None;
        figures.server_memory_bytes_per_connection = None;
        (figures.server_cpu_share, figures.client_cpu_share) = (None, None);
    }
    says(&results, "This system does not tell CPU time");
    assert!(explained(&results).is_empty() && fan_out(&results).is_none());
    assert!(!said(&results).contains("of a core"));
    results.head.network = "simulated".into();
    says(&results, "Simulated time has no CPU and no memory");
    let other = sweep(&["rate=1/s,2/s"]);
    assert!(table(&other).is_none() && answer(&other).is_none());
}
