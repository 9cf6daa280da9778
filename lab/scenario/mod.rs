//! A scenario: who publishes what, how often, who follows, over which network, for how long, with
//! which seed. One flat JSON object in `scenarios/*.json`; a field, its command-line flag and its
//! sweep key share one name. Every field but `name` has a default (those of the `ticker`), unknown
//! fields are refused, and values with units are strings (`"25ms"`, `"20Mbit/s"`).

mod decimal;
mod direction;
mod error;
mod explain;
mod headers;
mod lasting;
mod load;
mod notation;
mod payload;
mod schema;
mod stall;
mod stress;
pub mod sweep;
mod two_way;
mod units;
mod validate;

pub use direction::PerDirection;
pub use error::ScenarioError;
pub use headers::{HeaderProfile, LiteralHeaders};
pub use load::{SHIPPED, load, parse, shipped};
pub use notation::{UnitError, spaced};
pub use payload::Payload;
pub use stall::{Stall, StallError};
pub use two_way::{Also, App, Follow, FollowError, RatePer, Rush, Sample, Speaker, Upstream};
pub use units::{Bandwidth, Percent, Rate, Size, Span};
pub use validate::GRACE;

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One experiment, fully described: the same scenario and seed give the same bytes on any machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Short identifier: lower-case letters, digits and hyphens.
    pub name: String,
    /// One sentence: what this scenario is about, shown above its results.
    #[serde(default)]
    pub about: String,
    /// How many clients follow the feed, 1 to 100,000.
    #[serde(default = "default::clients")]
    pub clients: u32,
    /// Seeds every random choice: event instants, prices, poll phases, loss, jitter.
    #[serde(default = "default::seed")]
    pub seed: u64,
    /// Events born in this first part are delivered and verified but not part of the latency figures.
    #[serde(default = "default::warm_up")]
    pub warm_up: Span,
    /// The measured window, right after the warm-up.
    #[serde(default = "default::duration")]
    pub duration: Span,

    /// How the instants of the events are spaced.
    #[serde(default)]
    pub arrivals: Arrivals,
    /// Mean number of events per second over all symbols.
    #[serde(default = "default::rate")]
    pub rate: Rate,
    /// How many symbols the synthetic ticker trades, 1 to 10.
    #[serde(default = "default::symbols")]
    pub symbols: u32,
    /// The form of an event's text.
    #[serde(default)]
    pub payload: Payload,
    /// Replay this CSV or JSON Lines file instead of the synthetic source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<String>,
    /// Replay this many times faster than recorded.
    #[serde(default = "default::speed")]
    pub speed: f64,
    /// Periods in which the server publishes nothing; what should have been born then is published at their end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stalls: Vec<Stall>,

    /// One-way delay of the link.
    #[serde(default = "default::delay")]
    pub delay: PerDirection<Span>,
    /// Extra delay per packet, uniform between zero and this; packets keep their order.
    #[serde(default = "default::jitter")]
    pub jitter: PerDirection<Span>,
    /// Rate at which the link serialises packets.
    #[serde(default = "default::bandwidth")]
    pub bandwidth: PerDirection<Bandwidth>,
    /// Bytes that may wait for the link; what comes on top is dropped.
    #[serde(default = "default::queue")]
    pub queue: PerDirection<Size>,
    /// Share of packets that vanish, each independently.
    #[serde(default = "default::loss")]
    pub loss: PerDirection<Percent>,
    /// Periods in which the link carries nothing, in either direction.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outages: Vec<Outage>,

    /// The HTTP headers that clients and server send.
    #[serde(default)]
    pub headers: HeaderProfile,
    /// Short polling: the interval between questions.
    #[serde(default = "default::poll_every")]
    pub poll_every: Span,
    /// Short polling: what the interval is measured from.
    #[serde(default)]
    pub poll_discipline: Discipline,
    /// Short polling: every event since the cursor, or only the newest one.
    #[serde(default)]
    pub poll_delivery: Delivery,
    /// Short and long polling: one connection for all questions, or a new one for each.
    #[serde(default, skip_serializing_if = "is_default")]
    pub poll_connection: Connection,
    /// Long polling: how long the server holds a question before it answers "nothing new".
    #[serde(default = "default::hold")]
    pub hold: Span,
    /// SSE and WebSocket: how often an otherwise silent connection shows that it lives; `"off"` for never.
    #[serde(default = "default::heartbeat")]
    pub heartbeat: Span,
    /// SSE and WebSocket: what is new leaves together, at most this often; `"off"` for at once.
    #[serde(
        default = "default::batch_every",
        skip_serializing_if = "Span::is_zero"
    )]
    pub batch_every: Span,
    /// SSE and WebSocket: every event, or at each send only the newest one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub push_delivery: Delivery,
    /// Long polling: every event, or in each answer only the newest of each topic.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hold_delivery: Delivery,

    /// Who makes the events, and by which rules.
    #[serde(default, skip_serializing_if = "is_default")]
    pub app: App,
    /// The sentence that this scenario should prove.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub proves: String,
    /// How late an event may be seen and still be of use; met if 99 of 100 deliveries are. `"off"` if nobody minds.
    #[serde(default = "default::off", skip_serializing_if = "Span::is_zero")]
    pub budget: Span,
    /// What a topic is: the word before its number, and its member in an event's text.
    #[serde(default = "default::topic", skip_serializing_if = "default::is_topic")]
    pub topic: String,
    /// How many topics there are, 1 to 10,000; the ticker's are its symbols.
    #[serde(default = "default::one", skip_serializing_if = "default::is_one")]
    pub topics: u32,
    /// How many clients of each topic publish; 0 if the server does.
    #[serde(default, skip_serializing_if = "is_default")]
    pub publishers: u32,
    /// Whose rate `rate` is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub rate_per: RatePer,
    /// A sample of the message: each number in it is drawn anew for each event, with as many digits.
    #[serde(default, skip_serializing_if = "Sample::is_empty")]
    pub message: Sample,
    /// Whether the server confirms each message of a client, and a lost one is sent again.
    #[serde(default = "default::yes", skip_serializing_if = "Clone::clone")]
    pub acknowledge: bool,
    /// Whether those who publish see their own message.
    #[serde(default = "default::yes", skip_serializing_if = "Clone::clone")]
    pub echo: bool,
    /// Further kinds of message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Also>,
    /// A time in which those who publish do so more often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rush: Option<Rush>,
    /// Which topics a client follows: all, or so many, its own first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub follow: Follow,
    /// How often a client leaves one topic for the next; `"off"` for never.
    #[serde(default = "default::off", skip_serializing_if = "Span::is_zero")]
    pub switch_every: Span,
    /// How many clients come late.
    #[serde(default, skip_serializing_if = "is_default")]
    pub late: u32,
    /// When they come, counted from the start of the run.
    #[serde(default = "default::off", skip_serializing_if = "Span::is_zero")]
    pub late_at: Span,
    /// How many events the server keeps for those who come back; 0 for all of them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub history: u32,
    /// Over which connection clients of HTTP transports publish.
    #[serde(default, skip_serializing_if = "is_default")]
    pub upstream: Upstream,
    /// What `--stress` changes: fields of a scenario and their other values.
    #[serde(default, skip_serializing_if = "Sample::is_empty")]
    pub stress: Sample,
}

