//! Servers and clients that are wrong on purpose, and right ones with a witness. They are no transports of the lab: no
//! table lists them, and only experiments run them. What loses events is never verified, so it has counts and no figures.
//!
//! Most of them are the real transport, both halves, with a change to what a question asks or what the log offers.

mod duplex;
mod long_poll;
mod naive_socket;
mod stream;
pub mod witness;

pub use duplex::{LONG_POLL_AND_POST, SSE_AND_POST, WALKIE_TALKIE};
pub use long_poll::{NO_QUEUE, ONE_EVENT, WITH_CURSOR};
pub use naive_socket::NAIVE_SOCKET;
pub use stream::{WITH_IDS, WITHOUT_IDS};

use crate::feed::Feed;
use crate::hub::Hub;
use crate::scenario::Scenario;
use crate::transport::{Answer, Client, Costs, Entry, Events, Task, Transport};
use hyper::Request;
use hyper::body::Incoming;
use std::sync::Arc;

/// What a variant does with a question before the real server half has it.
type Serve = fn(real: Arc<dyn Transport>, request: Request<Incoming>, hub: Hub) -> Task<Answer>;

/// A real transport whose server half is another one.
struct Variant {
    real: Arc<dyn Transport>,
    serve: Serve,
}

impl Variant {
    fn build(real: &Entry, scenario: &Scenario, serve: Serve) -> Arc<dyn Transport> {
        Arc::new(Self {
            real: (real.build)(scenario),
            serve,
        })
    }
}

impl Transport for Variant {
    fn serve(self: Arc<Self>, request: Request<Incoming>, hub: Hub) -> Task<Answer> {
        (self.serve)(self.real.clone(), request, hub)
    }

    fn follow(self: Arc<Self>, client: Client) -> Task<()> {
        self.real.clone().follow(client)
    }

    fn moved_to(&self) -> Option<&str> {
        self.real.moved_to()
    }

    fn settings(&self) -> String {
        self.real.settings()
    }

    fn costs(&self, events: &Events) -> Costs {
        self.real.costs(events)
    }
}

/// The newest event of the log; 0 before the first.
fn newest(feed: &Feed) -> u64 {
    feed.latest().map_or(0, |event| event.seq)
}
