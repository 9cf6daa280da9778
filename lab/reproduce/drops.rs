//! E12: connections that are lost, and what comes back.

use super::plots::{axis, names, variant};
use super::variants::witness::{self, Question};
use super::variants::{NAIVE_SOCKET, WITH_CURSOR, WITH_IDS, WITHOUT_IDS};
use super::{Context, Measured, Reading, Study};
use crate::clock::S;
use crate::measure::Marker;
use crate::measure::TransportResult;
use crate::measure::plot::{Plot, Quantity};
use crate::net::Network;
use crate::run::{Prepared, RunError};
use crate::scenario;
use crate::transport::{Entry, SSE, WEBSOCKET};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::{Value, json};

pub const STUDY: Study = Study {
    id: "E12",
    title: "What does a lost connection cost?",
    question: "A connection is cut. How long is the gap, and which of the events born in it arrive after all?",
    claim: "An EventSource returns after `retry` and resumes with `Last-Event-ID` (WHATWG HTML, 9.2); WebSocket has \
            nothing of the kind. \"A heartbeat every 60 s is enough\" for an idle timeout of 60 s, which is a race \
            (Mattermost, issue 8929).",
    set_up: "One client, 10 events a second (Poisson), round trip R of 100 ms. A box at the client's end of the line \
             resets the connection at 300 random instants; the client returns after 1 s, as `retry: 1000` asks. Then an \
             hour of a nearly silent feed through a box that resets what was silent for 2 s, on a line with 5 ms of \
             jitter, with a heartbeat every 2 s and every 1 s.",
    formula: "gap from the cut to the first byte: retry + R to connect + R to ask; lambda (retry + 2R) events are born \
              meanwhile. A heartbeat at the very timeout passes if its jitter is less than that of the packet before. The \
              first answer comes right behind the acknowledgement of its question, so with the greater of two jitters: \
              from there on 2 heartbeats are awaited on average (twice the integral of x e^x from 0 to 1)",
    folklore: &[(
        "A heartbeat every 60 s is enough",
        "at an idle timeout of 60 s that is a race, lost at random; half the timeout is safe",
    )],
    real_sockets: false,
    run,
};

/// Events per second, and how long a client pauses.
pub const RATE: f64 = 10.0;
pub const RETRY_S: f64 = 1.0;
/// Round trip, seconds.
pub const ROUND_TRIP_S: f64 = 0.1;
/// Idle timeout of the box, seconds.
pub const TIMEOUT_S: f64 = 2.0;
/// The variants: id, whether what was born in a gap arrives after all, and the entry.
pub const VARIANTS: [(&str, bool, Entry); 4] = [
    ("sse-ids", true, WITH_IDS),
    ("long-poll-cursor", true, WITH_CURSOR),
    ("sse-no-ids", false, WITHOUT_IDS),
    ("socket-naive", false, NAIVE_SOCKET),
];
/// The streams with heartbeats.
pub const STREAMS: [Entry; 2] = [SSE, WEBSOCKET];
/// Heartbeats as scenarios spell them: at the timeout, and at half of it.
pub const HEARTBEATS: [&str; 2] = ["2s", "1s"];

/// Each cut has this long for itself, and falls into the first part of it.
const CUTS: u64 = 300;
const SLOT_NS: u64 = 10 * S;
const WITHIN_NS: u64 = 6 * S;
/// Random choices of the experiment's own.
const CUT_STREAM: u64 = 12;

/// The id of a figure of a variant.
pub fn of(figure: &str, variant: &str) -> String {
    format!("{figure}/{variant}")
}

