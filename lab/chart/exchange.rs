//! From the packets of one client to what was said: questions, answers, news, and who waited for what.

use super::{figures, not_verified};
use crate::measure::{Packet, Results, TransportResult};
use std::collections::BTreeSet;

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
    /// Messages between the wish to say something and leaving the client.
    pub said: Vec<Stretch>,
}

/// One packet on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrow {
    pub up: bool,
    pub from_us: u64,
    /// Absent if it was lost.
    pub to_us: Option<u64>,
    /// Whether it brought an event, or upward a message.
    pub carries_news: bool,
    /// Whether it is the server's word on a message.
    pub confirms: bool,
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
            (Some(_), true) => Some(match packets(self.transport).next() {
                None => "no packets in this recording".into(),
                Some(_) => "nothing was said in this time".into(),
            }),
            (Some(_), false) => None,
        }
    }

    fn count(&self, which: impl Fn(&Arrow) -> bool) -> u64 {
        self.arrows.iter().filter(|arrow| which(arrow)).count() as u64
    }

    /// How often the client asked.
    pub fn questions(&self) -> u64 {
        self.count(|arrow| arrow.up && !arrow.carries_news && !arrow.opens)
    }

    /// Packets that brought messages.
    pub fn messages(&self) -> u64 {
        self.count(|arrow| arrow.up && arrow.carries_news)
    }

    /// Packets that brought events.
    pub fn news(&self) -> u64 {
        self.count(|arrow| !arrow.up && arrow.carries_news)
    }

    /// Answers that brought none.
    pub fn empty(&self) -> u64 {
        self.count(|arrow| !arrow.up && !arrow.carries_news && !arrow.confirms && !arrow.opens)
    }
}

/// The same stretch for all transports, short enough that no ladder is crowded.
pub fn exchanges(results: &Results) -> Vec<Exchange<'_>> {
    let poll_us = results.scenario.poll_every.as_nanos() as f64 / 1e3;
    let mut span_us = ((poll_us * INTERVALS) as u64).clamp(SHORTEST_US, LONGEST_US);
    let from_us = beginning(results, span_us);
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

/// Where the stretch begins: with the measured window, or, if a transport says nothing in its first `span_us`, a little
/// before the first news that it brings.
fn beginning(results: &Results, span_us: u64) -> u64 {
    let from_us = results.windows.measured_from_us;
    let first = |news: bool| {
        move |transport| {
            let since = packets(transport).filter(move |packet| packet.sent_us >= from_us);
            let mut said =
                since.filter(move |packet| is_said(packet) && (!news || packet.payload > 0));
            said.next().map(|packet| packet.sent_us)
        }
    };
    let verified = results.transports.iter().filter(|t| figures(t).is_some());
    let silent = verified
        .filter(|transport| first(false)(transport).is_none_or(|at_us| at_us >= from_us + span_us));
    match silent.filter_map(first(true)).min() {
        Some(news_us) => news_us.saturating_sub(span_us / 4).max(from_us),
        None => from_us,
    }
}

/// Acknowledgements are left out: they say nothing of the application.
fn is_said(packet: &Packet) -> bool {
    packet.payload + packet.framing + packet.http_headers + packet.setup > 0
}

fn exchange(transport: &TransportResult, from_us: u64, span_us: u64) -> Exchange<'_> {
    let within = |us: u64| (from_us..from_us + span_us).contains(&us);
    let since = |us: u64| us.saturating_sub(from_us).min(span_us);
    let confirmations = confirmations(transport);
    let (mut arrows, mut held, mut asked) = (vec![], vec![], None);
    // A question from before the stretch may still be held in it. An answer without one that was recorded is to a
    // question from before.
    let mut from_before = true;
    let until = from_us + span_us;
    for packet in packets(transport).filter(|packet| packet.sent_us < until && is_said(packet)) {
        let confirms = !packet.up && confirmations.contains(&packet.sent_us);
        let confirms = confirms && !packet.arrived_us.is_some_and(|at| shows(transport, at));
        let question = packet.up && packet.http_headers > 0 && packet.payload == 0;
        if question {
            asked = packet.arrived_us;
            from_before = false;
        }
        if !packet.up && packet.http_headers > 0 && !confirms {
            let since_us = asked.take().or(from_before.then_some(from_us));
            held.extend(since_us.map(|since_us| Stretch {
                from_us: since(since_us),
                to_us: since(packet.sent_us),
            }));
            from_before = false;
        }
        if !within(packet.sent_us) {
            continue;
        }
        arrows.push(Arrow {
            up: packet.up,
            from_us: since(packet.sent_us),
            to_us: packet.arrived_us.map(since),
            carries_news: packet.payload > 0 && !confirms,
            confirms,
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
    let said = transport.series.iter().flat_map(|series| &series.said);
    let said = said
        .filter(|[planned_us, _]| within(*planned_us))
        .map(|&[planned_us, judged_us]| {
            // It left with the last message that had arrived when it was judged.
            let sent_us = packets(transport)
                .filter(|packet| packet.up && packet.payload > 0)
                .filter(|packet| packet.sent_us >= planned_us)
                .filter(|packet| packet.arrived_us.is_some_and(|at| at <= judged_us))
                .map(|packet| packet.sent_us)
                .last();
            let to_us = sent_us.map_or(span_us, since);
            Stretch {
                from_us: since(planned_us),
                to_us: to_us.max(since(planned_us)),
            }
        })
        .collect();
    Exchange {
        transport,
        span_us,
        arrows,
        held,
        waits,
        said,
    }
}

/// When the server judged messages. It tells their senders at once.
fn confirmations(transport: &TransportResult) -> BTreeSet<u64> {
    let said = transport.series.iter().flat_map(|series| &series.said);
    said.map(|[_, judged_us]| *judged_us).collect()
}

/// Whether the screen showed something new at this instant.
fn shows(transport: &TransportResult, at_us: u64) -> bool {
    let mut screens = transport.series.iter().flat_map(|series| &series.screen);
    screens.any(|[seen_us, _]| *seen_us == at_us)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn a_ladder_begins_where_everybody_has_something_to_say() {
        let mut results = fixture::ticker();
        let from_us = results.windows.measured_from_us;
        assert_eq!(beginning(&results, 2_600_000), from_us);
        // Nothing happens for three seconds, but that somebody asks.
        for series in results
            .transports
            .iter_mut()
            .filter_map(|t| t.series.as_mut())
        {
            series
                .packets
                .retain(|packet| packet.payload == 0 || packet.sent_us > from_us + 3_000_000);
        }
        let first = results.transports.iter().flat_map(packets);
        let first = first.filter(|packet| packet.payload > 0 && packet.sent_us >= from_us);
        let news_us = first.map(|packet| packet.sent_us).min().expect("news");
        assert_eq!(beginning(&results, 2_600_000), news_us - 650_000);
        assert!(
            exchanges(&results)
                .iter()
                .all(|one| one.missing().is_none())
        );
    }
}
