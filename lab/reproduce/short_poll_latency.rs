//! E2: how late a short poller is.

use super::plots::{axis, series, variant};
use super::{Context, Measured, Study};
use crate::measure::Marker;
use crate::measure::plot::{Plot, PlotMark, Quantity};
use crate::run::RunError;
use crate::transport::{SHORT_POLL, WEBSOCKET};
use serde_json::json;

pub const STUDY: Study = Study {
    id: "E2",
    title: "How late is a short poller?",
    question: "How does the interval between polls become latency, and does the round trip add to it?",
    claim: "\"Poll latency is T/2 plus a round trip\", and polling is \"three times\" slower than push, 150 ms against \
            50 ms (Lubbers & Greco 2010; an assumption there, not a measurement).",
    set_up: "One event stream of 2 events a second at random instants (Poisson), 5 pollers whose phases cover the \
             interval evenly, 3,200 events, a line so fast that sending takes no time. Interval T of 100 ms to 2 s, \
             round trip R = 2d of 0, 50 and 100 ms. Timer: a question every T. Sleep: the next question T after the \
             answer.",
    formula: "timer: uniform on [d, d + T], mean T/2 + d; sleep: uniform on [d, d + T + R], mean (T + R)/2 + d",
    folklore: &[
        (
            "Poll latency is T/2 + RTT",
            "T/2 + d if a timer asks, because the way up only shifts the phase; T/2 + RTT only for a client that sleeps \
             after each answer",
        ),
        (
            "Polling has 150 ms of latency where WebSocket has 50 ms: 3 to 1",
            "three transits are the worst case of questions without a pause; one poll a second is 1 + T/2d times as late \
             as push, 11 times at d = 50 ms",
        ),
    ],
    real_sockets: false,
    run,
};

/// Intervals, ms.
pub const INTERVALS_MS: [u32; 5] = [100, 250, 500, 1_000, 2_000];
/// Round trips, ms.
pub const ROUND_TRIPS_MS: [u32; 3] = [0, 50, 100];
/// Both disciplines, as scenarios spell them.
pub const DISCIPLINES: [&str; 2] = ["timer", "sleep"];
/// The round trip whose 95th percentiles are looked at, ms.
pub const SPREAD_MS: u32 = 100;

/// How many times as late as push a poller is said to be.
const PUBLISHED: f64 = 3.0;

/// The id of a cell's figure.
pub fn cell(figure: &str, discipline: &str, interval_ms: u32, round_trip_ms: u32) -> String {
    format!("{figure}/{discipline}/{interval_ms}/{round_trip_ms}")
}

fn run(context: &Context) -> Result<Measured, RunError> {
    let scenario = |round_trip_ms: u32| {
        json!({
            "clients": 5, "rate": "2/s", "warm_up": "5s", "duration": "1600s",
            "delay": format!("{}us", 500 * round_trip_ms), "bandwidth": "1000Gbit/s",
        })
    };
    let mut cells = Vec::new();
    let mut trials = Vec::new();
    for discipline in DISCIPLINES {
        for interval_ms in INTERVALS_MS {
            for round_trip_ms in ROUND_TRIPS_MS {
                let mut fields = scenario(round_trip_ms);
                fields["poll_every"] = format!("{interval_ms}ms").into();
                fields["poll_discipline"] = discipline.into();
                cells.push((discipline, interval_ms, round_trip_ms));
                trials.push((&SHORT_POLL, fields));
            }
        }
    }
    trials.push((&WEBSOCKET, scenario(SPREAD_MS)));
    let trials = context.trials(&trials)?;
    let mut measured = Measured::default();
    for ((discipline, interval_ms, round_trip_ms), trial) in cells.into_iter().zip(&trials) {
        let id = |figure| cell(figure, discipline, interval_ms, round_trip_ms);
        measured.put(id("mean"), trial.read(|f| f.latency_us.mean));
        if round_trip_ms == SPREAD_MS {
            measured.put(id("p95"), trial.p95());
        }
    }
    if let Some(push) = trials.last() {
        measured.put("push", push.read(|f| f.latency_us.mean));
    }
    measured.finding = finding(&measured);
    let tight = cell("mean", "timer", SPREAD_MS, SPREAD_MS);
    measured.notes.push(format!(
        "With T = R = {SPREAD_MS} ms the timer's law is void: it needs R < T. A poller that waits for an answer before it asks \
         again skips every other tick, and measured {}.",
        measured.text(&tight, Quantity::Time)
    ));
    measured.plot = Some(plot(&measured));
    Ok(measured)
}

fn finding(measured: &Measured) -> String {
    let time = |id: &str| measured.text(id, Quantity::Time);
    let (timer, sleep) = (
        cell("mean", "timer", 1_000, SPREAD_MS),
        cell("mean", "sleep", 1_000, SPREAD_MS),
    );
    let mut finding = format!(
        "With T = 1 s and R = 100 ms a timer-driven poller is {} late on average, one that sleeps after each answer {}, \
         and push {}.",
        time(&timer),
        time(&sleep),
        time("push")
    );
    if let (Some(timer), Some(sleep), Some(push)) = (
        measured.get(&timer),
        measured.get(&sleep),
        measured.get("push"),
    ) {
        let (timer, sleep) = (timer / push, sleep / push);
        let more = match timer.min(sleep) > PUBLISHED {
            true => "more than the published 3 to 1",
            false => "not more than the published 3 to 1",
        };
        finding += &format!(" That is {timer:.1} and {sleep:.1} times as late as push, {more}.");
    }
    finding
}

fn plot(measured: &Measured) -> Plot {
    let us = |ms: u32| f64::from(ms) * 1e3;
    let line = |discipline: &str, law: fn(f64, f64) -> f64| {
        let points = INTERVALS_MS.map(|interval_ms| {
            let id = cell("mean", discipline, interval_ms, SPREAD_MS);
            (us(interval_ms), measured.get(&id))
        });
        // The timer's law needs R < T.
        let holds = |interval_ms: &u32| discipline != "timer" || *interval_ms > SPREAD_MS;
        let theory: Vec<_> = INTERVALS_MS
            .into_iter()
            .filter(holds)
            .map(|interval_ms| [us(interval_ms), law(us(interval_ms), us(SPREAD_MS))])
            .collect();
        (points, theory)
    };
    let (timer, timer_law) = line("timer", |interval, trip| interval / 2.0 + trip / 2.0);
    let (sleep, sleep_law) = line("sleep", |interval, trip| interval / 2.0 + trip);
    let marks = measured.get("push").map(|push| PlotMark {
        x: None,
        y: Some(push),
        label: format!("push: {}", measured.text("push", Quantity::Time)),
    });
    let alt = format!(
        "Line chart of mean latency over the poll interval at a round trip of {SPREAD_MS} ms. {}",
        measured.finding
    );
    Plot {
        id: "e2".into(),
        title: "Half the interval, and one way".into(),
        reading: "Mean latency by poll interval, round trip 100 ms; dashed: the law".into(),
        alt,
        x: axis("poll interval T", Quantity::Time, false),
        y: axis("mean latency", Quantity::Time, false),
        series: vec![
            series(&SHORT_POLL, "timer", timer, timer_law),
            variant(
                "sleep after answer",
                "#6a3d9a",
                Marker::Square,
                sleep,
                sleep_law,
            ),
        ],
        marks: marks.into_iter().collect(),
    }
}
