//! What the figures of a run should be: closed forms that stand beside every measured value.
//!
//! A transport names its [`Law`]; [`predict`] turns the scenario's numbers into the figures that follow
//! from it, and [`latency_cdf`] into the whole distribution of latency. Pure: values in, values out, and
//! `libm` instead of the platform's functions, so every machine gets the same bits.
//!
//! | file | answers |
//! |---|---|
//! | `source.rs` | how many events fall into a window, how old is the newest |
//! | `line.rs` | how many packets and bytes a message costs, how long the line is busy with it |
//! | `latency.rs` | a distribution of latency: mean, percentiles, points |
//! | `push.rs`, `batched.rs`, `short_poll.rs`, `long_poll.rs` | one law each, with its derivation |
//! | `duplex.rs` | how late a message is while the server publishes; about messages, so apart from [`predict`] |
//!
//! Where nothing is promised there is no key, rather than an approximate one; see [`predict`].

mod batched;
pub mod duplex;
mod latency;
mod line;
mod long_poll;
mod push;
mod short_poll;
mod source;
#[cfg(test)]
mod tests;

use latency::Latency;
use source::Source;
use std::collections::BTreeMap;

/// Which formulas predict a transport; each transport's descriptor names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// The server sends each event as it is born over a connection that stays open.
    Push,
    /// The client asks at intervals; the server answers at once.
    ShortPoll,
    /// The client asks again after each answer; the server answers when there is something new.
    LongPoll,
}

/// How the source spaces its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spacing {
    /// Independent exponential gaps with mean 1/rate.
    Poisson,
    /// One event every 1/rate.
    Fixed,
}

/// What a short poller measures its interval from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollDiscipline {
    /// From question to question.
    Timer,
    /// From an answer to the next question.
    Sleep,
}

/// Everything the formulas need. Times in seconds, sizes in bytes, both finite and not negative unless
/// said otherwise. Of the polling and heartbeat fields each law reads only its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Inputs {
    /// Which formulas apply.
    pub law: Law,
    /// How the events are spaced; `None` (bursts, replayed files) has no closed form.
    pub spacing: Option<Spacing>,
    /// Mean number of events per second, above 0.
    pub rate_per_s: f64,
    /// One-way delay from server to client.
    pub delay_down_s: f64,
    /// One-way delay from client to server.
    pub delay_up_s: f64,
    /// Bits per second from server to client, above 0; `f64::INFINITY` for a line that takes no time.
    pub bandwidth_down_bit_s: f64,
    /// Bits per second from client to server, above 0; `f64::INFINITY` for a line that takes no time.
    pub bandwidth_up_bit_s: f64,
    /// Whether packets are lost, delayed by a random amount or stopped by outages: no closed form.
    pub loss: bool,
    /// How many clients follow the feed, each over its own line.
    pub clients: u32,
    /// From the start of the run to its end, warm-up included.
    pub span_s: f64,
    /// Short polling: the interval, above 0.
    pub poll_every_s: f64,
    /// Short polling: what the interval is measured from.
    pub discipline: PollDiscipline,
    /// An answer or a send carries only the newest event instead of every event
    /// since the one before.
    pub latest: bool,
    /// Short and long polling: each question opens a connection of its own.
    pub connects: bool,
    /// Long polling: how long the server holds a question, longer than it delays an acknowledgement
    /// (0.1 ms); may be infinite.
    pub hold_s: f64,
    /// Push: events leave together on a grid of this length; 0 for each as it is born.
    pub batch_every_s: f64,
    /// Push: a connection silent for this long carries a heartbeat; 0 for never.
    pub heartbeat_s: f64,
    /// Text of one event.
    pub payload_bytes: f64,
    /// What one event costs on top of its text, inside the stream or the batch: SSE fields and chunk
    /// size, WebSocket header, line break.
    pub event_framing_bytes: f64,
    /// The part of it that events which leave together pay once: the chunk size of SSE.
    pub send_framing_bytes: f64,
    /// Head of a poll's request.
    pub request_head_bytes: f64,
    /// Head of an answer that brings events.
    pub answer_head_bytes: f64,
    /// Head of an answer that brings none; its body is empty.
    pub empty_head_bytes: f64,
    /// Push: what a heartbeat sends to the client (SSE comment with its chunk, WebSocket ping).
    pub heartbeat_bytes_down: f64,
    /// Push: what the client sends back (WebSocket pong); 0 if it stays silent.
    pub heartbeat_bytes_up: f64,
}

impl Inputs {
    /// One event as it travels, bytes.
    fn event_bytes(&self) -> f64 {
        self.payload_bytes + self.event_framing_bytes
    }

    /// Round trip of the bare line, seconds.
    fn round_trip_s(&self) -> f64 {
        self.delay_up_s + self.delay_down_s
    }

    /// Seconds from the wish to ask until the question has reached the server. A connection of its own
    /// costs a round trip before it: a SYN each way, 60 bytes, and the ACK just ahead of the question.
    fn asking_s(&self) -> f64 {
        let busy_up_s = |bytes| line::busy_s(bytes, self.bandwidth_up_bit_s);
        let asking_s = self.delay_up_s + busy_up_s(self.request_head_bytes);
        if !self.connects {
            return asking_s;
        }
        let syn_down_s = line::busy_s(line::SYN_OPTIONS_BYTES, self.bandwidth_down_bit_s);
        let syns_s = busy_up_s(line::SYN_OPTIONS_BYTES) + syn_down_s;
        asking_s + self.round_trip_s() + syns_s + busy_up_s(0.0)
    }

    /// Seconds until a message of `bytes` that the server sends now has reached the client.
    fn transit_down_s(&self, bytes: f64) -> f64 {
        self.delay_down_s + line::busy_s(bytes, self.bandwidth_down_bit_s)
    }

