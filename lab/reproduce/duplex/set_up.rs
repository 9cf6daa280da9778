//! Who takes part in E13, and in which set-ups.

use crate::reproduce::variants::{LONG_POLL_AND_POST, SSE_AND_POST, WALKIE_TALKIE};
use crate::theory::duplex::{Delays, Duplex};
use crate::transport::{Entry, WEBSOCKET};
use serde_json::{Value, json};

/// Who takes part: the law of its delays, and its connections.
pub struct Contender {
    pub entry: Entry,
    pub law: fn(&Duplex) -> Option<Delays>,
    pub connections: f64,
    /// Requests per message.
    pub requests: f64,
    /// Whether it asks for events, and whether its messages wait for the answers.
    pub polls: bool,
    pub waits: bool,
    /// How long it is watched at each of [`RATES`], seconds.
    pub spans_s: [u32; 4],
}

const WATCHED_S: [u32; 4] = [2_000, 1_000, 500, 300];
/// In the order of the table.
pub const CONTENDERS: [Contender; 4] = [
    Contender {
        entry: WEBSOCKET,
        law: |duplex| Some(duplex.socket()),
        connections: 1.0,
        requests: 0.0,
        polls: false,
        waits: false,
        spans_s: WATCHED_S,
    },
    Contender {
        entry: SSE_AND_POST,
        law: Duplex::beside_stream,
        connections: 2.0,
        requests: 1.0,
        polls: false,
        waits: false,
        spans_s: WATCHED_S,
    },
    Contender {
        entry: LONG_POLL_AND_POST,
        law: Duplex::beside_polls,
        connections: 2.0,
        requests: 1.0,
        polls: true,
        waits: false,
        spans_s: WATCHED_S,
    },
    Contender {
        entry: WALKIE_TALKIE,
        law: Duplex::in_turns,
        connections: 1.0,
        requests: 1.0,
        polls: true,
        waits: true,
        spans_s: [20_000, 2_500, 2_000, 500],
    },
];

/// Events per second, and how long their questions are held, seconds.
pub const RATES: [f64; 4] = [0.2, 1.0, 5.0, 20.0];
const HOLDS_S: [f64; 4] = [10.0, 10.0, 5.0, 1.0];
/// Messages of a client per second, where it has little to say and where it has much.
const QUIET: f64 = 0.1;
const BUSY: f64 = 5.0;
pub const BUSY_SPAN_S: u32 = 200;
/// The two rates where both sides are busy, in words.
pub const BUSY_RATES: &str = "5 messages/s, 20 events/s";
/// One way, seconds.
const WAY_S: f64 = 0.025;
/// Which of the rates the sentence and the confirmations are about.
pub const TOLD: usize = 1;
/// What the messages are made of whose bytes are counted.
pub const SAMPLE: &str = "{\"say\":42}";

/// The id of a contender's figure.
pub fn of(figure: &str, entry: &Entry) -> String {
    format!("{figure}/{}", entry.descriptor.id)
}

/// The same at an event rate.
pub fn at(figure: &str, entry: &Entry, rate: f64) -> String {
    format!("{figure}/{}/{rate}", entry.descriptor.id)
}

/// The quiet set-up at the event rate of this place in [`RATES`].
pub fn quiet(place: usize) -> Duplex {
    Duplex {
        events_per_s: RATES[place],
        messages_per_s: QUIET,
        up_s: WAY_S,
        down_s: WAY_S,
        hold_s: HOLDS_S[place],
    }
}

/// The set-up in which both sides are busy: at the highest event rate.
pub fn busy() -> Duplex {
    Duplex {
        messages_per_s: BUSY,
        ..quiet(RATES.len() - 1)
    }
}

impl Contender {
    /// By how much opening the second connection delays a message of this run on average, seconds: a round trip, once.
    pub fn opening_s(&self, duplex: &Duplex, place: Option<usize>) -> f64 {
        let span_s = place.map_or(BUSY_SPAN_S, |place| self.spans_s[place]);
        match self.connections > 1.0 {
            true => 2.0 * WAY_S / (duplex.messages_per_s * f64::from(span_s)),
            false => 0.0,
        }
    }
}

/// The scenario's fields for one contender's run.
pub fn fields(duplex: &Duplex, span_s: u32) -> Value {
    json!({
        "app": "topics", "clients": 20, "topics": 20, "follow": 1, "publishers": 1, "echo": false,
        "rate": format!("{}/s", duplex.messages_per_s), "rate_per": "publisher", "arrivals": "poisson",
        "also": [{ "class": "price", "from": "server", "rate": format!("{}/s", duplex.events_per_s) }],
        "delay": "25ms", "bandwidth": "1000Gbit/s", "hold": format!("{}s", duplex.hold_s),
        "warm_up": "1s", "duration": format!("{}s", span_s - 1),
    })
}
