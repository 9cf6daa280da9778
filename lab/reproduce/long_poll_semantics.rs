//! E7: what becomes of events while a long-poll server waits for the next question.

use super::plots::{axis, variant};
use super::variants::{NO_QUEUE, ONE_EVENT};
use super::{Context, Measured, Reading, Study, Trial};
use crate::measure::Marker;
use crate::measure::plot::{Plot, Quantity};
use crate::run::RunError;
use crate::transport::{Entry, LONG_POLL};
use serde_json::{Value, json};

pub const STUDY: Study = Study {
    id: "E7",
    title: "Does long polling lose messages?",
    question: "After each answer a long-poll server is blind until the next question. What becomes of the events born then?",
    claim: "\"Long polling loses messages\" (folklore); RFC 6202, 2.2: messages queue and leave together in one answer.",
    set_up: "One client, round trip R of 100 ms, a line so fast that sending takes no time, events at random instants \
             (Poisson), 20,000 per run. Three servers: one without a queue that signals whoever waits just then, one \
             that queues and sends one event per response, and the lab's own, which answers with all that is newer than \
             the cursor. Where the queue grows, runs of two lengths are compared, 16 of each.",
    formula: "blind for R after each answer, rho = lambda R; no queue: a share rho / (1 + rho) is lost; one event per \
              response: a queue M/D/1, mean latency d + rho R / (2 (1 - rho)) for rho < 1, no bound from rho = 1 on",
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
/// Growth is the mean of so many runs with other events: short runs are a matter of luck, and at rho = 1 long ones too.
const SEEDS: u64 = 16;

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
    // What has piled up at 100/s must drain within the minute that a run waits for stragglers.
    for (rate, seconds) in [(100, 2.5), (100, 5.0), (10, 100.0), (10, 400.0)] {
        for seed in 1..=SEEDS {
            let mut fields = fields(rate, seconds);
            fields["seed"] = seed.into();
            list.push((&ONE_EVENT, fields));
        }
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
    let growth = |short: &[Trial], long: &[Trial]| Ok(mean(long)? / mean(short)?);
    for rate in [100, 10] {
        let (short, long) = (next(SEEDS as usize), next(SEEDS as usize));
        measured.put(at("growth", rate), growth(&short, &long));
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
    if let Some(growth) = measured.get(&at("growth", 100)) {
        let one = |rate| measured.text(&at("one", rate), Quantity::Time);
        finding += &format!(
            " One event per response takes {} on average at 1 a second and {} at 4; at 100 a second the mean latency of \
             a run twice as long is {growth:.2} times as high: there is no mean.",
            one(1),
            one(4)
        );
    }
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