    /// Seconds that an event alone takes on the line.
    fn event_busy_s(&self) -> f64 {
        line::busy_s(self.event_bytes(), self.bandwidth_down_bit_s)
    }

    /// Share of the line to the client that the feed takes if each event travels alone.
    fn load(&self) -> f64 {
        self.rate_per_s * self.event_busy_s()
    }

    /// Whether a message of `bytes` meets no other and is not slowed by TCP's window.
    fn line_is_clear(&self, bytes: f64) -> bool {
        self.load() <= line::CLEAR_LOAD && line::segments(bytes) <= line::FIRST_FLIGHT_SEGMENTS
    }
}

/// How a client sees the feed.
struct Sight {
    /// Born to seen.
    latency: Latency,
    /// Mean age of the newest event shown, seconds.
    age_s: f64,
    /// Share of the time in which a newer event existed than the one shown.
    stale_share: f64,
}

/// What a law knows about a run.
struct Prediction {
    /// `None` where it has no closed form.
    sight: Option<Sight>,
    /// HTTP requests of one client.
    requests: f64,
    /// Answers of one client that brought nothing new.
    empty_answers: f64,
    /// IP bytes per delivered event, both directions, without connecting and closing.
    bytes_per_event: f64,
}

/// The figures that follow from `inputs`. Keys are the paths of the figures in the results, values have
/// the same unit and are not rounded:
///
/// * `latency_us.min`, `.mean`, `.p50`, `.p90`, `.p99`, `.p999`, and `.max` where latency has a bound;
/// * `age_us.mean`, `stale_share`;
/// * `requests`, `empty_answers`: over all clients and the whole span. They are expectations, not whole
///   numbers; what clients ask before the first and after the last event is theirs to add;
/// * `bytes_per_event_without_setup`: compare with (`bytes.total` - `bytes.setup`) / `delivered`.
///
/// No closed form, and so an empty map:
///
/// * any loss, jitter or outage; bursts and replayed files; a feed that does not fit the line;
/// * timer-driven polls that come faster than their answers;
/// * long polling that answers with the newest event alone;
/// * long polling of a fixed feed whose period is longer than the hold and the blind window together;
/// * a batched push of a fixed feed whose period is longer than the batch.
///
/// Latency, age and staleness are left out:
///
/// * when the feed takes more than 3 % of the line, or an answer is larger than the ten segments of TCP's
///   first flight;
/// * for long polling of a fixed feed whose period is shorter than the blind window;
/// * for a batched push of a fixed feed: it depends on how both mesh.
///
/// `.min` and `.max` are left out where there is no bound or fewer than 1 % of the events could reach it. A poll of a
/// Poisson source has no longest: its answer may carry any number of events, and each takes its time on the line.
/// A batch is taken at its mean size: percentiles err by the time that its spread takes on the line, and `.p999`, which
/// is of the largest batches, is left out where one event more adds over 1 % to it.
pub fn predict(inputs: &Inputs) -> BTreeMap<String, f64> {
    let Some(prediction) = prediction(inputs) else {
        return BTreeMap::new();
    };
    let clients = f64::from(inputs.clients);
    let mut figures = BTreeMap::from([
        ("requests".to_owned(), clients * prediction.requests),
        (
            "empty_answers".to_owned(),
            clients * prediction.empty_answers,
        ),
        (
            "bytes_per_event_without_setup".to_owned(),
            prediction.bytes_per_event,
        ),
    ]);
    if let Some(sight) = prediction.sight {
        let latency = &sight.latency;
        let mut micros = |key: &str, seconds: f64| figures.insert(key.to_owned(), 1e6 * seconds);
        micros("latency_us.mean", latency.mean_s());
        micros("latency_us.p50", latency.quantile_s(0.5));
        micros("latency_us.p90", latency.quantile_s(0.9));
        micros("latency_us.p99", latency.quantile_s(0.99));
        if let Some(slowest_s) = latency.slowest_s() {
            micros("latency_us.p999", slowest_s);
        }
        if let Some(min_s) = latency.min_s() {
            micros("latency_us.min", min_s);
        }
        if let Some(max_s) = latency.max_s() {
            micros("latency_us.max", max_s);
        }
        micros("age_us.mean", sight.age_s);
        figures.insert("stale_share".to_owned(), sight.stale_share);
    }
    figures
}

/// The distribution of latency as points `[latency_us, share of events at or below it]` to be joined by
/// straight lines, both coordinates rising (a jump is two points with the same latency). Empty where
/// [`predict`] has no latency.
pub fn latency_cdf(inputs: &Inputs) -> Vec<[f64; 2]> {
    let sight = prediction(inputs).and_then(|prediction| prediction.sight);
    sight.map_or_else(Vec::new, |sight| {
        let points = sight.latency.points();
        points
            .into_iter()
            .map(|[seconds, share]| [1e6 * seconds, share])
            .collect()
    })
}

fn prediction(inputs: &Inputs) -> Option<Prediction> {
    if inputs.loss || inputs.load() >= 1.0 {
        return None;
    }
    let source = Source {
        spacing: inputs.spacing?,
        rate_per_s: inputs.rate_per_s,
    };
    match inputs.law {
        Law::Push if inputs.batch_every_s > 0.0 => batched::predict(inputs, source),
        Law::Push => Some(push::predict(inputs, source)),
        Law::ShortPoll => short_poll::predict(inputs, source),
        // How many events an answer replaces decides how long it takes, and so when the next question is there.
        Law::LongPoll if inputs.latest => None,
        Law::LongPoll => long_poll::predict(inputs, source),
    }
}
