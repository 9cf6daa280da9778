//! The applications: what a server does with what people publish, and what people do with what they see.
//!
//! Each has one file with both halves. [`Rules`] are the server's: they judge a message and say what everybody
//! is to see. A [`Participant`] is a client's: it decides what to publish from what it has seen, and keeps what
//! its screen shows. Neither knows the transport, the network or the clock: instants are handed in. So the same
//! rules run over every transport, and the harness can let them judge the same messages once more to check a run.
//!
//! An application without rules of its own passes on what is published (`topics.rs`). A new one is a scenario file,
//! and, if it has rules, a file here and its line in [`rules`] and [`participant`].

mod auction;
mod chat;
mod document;
mod envelope;
mod example;
mod ride;
mod sample;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod topics;
mod trace;
mod whiteboard;

pub use document::Op;
pub use example::examples;
pub use sample::Samples;
pub use trace::{Trace, TraceError, Txn};

use crate::scenario::{App, Scenario, Span};
use bytes::Bytes;
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;

/// Longest name of a client, a topic or a class, bytes.
pub const LONGEST_NAME: usize = 32;

/// A client's message, well formed; the rules say whether it makes sense.
#[derive(Debug, Clone)]
pub struct Message<'a> {
    /// Who published it: the client's name.
    pub from: &'a str,
    /// One of the scenario's topics.
    pub topic: &'a str,
    /// Which kind of message: the scenario's own (its class is [`main_class`]), or one of `also`.
    pub class: &'a str,
    /// Its members, those of every message included.
    pub fields: &'a Map<String, Value>,
    /// When it came to the server, nanoseconds after the start of the run.
    pub now_ns: u64,
}

impl Message<'_> {
    /// A member that is a whole number.
    pub fn number(&self, name: &str) -> Result<u64, Refusal> {
        let number = self.fields.get(name).and_then(Value::as_u64);
        number.ok_or_else(|| Refusal::bad(format!("{name:?} has to be a whole number")))
    }

    /// A member that is a text.
    pub fn text(&self, name: &str) -> Result<&str, Refusal> {
        let text = self.fields.get(name).and_then(Value::as_str);
        text.ok_or_else(|| Refusal::bad(format!("{name:?} has to be a text")))
    }
}

/// An event as the rules want it: the feed will number it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub topic: String,
    /// Which kind of message it is, for its budget.
    pub class: String,
    /// Its own members as JSON, each with a comma before it: `,"from":"7","text":"hello"`. The number, the instant
    /// and the topic are put before them.
    pub fields: String,
}

/// What the server says to a message that it will not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// A short word for programs and counts, such as `outbid`.
    pub why: String,
    /// Whether the sender decided on something that had changed meanwhile.
    pub stale: bool,
    /// Whether the message makes no sense at any time: the sender is wrong, not late.
    pub bad: bool,
}

impl Refusal {
    /// The application says no.
    pub fn no(why: &str) -> Self {
        Self {
            why: why.to_owned(),
            stale: false,
            bad: false,
        }
    }

    /// It says no because the sender had not seen the latest.
    pub fn stale(why: &str) -> Self {
        Self {
            stale: true,
            ..Self::no(why)
        }
    }

