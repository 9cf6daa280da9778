//! E13: both sides speak at once.

mod set_up;

pub use set_up::{BUSY_RATES, CONTENDERS, Contender, RATES, TOLD, at, busy, of, quiet};

use super::measured::quotient;
use super::plots::{axis, series};
use super::variants::SSE_AND_POST;
use super::{Context, Measured, Reading, Study, Trial};
use crate::chart::precise;
use crate::measure::plot::{Plot, Quantity};
use crate::measure::{Figures, Results, Upward};
use crate::net::Network;
use crate::run::{Prepared, RunError};
use crate::scenario;
use crate::theory::duplex::Duplex;
use crate::transport::{Entry, WEBSOCKET};
use serde_json::{Value, json};
use set_up::{BUSY_SPAN_S, SAMPLE, fields};

pub const STUDY: Study = Study {
    id: "E13",
    title: "Who may speak while the other does?",
    question: "The server publishes while the client has something to say. How long does the client's message wait, and \
               how many connections does that take?",
    claim: "WebSocket is full-duplex, a phone call; HTTP is half-duplex, a walkie-talkie (Azure Web PubSub 2022). In a \
            two-way test WebSocket beats SSE and polling \"by large margins\" (Bigestans 2014).",
    set_up: "20 clients, each with a topic of its own on which the server publishes 0.2 to 20 events a second (Poisson) \
             and the client a message every 10 s on average (Poisson), which the server confirms and nobody is sent back. \
             Round trip R = 50 ms, a line so fast that sending takes no time, a question is held for 10 s at \
             most (5 s and 1 s at 5 and 20 events a second, where none waits that long: the run ends sooner). Walkie-talkie: long polls and messages take \
             turns on one connection. Then 5 messages and 20 events a second: both sides busy.",
    formula: "WebSocket: d up and d down. POST on a second connection: d + m R²/2(1 - m R) up, the wait for the answer to \
              the message before, and R for the very first one, which connects. Walkie-talkie: d + m E[S²]/2(1 - m E[S]) + \
              E[V²]/2E[V] up, with V the time of a question, R and the wait for an event, and S of a message with the \
              question behind it; about 1/r for r slow events a second",
    folklore: &[
        (
            "HTTP is half-duplex, so only WebSocket can speak both ways at once",
            "TCP carries both ways at once, under HTTP too. What takes turns is HTTP/1.1 on one connection, question and \
             answer; a second connection removes the waiting, at the price of a connection. (Pipelining, RFC 9112, section 9.3.2, \
             would let the message leave, and its answer would still come after the held one.)",
        ),
        (
            "WebSocket is faster than SSE by large margins, as two-way tests show",
            "such a test measures the request for each message, not the push. Over a connection that is kept, the message \
             is as early as over WebSocket unless it follows another within a round trip; it costs more bytes",
        ),
    ],
    real_sockets: false,
    run,
};

fn upward(trial: &Trial, figure: impl Fn(&Upward) -> f64) -> Reading {
    trial.read(|f| upward_of(f, figure))
}

fn upward_of(figures: &Figures, figure: impl Fn(&Upward) -> f64) -> f64 {
    let people = figures.people.as_ref();
    let upward = people.and_then(|people| people.upward.as_ref());
    upward.map_or(f64::NAN, figure)
}

fn run(context: &Context) -> Result<Measured, RunError> {
    let mut trials = Vec::new();
    for one in &CONTENDERS {
        for (place, span_s) in one.spans_s.into_iter().enumerate() {
            trials.push((&one.entry, fields(&quiet(place), span_s)));
        }
        trials.push((&one.entry, fields(&busy(), BUSY_SPAN_S)));
    }
    let trials = context.trials(&trials)?;
    let mut measured = Measured::default();
    for (one, trials) in CONTENDERS.iter().zip(trials.chunks(RATES.len() + 1)) {
        let entry = &one.entry;
        for (rate, trial) in RATES.into_iter().zip(trials) {
            measured.put(at("up", entry, rate), upward(trial, |up| up.up_us.mean));
        }
        if let (Some(told), Some(busy)) = (trials.get(TOLD), trials.last()) {
            measured.put(of("ack", entry), upward(told, |up| up.ack_us.mean));
            measured.put(of("busy-up", entry), upward(busy, |up| up.up_us.mean));
            measured.put(of("busy-down", entry), busy.read(|f| f.latency_us.mean));
            let connections =
                |f: &Figures| f.people.as_ref().map(|p| p.connections_per_participant);
            let connections = told.read(|f| connections(f).unwrap_or(f64::NAN));
            measured.put(of("connections", entry), connections);
            let requests = upward(told, |up| up.requests as f64);
            let messages = upward(told, |up| up.published as f64);
            measured.put(of("requests", entry), quotient(requests, messages));
        }
    }
    for entry in [WEBSOCKET, SSE_AND_POST] {
        measured.put(of("bytes", &entry), bytes(context, &entry)?);
    }
    measured.finding = finding(&measured);
    measured.notes.push(format!(
        "A walkie-talkie says at most one thing per answer: at {} events a second no more than {:.2} messages a second, \
         and whoever says more waits longer and longer. The stream of events sets the pace of its own speech.",
        RATES[0],
        quiet(0).most_in_turns_per_s()
    ));
    measured.plot = Some(plot(&measured));
    measured.ladder = Some(Box::new(context.when_free(ladder)?));
    Ok(measured)
}

