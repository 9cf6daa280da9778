//! E5: long polling under load.

use super::measured::quotient;
use super::plots::{axis, series};
use super::{Context, Measured, Study};
use crate::measure::plot::{Plot, PlotMark, Quantity};
use crate::run::RunError;
use crate::transport::{Entry, LONG_POLL, WEBSOCKET};
use serde_json::json;

pub const STUDY: Study = Study {
    id: "E5",
    title: "Long polling under load",
    question: "When does long polling stop to be as fast as push, and what does it do then?",
    claim: "On average long polling takes close to one network transit, at most over three; under load events are \
            delivered in batches (RFC 6202, section 2.2).",
    set_up: "Events at random instants (Poisson), 1 to 100 a second, at least 4,000 of them. R = 100 ms, a server that \
             answers with everything new, one connection that is kept, a line so fast that sending takes no time.",
    formula: "B = R: mean d + (B/2) x / (x + exp(-x)) with x = lambda B, maximum d + B; requests lambda / (x + exp(-x)) a \
              second; events per answer x + exp(-x)",
    folklore: &[
        (
            "Long polling is real-time until it isn't",
            "until the round trip is longer than the gap between events; then the mean doubles and the maximum triples",
        ),
        (
            "Long polling drowns a server in requests when there are many events",
            "it throttles itself at one request per round trip, and each answer brings more events",
        ),
    ],
    real_sockets: false,
    run,
};

/// Events per second, and measured seconds.
pub const RATES: [u32; 5] = [1, 4, 10, 20, 100];
const SECONDS: [u32; 5] = [8_000, 2_000, 800, 400, 200];

fn run(context: &Context) -> Result<Measured, RunError> {
    let mut trials: Vec<(&Entry, _)> = Vec::new();
    for (rate, seconds) in RATES.into_iter().zip(SECONDS) {
        let fields = json!({
            "clients": 1, "rate": format!("{rate}/s"), "delay": "50ms", "bandwidth": "1000Gbit/s",
            "warm_up": "10s", "duration": format!("{seconds}s"), "heartbeat": "off",
        });
        trials.push((&LONG_POLL, fields.clone()));
        trials.push((&WEBSOCKET, fields));
    }
    let trials = context.trials(&trials)?;
    let mut measured = Measured::default();
    for (rate, both) in RATES.into_iter().zip(trials.chunks(2)) {
        let [long_poll, push] = both else { continue };
        measured.put(
            format!("mean/{rate}"),
            long_poll.read(|f| f.latency_us.mean),
        );
        measured.put(format!("max/{rate}"), long_poll.read(|f| f.latency_us.max));
        let requests = long_poll.read(|f| f.requests as f64);
        let delivered = Ok(long_poll.result.delivered as f64);
        measured.put(
            format!("requests/{rate}"),
            quotient(requests.clone(), Ok(long_poll.client_s())),
        );
        measured.put(format!("batch/{rate}"), quotient(delivered, requests));
        measured.put(format!("push/{rate}"), push.read(|f| f.latency_us.mean));
    }
    let at =
        |figure: &str, rate: u32, quantity| measured.text(&format!("{figure}/{rate}"), quantity);
    let (calm, busy) = (RATES[0], RATES[RATES.len() - 1]);
    measured.finding = format!(
        "At {calm} event a second long polling is {} late on average and asks {}. At {busy} a second it is {} late, asks \
         {} and brings {} events with each answer. The slowest event of all took {}; push stays at {}.",
        at("mean", calm, Quantity::Time),
        at("requests", calm, Quantity::PerSecond),
        at("mean", busy, Quantity::Time),
        at("requests", busy, Quantity::PerSecond),
        at("batch", busy, Quantity::Count),
        at("max", busy, Quantity::Time),
        at("push", busy, Quantity::Time),
    );
    measured.plot = Some(plot(&measured));
    Ok(measured)
}

/// Events per answer, from x = lambda B.
pub fn batch(x: f64) -> f64 {
    x + libm::exp(-x)
}

/// Mean latency in microseconds, for d = 50 ms and B = 100 ms.
pub fn mean_us(rate: f64) -> f64 {
    let x = 0.1 * rate;
    50e3 + 50e3 * x / batch(x)
}

fn plot(measured: &Measured) -> Plot {
    let rates = || RATES.map(f64::from).into_iter();
    let points = |figure: &str| {
        RATES.map(|rate| (f64::from(rate), measured.get(&format!("{figure}/{rate}"))))
    };
    let law: Vec<_> = (0..=20)
        .map(|k| libm::pow(10.0, f64::from(k) / 10.0))
        .map(|rate| [rate, mean_us(rate)])
        .collect();
    Plot {
        id: "e5".into(),
        title: "One transit when calm, two when busy".into(),
        reading: "Mean latency by event rate, round trip 100 ms; dashed: the law".into(),
        alt: format!(
            "Line chart of mean latency over the event rate. {}",
            measured.finding
        ),
        x: axis("events per second", Quantity::PerSecond, true),
        y: axis("mean latency", Quantity::Time, false),
        series: vec![
            series(&LONG_POLL, "long polling", points("mean"), law),
            series(
                &WEBSOCKET,
                "push",
                points("push"),
                rates().map(|rate| [rate, 50e3]).collect(),
            ),
        ],
        marks: vec![PlotMark {
            x: None,
            y: Some(150e3),
            label: "three transits".into(),
        }],
    }
}
