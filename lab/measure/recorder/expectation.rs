//! What clients should see.

use bytes::Bytes;
use std::sync::Arc;

/// One event that clients should see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The instant for which it was planned, nanoseconds after the start of the run.
    pub born_ns: u64,
    /// Its text.
    pub payload: Bytes,
    /// Its topic, from 0.
    pub topic: u32,
    /// Its kind of message: an index of [`Expectation::classes`].
    pub class: u16,
    /// The client that published it; `None` if the server did.
    pub from: Option<u32>,
}

impl Expected {
    /// An event of the server's own, on the first topic and of the first class.
    pub fn tick(born_ns: u64, payload: Bytes) -> Self {
        Self {
            born_ns,
            payload,
            topic: 0,
            class: 0,
            from: None,
        }
    }
}

/// A kind of message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    pub name: String,
    /// How late it may be.
    pub budget_ns: Option<u64>,
}

/// What a run expects and which part of it counts for latency and age.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// Event `n` of the feed is entry `n - 1`; those that come through [`Recorder::expect`](super::Recorder::expect)
    /// follow.
    pub events: Arc<[Expected]>,
    /// Number of clients.
    pub clients: u32,
    /// Whether clients want only the newest event (of each topic); what it replaced counts as superseded.
    pub latest: bool,
    /// Latency counts events born, age counts instants, in `from_ns..to_ns`.
    pub from_ns: u64,
    pub to_ns: u64,
    /// The kinds of message, at least one.
    pub classes: Vec<Class>,
    /// How many topics there are.
    pub topics: u32,
    /// Whether clients follow topics, as they say with [`Recorder::follows`](super::Recorder::follows). Otherwise all of
    /// it is one tape that everybody follows from its beginning.
    pub by_topic: bool,
    /// Whether clients see their own events too.
    pub echo: bool,
    /// Whether more events will be expected while the run goes on.
    pub open: bool,
    /// How many clients come late: the last ones.
    pub late: u32,
}

impl Expectation {
    /// One tape of events that are all known, and of one kind without a budget.
    pub fn tape(events: impl IntoIterator<Item = Expected>, clients: u32) -> Self {
        Self {
            events: events.into_iter().collect(),
            clients,
            latest: false,
            from_ns: 0,
            to_ns: u64::MAX,
            classes: vec![Class {
                name: "tick".into(),
                budget_ns: None,
            }],
            topics: 1,
            by_topic: false,
            echo: true,
            open: false,
            late: 0,
        }
    }

    /// The same, with this measured window.
    pub fn measured(mut self, from_ns: u64, to_ns: u64) -> Self {
        (self.from_ns, self.to_ns) = (from_ns, to_ns);
        self
    }

    /// A tape whose events are known beforehand and keep the order of their births.
    pub(super) fn is_plain(&self) -> bool {
        !self.by_topic && !self.open
    }

    /// The client whose screen is kept. The one in the middle, because pollers start one after another: the first
    /// asks right after each whole interval and is luckier than most where events keep time too.
    pub fn watched(&self) -> u32 {
        self.clients / 2
    }
}
