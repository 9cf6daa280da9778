//! E1: which layer one counts decides the headline.

use super::context::{Pair, kaazing};
use super::measured::quotient;
use super::plots::{axis, names, variant};
use super::{Context, Measured, Reading, Study, Trial};
use crate::measure::plot::{Plot, PlotMark, Quantity};
use crate::measure::{Figures, Marker, TransportResult};
use crate::run::RunError;
use crate::scenario::{self, HeaderProfile};
use crate::transport::{SHORT_POLL, WEBSOCKET};

pub const STUDY: Study = Study {
    id: "E1",
    title: "The byte ladder",
    question: "How much more does a poll cost than a push, counted at one layer after the other?",
    claim: "A poll costs 871 bytes of headers, a WebSocket message 2: 500 to 1 less traffic, \"or even 1000 to 1\"; 100,000 \
            clients take 665 Mbit/s against 1.5 (Lubbers & Greco 2010).",
    set_up: "The published heads, byte by byte, an answer of 21 B, a push of 20 B, one message a second, HTTP/1.1 over a \
             connection that is kept, IPv4 with TCP timestamps. Each figure is what ten minutes cost more than one, so \
             that connecting and closing are not in it. Then 1, 10, 100 and 1,000 clients.",
    formula: "poll: heads + body + 3 x 52 bytes of IP and TCP; push: 20 + 2 + 2 x 52; Ethernet: 38 more per packet",
    folklore: &[
        (
            "A poll has 871 bytes of headers",
            "871 characters; 909 bytes with the line ends that travel too, and a third of them is one stray cookie",
        ),
        (
            "A WebSocket message costs 2 bytes",
            "2 bytes of framing inside at least 104 bytes of TCP/IP, data and acknowledgement",
        ),
        (
            "500 to 1, or even 1000 to 1, less traffic",
            "that counts headers alone; for a ticker of 20 B the cable sees less than 9 to 1",
        ),
        (
            "6.6, 66 and 665 Mbps",
            "those are divided by 2^20 and leave TCP/IP out; in Mbit/s on the cable it is 8.7, 87 and 869",
        ),
    ],
    real_sockets: false,
    run,
};

/// Crowds that are measured.
pub const CLIENTS: [u32; 4] = [1, 10, 100, 1_000];
/// What Ethernet adds to a packet: header, checksum, preamble, gap.
const ETHERNET: f64 = 38.0;
/// Durations whose difference is looked at.
const DURATIONS: [&str; 2] = ["60s", "600s"];

fn requests(figures: &Figures, _: &TransportResult) -> f64 {
    figures.requests as f64
}

fn delivered(_: &Figures, result: &TransportResult) -> f64 {
    result.delivered as f64
}

fn total(figures: &Figures, _: &TransportResult) -> f64 {
    figures.bytes.total as f64
}

fn application(figures: &Figures, _: &TransportResult) -> f64 {
    let bytes = &figures.bytes;
    (bytes.payload + bytes.framing + bytes.http_headers) as f64
}

fn ethernet(figures: &Figures, _: &TransportResult) -> f64 {
    figures.bytes.total as f64 + ETHERNET * figures.packets as f64
}

fn run(context: &Context) -> Result<Measured, RunError> {
    let mut fields = kaazing();
    fields["clients"] = 1.into();
    let poll = context.pair(&SHORT_POLL, &fields, DURATIONS)?;
    let push = context.pair(&WEBSOCKET, &fields, DURATIONS)?;
    let mut measured = Measured::default();
    heads(&mut measured);
    measured.put(
        "head/wire",
        poll.per(requests, |f, _| f.bytes.http_headers as f64),
    );
    measured.put(
        "push/framing",
        push.per(delivered, |f, _| f.bytes.framing as f64),
    );
    let mut layer = |name: &str, count: fn(&Figures, &TransportResult) -> f64| {
        let poll = poll.per(requests, count);
        let push = push.per(delivered, count);
        measured.put(format!("poll/{name}"), poll.clone());
        measured.put(format!("push/{name}"), push.clone());
        measured.put(format!("ratio/{name}"), quotient(poll, push));
    };
    layer("application", application);
    layer("ip", total);
    layer("ethernet", ethernet);
    let mut trials = Vec::new();
    for clients in CLIENTS {
        fields["clients"] = clients.into();
        // Whole seconds from the first event to the last poll.
        fields["duration"] = "300s".into();
        trials.push((&SHORT_POLL, fields.clone()));
        trials.push((&WEBSOCKET, fields.clone()));
    }
    let trials = context.trials(&trials)?;
    for (clients, both) in CLIENTS.into_iter().zip(trials.chunks(2)) {
        for (name, trial) in ["poll", "push"].into_iter().zip(both) {
            measured.put(format!("{name}/rate/{clients}"), bits_per_second(trial));
        }
    }
    for name in ["poll", "push"] {
        let thousand = measured.reading(&format!("{name}/rate/1000"));
        measured.put(
            format!("{name}/rate/100000"),
            thousand.map(|rate| 100.0 * rate),
        );
    }
    measured.finding = finding(&measured, &poll);
    measured.plot = Some(plot(&measured));
    Ok(measured)
}

