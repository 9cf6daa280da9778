//! The applications: what people publish reaches everybody who follows, once and in order; every confirmation comes;
//! and in the end every screen shows what the server has. Over every transport, in virtual time.

mod apps;
mod board;
mod gaps;
mod joining;
mod latest;
mod lines;
mod same;
mod sockets;
mod spy;
mod text;
mod upward;

use crate::support::{prepared, simulated};
use pushlab::measure::{People, TransportResult, Upward};
use pushlab::run::Prepared;
use pushlab::scenario;
use pushlab::transport::{self, Entry};
use serde_json::{Value, json};

/// These fields with other values.
fn with(mut fields: Value, changes: Value) -> Value {
    for (field, value) in changes.as_object().expect("an object") {
        fields[field] = value.clone();
    }
    fields
}

/// A shipped scenario with other values for these fields.
fn shipped(name: &str, changes: Value) -> Value {
    let scenario = scenario::shipped(name).expect("it is shipped");
    let mut fields = serde_json::to_value(scenario).expect("a scenario is JSON");
    fields.as_object_mut().expect("an object").remove("stress");
    with(fields, changes)
}

/// The shipped applications with few people, for some seconds on a clean line.
fn small(name: &str) -> Value {
    let changes = match name {
        "chat" => json!({"clients": 5, "publishers": 5, "rate": "2/s"}),
        "ride" => json!({"clients": 6, "topics": 2, "rate": "1/s", "outages": []}),
        "auction" => json!({
            "clients": 5, "publishers": 3, "rate": "1/s", "rush": {"at": "7s", "for": "2s", "times": 5},
        }),
        "whiteboard" => json!({"clients": 4, "publishers": 4, "rate": "2/s", "late_at": "4s"}),
        "document" => json!({"clients": 4, "publishers": 3, "rate": "2/s"}),
        "scoreboard" => json!({"clients": 6, "switch_every": "2s"}),
        "notifications" => json!({"clients": 4, "rate": "1/s"}),
        other => panic!("{other} is no application"),
    };
    let short = json!({"warm_up": "1s", "duration": "9s"});
    shipped(name, with(short, changes))
}

/// Those in which people publish; the others have no state either.
const TALKING: [&str; 5] = ["chat", "ride", "auction", "whiteboard", "document"];
const READING: [&str; 2] = ["scoreboard", "notifications"];

/// What a verified run of an application measured.
struct Run {
    id: &'static str,
    result: TransportResult,
    people: People,
}

impl Run {
    fn upward(&self) -> Upward {
        self.people.upward.clone().unwrap_or_default()
    }
}

/// One transport's run, which must be verified, with every confirmation in and no state different.
fn whole(prepared: &Prepared, entry: &Entry, what: &str) -> Run {
    verified(simulated(prepared, entry), entry, what)
}

/// A result as such a run.
fn verified(result: TransportResult, entry: &Entry, what: &str) -> Run {
    let id = entry.descriptor.id;
    assert_eq!(result.problem, None, "{what} over {id}");
    assert!(result.verified, "{what} over {id}");
    let people = result.figures.as_ref().and_then(|f| f.people.clone());
    let people = people.expect("an application has people");
    let seen = result.delivered + result.superseded + people.in_snapshots;
    assert_eq!(seen, result.expected, "{what} over {id}");
    assert!(result.expected > 0, "{what} over {id}: nothing to see");
    let faults = result.duplicated + result.out_of_order + result.altered;
    assert_eq!(faults, 0, "{what} over {id}");
    assert_eq!(people.states_different, 0, "{what} over {id}");
    let run = Run { id, result, people };
    let upward = run.upward();
    assert_eq!(
        upward.to_acknowledge, upward.acknowledged,
        "{what} over {id}"
    );
    let judged = upward.accepted + upward.refused + upward.dropped;
    assert_eq!(judged, upward.published, "{what} over {id}");
    run
}

/// The same over every transport.
fn everywhere(what: &str, fields: Value) -> Vec<Run> {
    let prepared = prepared(fields);
    let run = |entry| whole(&prepared, entry, what);
    transport::ALL.iter().map(run).collect()
}
