//! E7: what becomes of events while a long-poll server waits for the next question.

use super::measured::quotient;
use super::plots::{axis, variant};
use super::variants::{NO_QUEUE, ONE_EVENT};
use super::{Context, Measured, Reading, Study, Trial};
use crate::measure::Marker;
use crate::measure::plot::{Plot, Quantity};
use crate::run::RunError;
use crate::transport::{Entry, LONG_POLL};
use crate::{feed, scenario};
use serde_json::{Value, json};

pub const STUDY: Study = Study {
    id: "E7",
    title: "Does long polling lose messages?",
    question: "After each answer a long-poll server is blind until the next question. What becomes of the events born then?",
    claim: "\"Long polling loses messages\" (folklore); RFC 6202, 2.2: messages queue and leave together in one answer.",
    set_up: "One client, round trip R of 100 ms, a line so fast that sending takes no time, events at random instants \
             (Poisson), 20,000 per run. Three servers: one without a queue that signals whoever waits just then, one \
             that queues and sends one event per response, and the lab's own, which answers with all that is newer than \
             the cursor. Where a queue has no bound, runs of two lengths are compared: 128 of each at rho = 1, where \
             chance rules, and 16 of each beyond.",
    formula: "blind for R after each answer, rho = lambda R; no queue: a share rho / (1 + rho) is lost; one event per \
              response: a queue M/D/1, mean latency d + rho R / (2 (1 - rho)) for rho < 1, no bound from rho = 1 on; at \
              rho = 1 event n waits R times the sum of k^k e^-k / k! for k from 1 to n (Spitzer), about R sqrt(2n / pi)",
    folklore: &[(
        "Long polling loses messages",
        "only without a cursor: a share rho / (1 + rho) of them. With one it loses nothing",
    )],
    real_sockets: false,
    run,
};

/// Events per second.
pub const RATES: [u32; 4] = [1, 4, 10, 100];
/// Those at which one event per response keeps up.
pub const STEADY_RATES: [u32; 2] = [1, 4];
/// Round trip, seconds: how long a server is blind.
pub const BLIND_S: f64 = 0.1;
/// The rate at which rho is 1: the queue is a random walk that cannot fall below nothing.
pub const WALK_RATE: u32 = 10;
/// How long it walks, seconds.
pub const WALKS_S: [u32; 2] = [100, 400];
/// So many runs with other events are averaged: the mean of one walk is off by more than half of it.
pub const WALKS: u64 = 128;
/// The rate far beyond, seconds of its two runs, and how many of each.
pub const RUSH_RATE: u32 = 100;
const RUSHES_S: [f64; 2] = [2.5, 5.0];
const RUSHES: u64 = 16;

/// The id of a figure at a rate.
pub fn at(figure: &str, rate: u32) -> String {
    format!("{figure}/{rate}")
}

/// The share of events that a server without a queue loses.
pub fn lost_share(rate: f64) -> f64 {
    let rho = rate * BLIND_S;
    rho / (1.0 + rho)
}

fn run(context: &Context) -> Result<Measured, RunError> {
    let mut list: Vec<(&Entry, Value)> = Vec::new();
    let events = |rate: u32, events: u32| fields(rate, f64::from(events) / f64::from(rate));
    list.extend(RATES.map(|rate| (&NO_QUEUE, events(rate, 20_000))));
    list.extend(RATES.map(|rate| (&LONG_POLL, events(rate, 20_000))));
    list.extend(STEADY_RATES.map(|rate| (&ONE_EVENT, events(rate, 20_000))));
    let mut repeat = |rate: u32, seconds: f64, runs: u64| {
        for seed in 1..=runs {
            let mut fields = fields(rate, seconds);
            fields["seed"] = seed.into();
            list.push((&ONE_EVENT, fields));
        }
    };
    // What has piled up must drain within the minute that a run waits for stragglers.
    for seconds in RUSHES_S {
        repeat(RUSH_RATE, seconds, RUSHES);
    }
    for seconds in WALKS_S {
        repeat(WALK_RATE, f64::from(seconds), WALKS);
    }
    let mut trials = context.trials(&list)?.into_iter();
    let mut next = |count: usize| -> Vec<Trial> { trials.by_ref().take(count).collect() };

    let mut measured = Measured::default();
    for figure in ["lost", "cursor"] {
        for (rate, trial) in RATES.into_iter().zip(next(RATES.len())) {
            measured.put(at(figure, rate), lost(&trial));
        }
    }
    for (rate, trial) in STEADY_RATES.into_iter().zip(next(STEADY_RATES.len())) {
        measured.put(at("one", rate), trial.read(|f| f.latency_us.mean));
    }
    let [short, long] = RUSHES_S.map(|_| mean(&next(RUSHES as usize)));
    measured.put(at("growth", RUSH_RATE), quotient(long, short));
    for seconds in WALKS_S {
        let walked = mean(&next(WALKS as usize));
        // The luck of these events is in both, so that what is left is the server.
        let ratio = quotient(walked.clone(), recursion_us(seconds));
        measured.put(at("recursion", seconds), ratio);
        measured.put(at("walk", seconds), walked);
    }
    measured.finding = finding(&measured);
    measured.plot = Some(plot(&measured));
    Ok(measured)
}

