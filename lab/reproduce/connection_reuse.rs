//! E9: what a connection for each poll costs.

use super::context::kaazing;
use super::measured::difference;
use super::plots::{names, variant};
use super::{Context, Measured, Reading, Study, Trial};
use crate::chart::precise;
use crate::measure::Marker;
use crate::measure::plot::{Plot, PlotAxis, Quantity};
use crate::run::RunError;
use crate::transport::SHORT_POLL;
use serde_json::Value;

pub const STUDY: Study = Study {
    id: "E9",
    title: "A connection for each poll",
    question: "What does it cost to open a connection for each question, and does it make events later?",
    claim: "\"Polling opens a new connection per message\" (RxDB and many others). With persistent connections it does not \
            (RFC 6202, section 2.2).",
    set_up: "The published heads of Lubbers & Greco 2010, a poll a second, 50 ms one way, plain TCP. Packets and bytes: \
             what 1,000 polls cost more than 60. Latency: 20 clients, 8,000 events at random instants (Poisson), asked by a \
             timer and by a client that sleeps a second after each answer.",
    formula: "a connection: SYN, SYN, ACK of 60 + 60 + 52 B, two FINs with their ACKs of 4 x 52 B; the answer comes after \
              2R instead of R",
    folklore: &[
        (
            "Long polling opens a new connection per message",
            "not with keep-alive, which is the default since HTTP/1.1; if one does, a poll is 10 packets instead of 3",
        ),
        (
            "A new connection per poll makes events later",
            "not if a timer asks: the handshake only shifts the phase; half a round trip if the client sleeps after answers",
        ),
    ],
    real_sockets: false,
    run,
};

/// Bytes by which the heads of a closing poll differ: `close` for `keep-alive` in the question, and a line
/// `Connection: close` in the answer.
pub const CLOSING_HEADS: f64 = 19.0 - 5.0;
/// Round trip, microseconds.
pub const ROUND_TRIP_US: f64 = 100e3;
/// As figures and scenarios call them.
pub const CONNECTIONS: [&str; 2] = ["keep-alive", "close"];

fn run(context: &Context) -> Result<Measured, RunError> {
    let base = |connection: &str| {
        let mut fields = kaazing();
        fields["delay"] = "50ms".into();
        fields["bandwidth"] = "1000Gbit/s".into();
        fields["poll_connection"] = connection.into();
        fields
    };
    let mut measured = Measured::default();
    for connection in CONNECTIONS {
        let mut fields = base(connection);
        fields["clients"] = 1.into();
        let pair = context.pair(&SHORT_POLL, &fields, ["60s", "1000s"])?;
        let mut per_poll = |figure: &str, count: fn(&crate::measure::Figures) -> u64| {
            let reading = pair.per(|f, _| f.requests as f64, |f, _| count(f) as f64);
            measured.put(format!("{figure}/{connection}"), reading);
        };
        per_poll("packets", |f| f.packets);
        per_poll("bytes", |f| f.bytes.total);
        if connection == "close" {
            per_poll("connection", |f| f.bytes.setup);
        }
    }
    let mut trials = Vec::new();
    for discipline in ["timer", "sleep"] {
        for connection in CONNECTIONS {
            let mut fields = base(connection);
            for (field, value) in [
                ("clients", Value::from(20)),
                ("arrivals", "poisson".into()),
                ("rate", "2/s".into()),
                ("poll_delivery", "every".into()),
                ("headers", "lean".into()),
                ("payload", "tick".into()),
                ("poll_discipline", discipline.into()),
                ("duration", "4000s".into()),
            ] {
                fields[field] = value;
            }
            trials.push((&SHORT_POLL, fields));
        }
    }
    let trials = context.trials(&trials)?;
    let mean = |trial: &Trial| trial.read(|f| f.latency_us.mean);
    if let [timer, timer_close, sleep, sleep_close] = trials.as_slice() {
        measured.put("timer/keep-alive", mean(timer));
        measured.put("timer/close", mean(timer_close));
        measured.put("sleep", difference(mean(sleep_close), mean(sleep)));
        measured.put("answer/keep-alive", answer(sleep));
        measured.put("answer/close", answer(sleep_close));
    }
    let text = |id: &str, quantity| measured.text(id, quantity);
    measured.finding = format!(
        "Over a kept connection a poll is {} packets and {}; with one of its own it is {} packets and {}. The answer takes {} \
         instead of {}. Asked by a timer an event is {} late instead of {}; a sleeping client is {} later.",
        text("packets/keep-alive", Quantity::Count),
        text("bytes/keep-alive", Quantity::Bytes),
        text("packets/close", Quantity::Count),
        text("bytes/close", Quantity::Bytes),
        text("answer/close", Quantity::Time),
        text("answer/keep-alive", Quantity::Time),
        text("timer/close", Quantity::Time),
        text("timer/keep-alive", Quantity::Time),
        text("sleep", Quantity::Time),
    );
    if let Some(bytes) = measured.get("bytes/close") {
        measured.notes.push(format!(
            "The capture on Linux has 1,466 B for a poll with its own connection, we measure {}: the published heads say \
             \"keep-alive\", ours must say \"close\", in the question and in the answer.",
            precise(Quantity::Bytes, bytes)
        ));
    }
    measured.plot = Some(plot(&measured));
    Ok(measured)
}

/// How long an answer takes, microseconds: the period of a client that sleeps a second after each, without the second.
fn answer(trial: &Trial) -> Reading {
    trial.read(|f| 1e6 * (trial.client_s() / f.requests as f64 - 1.0))
}

fn plot(measured: &Measured) -> Plot {
    let bytes = |connection: &str| measured.get(&format!("bytes/{connection}"));
    let points = (0u32..)
        .zip(CONNECTIONS)
        .map(|(x, connection)| (f64::from(x), bytes(connection)));
    let series = variant("bytes per poll", "#D55E00", Marker::Circle, points, vec![]);
    let packets =
        |connection: &str| measured.text(&format!("packets/{connection}"), Quantity::Count);
    let named = |name: &str, connection| format!("{name}: {} packets", packets(connection));
    Plot {
        id: "e9".into(),
        title: "What a connection for each poll costs".into(),
        reading: "IP bytes of one poll with the published heads, set-up included".into(),
        alt: format!(
            "Chart of the bytes per poll by connection. {}",
            measured.finding
        ),
        x: names(
            "connection",
            ["kept", "one per poll"]
                .into_iter()
                .zip(CONNECTIONS)
                .map(|(name, connection)| named(name, connection)),
        ),
        y: PlotAxis {
            title: "bytes per poll".into(),
            quantity: Quantity::Bytes,
            log: false,
            names: Vec::new(),
        },
        series: vec![series],
        marks: Vec::new(),
    }
}
