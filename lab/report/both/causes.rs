//! Why two figures differ. Each cause is worth an amount that follows from other numbers of the same
//! run; what all of them together leave is called unexplained.

use super::compared::{Figure, Kind, Row, Unit, signed, thin};
use crate::chart::{format, network};
use crate::measure::{Both, Figures, TransportResult};
use crate::scenario::{Percent, Span};

/// One transport on both networks.
pub struct Pair<'a> {
    pub both: &'a Both,
    pub simulated: (&'a TransportResult, &'a Figures),
    pub loopback: (&'a TransportResult, &'a Figures),
}

/// A cause in words, and how much of the difference it is worth; none where that cannot be said.
struct Cause {
    worth: Option<f64>,
    words: String,
}

fn cause(worth: f64, words: String) -> Cause {
    Cause {
        worth: Some(worth),
        words,
    }
}

/// Linux waits this long for data that an acknowledgement could ride on, microseconds.
const KERNEL_ACK_DELAY_US: f64 = 40_000.0;
/// On average the runtime's timers, which send polls, are late by half their step, microseconds.
const TIMER_LATE_US: f64 = 500.0;
/// IPv4, TCP and timestamps: the bytes of a packet that carries nothing.
const HEADER: f64 = 52.0;

/// The causes of a difference, as sentences; the last one says what remains.
pub fn causes(pair: &Pair, figure: &Figure, row: &Row) -> Vec<String> {
    let difference = row.difference();
    let mut causes = line(pair);
    match figure.kind {
        Kind::Percentile(rank) => {
            causes.extend(lateness(pair, rank));
            causes.extend(step(pair, rank, row));
        }
        Kind::Class(rank) => causes.extend(lateness(pair, rank)),
        Kind::Upward => {}
        Kind::MeanLatency => causes.extend(lateness(pair, 0.5)),
        Kind::FirstEvent => causes.extend(timer(pair)),
        Kind::Age => causes.extend(age(pair)),
        Kind::Stale => causes.extend(stale(pair)),
        Kind::Requests => causes.extend(empty(pair)),
        Kind::Connections => {}
        Kind::ApplicationBytes => causes.extend(application(pair)),
        Kind::Packets => causes.extend(acknowledgements(pair)),
        Kind::IpBytes => causes.extend(envelope(pair)),
    }
    causes.retain(|cause| cause.worth != Some(0.0));
    let known: Option<f64> = causes.iter().map(|cause| cause.worth).sum();
    let mut sentences: Vec<String> = causes
        .into_iter()
        .map(|cause| match cause.worth {
            Some(worth) => format!("{}: {}", signed(row.unit, worth), cause.words),
            None => cause.words,
        })
        .collect();
    // A quarter of a difference is as exact as these estimates are.
    if let Some(known) = known
        && (difference - known).abs() > difference.abs() / 4.0
    {
        let rest = signed(row.unit, difference - known);
        sentences.push(match thin_evidence(pair, figure) {
            Some(why) => format!("{rest}: unexplained; {why}"),
            None => format!("{rest}: unexplained"),
        });
    }
    sentences
}

/// How little stands behind a percentile, if it is little.
fn thin_evidence(pair: &Pair, figure: &Figure) -> Option<String> {
    let Kind::Percentile(rank) = figure.kind else {
        return None;
    };
    let l = pair.loopback.1;
    thin(l, rank).then(|| {
        format!(
            "it rests on {} of {}, so that one disturbed moment of the machine makes it",
            counted((1.0 - rank) * l.latency_events as f64, "event"),
            format::count(l.latency_events)
        )
    })
}

/// What the scenario's line does and a delay line does not.
fn line(pair: &Pair) -> Vec<Cause> {
    let scenario = &pair.both.simulated.scenario;
    let random = [scenario.loss.down, scenario.loss.up] != [Percent::ZERO; 2]
        || [scenario.jitter.down, scenario.jitter.up] != [Span::ZERO; 2]
        || !scenario.outages.is_empty();
    let words = format!(
        "the simulated line ({}) does more than delay, and loopback only delays",
        network(&pair.both.simulated)
    );
    random
        .then_some(Cause { worth: None, words })
        .into_iter()
        .collect()
}

