//! Formula against simulation, within what chance explains.

use super::super::{Inputs, Law, PollDiscipline, Spacing, latency_cdf, predict};
use super::inputs;
use super::simulation::{Run, run};

const RUNS: u64 = 16;
/// What batches taken at their mean size, and the ends of a run, may add to a mean: a share of it.
const MODEL: f64 = 0.002;

/// Plays `inputs` for about 8,000 events in each of 16 runs and compares every figure predicted: mean
/// over the runs within five standard errors. So that this proves something, one standard error is at
/// most 3 % of a figure that is not rare.
#[track_caller]
fn agrees(name: &str, inputs: Inputs) {
    let inputs = Inputs {
        span_s: 8_000.0 / inputs.rate_per_s,
        clients: 1,
        ..inputs
    };
    let runs: Vec<Run> = (1..=RUNS).map(|seed| run(&inputs, seed)).collect();
    let figures = predict(&inputs);
    assert!(!figures.is_empty(), "{name}: no prediction");
    for (key, &predicted) in &figures {
        let values: Vec<f64> = runs.iter().map(|run| figure(&inputs, run, key)).collect();
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let square = values
            .iter()
            .map(|value| (value - mean) * (value - mean))
            .sum::<f64>();
        let error = (square / (count * (count - 1.0))).sqrt();
        // Chance keeps an extreme short of its bound; large batches carry percentiles past.
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(0.0, f64::max);
        let bounded = match key.as_str() {
            "latency_us.max" => high <= predicted + 1e-3,
            _ => true,
        };
        assert!(
            bounded,
            "{name}: {key} {high} is beyond its bound {predicted}"
        );
        let (measured, share) = match key.as_str() {
            "latency_us.min" => (low, 0.03),
            "latency_us.max" => (high, 0.03),
            "latency_us.p99" | "latency_us.p999" => (mean, 0.02),
            _ => (mean, MODEL),
        };
        // A count below one shows in no run.
        let absolute = if key == "empty_answers" { 1.0 } else { 1e-9 };
        let allowed = 5.0 * error + share * predicted + absolute;
        assert!(
            (measured - predicted).abs() <= allowed,
            "{name}: {key} is {measured}, predicted {predicted} +/- {allowed}"
        );
        let rare = key == "latency_us.p999" || key == "empty_answers" && mean < 100.0;
        assert!(
            rare || error <= 0.03 * mean,
            "{name}: {key} {mean} +/- {error} proves little"
        );
    }
    follows_curve(name, &latency_cdf(&inputs), &runs);
}

fn figure(inputs: &Inputs, run: &Run, key: &str) -> f64 {
    let latency = &run.latency_s;
    let quantile =
        |q: f64| 1e6 * latency[((q * latency.len() as f64) as usize).min(latency.len() - 1)];
    match key {
        "latency_us.min" => quantile(0.0),
        "latency_us.mean" => 1e6 * latency.iter().sum::<f64>() / latency.len() as f64,
        "latency_us.p50" => quantile(0.5),
        "latency_us.p90" => quantile(0.9),
        "latency_us.p99" => quantile(0.99),
        "latency_us.p999" => quantile(0.999),
        "latency_us.max" => quantile(1.0),
        "age_us.mean" => {
            let period_s = 1.0 / inputs.rate_per_s;
            let poisson = inputs.spacing == Some(Spacing::Poisson);
            1e6 * (run.behind_s + if poisson { period_s } else { 0.5 * period_s })
        }
        "stale_share" => run.stale_share,
        "requests" => run.requests,
        "empty_answers" => run.empty_answers,
        "bytes_per_event_without_setup" => run.bytes_per_event,
        other => panic!("no figure {other} in the simulation"),
    }
}

/// Halfway between any two points of the predicted curve as many events lie at or below it as it says,
/// within five standard errors of a share.
#[track_caller]
fn follows_curve(name: &str, points: &[[f64; 2]], runs: &[Run]) {
    let all: Vec<f64> = runs
        .iter()
        .flat_map(|run| &run.latency_s)
        .map(|s| 1e6 * s)
        .collect();
    assert!(
        points.is_sorted_by(|a, b| a[0] <= b[0] && a[1] <= b[1]),
        "{name}: not rising"
    );
    assert!(
        points
            .last()
            .is_none_or(|last| (last[1] - 1.0).abs() < 1e-12),
        "{name}: not all"
    );
    for pair in points.windows(2).filter(|pair| pair[1][0] > pair[0][0]) {
        let (at_us, predicted) = (
            0.5 * (pair[0][0] + pair[1][0]),
            0.5 * (pair[0][1] + pair[1][1]),
        );
        let count = all.len() as f64;
        let share = all.iter().filter(|us| **us <= at_us).count() as f64 / count;
        let allowed = 0.002 + 5.0 * (predicted * (1.0 - predicted) / count).sqrt();
        assert!(
            (share - predicted).abs() < allowed,
            "{name}: {share} at {at_us} us, predicted {predicted} +/- {allowed}"
        );
    }
}

