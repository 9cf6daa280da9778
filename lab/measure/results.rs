//! The public, versioned result of a run: what `run --json` prints and what `recording.json` holds.
//! Plain data with units in the names; everything a report shows comes from here alone.

use super::{Lie, People, Series};
use crate::scenario::Scenario;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The value of [`Results::schema`].
pub const SCHEMA: &str = "pushlab/results";
/// The value of [`Results::version`]; raised whenever a field changes its meaning.
pub const VERSION: u32 = 1;

/// One scenario over several transports on one network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Results {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// Always [`VERSION`].
    pub version: u32,
    /// Version of the program that measured.
    pub pushlab: String,
    /// The command that makes these results again.
    pub command: String,
    /// The scenario with every override applied.
    pub scenario: Scenario,
    /// `simulated` or `loopback`.
    pub network: String,
    /// Whether a delay line held each byte on loopback for the scenario's delay; absent when not.
    #[serde(default, skip_serializing_if = "is_false")]
    pub delay_line: bool,
    /// The seed, repeated from the scenario.
    pub seed: u64,
    /// Whether the run ended early.
    pub partial: bool,
    /// Classic lies that were asked for: the figures that they touch are not what they seem.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lies: Vec<Lie>,
    /// What a reader must know beside the figures, for example that a replay ended early.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What each kind of figure covers, in words.
    pub windows: Windows,
    /// Where real time was measured; absent on the simulated network, where the machine does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<Machine>,
    /// The transport that ratios are taken against.
    pub baseline: String,
    /// One entry per transport, in the order of the lab's table.
    pub transports: Vec<TransportResult>,
    /// What the events said: `[born_us, short text]` in the order of their birth, for the time that
    /// [`Series::screen`] covers and with the same limit; not part of `run --json`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub feed_labels: Vec<(u64, String)>,
}

/// For what is left out when it is not so.
fn is_false(value: &bool) -> bool {
    !value
}

impl Results {
    /// Adds a note, once.
    pub fn note(&mut self, note: &str) {
        if !self.notes.iter().any(|known| known == note) {
            self.notes.push(note.to_owned());
        }
    }
}

/// The two windows of a run, in words and in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Windows {
    /// Latency, age and staleness: events born, or instants, in this window.
    pub latency: String,
    /// Bytes, packets, requests: from the first SYN to the last FIN.
    pub ledger: String,
    /// Start of the measured window, microseconds after the start of the run.
    pub measured_from_us: u64,
    /// End of the measured window, microseconds after the start of the run.
    pub measured_to_us: u64,
}

impl Windows {
    /// How long the measured window is.
    pub fn measured_us(&self) -> u64 {
        self.measured_to_us.saturating_sub(self.measured_from_us)
    }
}

/// The machine behind a loopback run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Machine {
    /// Operating system.
    pub os: String,
    /// Processor architecture.
    pub arch: String,
    /// Processors the program may use.
    pub cores: usize,
}

/// What one transport did in one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TransportResult {
    /// `short-poll`, `long-poll`, `sse` or `websocket`.
    pub id: String,
    /// Human name, for example "Short polling".
    pub label: String,
    /// How charts draw it.
    pub style: Style,
    /// Its settings in this run in a few words, for example "every 1 s, timer".
    pub settings: String,
    /// Deliveries the scenario's generator calls for: events x clients.
    pub expected: u64,
    /// First-time deliveries of expected events.
    pub delivered: u64,
    /// Events that a `latest` client skipped because a newer one replaced them.
    pub superseded: u64,
    /// Deliveries of an event the client already had (repeats of the newest value asked for by `latest` are empty answers instead).
    pub duplicated: u64,
    /// Deliveries that came before an earlier event.
    pub out_of_order: u64,
    /// Deliveries whose text is not what the generator made.
    pub altered: u64,
    /// Whether every client saw exactly what it should. Without it there are no figures.
    pub verified: bool,
    /// What went wrong first, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// The figures; present exactly when `verified`.
    #[serde(flatten)]
    pub figures: Option<Figures>,
    /// What silence costs; only on the simulated network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle: Option<Idle>,
    /// Predictions for the same figures, where a closed form exists. The key is the path of the figure,
    /// for example `latency_us.mean`; in JSON the objects are nested as the figures are.
    #[serde(default, with = "super::nested")]
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    pub theory: BTreeMap<String, f64>,
    /// Bounded series for the charts; not part of `run --json`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<Series>,
}

impl TransportResult {
    /// How many events clients kept up with: those that they were shown, and those that a newer one replaced first. What
    /// keeping up costs is divided by them, whether a client wants every event or the newest.
    pub fn kept_up(&self) -> u64 {
        self.delivered + self.superseded
    }
}