fn run(context: &Context) -> Result<Measured, RunError> {
    let mut measured = Measured::default();
    let (cut, idle) = std::thread::scope(|scope| {
        let cut = VARIANTS.map(|(_, _, entry)| scope.spawn(move || cut_off(context, &entry)));
        let idle = HEARTBEATS.map(|heartbeat| {
            STREAMS.map(|entry| scope.spawn(move || idled(context, &entry, heartbeat)))
        });
        (cut.map(joined), idle.map(|streams| streams.map(joined)))
    });
    for ((id, resumes, _), cost) in VARIANTS.into_iter().zip(cut) {
        let cost = cost?;
        measured.put(of("gap", id), Ok(cost.gap_us));
        measured.put(of("lost", id), cost.lost);
        if resumes {
            measured.put(of("replayed", id), Ok(cost.replayed));
        }
    }
    for (heartbeat, streams) in HEARTBEATS.into_iter().zip(idle) {
        for (entry, drops) in STREAMS.into_iter().zip(streams) {
            measured.put(of(heartbeat, entry.descriptor.id), drops?);
        }
    }
    measured.finding = finding(&measured);
    measured.plot = Some(plot(&measured));
    Ok(measured)
}

fn joined<T>(
    thread: std::thread::ScopedJoinHandle<'_, Result<T, RunError>>,
) -> Result<T, RunError> {
    let crashed = |_| Err(RunError::Internal("a trial crashed".into()));
    thread.join().unwrap_or_else(crashed)
}

/// What one cut costs, on average.
struct Cost {
    gap_us: f64,
    replayed: f64,
    lost: Reading,
}

/// A run whose connection is cut again and again.
fn cut_off(context: &Context, entry: &Entry) -> Result<Cost, RunError> {
    let cuts_ns = cuts();
    let mut prepared = prepare(json!({
        "clients": 1, "rate": format!("{RATE}/s"), "delay": "50ms", "bandwidth": "1000Gbit/s",
        "warm_up": "2ms", "duration": format!("{}s", (CUTS + 1) * SLOT_NS / S),
    }))?;
    prepared.middlebox.cuts_ns = cuts_ns.clone();
    prepared.pause_ns = Some((RETRY_S * 1e9) as u64);
    let (outcome, questions) = context.when_free(|| {
        witness::take(); // of whoever used this thread before
        let outcome = prepared.run(entry, Network::Simulated);
        (outcome, witness::take())
    });
    Ok(cost(&cuts_ns, &questions, &outcome?.result))
}

/// From the questions that reached the server to the cost of a cut.
fn cost(cuts_ns: &[u64], questions: &[Question], result: &TransportResult) -> Cost {
    // The first question that can be of the new connection: a connection takes a round trip and the question a transit.
    let earliest_ns = (RETRY_S * 1e9) as u64;
    let returns: Vec<_> = cuts_ns
        .iter()
        .filter_map(|&cut_ns| {
            let returned = questions
                .iter()
                .find(|question| question.at_ns >= cut_ns + earliest_ns)?;
            Some((cut_ns, returned))
        })
        .collect();
    let count = returns.len().max(1) as f64;
    let transit_ns = (ROUND_TRIP_S * 1e9 / 2.0) as u64;
    let gaps_ns: u64 = returns
        .iter()
        .map(|(cut_ns, question)| question.at_ns + transit_ns - cut_ns)
        .sum();
    let replayed: u64 = returns.iter().map(|(_, question)| question.behind).sum();
    // What was born before the first connection is no cut's fault, unless the client was promised it.
    let before = questions
        .first()
        .map_or(0, |first| first.newest - first.behind);
    let lost = match result.duplicated + result.altered {
        0 => Ok((result.expected - result.delivered).saturating_sub(before) as f64 / count),
        _ => Err(result.problem.clone().unwrap_or_default()),
    };
    Cost {
        gap_us: gaps_ns as f64 / 1e3 / count,
        replayed: replayed as f64 / count,
        lost,
    }
}

/// One random instant in each slot but the first, where the client connects.
fn cuts() -> Vec<u64> {
    let mut dice = ChaCha8Rng::seed_from_u64(CUT_STREAM);
    (0..CUTS)
        .map(|slot| slot * SLOT_NS + SLOT_NS / 2 + dice.next_u64() % WITHIN_NS)
        .collect()
}