/// A slow access line, on which a packet of an event takes 1.2 ms and a request 2.8 ms.
fn narrow(inputs: Inputs) -> Inputs {
    Inputs {
        bandwidth_down_bit_s: 1e6,
        bandwidth_up_bit_s: 5e5,
        ..inputs
    }
}

#[test]
fn push() {
    let push = Inputs {
        rate_per_s: 4.0,
        heartbeat_s: 0.5,
        heartbeat_bytes_down: 2.0,
        heartbeat_bytes_up: 6.0,
        ..inputs(Law::Push)
    };
    agrees("Poisson", push.clone());
    agrees(
        "comment",
        Inputs {
            heartbeat_bytes_up: 0.0,
            ..push.clone()
        },
    );
    agrees(
        "large",
        narrow(Inputs {
            payload_bytes: 5_000.0,
            rate_per_s: 1.0,
            ..push.clone()
        }),
    );
    agrees(
        "narrow",
        narrow(Inputs {
            rate_per_s: 20.0,
            ..push.clone()
        }),
    );
    let fixed = Inputs {
        spacing: Some(Spacing::Fixed),
        ..push
    };
    agrees("fixed", fixed.clone());
    agrees(
        "slow",
        Inputs {
            rate_per_s: 0.7,
            ..fixed.clone()
        },
    );
    agrees(
        "faster than the line is long",
        Inputs {
            rate_per_s: 30.0,
            ..fixed
        },
    );
}

#[test]
fn short_poll() {
    // Periods that do not mesh with the interval, so that one run sees every phase.
    for rate_per_s in [0.618_034, 3.618_034, 14.142_136] {
        for spacing in [Spacing::Poisson, Spacing::Fixed] {
            for discipline in [PollDiscipline::Timer, PollDiscipline::Sleep] {
                for latest in [false, true] {
                    let spacing = Some(spacing);
                    let poll = inputs(Law::ShortPoll);
                    let poll = Inputs {
                        rate_per_s,
                        spacing,
                        discipline,
                        latest,
                        ..poll
                    };
                    let name = format!("{rate_per_s} {spacing:?} {discipline:?} latest: {latest}");
                    agrees(&name, poll.clone());
                    agrees(&format!("{name}, narrow"), narrow(poll));
                }
            }
        }
    }
}

#[test]
fn long_poll() {
    for rate_per_s in [1.0, 4.0, 10.0, 20.0, 40.0] {
        let long = Inputs {
            rate_per_s,
            ..inputs(Law::LongPoll)
        };
        agrees(&format!("{rate_per_s}"), long.clone());
        agrees(&format!("{rate_per_s}, narrow"), narrow(long.clone()));
        for hold_s in [0.02, 0.3, 2.0] {
            agrees(
                &format!("{rate_per_s} held {hold_s}"),
                Inputs {
                    hold_s,
                    ..long.clone()
                },
            );
        }
    }
    agrees(
        "large batches",
        Inputs {
            rate_per_s: 150.0,
            ..inputs(Law::LongPoll)
        },
    );
    for rate_per_s in [4.0, 9.0, 14.142_136] {
        let spacing = Some(Spacing::Fixed);
        let long = Inputs {
            rate_per_s,
            spacing,
            ..inputs(Law::LongPoll)
        };
        agrees(&format!("{rate_per_s} fixed"), long);
    }
}

/// Short runs: the questions at both ends count.
#[test]
fn long_poll_counts_its_first_question() {
    for hold_s in [1.0, f64::INFINITY] {
        let long = Inputs {
            rate_per_s: 0.5,
            hold_s,
            span_s: 20.0,
            ..inputs(Law::LongPoll)
        };
        let runs: Vec<f64> = (0..4_000).map(|seed| run(&long, seed).requests).collect();
        let mean = runs.iter().sum::<f64>() / runs.len() as f64;
        let predicted = predict(&long)["requests"];
        assert!((mean - predicted).abs() < 0.2, "{mean} is not {predicted}");
    }
}

/// Any number of events may share an answer, and over a line with a rate each makes it later.
#[test]
fn what_may_carry_any_number_of_events_has_no_longest() {
    for law in [Law::ShortPoll, Law::LongPoll] {
        let bounded = |inputs: &Inputs| predict(inputs).contains_key("latency_us.max");
        let free = inputs(law);
        let slow = narrow(free.clone());
        assert_eq!((bounded(&free), bounded(&slow)), (true, false), "{law:?}");
    }
    let fixed = Inputs {
        spacing: Some(Spacing::Fixed),
        ..narrow(inputs(Law::ShortPoll))
    };
    assert!(predict(&fixed).contains_key("latency_us.max"));
    // Here an event takes 41 ms, and the slowest of them are in answers of many.
    let large = Inputs {
        payload_bytes: 5_000.0,
        rate_per_s: 0.5,
        ..narrow(inputs(Law::LongPoll))
    };
    let figures = predict(&large);
    assert!(figures.contains_key("latency_us.p99") && !figures.contains_key("latency_us.p999"));
}

#[test]
fn long_polling_for_the_newest_event_has_no_closed_form() {
    let latest = Inputs {
        latest: true,
        ..inputs(Law::LongPoll)
    };
    assert!(predict(&latest).is_empty() && latency_cdf(&latest).is_empty());
}
