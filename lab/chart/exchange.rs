//! From the packets of one client to what was said: questions, answers, news, and who waited for what.

use super::{figures, not_verified};
use crate::measure::{Packet, Results, TransportResult};

/// How many poll intervals one picture holds, and its limits.
const INTERVALS: f64 = 2.6;
const SHORTEST_US: u64 = 1_000_000;
const LONGEST_US: u64 = 8_000_000;
/// More arrows than this in one ladder are noise.
const MOST_ARROWS: usize = 60;

/// What one client and the server said in a stretch of time. Instants are microseconds from its start.
pub struct Exchange<'a> {
    pub transport: &'a TransportResult,
    pub span_us: u64,
    /// Packets that carried more than an acknowledgement.
    pub arrows: Vec<Arrow>,
    /// Questions in the hands of the server.
    pub held: Vec<Stretch>,
    /// Events between birth and leaving the server.
    pub waits: Vec<Stretch>,
}

/// One packet on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrow {
    pub up: bool,
    pub from_us: u64,
    /// Absent if it was lost.
    pub to_us: Option<u64>,
    /// Whether it brought an event.
    pub carries_news: bool,
    /// Whether it belongs to opening or closing a connection.
    pub opens: bool,
}

/// From one instant to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub from_us: u64,
    pub to_us: u64,
}

impl Exchange<'_> {
    /// Why there is nothing to draw.
    pub fn missing(&self) -> Option<String> {
        match (figures(self.transport), self.arrows.is_empty()) {
            (None, _) => Some(not_verified(self.transport)),
            (Some(_), true) => Some("no packets in this recording".into()),
            (Some(_), false) => None,
        }
    }

    /// How often the client asked.
    pub fn questions(&self) -> u64 {
        self.arrows
            .iter()
            .filter(|arrow| arrow.up && !arrow.opens && !arrow.carries_news)
            .count() as u64
    }

    /// Packets with which the client published something.
    pub fn published(&self) -> u64 {
        let arrows = self.arrows.iter();
        arrows
            .filter(|arrow| arrow.up && arrow.carries_news)
            .count() as u64
    }

    /// Packets that brought events.
    pub fn news(&self) -> u64 {
        self.arrows
            .iter()
            .filter(|arrow| !arrow.up && arrow.carries_news)
            .count() as u64
    }

    /// Answers that brought none.
    pub fn empty(&self) -> u64 {
        let empty = |arrow: &&Arrow| !arrow.up && !arrow.carries_news && !arrow.opens;
        self.arrows.iter().filter(empty).count() as u64
    }
}

/// The same stretch for all transports, short enough that no ladder is crowded.
pub fn exchanges(results: &Results) -> Vec<Exchange<'_>> {
    let from_us = results.windows.measured_from_us;
    let poll_us = results.scenario.poll_every.as_nanos() as f64 / 1e3;
    let mut span_us = ((poll_us * INTERVALS) as u64).clamp(SHORTEST_US, LONGEST_US);
    for transport in &results.transports {
        // Where arrows are dense, as many as the picture bears.
        let crowd = packets(transport)
            .filter(|packet| packet.sent_us >= from_us && is_said(packet))
            .nth(MOST_ARROWS)
            .map(|packet| packet.sent_us - from_us);
        span_us = span_us.min(crowd.unwrap_or(span_us)).max(1);
    }
    let exchange = |transport| exchange(transport, from_us, span_us);
    results.transports.iter().map(exchange).collect()
}

fn packets(transport: &TransportResult) -> impl Iterator<Item = &Packet> {
    let series = figures(transport).and(transport.series.as_ref());
    series.into_iter().flat_map(|series| &series.packets)
}

/// Acknowledgements are left out: they say nothing of the application.
fn is_said(packet: &Packet) -> bool {
    packet.payload + packet.framing + packet.http_headers + packet.setup > 0
}

fn exchange(transport: &TransportResult, from_us: u64, span_us: u64) -> Exchange<'_> {
    let within = |us: u64| (from_us..from_us + span_us).contains(&us);
    let since = |us: u64| us.saturating_sub(from_us).min(span_us);
    let (mut arrows, mut held, mut asked, mut posted) = (vec![], vec![], None, 0_u32);
    for packet in packets(transport).filter(|packet| within(packet.sent_us) && is_said(packet)) {
        let head = packet.http_headers > 0;
        // What the client publishes is no question, and an answer without news is first of all its answer.
        match (packet.up && head, packet.payload > 0) {
            (true, true) => posted += 1,
            (true, false) => asked = packet.arrived_us,
            _ => {}
        }
        let receipt = !packet.up && head && packet.payload == 0 && posted > 0;
        if receipt {
            posted -= 1;
        } else if let (false, Some(arrived_us)) = (packet.up, asked)
            && head
        {
            held.push(Stretch {
                from_us: since(arrived_us),
                to_us: since(packet.sent_us),
            });
            asked = None;
        }
        arrows.push(Arrow {
            up: packet.up,
            from_us: since(packet.sent_us),
            to_us: packet.arrived_us.map(since),
            carries_news: packet.payload > 0,
            opens: packet.http_headers == 0 && packet.payload == 0,
        });
    }
    if let Some(arrived_us) = asked {
        held.push(Stretch {
            from_us: since(arrived_us),
            to_us: span_us,
        });
    }
    held.retain(|held| held.from_us < held.to_us);
    let screen = transport.series.iter().flat_map(|series| &series.screen);
    let waits = screen
        .filter(|[_, born_us]| within(*born_us))
        .map(|&[seen_us, born_us]| {
            // It left the server with the last packet that had arrived when it was seen.
            let sent_us = packets(transport)
                .filter(|packet| !packet.up && packet.payload > 0)
                .filter(|packet| packet.arrived_us.is_some_and(|at| at <= seen_us))
                .map(|packet| packet.sent_us)
                .last();
            let to_us = sent_us.map_or(span_us, since);
            Stretch {
                from_us: since(born_us),
                to_us: to_us.max(since(born_us)),
            }
        })
        .collect();
    Exchange {
        transport,
        span_us,
        arrows,
        held,
        waits,
    }
}