/// Drops per hour of a nearly silent stream behind a box that loses patience.
fn idled(context: &Context, entry: &Entry, heartbeat: &str) -> Result<Reading, RunError> {
    let mut prepared = prepare(json!({
        "clients": 1, "rate": "4/h", "delay": "50ms", "jitter": "5ms", "bandwidth": "1000Gbit/s",
        "warm_up": "2ms", "duration": "1h", "heartbeat": heartbeat,
    }))?;
    prepared.middlebox.idle_ns = Some((TIMEOUT_S * 1e9) as u64);
    prepared.pause_ns = Some((RETRY_S * 1e9) as u64);
    let result = context
        .when_free(|| prepared.run(entry, Network::Simulated))?
        .result;
    let unverified = || Err(result.problem.clone().unwrap_or_default());
    let drops = |connections: u64| Ok((connections - 1) as f64);
    Ok(result
        .figures
        .as_ref()
        .map_or_else(unverified, |figures| drops(figures.connections)))
}

fn prepare(mut fields: Value) -> Result<Prepared, RunError> {
    fields["name"] = "reproduce".into();
    let scenario = scenario::parse(&fields.to_string(), "reproduce")
        .map_err(|error| RunError::Internal(error.to_string()))?;
    Prepared::new(scenario)
}

fn finding(measured: &Measured) -> String {
    let count = |figure, id| measured.text(&of(figure, id), Quantity::Count);
    let drops = |heartbeat, stream: &Entry| count(heartbeat, stream.descriptor.id);
    format!(
        "A cut makes a gap of {}. SSE with ids makes up for {} events per cut and loses {}, long polling with a cursor \
         {} and {}; without ids SSE loses {}, a WebSocket without a cursor {}. Behind an idle timeout of 2 s a heartbeat \
         every 2 s costs SSE {} and WebSocket {} connections an hour, one every second {} and {}.",
        measured.text(&of("gap", "sse-ids"), Quantity::Time),
        count("replayed", "sse-ids"),
        count("lost", "sse-ids"),
        count("replayed", "long-poll-cursor"),
        count("lost", "long-poll-cursor"),
        count("lost", "sse-no-ids"),
        count("lost", "socket-naive"),
        drops("2s", &SSE),
        drops("2s", &WEBSOCKET),
        drops("1s", &SSE),
        drops("1s", &WEBSOCKET),
    )
}

fn plot(measured: &Measured) -> Plot {
    let points = |figure: &str| -> Vec<(f64, Option<f64>)> {
        let at = |(place, (id, _, _)): (usize, (&str, bool, Entry))| {
            (place as f64, measured.get(&of(figure, id)))
        };
        VARIANTS.into_iter().enumerate().map(at).collect()
    };
    let born = RATE * (RETRY_S + 2.0 * ROUND_TRIP_S);
    let alt = format!(
        "Dot chart of the events that are replayed and lost per cut connection, for four ways of returning. {}",
        measured.finding
    );
    Plot {
        id: "e12".into(),
        title: "Born in the gap: replayed, or lost".into(),
        reading: "Events per cut connection; the line is what is born meanwhile, 10/s x 1.2 s"
            .into(),
        alt,
        x: names(
            "way of returning",
            // Short enough to stand below the axis.
            VARIANTS.map(|(_, _, entry)| {
                let label = entry.descriptor.label;
                label
                    .replace(" with a cursor", ", cursor")
                    .replace(" without a cursor", ", naive")
            }),
        ),
        y: axis("events per cut", Quantity::Count, false),
        series: vec![
            variant(
                "replayed",
                "#0072B2",
                Marker::Circle,
                points("replayed"),
                Vec::new(),
            ),
            variant(
                "lost",
                "#D55E00",
                Marker::Triangle,
                points("lost"),
                Vec::new(),
            ),
        ],
        marks: vec![crate::measure::plot::PlotMark {
            x: None,
            y: Some(born),
            label: format!("born meanwhile: {born:.0}"),
        }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cut_has_room_to_return() {
        let cuts_ns = cuts();
        assert_eq!(cuts_ns.len() as u64, CUTS);
        for pair in cuts_ns.windows(2) {
            assert!(pair[1] - pair[0] >= SLOT_NS - WITHIN_NS, "{pair:?}");
        }
    }
}