/// What makes an event on loopback later, or earlier, than in a world where computing takes no time.
fn lateness(pair: &Pair, rank: f64) -> Vec<Cause> {
    let mut causes = vec![work(pair, rank), Some(serialisation(pair))];
    causes.extend(timer(pair).into_iter().map(Some));
    causes.into_iter().flatten().collect()
}

/// Deliveries that happen at once wait for each other: one thread serves, one thread reads.
fn work(pair: &Pair, rank: f64) -> Option<Cause> {
    let (transport, figures) = pair.loopback;
    let serving_us = figures.serving_us_per_delivery(pair.both.loopback.windows.measured_us());
    let server_us = serving_us.or(figures.server_cpu_us_per_delivery)?;
    let client_us = figures.client_cpu_us_per_delivery?;
    if asks_on_a_timer(pair) {
        let answers = figures
            .requests
            .saturating_sub(figures.empty_answers)
            .max(1);
        let batch = transport.delivered as f64 / answers as f64;
        let us = batch * (server_us + client_us);
        return Some(cause(
            us,
            format!(
                "CPU time of both sides for an answer of {} on average",
                counted(batch, "event")
            ),
        ));
    }
    let slower_us = server_us.max(client_us);
    let clients = f64::from(pair.both.loopback.scenario.clients);
    let us = rank * (clients - 1.0) * slower_us + server_us + client_us;
    Some(cause(
        us,
        format!(
            "an event goes to {} at once, which share a thread on each side; with {} of CPU per delivery on \
             the slower side, {} of them are served before this one",
            format::counted(clients as u64, "client"),
            format::time(slower_us),
            format::percent(rank)
        ),
    ))
}

/// The delay line holds bytes but does not spread them over time.
fn serialisation(pair: &Pair) -> Cause {
    let (transport, f) = pair.simulated;
    let messages = match f.requests > f.connections {
        true => f.requests.saturating_sub(f.empty_answers),
        false => transport.delivered,
    };
    let bytes = f.bytes.down as f64 / messages.max(1) as f64;
    let down = pair.both.simulated.scenario.bandwidth.down;
    let us = bytes * 8.0 / down.as_bits_per_second() as f64 * 1e6;
    cause(
        -us,
        format!(
            "the delay line has no rate; {} at {} take that long",
            format::bytes(bytes),
            format::spaced(&down.to_string())
        ),
    )
}

fn timer(pair: &Pair) -> Vec<Cause> {
    let words = "polls are sent by the runtime's timer, whose steps of 1 ms make them late by half of one on average";
    asks_on_a_timer(pair)
        .then(|| cause(TIMER_LATE_US, words.into()))
        .into_iter()
        .collect()
}

/// Whether the clients asked as often as the poll interval says.
fn asks_on_a_timer(pair: &Pair) -> bool {
    let results = &pair.both.simulated;
    let figures = pair.simulated.1;
    let span_us = results.windows.measured_to_us as f64;
    let every_us = results.scenario.poll_every.as_nanos() as f64 / 1e3;
    let per_client = figures.requests as f64 / f64::from(results.scenario.clients.max(1));
    let polls = span_us / every_us.max(1.0);
    (per_client - polls).abs() <= 1.5
}

/// A percentile on a step of the distribution goes one way or the other with a single event.
fn step(pair: &Pair, rank: f64, row: &Row) -> Option<Cause> {
    let (transport, figures) = pair.simulated;
    let curve = &transport.series.as_ref()?.latency_cdf;
    let one = 1.5 / figures.latency_events.max(1) as f64;
    let at = |share: f64| {
        curve
            .iter()
            .find(|point| point[1] >= share)
            .or(curve.last())
            .map(|point| point[0])
    };
    let (low, high) = (at(rank - one)?, at(rank + one)?);
    let within = (low..=high).contains(&row.loopback);
    (within && high - low > row.allowed).then(|| {
        let words = format!(
            "the percentile stands on a step: with one event more or less beyond it, the simulator's own value \
             lies between {} and {}",
            format::time(low),
            format::time(high)
        );
        Cause { worth: None, words }
    })
}

