//! What the tests share: scenarios from a few fields, and runs of them.

use pushlab::feed::Event;
use pushlab::net::Network;
use pushlab::run::Prepared;
use pushlab::scenario::{self, Scenario};
use pushlab::transport::Entry;
use serde_json::Value;
use std::sync::Arc;

/// A scenario that differs from the ticker in these fields, checked as a file would be.
pub fn scenario(fields: Value) -> Scenario {
    let mut fields = fields;
    fields["name"] = "test".into();
    scenario::parse(&fields.to_string(), "test").expect("a valid scenario")
}

/// The same, with its events.
pub fn prepared(fields: Value) -> Prepared {
    Prepared::new(scenario(fields)).expect("synthetic events")
}

/// The result of one transport in the simulated network.
pub fn simulated(prepared: &Prepared, entry: &Entry) -> pushlab::measure::TransportResult {
    prepared
        .run(entry, Network::Simulated)
        .expect("a run that does not stall")
        .result
}

/// Events at these instants, with the sequence number and the instant in their text.
pub fn events(born_ns: impl IntoIterator<Item = u64>) -> Vec<Arc<Event>> {
    let event = |(seq, born_ns)| {
        let text = format!("{{\"seq\":{seq:>6},\"t\":{born_ns:>16}}}");
        Arc::new(Event {
            seq,
            topic: "ACME".into(),
            born_ns,
            payload: text.into(),
            from: None,
        })
    };
    (1..).zip(born_ns).map(event).collect()
}
