//! The ways of carrying the feed, one file each, and the table of them all.
//!
//! A transport is both halves of one conversation: [`Transport::serve`] answers a request on the
//! server, [`Transport::follow`] keeps a client up to date. Nothing outside this module names one, but for `reproduce`:
//! everything else loops over [`ALL`] and reads the [`Descriptor`]s. Transports never import each other
//! and cannot tell which network they are on. A new transport is one new file plus its two lines
//! here (`mod` and the entry in `ALL`).

mod client;
mod close;
mod counted;
#[doc(hidden)] // public for the targets in fuzz/, which cannot see inside
pub mod event_stream;
mod following;
mod heads;
mod hello;
mod http;
mod line;
mod long_poll;
mod pace;
mod patient;
pub mod person;
mod post;
pub mod server;
mod short_poll;
mod sse;
mod upgrade;
mod websocket;

pub use client::{Client, ClientSetup, Part};
pub use following::Following;
pub use http::{Answer, Body};
pub use post::{PUBLISH, SNAPSHOT};
/// For the variants of `reproduce` that shake hands themselves.
pub(crate) use upgrade::accept as accept_upgrade;

use crate::hub::Hub;
use crate::measure::Marker;
use crate::scenario::Scenario;
use crate::theory::Law;
use hyper::Request;
use hyper::body::Incoming;
use std::pin::Pin;
use std::sync::Arc;

/// One conversation of either half, boxed so that transports can stand in a table.
pub type Task<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// One way of carrying the feed from a server to a client.
pub trait Transport: Send + Sync {
    /// Server half: the answer to one request on this transport's path.
    fn serve(self: Arc<Self>, request: Request<Incoming>, hub: Hub) -> Task<Answer>;

    /// Client half: follow the feed until [`Client::over`], recording each event on arrival.
    fn follow(self: Arc<Self>, client: Client) -> Task<()>;

    /// Its door on the server, when a scenario's literal headers move it.
    fn moved_to(&self) -> Option<&str> {
        None
    }

    /// The settings of this run in a few words, for people.
    fn settings(&self) -> String;

    /// What one event and one exchange cost in bytes, from the formats alone.
    fn costs(&self, events: &Events) -> Costs;
}

/// What the rest of the lab knows about a transport.
#[derive(Debug, Clone, Copy)]
pub struct Descriptor {
    /// As in JSON and on the command line.
    pub id: &'static str,
    /// For people.
    pub label: &'static str,
    /// Its door on the server.
    pub path: &'static str,
    /// `#rrggbb` from the Okabe-Ito palette.
    pub color: &'static str,
    pub marker: Marker,
    /// Which law of `theory` predicts it.
    pub law: Law,
    /// The scenario's fields that are about this transport, in their order in a scenario.
    pub fields: &'static [&'static str],
}

impl Descriptor {
    /// Whether a scenario's field can change anything for this transport. A field that only others
    /// name cannot; one that nobody names is everybody's.
    pub fn affects(&self, field: &str) -> bool {
        let names = |descriptor: &Descriptor| descriptor.fields.contains(&field);
        names(self) || !ALL.iter().any(|entry| names(entry.descriptor))
    }
}

/// A transport and how to set it up for a scenario.
#[derive(Clone, Copy)]
pub struct Entry {
    pub descriptor: &'static Descriptor,
    pub build: fn(&Scenario) -> Arc<dyn Transport>,
}

/// All transports, in the order of every table and chart.
pub const ALL: &[Entry] = &[
    short_poll::ENTRY,
    long_poll::ENTRY,
    sse::ENTRY,
    websocket::ENTRY,
];

/// By name, for `reproduce` alone: published claims are about one of them, not about all.
pub use long_poll::ENTRY as LONG_POLL;
pub use short_poll::ENTRY as SHORT_POLL;
pub use sse::ENTRY as SSE;
pub use websocket::ENTRY as WEBSOCKET;

/// The transport that ratios are taken against.
pub const BASELINE: &Descriptor = &websocket::DESCRIPTOR;

/// Sizes of the events that a run will carry, known before it starts.
#[derive(Debug, Clone, Copy)]
pub struct Events {
    /// Mean size of an event's text.
    pub payload_bytes: f64,
    /// Mean number of digits of a sequence number.
    pub seq_digits: f64,
}

/// What a transport's formats cost, in bytes of its TCP stream.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Costs {
    /// Per event on top of its text.
    pub event_framing: f64,
    /// Of that, what events that leave together pay only once.
    pub send_framing: f64,
    /// Head of a question; 0 for transports that ask once.
    pub request_head: f64,
    /// Head of an answer with news.
    pub answer_head: f64,
    /// Head of an answer without.
    pub empty_head: f64,
    /// One heartbeat, down and up.
    pub heartbeat_down: f64,
    pub heartbeat_up: f64,
}