fn latency_difference(pair: &Pair) -> f64 {
    pair.loopback.1.latency_us.mean - pair.simulated.1.latency_us.mean
}

/// What is shown later is older by as much.
fn age(pair: &Pair) -> Option<Cause> {
    let us = latency_difference(pair);
    let words = "that much later events were shown on average";
    Some(cause(us, words.into()))
}

fn stale(pair: &Pair) -> Option<Cause> {
    let (s, l) = (pair.simulated.1, pair.loopback.1);
    let more = l.latency_us.mean / s.latency_us.mean - 1.0;
    let stale = s.stale_share?;
    more.is_finite().then(|| {
        let words = format!(
            "a screen is stale for as long as an event is on its way, and the mean latency differs by {}",
            format::deviation(more * 100.0)
        );
        cause(stale * more, words)
    })
}

fn empty(pair: &Pair) -> Option<Cause> {
    let of = |f: &Figures| f.empty_answers as f64;
    let more = of(pair.loopback.1) - of(pair.simulated.1);
    Some(cause(more, "answers that brought nothing".into()))
}

fn application(pair: &Pair) -> Vec<Cause> {
    let ((_, s), (transport, l)) = (pair.simulated, pair.loopback);
    let events = transport.delivered.max(1) as f64;
    let head = s.bytes.http_headers as f64 / s.requests.max(1) as f64;
    let requests = l.requests as f64 - s.requests as f64;
    let framing = l.bytes.framing as f64 - s.bytes.framing as f64;
    vec![
        cause(
            requests * head / events,
            format!(
                "{} requests, with heads of {} each",
                signed(Unit::Number, requests),
                format::bytes(head)
            ),
        ),
        cause(
            framing / events,
            format!(
                "{} of framing in all: separators, chunk sizes, heartbeats",
                signed(Unit::Bytes, framing)
            ),
        ),
    ]
}

/// Packets without data that a kernel sends and the simulator does not.
fn acknowledgements(pair: &Pair) -> Vec<Cause> {
    let (transport, l) = pair.loopback;
    let events = transport.delivered.max(1) as f64;
    let delay = pair.both.loopback.scenario.delay;
    let round_trip_us = (delay.up.as_nanos() + delay.down.as_nanos()) as f64 / 1e3;
    let later = l.requests.saturating_sub(l.connections) as f64;
    let mut causes = vec![];
    if asks_on_a_timer(pair) && round_trip_us > KERNEL_ACK_DELAY_US {
        causes.push(cause(
            later / events,
            format!(
                "the server's kernel acknowledges each of {} later polls alone, because the delay line holds the \
                 answer for {} and Linux waits no longer than {}; on a real line the acknowledgement rides on the \
                 answer",
                format::count(later as u64),
                format::time(round_trip_us),
                format::time(KERNEL_ACK_DELAY_US)
            ),
        ));
    }
    causes
}

fn envelope(pair: &Pair) -> Vec<Cause> {
    let ((_, s), (transport, l)) = (pair.simulated, pair.loopback);
    let events = transport.delivered.max(1) as f64;
    let packets = l.packets as f64 - s.packets as f64;
    let application = l.application_bytes() as f64 - s.application_bytes() as f64;
    vec![
        cause(
            packets * HEADER / events,
            format!(
                "{} packets in all, each with {} of headers",
                signed(Unit::Number, packets),
                format::bytes(HEADER)
            ),
        ),
        cause(application / events, "application bytes".into()),
    ]
}

fn counted(value: f64, noun: &str) -> String {
    let plural = if value == 1.0 { "" } else { "s" };
    format!("{} {noun}{plural}", format::significant(value))
}
