//! Server-Sent Events with ids and without.

use super::{Variant, newest, witness};
use crate::hub::Hub;
use crate::transport::{Answer, Descriptor, Entry, SSE, Task, Transport};
use hyper::Request;
use hyper::body::Incoming;
use hyper::header::HeaderValue;
use std::sync::Arc;

const LAST_EVENT_ID: &str = "last-event-id";

/// The real one, with a witness.
pub const WITH_IDS: Entry = Entry {
    descriptor: &Descriptor {
        id: "sse-with-ids",
        label: "SSE with ids",
        ..*SSE.descriptor
    },
    build: |scenario| Variant::build(&SSE, scenario, with_ids),
};

/// Whoever comes hears what is born from then on. A server that heeds no `Last-Event-ID` is to its clients the same as
/// one whose events have no ids: these are then only bytes.
pub const WITHOUT_IDS: Entry = Entry {
    descriptor: &Descriptor {
        id: "sse-without-ids",
        label: "SSE without ids",
        ..*SSE.descriptor
    },
    build: |scenario| Variant::build(&SSE, scenario, without_ids),
};

fn with_ids(real: Arc<dyn Transport>, request: Request<Incoming>, hub: Hub) -> Task<Answer> {
    let id = request.headers().get(LAST_EVENT_ID);
    let id = id.and_then(|id| id.to_str().ok()?.parse().ok());
    witness::note(hub.feed(), id.unwrap_or(0));
    real.serve(request, hub)
}

fn without_ids(real: Arc<dyn Transport>, mut request: Request<Incoming>, hub: Hub) -> Task<Answer> {
    let now = newest(hub.feed());
    witness::note(hub.feed(), now);
    request
        .headers_mut()
        .insert(LAST_EVENT_ID, HeaderValue::from(now));
    real.serve(request, hub)
}