fn fields(rate: u32, seconds: f64) -> Value {
    json!({
        "clients": 1, "rate": format!("{rate}/s"), "warm_up": "2ms",
        "duration": format!("{}ms", (seconds * 1e3).round()), "delay": "50ms",
        // The warm-up is there to connect at once.
        "bandwidth": "1000Gbit/s",
    })
}

/// What the same walks take if each answer leaves when its event is there and R has passed since the last one.
fn recursion_us(seconds: u32) -> Reading {
    let mut sum_s = 0.0;
    for seed in 1..=WALKS {
        let mut fields = fields(WALK_RATE, f64::from(seconds));
        fields["seed"] = seed.into();
        fields["name"] = "reproduce".into();
        let scenario =
            scenario::parse(&fields.to_string(), "reproduce").map_err(|error| error.to_string())?;
        let born_s = feed::generate(&scenario, 0)
            .map_err(|error| error.to_string())?
            .into_iter()
            .map(|event| event.born_ns as f64 / 1e9);
        let (mut free_s, mut late_s, mut count) = (0.0, 0.0, 0.0);
        for born_s in born_s {
            let leaves_s = f64::max(born_s, free_s);
            free_s = leaves_s + BLIND_S;
            late_s += leaves_s - born_s + BLIND_S / 2.0;
            count += 1.0;
        }
        sum_s += late_s / f64::max(count, 1.0);
    }
    Ok(1e6 * sum_s / WALKS as f64)
}

/// The share of events that never arrived. Counts need no verified run, but nothing else may be wrong.
fn lost(trial: &Trial) -> Reading {
    let result = &trial.result;
    if result.duplicated + result.altered > 0 {
        return Err(result.problem.clone().unwrap_or_default());
    }
    Ok(1.0 - result.delivered as f64 / result.expected.max(1) as f64)
}

fn mean(trials: &[Trial]) -> Reading {
    let sum: Result<f64, String> = trials
        .iter()
        .map(|one| one.read(|f| f.latency_us.mean))
        .sum();
    Ok(sum? / trials.len().max(1) as f64)
}

fn finding(measured: &Measured) -> String {
    let share = |rate| measured.text(&at("lost", rate), Quantity::Share);
    let mut finding = format!(
        "Without a queue {} of the events are lost at 1 a second and {} at 100 a second.",
        share(1),
        share(100)
    );
    let kept = RATES
        .iter()
        .all(|&rate| measured.get(&at("cursor", rate)) == Some(0.0));
    finding += match kept {
        true => " With a cursor none is, at any rate.",
        false => " With a cursor some are lost as well, which should not be.",
    };
    let time = |figure, of| measured.text(&at(figure, of), Quantity::Time);
    let [short, long] = WALKS_S;
    finding += &format!(
        " One event per response takes {} on average at 1 a second and {} at 4. At {WALK_RATE} it takes {} in runs of \
         {short} s and {} in runs of {long} s",
        time("one", 1),
        time("one", 4),
        time("walk", short),
        time("walk", long),
    );
    if let Some(growth) = measured.get(&at("growth", RUSH_RATE)) {
        finding += &format!(
            ", at {RUSH_RATE} {growth:.2} times as long in a run twice as long{}",
            match growth > 1.5 {
                true => ": there is no mean, the longer one looks the more it is",
                false => "",
            }
        );
    }
    finding += ".";
    finding
}

fn plot(measured: &Measured) -> Plot {
    let points = |figure| RATES.map(|rate| (f64::from(rate), measured.get(&at(figure, rate))));
    // Even steps on the logarithmic axis, for a smooth line.
    let law = (0..=40)
        .map(|step| libm::pow(100.0, f64::from(step) / 40.0))
        .map(|rate| [rate, lost_share(rate)])
        .collect();
    let alt = format!(
        "Line chart of the share of events lost over the event rate, for a long-poll server without a queue and one \
         with a cursor. {}",
        measured.finding
    );
    let color = LONG_POLL.descriptor.color;
    Plot {
        id: "e7".into(),
        title: "What nobody waits for is lost, unless it is kept".into(),
        reading: "Share of events lost by event rate, round trip 100 ms; dashed: rho / (1 + rho)"
            .into(),
        alt,
        x: axis("events per second", Quantity::PerSecond, true),
        y: axis("events lost", Quantity::Share, false),
        series: vec![
            variant("no queue", "#D55E00", Marker::Triangle, points("lost"), law),
            variant(
                "cursor",
                color,
                Marker::Square,
                points("cursor"),
                Vec::new(),
            ),
        ],
        marks: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_set_up_tells_how_many_runs_there_are() {
        for words in [format!("{WALKS} of each"), format!("{RUSHES} of each")] {
            assert!(STUDY.set_up.contains(&words), "{words}");
        }
        assert_eq!(f64::from(WALK_RATE) * BLIND_S, 1.0);
    }
}
