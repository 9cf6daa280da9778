//! E6: where long polling falls off.

use super::measured::quotient;
use super::plots::{axis, series};
use super::{Context, Measured, Study};
use crate::measure::plot::{Plot, PlotMark, Quantity};
use crate::run::RunError;
use crate::transport::{Entry, LONG_POLL, SHORT_POLL, WEBSOCKET};
use serde_json::json;

pub const STUDY: Study = Study {
    id: "E6",
    title: "The cliff of a sensor at 4 Hz",
    question: "Up to which distance is long polling as good as WebSocket for a reading every 250 ms?",
    claim: "Long polling performs like WebSocket while the network latency is below half the interval between readings \
            (Pimentel & Nickerson 2012).",
    set_up: "A reading every 250 ms exactly, 3,200 of them. 10 to 300 ms one way, a line so fast that sending takes no time. \
             Long polling, WebSocket, and a poller that sleeps 250 ms after each answer; 25 clients of each, whose \
             phases cover the interval evenly, because readings and round trips keep a rhythm.",
    formula: "P > R = 2d: long polling has latency d; P < R: about d + R/2 = 2d, and 1/R requests a second; the sleeping \
             poller has P/2 + 2d",
    folklore: &[(
        "Long polling is slower than WebSocket",
        "not at all while the round trip is shorter than the gap between readings; twice as slow right behind that",
    )],
    real_sockets: false,
    run,
};

/// One-way delays, ms.
pub const DELAYS_MS: [u32; 8] = [10, 50, 100, 120, 130, 150, 200, 300];
/// Half the interval between readings, ms: where the cliff must be.
pub const CLIFF_MS: u32 = 125;
/// Where the sleeping poller is looked at, ms.
pub const SLEEPERS_MS: [u32; 3] = [50, 100, 200];

fn run(context: &Context) -> Result<Measured, RunError> {
    let fields = |delay_ms: u32| {
        json!({
            "clients": 25, "arrivals": "fixed", "rate": "4/s", "delay": format!("{delay_ms}ms"),
            "bandwidth": "1000Gbit/s", "warm_up": "10s", "duration": "800s", "heartbeat": "off",
            "poll_every": "250ms", "poll_discipline": "sleep",
        })
    };
    let mut trials: Vec<(&Entry, _)> = Vec::new();
    for delay_ms in DELAYS_MS {
        trials.push((&LONG_POLL, fields(delay_ms)));
        trials.push((&WEBSOCKET, fields(delay_ms)));
    }
    for delay_ms in SLEEPERS_MS {
        trials.push((&SHORT_POLL, fields(delay_ms)));
    }
    let trials = context.trials(&trials)?;
    let mut measured = Measured::default();
    for (delay_ms, both) in DELAYS_MS.into_iter().zip(trials.chunks(2)) {
        let [long_poll, push] = both else { continue };
        let mean = |trial: &super::Trial| trial.read(|f| f.latency_us.mean);
        measured.put(
            format!("ratio/{delay_ms}"),
            quotient(mean(long_poll), mean(push)),
        );
        let requests = long_poll.read(|f| f.requests as f64 / long_poll.client_s());
        measured.put(format!("requests/{delay_ms}"), requests);
        for (sleeper, trial) in SLEEPERS_MS.iter().zip(&trials[2 * DELAYS_MS.len()..]) {
            if *sleeper == delay_ms {
                measured.put(
                    format!("sleeper/{delay_ms}"),
                    quotient(mean(trial), mean(push)),
                );
            }
        }
    }
    measured.finding = finding(&measured);
    measured.plot = Some(plot(&measured));
    Ok(measured)
}

fn finding(measured: &Measured) -> String {
    let ratio = |delay_ms: &u32| measured.get(&format!("ratio/{delay_ms}"));
    // Where the ratio leaves 1 for good, from the data.
    let equal = DELAYS_MS
        .iter()
        .take_while(|delay_ms| ratio(delay_ms).is_some_and(|ratio| ratio < 1.5))
        .last();
    let worse = DELAYS_MS
        .iter()
        .find(|delay_ms| ratio(delay_ms).is_some_and(|ratio| ratio >= 1.5));
    match (equal, worse) {
        (Some(equal), Some(worse)) => format!(
            "Up to {equal} ms one way long polling has {} the latency of WebSocket, from {worse} ms on {}; half the interval \
             is {CLIFF_MS} ms. A poller that sleeps 250 ms after each answer has {} at 50 ms.",
            measured.text(&format!("ratio/{equal}"), Quantity::Ratio),
            measured.text(&format!("ratio/{worse}"), Quantity::Ratio),
            measured.text("sleeper/50", Quantity::Ratio),
        ),
        _ => "There is no cliff between the shortest and the longest delay.".into(),
    }
}

fn plot(measured: &Measured) -> Plot {
    let us = |ms: u32| 1e3 * f64::from(ms);
    let points = |figure: &str, delays: &[u32]| -> Vec<_> {
        let point = |&ms: &u32| (us(ms), measured.get(&format!("{figure}/{ms}")));
        delays.iter().map(point).collect()
    };
    let (nearest, farthest) = (us(DELAYS_MS[0]), us(DELAYS_MS[DELAYS_MS.len() - 1]));
    let edge = us(CLIFF_MS);
    let law = vec![[nearest, 1.0], [edge, 1.0], [edge, 2.0], [farthest, 2.0]];
    let sleeper = SLEEPERS_MS.map(|ms| [us(ms), (125.0 + 2.0 * f64::from(ms)) / f64::from(ms)]);
    Plot {
        id: "e6".into(),
        title: "Equal up to half the interval, then twice as late".into(),
        reading: "Mean latency over that of WebSocket; a reading every 250 ms; dashed: the law"
            .into(),
        alt: format!(
            "Line chart of the latency ratio over the one-way delay. {}",
            measured.finding
        ),
        x: axis("one-way delay", Quantity::Time, false),
        y: axis("latency over WebSocket's", Quantity::Ratio, false),
        series: vec![
            series(&LONG_POLL, "long polling", points("ratio", &DELAYS_MS), law),
            series(
                &SHORT_POLL,
                "sleep 250 ms after each answer",
                points("sleeper", &SLEEPERS_MS),
                sleeper.to_vec(),
            ),
        ],
        marks: vec![PlotMark {
            x: Some(us(CLIFF_MS)),
            y: None,
            label: "half the interval".into(),
        }],
    }
}
