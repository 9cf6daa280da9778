//! A look into the server of a run: each transport is wrapped so that the hub which it is given is kept.

use super::*;
use pushlab::hub::Hub;
use pushlab::transport::{Answer, Client, Costs, Events, Task, Transport};
use std::cell::{Cell, RefCell};
use std::sync::Arc;

thread_local! {
    static ENTRY: Cell<Option<Entry>> = const { Cell::new(None) };
    static HUB: RefCell<Option<Hub>> = const { RefCell::new(None) };
}

struct Spy(Arc<dyn Transport>);

impl Transport for Spy {
    fn serve(
        self: Arc<Self>,
        request: hyper::Request<hyper::body::Incoming>,
        hub: Hub,
    ) -> Task<Answer> {
        HUB.set(Some(hub.clone()));
        self.0.clone().serve(request, hub)
    }

    fn follow(self: Arc<Self>, client: Client) -> Task<()> {
        self.0.clone().follow(client)
    }

    fn moved_to(&self) -> Option<&str> {
        self.0.moved_to()
    }

    fn settings(&self) -> String {
        self.0.settings()
    }

    fn costs(&self, events: &Events) -> Costs {
        self.0.costs(events)
    }
}

/// A run that must be verified, and its hub as it was in the end.
pub fn spied(prepared: &Prepared, entry: &Entry, what: &str) -> (Run, Hub) {
    ENTRY.set(Some(*entry));
    let spying = Entry {
        descriptor: entry.descriptor,
        build: |scenario| {
            let entry = ENTRY.get().expect("set before the run");
            Arc::new(Spy((entry.build)(scenario)))
        },
    };
    let run = whole(prepared, &spying, what);
    (run, HUB.take().expect("somebody asked"))
}

/// The text of each event, as JSON.
pub fn events(hub: &Hub) -> Vec<Value> {
    let events = hub.feed().since(0).expect("the log keeps everything");
    let json = |payload: &[u8]| serde_json::from_slice(payload).expect("an event is JSON");
    events.iter().map(|event| json(&event.payload)).collect()
}