impl Figures {
    /// The mean of `age_us`, microseconds.
    pub fn mean_age_us(&self) -> Option<f64> {
        self.age_us.map(|age| age.mean)
    }
}

/// How charts draw a transport: the same everywhere and for ever.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Style {
    /// `#rrggbb`, colour-blind safe among the lab's transports, 3:1 on white.
    pub color: String,
    /// Marker shape, so that colour is never alone.
    pub marker: Marker,
}

/// Marker shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Marker {
    Circle,
    Square,
    Triangle,
    Diamond,
}

/// Everything measured about a verified transport.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Figures {
    /// Born -> seen, in microseconds, over deliveries of events born in the measured window. One that a newer event
    /// replaced (`latest`) is seen when that is.
    pub latency_us: Percentiles,
    /// Deliveries behind `latency_us`.
    pub latency_samples: u64,
    /// Distinct events behind `latency_us` (clients on one feed are correlated: count events).
    pub latency_events: u64,
    /// Age of the newest event shown, averaged over the measured window and all clients; absent if nobody was shown any
    /// before the window ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_us: Option<Mean>,
    /// Share of the measured window in which a newer event existed than the one shown, 0 to 1; absent with the age.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale_share: Option<f64>,
    /// From a client's first SYN to its first event, averaged over the clients; the time until one is born is in it.
    pub first_event_us: Mean,
    /// HTTP requests, upgrades included.
    pub requests: u64,
    /// Answers that brought nothing new.
    pub empty_answers: u64,
    /// TCP connections opened.
    pub connections: u64,
    /// IP packets, both directions.
    pub packets: u64,
    /// IP bytes by layer and by direction.
    pub bytes: Bytes,
    /// `bytes.total / delivered`.
    pub bytes_per_event: f64,
    /// CPU of the server (its process with all its threads, or its thread where it has no process) per delivery; only on
    /// loopback, and only where the system tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_cpu_us_per_delivery: Option<f64>,
    /// Client thread CPU per delivery; only on loopback, and only where the system tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_cpu_us_per_delivery: Option<f64>,
    /// CPU time of the thread that serves, in the measured window, as a share of one core: 1 is a core that never rests.
    /// Only on loopback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_cpu_share: Option<f64>,
    /// The same of the clients' thread: near 1 it is the load generator that gives out, and not the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_cpu_share: Option<f64>,
    /// Resident memory that the server's process gained between listening and the end of the measured window, per
    /// client; only where the server is a process of its own and the system tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_memory_bytes_per_connection: Option<f64>,
    /// From the birth of an event to the last of the clients that saw it, over the events of the measured window that
    /// at least one client saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_receiver_us: Option<PerEvent>,
    /// From the first to the last of the clients that saw an event, over the same events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fan_out_spread_us: Option<PerEvent>,
    /// 95 % bootstrap intervals that draw events, `[low, high]`; the key is the path of the figure, for example
    /// `latency_us.mean`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub intervals: BTreeMap<String, [f64; 2]>,
    /// Of an application: kinds of message, what clients published, joining. Absent for the ticker without a budget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<People>,
}

/// What clients that are connected already cost while nothing happens: totals over `client_minutes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Idle {
    /// Clients times minutes.
    pub client_minutes: u64,
    /// HTTP requests.
    pub requests: u64,
    /// IP packets, both directions.
    pub packets: u64,
    /// IP bytes by layer and by direction.
    pub bytes: Bytes,
}

/// A distribution in microseconds, rounded to a tenth.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Percentiles {
    pub min: f64,
    pub mean: f64,
    pub p50: f64,
    pub p90: f64,
    pub p99: f64,
    pub p999: f64,
    pub max: f64,
}

/// A distribution over events, each counted once whatever the number of clients: microseconds, rounded to a tenth.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct PerEvent {
    pub mean: f64,
    pub p50: f64,
    pub p99: f64,
    pub max: f64,
}

/// A mean in microseconds, rounded to a tenth.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Mean {
    pub mean: f64,
}

/// IP bytes by layer (they sum to `total`) and by direction (they do too).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Bytes {
    /// The events' own text.
    pub payload: u64,
    /// SSE fields, chunk sizes, WebSocket headers, separators, heartbeats.
    pub framing: u64,
    /// Heads of polls and of their answers.
    pub http_headers: u64,
    /// TCP handshake and tear-down, upgrade and stream-opening heads, hello and close, with their TCP/IP headers.
    pub setup: u64,
    /// TLS records; 0, the lab speaks plain HTTP.
    pub tls: u64,
    /// IP and TCP headers of all other segments, pure ACKs, and whole retransmissions.
    pub tcp_ip: u64,
    /// All of the above.
    pub total: u64,
    /// Client to server.
    pub up: u64,
    /// Server to client.
    pub down: u64,
}