/// IP bytes from client to server per message: one client with nothing to read, and what the second of two stretches adds.
fn bytes(context: &Context, entry: &Entry) -> Result<Reading, RunError> {
    let fields = json!({
        "app": "topics", "clients": 1, "publishers": 1, "echo": false, "rate": "0.1/s", "arrivals": "fixed",
        "message": serde_json::from_str::<Value>(SAMPLE).unwrap_or_default(),
        "delay": "25ms", "bandwidth": "1000Gbit/s", "heartbeat": "off", "warm_up": "1s",
    });
    // Messages 101 to 900: their numbers have three digits.
    let pair = context.pair(entry, &fields, ["1000s", "8990s"])?;
    Ok(pair.per(
        |f, _| upward_of(f, |up| up.published as f64),
        |f, _| f.bytes.up as f64,
    ))
}

fn finding(measured: &Measured) -> String {
    let time = |id: String| measured.text(&id, Quantity::Time);
    let told = |entry: &Entry| time(at("up", entry, RATES[TOLD]));
    let connections = |entry: &Entry| match measured.get(&of("connections", entry)) {
        Some(1.0) => "1 connection".to_owned(),
        Some(count) => format!("{} connections", precise(Quantity::Count, count)),
        None => "connections not measured".to_owned(),
    };
    let [socket, stream, polls, turns] = CONTENDERS.each_ref().map(|one| &one.entry);
    format!(
        "While the server publishes an event a second, a message takes {} to the server over WebSocket ({}), {} beside SSE \
         and {} beside long polls ({}), and {} where polls and messages take turns ({}). With both sides busy it is {}, {}, \
         {} and {}; and the events, {} late over WebSocket and {} over long polls with a second connection, are {} late on the walkie-talkie. \
         For each message the client sends {} over WebSocket and {} with POST.",
        told(socket),
        connections(socket),
        told(stream),
        told(polls),
        connections(polls),
        told(turns),
        connections(turns),
        time(of("busy-up", socket)),
        time(of("busy-up", stream)),
        time(of("busy-up", polls)),
        time(of("busy-up", turns)),
        time(of("busy-down", socket)),
        time(of("busy-down", polls)),
        time(of("busy-down", turns)),
        measured.text(&of("bytes", socket), Quantity::Bytes),
        measured.text(&of("bytes", stream), Quantity::Bytes),
    )
}

fn plot(measured: &Measured) -> Plot {
    let series = CONTENDERS.iter().map(|one| {
        let points = RATES.map(|rate| (rate, measured.get(&at("up", &one.entry, rate))));
        // Nine steps from each rate to the next.
        let between = |place: usize| {
            let ends = [quiet(place), quiet(place + 1)];
            (0..=9).filter_map(move |step| {
                let part = f64::from(step) / 9.0;
                let ratio = ends[1].events_per_s / ends[0].events_per_s;
                let duplex = Duplex {
                    events_per_s: ends[0].events_per_s * libm::pow(ratio, part),
                    ..ends[0]
                };
                Some([duplex.events_per_s, 1e6 * (one.law)(&duplex)?.upward_s])
            })
        };
        let theory = (0..RATES.len() - 1).flat_map(between).collect();
        let connections = measured.text(&of("connections", &one.entry), Quantity::Count);
        let label = format!("{} ({connections})", one.entry.descriptor.label);
        series(&one.entry, &label, points, theory)
    });
    Plot {
        id: "e13".into(),
        title: "A message waits for the server to have spoken".into(),
        reading: "Mean delay of a client's message by the server's event rate; in brackets: connections; dashed: the law"
            .into(),
        alt: format!(
            "Line chart of the mean upward delay over the rate of events, both logarithmic. {}",
            measured.finding
        ),
        x: axis("events per second", Quantity::PerSecond, true),
        y: axis("mean delay, planned to judged", Quantity::Time, true),
        series: series.collect(),
        marks: Vec::new(),
    }
}

/// One client for a few seconds, packet by packet. Of its series only what the ladder draws, for as long as it draws.
pub fn ladder() -> Result<Results, RunError> {
    const DRAWN_US: u64 = 3_000_000;
    let fields = json!({
        "name": "duplex", "app": "topics", "clients": 1, "publishers": 1, "echo": false, "rate": "0.8/s", "arrivals":
        "poisson", "also": [{ "class": "price", "from": "server", "rate": "1.5/s" }], "warm_up": "5s", "duration": "20s",
    });
    let scenario = scenario::parse(&fields.to_string(), "reproduce")
        .map_err(|error| RunError::Internal(error.to_string()))?;
    let entries = CONTENDERS.map(|one| one.entry);
    let command = format!("pushlab reproduce {}", STUDY.id);
    let prepared = Prepared::new(scenario)?;
    let mut results = prepared.compare(&entries, Network::Simulated, command, |_| {})?;
    let until_us = results.windows.measured_from_us + DRAWN_US;
    for transport in &mut results.transports {
        transport.idle = None;
        transport.theory.clear();
        if let Some(series) = &mut transport.series {
            series.latency_cdf.clear();
            series.theory_cdf.clear();
            series.latency_spectrum.clear();
            series.screen.retain(|[seen_us, _]| *seen_us < until_us);
            series.said.retain(|[planned_us, _]| *planned_us < until_us);
            series.packets.retain(|packet| packet.sent_us < until_us);
        }
    }
    Ok(results)
}