    /// The message makes no sense.
    pub fn bad(why: String) -> Self {
        Self {
            why,
            stale: false,
            bad: true,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

/// The server's half of an application. The same messages in the same order at the same instants give the same
/// events: the harness relies on it.
pub trait Rules: Send {
    /// Judges a message: what everybody is to see because of it (perhaps nothing), or why not. A refused message
    /// changes nothing.
    fn receive(&mut self, message: &Message<'_>) -> Result<Vec<Draft>, Refusal>;

    /// An event that is the server's own is about to be published: the rules may keep what it says.
    fn announce(&mut self, _draft: &Draft) {}

    /// Sees each event once it has its number, in order.
    fn published(&mut self, _seq: u64, _topic: &str) {}

    /// When the application next does something by itself, if it will.
    fn due_ns(&self) -> Option<u64> {
        None
    }

    /// Does what was due: what everybody is to see.
    fn tick(&mut self, _now_ns: u64) -> Vec<Draft> {
        Vec::new()
    }

    /// Whether whoever comes gets a snapshot, rather than the events from the beginning.
    fn has_snapshots(&self) -> bool {
        false
    }

    /// What somebody who comes now has to know of a topic, as one line of JSON without line breaks: it stands for
    /// all events so far.
    fn snapshot(&self, _topic: &str) -> String {
        String::from("{}")
    }
}

/// What a client wants to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publish {
    pub topic: String,
    pub class: String,
    /// Its own members as JSON, each with a comma before it; numbering and instant are put before them.
    pub fields: String,
    /// Whether it has to arrive: the server confirms it, and a lost one is sent again.
    pub acknowledge: bool,
}

/// What a client found out from an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// It follows on what the client has.
    Next,
    /// Something before it is missing: the client needs a snapshot.
    Gap,
}

/// A client's half of an application: what the person before the screen knows and does.
pub trait Participant: Send {
    /// It is time for a message of this class: what the client publishes, from what it has seen. It may be nothing
    /// and may be several.
    fn act(&mut self, class: &str, now_ns: u64) -> Vec<Publish>;

    /// What it publishes as soon as it is connected for the first time.
    fn arrive(&mut self, _now_ns: u64) -> Vec<Publish> {
        Vec::new()
    }

    /// Its time is up: what it publishes before it leaves, such as work that it has not finished.
    fn leave(&mut self, _now_ns: u64) -> Vec<Publish> {
        Vec::new()
    }

    /// An event came, in order.
    fn see(&mut self, _payload: &[u8]) -> Sight {
        Sight::Next
    }

    /// A snapshot of a topic came; it stands for all events up to and including `seq`.
    fn load(&mut self, _topic: &str, _seq: u64, _snapshot: &[u8]) {}

    /// The server's word on one of its messages: `Ok` with the number of the last event that came of it (0 for none).
    fn answered(&mut self, _publish: &Publish, _verdict: Result<u64, &str>) {}

    /// What its screen shows at the end, to be compared with the server's and the others', topic by topic; `None` if
    /// the application has no state.
    fn state(&self, _topic: &str) -> Option<Bytes> {
        None
    }
}

/// Who a participant is.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Its number in the run.
    pub client: u32,
    /// Its name on the wire.
    pub name: String,
    /// The topic it belongs to: the one on which it publishes.
    pub home: String,
    /// Whether it publishes by itself.
    pub publishes: bool,
    /// How many publish on its topic, and which of them it is, from 0.
    pub of_topic: (u32, u32),
}

/// The server's half of a scenario's application.
pub fn rules(scenario: &Scenario) -> Box<dyn Rules> {
    match scenario.app {
        App::Ticker | App::Topics => Box::new(topics::Relay::new(scenario)),
        App::Chat => Box::new(chat::Rooms::default()),
        App::Ride => Box::new(ride::Dispatch::default()),
        App::Auction => Box::new(auction::House::new(scenario)),
        App::Whiteboard => Box::new(whiteboard::Boards::default()),
        App::Document => Box::new(document::Documents::default()),
    }
}

/// A client's half.
pub fn participant(scenario: &Scenario, identity: &Identity) -> Box<dyn Participant> {
    match scenario.app {
        App::Ticker | App::Topics => Box::new(topics::Reader::new(scenario, identity)),
        App::Chat => Box::new(chat::Guest::new(scenario, identity)),
        App::Ride if identity.publishes => Box::new(ride::Driver::new(scenario, identity)),
        App::Ride => Box::new(ride::Rider::new(scenario)),
        App::Auction => Box::new(auction::Bidder::new(scenario, identity)),
        App::Whiteboard => Box::new(whiteboard::Pen::new(scenario, identity)),
        App::Document => Box::new(document::Writer::new(scenario, identity)),
    }
}

/// A client's half of a document that is typed anew from a recorded trace: the first who publishes on the topic
/// replays it, with each `act` its next transaction; the others read.
pub fn replaying(
    scenario: &Scenario,
    identity: &Identity,
    trace: &Arc<Trace>,
) -> Box<dyn Participant> {
    Box::new(document::Writer::new(scenario, identity).replaying(trace))
}

/// The class of the messages that a scenario's own fields describe.
pub fn main_class(scenario: &Scenario) -> &'static str {
    scenario.app.main_class()
}

/// Classes that an application brings of its own, whether or not its scenario mentions them: what clients publish is
/// confirmed.
pub fn own_classes(scenario: &Scenario) -> &'static [&'static str] {
    match scenario.app {
        App::Chat => &["join"],
        App::Auction => &["closed"],
        App::Whiteboard => &["commit"],
        _ => &[],
    }
}

/// All classes of a scenario and their budgets (zero for none), its main class first.
pub fn classes(scenario: &Scenario) -> Vec<(String, Span)> {
    let main = (main_class(scenario).to_owned(), scenario.budget);
    let also = scenario.also.iter();
    let also = also.map(|also| (also.class.clone(), also.budget));
    let mut classes: Vec<_> = std::iter::once(main).chain(also).collect();
    for own in own_classes(scenario) {
        if !classes.iter().any(|(class, _)| class == own) {
            classes.push(((*own).to_owned(), Span::ZERO));
        }
    }
    classes
}

/// The name of a scenario's topic, from 0: `room-1` is the first.
pub fn topic_name(scenario: &Scenario, index: u32) -> String {
    format!("{}-{}", scenario.topic, index + 1)
}