/// Bits per second on the cable once connected.
fn bits_per_second(trial: &Trial) -> Reading {
    Ok(8.0 * trial.bytes()? / trial.span_s)
}

/// The published heads as they stand in the scenario that is run.
fn heads(measured: &mut Measured) {
    let characters = |lines: &[String]| lines.iter().map(String::len).sum::<usize>() as f64;
    let heads = match scenario::shipped("kaazing").map(|scenario| scenario.headers) {
        Some(HeaderProfile::Literal(heads)) => heads,
        _ => return,
    };
    let (request, response) = (characters(&heads.request), characters(&heads.response));
    measured.put("head/request", Ok(request));
    measured.put("head/response", Ok(response));
    measured.put("head/characters", Ok(request + response));
}

fn finding(measured: &Measured, poll: &Pair) -> String {
    let of = |id: &str, quantity| measured.text(id, quantity);
    let headline = quotient(
        measured.reading("head/characters"),
        measured.reading("push/framing"),
    );
    let mut finding = String::new();
    if let Ok(headline) = headline {
        finding += &format!(
            "Header characters against framing bytes the ratio is {headline:.1} to 1, the published headline. "
        );
    }
    finding += &format!(
        "With the payload it is {} ({} against {}), on the cable {} ({} against {}), with Ethernet {}.",
        of("ratio/application", Quantity::Ratio),
        of("poll/application", Quantity::Bytes),
        of("push/application", Quantity::Bytes),
        of("ratio/ip", Quantity::Ratio),
        of("poll/ip", Quantity::Bytes),
        of("push/ip", Quantity::Bytes),
        of("ratio/ethernet", Quantity::Ratio),
    );
    finding += &format!(
        " 100,000 clients take {} of polling or {} of pushing.",
        of("poll/rate/100000", Quantity::BitsPerSecond),
        of("push/rate/100000", Quantity::BitsPerSecond),
    );
    if let Ok(packets) = poll.per(requests, |f, _| f.packets as f64) {
        finding += &format!(" A poll is {packets:.0} packets.");
    }
    finding
}

fn plot(measured: &Measured) -> Plot {
    let rungs = [
        (
            "characters",
            quotient(
                measured.reading("head/characters"),
                measured.reading("push/framing"),
            ),
        ),
        (
            "head bytes",
            quotient(
                measured.reading("head/wire"),
                measured.reading("push/framing"),
            ),
        ),
        ("application", measured.reading("ratio/application")),
        ("IP", measured.reading("ratio/ip")),
        ("Ethernet", measured.reading("ratio/ethernet")),
    ];
    let points = (0u32..)
        .zip(&rungs)
        .map(|(index, (_, ratio))| (f64::from(index), ratio.as_ref().ok().copied()));
    let mut ladder = variant("poll over push", "#0072B2", Marker::Circle, points, vec![]);
    ladder.names = rungs
        .iter()
        .filter_map(|(_, ratio)| ratio.as_ref().ok())
        .map(|ratio| format!("{ratio:.1} to 1"))
        .collect();
    Plot {
        id: "e1".into(),
        title: "Each honest layer takes a rung off the headline".into(),
        reading: "How many times as much one poll costs as one push, by what is counted".into(),
        alt: format!(
            "Line chart of the ratio of poll to push by layer. {}",
            measured.finding
        ),
        x: names("what is counted", rungs.iter().map(|(name, _)| *name)),
        y: axis("poll over push", Quantity::Ratio, true),
        series: vec![ladder],
        marks: vec![PlotMark {
            x: None,
            y: Some(500.0),
            label: "the published 500 to 1".into(),
        }],
    }
}
