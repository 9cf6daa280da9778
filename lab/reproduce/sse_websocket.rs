//! E8: two ways to stream, side by side.

use super::measured::{difference, quotient};
use super::plots::{axis, series};
use super::{Context, Measured, Study};
use crate::measure::plot::{Plot, Quantity};
use crate::run::{Prepared, RunError};
use crate::scenario;
use crate::transport::event_stream::Parser;
use crate::transport::{Entry, SSE, WEBSOCKET};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::{Value, json};

pub const STUDY: Study = Study {
    id: "E8",
    title: "SSE is WebSocket, one way",
    question: "What does an event stream cost more than a WebSocket when only the server speaks?",
    claim: "SSE is about equal to WebSocket (Slodziak & Nowak 2016), there is no significant difference (Timeplus 2022); \
            others hold that one of them is lighter (RxDB). Chunks are not messages: whoever is in between may cut the \
            stream anew (RFC 6202, section 3.2).",
    set_up: "Events of 20 to 1,400 B; the bytes of the events 1,000 to 9,999, whose ids have four digits. Our stream sends \
             an id with each event, because resuming needs it; the literature's figures are without. Latency: 100 B, 1 to \
             1,000 events a second, 25 ms one way, 20 Mbit/s. Cuts: 10,000 events, their stream cut at random into pieces \
             of 1 to 64 B, a thousand times.",
    formula: "SSE: b + 8 (data) + 5 + digits (id) + 4 + hexadecimal digits of the size (chunk) + 2 x 52; WebSocket: b + 2, \
              or 4 above 125 B, + 2 x 52",
    folklore: &[
        (
            "SSE is lighter than WebSocket, or the other way round",
            "some 20 B of text against 2 to 4 B of header, inside 104 B of TCP/IP that both need",
        ),
        (
            "SSE is slower than WebSocket",
            "not one way; tests that found it measured an extra request for the way back",
        ),
        (
            "A chunk is a message",
            "events end where the format says so; any cut gives the same events",
        ),
    ],
    real_sockets: false,
    run,
};

/// Bytes of an event.
pub const PAYLOADS: [u32; 4] = [20, 100, 500, 1_400];
/// Digits of the ids whose events are counted.
pub const ID_DIGITS: u32 = 4;
/// Events per second.
pub const RATES: [u32; 3] = [1, 100, 1_000];
/// How many times a stream is cut.
pub const CUTS: u32 = 1_000;
/// Events of that stream are counted in this many scenarios' seconds at 10 a second.
const STREAM_S: u32 = 100;
/// Longest piece.
const PIECE: u64 = 64;

fn run(context: &Context) -> Result<Measured, RunError> {
    let mut measured = Measured::default();
    for payload in PAYLOADS {
        // At 10 a second, the first at once: 999 and 9,999 events.
        let fields = json!({
            "clients": 1, "arrivals": "fixed", "rate": "10/s", "payload": format!("{payload}B"), "warm_up": "0s",
            "heartbeat": "off",
        });
        let per_event = |entry| {
            let pair = context.pair(entry, &fields, ["99.9s", "999.9s"])?;
            let bytes = pair.per(|_, r| r.delivered as f64, |f, _| f.bytes.total as f64);
            Ok::<_, RunError>(bytes)
        };
        let (sse, websocket) = (per_event(&SSE)?, per_event(&WEBSOCKET)?);
        let id_bytes = f64::from(5 + ID_DIGITS);
        let plain = difference(sse.clone(), Ok(id_bytes));
        measured.put(format!("ratio/{payload}"), quotient(sse, websocket.clone()));
        measured.put(format!("plain/{payload}"), quotient(plain, websocket));
    }
    let mut trials: Vec<(&Entry, Value)> = Vec::new();
    for rate in RATES {
        let fields = json!({
            "clients": 1, "rate": format!("{rate}/s"), "payload": "100B", "warm_up": "1s",
            "duration": format!("{}s", 4_000 / rate.min(80)),
        });
        trials.push((&SSE, fields.clone()));
        trials.push((&WEBSOCKET, fields));
    }
    let trials = context.trials(&trials)?;
    for (rate, both) in RATES.into_iter().zip(trials.chunks(2)) {
        if let [sse, websocket] = both {
            let (sse, websocket) = (
                sse.read(|f| f.latency_us.p50),
                websocket.read(|f| f.latency_us.p50),
            );
            measured.put(format!("p50/{rate}"), difference(sse, websocket));
        }
    }
    let same = context.when_free(same_events_after_cuts)?;
    measured.put("cuts", Ok(f64::from(same)));
    let text = |id: &str, quantity| measured.text(id, quantity);
    measured.finding = format!(
        "On the cable SSE costs {} as much as WebSocket for events of 20 B and {} for 1,400 B; without its ids {} and {}. At \
         1,000 events a second its median is {} later. Of {} random cuts {} gave the same events.",
        text("ratio/20", Quantity::Ratio),
        text("ratio/1400", Quantity::Ratio),
        text("plain/20", Quantity::Ratio),
        text("plain/1400", Quantity::Ratio),
        text("p50/1000", Quantity::Time),
        crate::chart::format::count(CUTS.into()),
        text("cuts", Quantity::Count),
    );
    measured.plot = Some(plot(&measured));
    Ok(measured)
}