impl Scenario {
    /// Whether it says of any kind of message how late it may be.
    pub fn has_budget(&self) -> bool {
        self.budget > Span::ZERO || self.also.iter().any(|also| also.budget > Span::ZERO)
    }
}

/// How the instants of the events are spaced.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Arrivals {
    /// One event every 1/rate, the first at once.
    Fixed,
    /// Independent exponential gaps with mean 1/rate.
    #[default]
    Poisson,
    /// Bursts of five events 10 ms apart; the bursts are Poisson and the mean rate is the same.
    Bursty,
    /// Independent gaps, uniform between one half and one and a half of their mean.
    Jittered,
}

/// What the poll interval is measured from (papers disagree by half a round trip because of this).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Discipline {
    /// Fixed rate: question k of a client leaves at phase + k x interval.
    #[default]
    Timer,
    /// Fixed delay: the client sleeps for the interval after each answer.
    Sleep,
}

/// Which events a client wants.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// Every event once and in order, through the cursor.
    #[default]
    Every,
    /// Only the newest event; those that it replaced are counted as superseded.
    Latest,
}

/// How long a poller keeps its connection.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Connection {
    /// All questions go over one connection.
    #[default]
    KeepAlive,
    /// Each question opens a connection and says `Connection: close`.
    Close,
}

/// Fields younger than the first recordings are not written while they are at their default.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A period in which the link carries nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// When it begins, counted from the start of the run.
    pub at: Span,
    /// How long it lasts.
    #[serde(rename = "for")]
    pub lasts: Span,
    /// The one client whose line it is; without it all lines are cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<u32>,
}

mod default {
    use super::*;
    pub fn clients() -> u32 {
        50
    }
    pub fn seed() -> u64 {
        7
    }
    pub fn warm_up() -> Span {
        Span::from_millis(5_000)
    }
    pub fn duration() -> Span {
        Span::from_millis(60_000)
    }
    pub fn rate() -> Rate {
        Rate::per_second(2.0)
    }
    pub fn symbols() -> u32 {
        10
    }
    pub fn speed() -> f64 {
        1.0
    }
    pub fn delay() -> PerDirection<Span> {
        PerDirection::both(Span::from_millis(25))
    }
    pub fn jitter() -> PerDirection<Span> {
        PerDirection::both(Span::ZERO)
    }
    pub fn bandwidth() -> PerDirection<Bandwidth> {
        PerDirection {
            down: Bandwidth::from_mbit(20),
            up: Bandwidth::from_mbit(5),
        }
    }
    pub fn queue() -> PerDirection<Size> {
        PerDirection::both(Size::from_bytes(1_000_000))
    }
    pub fn loss() -> PerDirection<Percent> {
        PerDirection::both(Percent::ZERO)
    }
    pub fn poll_every() -> Span {
        Span::from_millis(1_000)
    }
    pub fn hold() -> Span {
        Span::from_millis(25_000)
    }
    pub fn heartbeat() -> Span {
        Span::from_millis(15_000)
    }
    pub fn batch_every() -> Span {
        Span::ZERO
    }
    pub fn off() -> Span {
        Span::ZERO
    }
    pub fn yes() -> bool {
        true
    }
    pub fn topic() -> String {
        "topic".into()
    }
    pub fn is_topic(topic: &String) -> bool {
        topic == "topic"
    }
    pub fn one() -> u32 {
        1
    }
    pub fn is_one(count: &u32) -> bool {
        *count == 1
    }
}
