//! E4: how old the screen is.

use super::measured::difference;
use super::plots::{axis, series};
use super::{Context, Measured, Study};
use crate::measure::Figures;
use crate::measure::plot::{Plot, Quantity};
use crate::run::RunError;
use crate::transport::{Entry, SHORT_POLL, WEBSOCKET};
use serde_json::json;

pub const STUDY: Study = Study {
    id: "E4",
    title: "How fresh is the screen?",
    question: "How often does a screen show a value that is no longer true, and how much older does polling make it?",
    claim: "Pull loses data coherence as soon as the poll interval is not the publish interval; push keeps it (Bozdag et \
            al. 2007). By arithmetic, polling every T adds exactly T/2 to the mean age, at any event rate.",
    set_up: "Events at random instants (Poisson), 0.2, 1 and 5 a second, at least 4,000 of them. A poll a second on a \
             timer, 5 pollers whose phases cover it evenly; 50 ms one way. Age and staleness are integrated over all \
             instants, which is what sampling at random instants tends to.",
    formula: "stale: push 1 - exp(-lambda d), poll 1 - exp(-lambda d) (1 - exp(-lambda T)) / (lambda T); age: push 1/lambda \
              + d, poll T/2 more",
    folklore: &[(
        "A poll a second is as good as live for slow data",
        "the mean age grows by half the interval whatever the rate; only the share of stale time shrinks",
    )],
    real_sockets: false,
    run,
};

/// Events per second.
pub const RATES: [f64; 3] = [0.2, 1.0, 5.0];
/// Measured seconds for each.
const SECONDS: [u32; 3] = [20_000, 6_000, 1_500];
/// Both ways, as figures call them.
pub const PARTIES: [&str; 2] = ["poll", "push"];

fn run(context: &Context) -> Result<Measured, RunError> {
    let mut trials: Vec<(&Entry, _)> = Vec::new();
    for (rate, seconds) in RATES.into_iter().zip(SECONDS) {
        let fields = json!({
            "clients": 5, "rate": format!("{rate}/s"), "delay": "50ms", "bandwidth": "1000Gbit/s",
            "poll_every": "1s", "warm_up": "100s", "duration": format!("{seconds}s"), "heartbeat": "off",
        });
        trials.push((&SHORT_POLL, fields.clone()));
        trials.push((&WEBSOCKET, fields));
    }
    let trials = context.trials(&trials)?;
    let mut measured = Measured::default();
    for (rate, both) in RATES.into_iter().zip(trials.chunks(2)) {
        for (party, trial) in PARTIES.into_iter().zip(both) {
            measured.put(
                format!("stale/{party}/{rate}"),
                trial.read(|f| f.stale_share.unwrap_or(f64::NAN)),
            );
        }
        if let [poll, push] = both {
            let age_us = |figures: &Figures| figures.mean_age_us().unwrap_or(f64::NAN);
            let age = difference(poll.read(age_us), push.read(age_us));
            measured.put(format!("age/{rate}"), age);
        }
    }
    measured.finding = RATES
        .map(|rate| {
            format!(
                "At {rate}/s the polled screen is stale {} of the time, the pushed one {}, and the polled one \
                 is {} older.",
                measured.text(&format!("stale/poll/{rate}"), Quantity::Share),
                measured.text(&format!("stale/push/{rate}"), Quantity::Share),
                measured.text(&format!("age/{rate}"), Quantity::Time),
            )
        })
        .join(" ");
    measured.plot = Some(plot(&measured));
    Ok(measured)
}

fn plot(measured: &Measured) -> Plot {
    // The laws between 0.1 and 10 events a second, five points to each tenfold.
    let rates: Vec<f64> = (-5..=5)
        .map(|k| libm::pow(10.0, f64::from(k) / 5.0))
        .collect();
    let line = |party: &str, entry, label: &str| {
        let points = RATES.map(|rate| (rate, measured.get(&format!("stale/{party}/{rate}"))));
        let law = rates
            .iter()
            .map(|&rate| [rate, stale(party, rate)])
            .collect();
        series(entry, label, points, law)
    };
    Plot {
        id: "e4".into(),
        title: "How much of the time is the screen out of date?".into(),
        reading: "Share of time in which a newer value existed; a poll a second, 50 ms one way; dashed: the law".into(),
        alt: format!("Line chart of stale time over the event rate. {}", measured.finding),
        x: axis("events per second", Quantity::PerSecond, true),
        y: axis("time stale", Quantity::Share, false),
        series: vec![
            line("poll", &SHORT_POLL, "polling each second"),
            line("push", &WEBSOCKET, "push"),
        ],
        marks: Vec::new(),
    }
}

/// The stale share that follows from the law, for d = 50 ms and T = 1 s.
pub fn stale(party: &str, rate: f64) -> f64 {
    let current = libm::exp(-0.05 * rate);
    match party {
        "push" => 1.0 - current,
        _ => 1.0 - current * (1.0 - libm::exp(-rate)) / rate,
    }
}