/// Writes a stream as our server does, with a comment here and there, cuts it at random places and counts how often the
/// client's reader finds exactly the events that went in.
fn same_events_after_cuts() -> Result<u32, RunError> {
    let fields = json!({"name": "stream", "rate": "100/s", "warm_up": "0s", "duration": format!("{STREAM_S}s")});
    let scenario = scenario::parse(&fields.to_string(), "stream")
        .map_err(|error| RunError::Internal(error.to_string()))?;
    let events = Prepared::new(scenario)?.events;
    let mut stream = b"retry: 1000\n\n".to_vec();
    for event in &events {
        stream.extend_from_slice(format!("id: {}\ndata: ", event.seq).as_bytes());
        stream.extend_from_slice(&event.payload);
        stream.extend_from_slice(b"\n\n");
        if event.seq % 10 == 0 {
            stream.extend_from_slice(b":\n\n");
        }
    }
    let mut dice = ChaCha8Rng::seed_from_u64(8);
    let same = (0..CUTS).filter(|_| {
        let (mut parser, mut expected, mut equal) = (Parser::default(), events.iter(), true);
        let mut rest = stream.as_slice();
        while !rest.is_empty() {
            let length = (1 + dice.next_u64() % PIECE) as usize;
            let (piece, left) = rest.split_at(length.min(rest.len()));
            parser.feed(piece, |data| {
                equal &= expected.next().is_some_and(|event| event.payload == data);
            });
            rest = left;
        }
        equal && expected.next().is_none()
    });
    Ok(same.count() as u32)
}

fn plot(measured: &Measured) -> Plot {
    let points = |figure: &str| {
        PAYLOADS.map(|payload| {
            (
                f64::from(payload),
                measured.get(&format!("{figure}/{payload}")),
            )
        })
    };
    let law = |id_bytes: f64| -> Vec<[f64; 2]> {
        PAYLOADS
            .map(|payload| {
                [
                    f64::from(payload),
                    (sse_bytes(payload) + id_bytes) / websocket_bytes(payload),
                ]
            })
            .to_vec()
    };
    let id_bytes = f64::from(5 + ID_DIGITS);
    let plain = super::plots::variant(
        "SSE without ids, by arithmetic",
        "#6a3d9a",
        crate::measure::Marker::Square,
        points("plain"),
        law(0.0),
    );
    Plot {
        id: "e8".into(),
        title: "The larger the event, the less the format matters".into(),
        reading:
            "Bytes per event on the cable, SSE over WebSocket, by payload; dashed: the formats"
                .into(),
        alt: format!(
            "Line chart of the byte ratio over the payload. {}",
            measured.finding
        ),
        x: axis("payload", Quantity::Bytes, true),
        y: axis("bytes over WebSocket's", Quantity::Ratio, false),
        series: vec![
            series(
                &SSE,
                "SSE, ids of four digits",
                points("ratio"),
                law(id_bytes),
            ),
            plain,
        ],
        marks: Vec::new(),
    }
}

/// IP bytes of an event on a stream without ids, from the formats.
pub fn sse_bytes(payload: u32) -> f64 {
    // The chunk's size counts the id's line too, but here its digits are the same with and without.
    let hexadecimal = (payload + 8).ilog(16) + 1;
    f64::from(payload + 8 + 4 + hexadecimal + 104)
}

/// IP bytes of an event in a WebSocket frame.
pub fn websocket_bytes(payload: u32) -> f64 {
    let header = if payload <= 125 { 2 } else { 4 };
    f64::from(payload + header + 104)
}
