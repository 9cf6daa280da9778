//! The ladder of ratios: how many times as much a polled answer costs as a pushed event depends on which layer one
//! counts. Published claims count the lowest rung; the cable carries the highest.

use crate::chart::{figures, format};
use crate::measure::{Figures, Lie, Results, TransportResult};
use crate::scenario::HeaderProfile;

/// Preamble, Ethernet header, checksum and gap around each packet.
const ETHERNET: f64 = 38.0;
/// IP and TCP headers of a segment without options but timestamps: the divisor that turns header bytes into packets.
const HEADERS: f64 = 52.0;

/// The rungs for one polling transport.
#[derive(Debug, Clone, PartialEq)]
pub struct Ladder {
    /// Name of the polling transport.
    pub poller: String,
    /// Name of the transport it is compared with.
    pub baseline: String,
    pub rungs: Vec<Rung>,
}

/// One way of counting.
#[derive(Debug, Clone, PartialEq)]
pub struct Rung {
    /// What is counted.
    pub counted: &'static str,
    /// Bytes of the poller, per request with its answer.
    pub poll: f64,
    /// Bytes of the baseline, per event.
    pub push: f64,
}

impl Rung {
    /// `435:1`. Rounded down, so that no claim grows by rounding.
    pub fn ratio(&self) -> String {
        let ratio = self.poll / self.push;
        match ratio {
            r if !r.is_finite() => "-".into(),
            r if r >= 10.0 => format!("{}:1", format::count(r as u64)),
            // A hair above the tenth below, so that 8.6 does not become 8.5 for want of a binary fraction.
            r => format!("{:.1}:1", (r * 10.0 + 1e-9).floor() / 10.0),
        }
    }
}

/// A ladder for each transport that asks again and again, against the baseline.
pub fn ladders(results: &Results) -> Vec<Ladder> {
    // What people publish is in the bytes and requests of both: then no request has one event to compare it with.
    if super::people::published(results) {
        return vec![];
    }
    let Some(base) = results.transports.iter().find(|t| t.id == results.baseline) else {
        return vec![];
    };
    let Some(base_figures) = figures(base) else {
        return vec![];
    };
    let polls = |transport: &&TransportResult| {
        // The ledger books heads of polls apart from those that open a stream: who has any is a poller.
        transport.id != base.id
            && figures(transport).is_some_and(|f| f.bytes.http_headers > 0 && f.requests > 0)
    };
    let ladder = |poller: &TransportResult| {
        let rungs = rungs(results, figures(poller)?, base_figures, base.kept_up());
        Some(Ladder {
            poller: poller.label.clone(),
            baseline: base.label.clone(),
            rungs,
        })
    };
    results
        .transports
        .iter()
        .filter(polls)
        .filter_map(ladder)
        .collect()
}

fn rungs(results: &Results, poll: &Figures, push: &Figures, events: u64) -> Vec<Rung> {
    if events == 0 {
        return vec![];
    }
    let per_poll = |bytes: f64| bytes / poll.requests as f64;
    let per_event = |bytes: f64| bytes / events as f64;
    let application = |f: &Figures| {
        (f.bytes.payload + f.bytes.framing + f.bytes.http_headers + f.bytes.tls) as f64
    };
    let running = |f: &Figures| f.bytes.total.saturating_sub(f.bytes.setup) as f64;
    // Set-up packets are booked under set-up, so the header bytes that remain tell the number of the other packets.
    let ethernet = |f: &Figures| (f.bytes.tcp_ip as f64 / HEADERS).min(f.packets as f64) * ETHERNET;
    let framing = per_event(push.bytes.framing as f64);
    let mut rungs = vec![];
    if let HeaderProfile::Literal(headers) = &results.scenario.headers {
        let lines = headers.request.iter().chain(&headers.response);
        let characters: usize = lines.map(|line| line.chars().count()).sum();
        let counted = "header characters against framing, as published (without line endings)";
        rungs.push(Rung {
            counted,
            poll: characters as f64,
            push: framing,
        });
    }
    let mut rung = |counted, poll, push| {
        rungs.push(Rung {
            counted,
            poll,
            push,
        })
    };
    rung(
        "HTTP headers with line endings, against framing",
        per_poll(poll.bytes.http_headers as f64),
        framing,
    );
    if results.lies.contains(&Lie::HeaderOnly) {
        return rungs; // of what else was on the cable nothing is left
    }
    let mut rung = |counted, poll, push| {
        rungs.push(Rung {
            counted,
            poll,
            push,
        })
    };
    rung(
        "application bytes: payload, framing, headers",
        per_poll(application(poll)),
        per_event(application(push)),
    );
    rung(
        "IP bytes, set-up left out",
        per_poll(running(poll)),
        per_event(running(push)),
    );
    rung(
        "the same plus 38 B of Ethernet per packet",
        per_poll(running(poll) + ethernet(poll)),
        per_event(running(push) + ethernet(push)),
    );
    rungs
}
