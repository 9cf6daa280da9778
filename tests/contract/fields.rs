//! Which fields of a scenario affect which transport: what a descriptor says is what a run does.

use crate::support::{prepared, simulated};
use pushlab::scenario::Scenario;
use pushlab::transport;
use serde_json::{Value, json};

/// Each field that some transport names, and a value that is not the default.
const CHANGED: &[(&str, &str)] = &[
    ("poll_every", "730ms"),
    ("poll_discipline", "sleep"),
    ("poll_delivery", "latest"),
    ("poll_connection", "close"),
    ("hold", "200ms"),
    ("heartbeat", "300ms"),
    ("batch_every", "500ms"),
    ("push_delivery", "latest"),
];

fn base() -> Value {
    json!({"clients": 3, "duration": "30s", "rate": "3/s"})
}

#[test]
fn a_field_changes_those_transports_that_it_affects_and_no_other() {
    let named: Vec<_> = transport::ALL
        .iter()
        .flat_map(|entry| entry.descriptor.fields)
        .collect();
    for field in &named {
        let known = CHANGED.iter().any(|(name, _)| name == *field);
        assert!(known, "{field} has no changed value here: add one");
    }
    let usual: Vec<_> = transport::ALL
        .iter()
        .map(|entry| simulated(&prepared(base()), entry))
        .collect();
    for (field, value) in CHANGED {
        assert!(named.contains(&field), "no transport names {field}");
        let mut fields = base();
        fields[field] = Value::from(*value);
        let changed = prepared(fields);
        for (entry, usual) in transport::ALL.iter().zip(&usual) {
            let result = simulated(&changed, entry);
            assert!(
                result.verified,
                "{} {field}: {:?}",
                usual.id, result.problem
            );
            if entry.descriptor.affects(field) {
                assert_ne!(usual.figures, result.figures, "{} {field}", usual.id);
                assert_ne!(usual.settings, result.settings, "{} {field}", usual.id);
            } else {
                assert_eq!(*usual, result, "{} {field}", usual.id);
            }
        }
    }
}

/// Every other field that changes what is measured, and another value.
fn everybodys() -> Vec<(&'static str, Value)> {
    vec![
        ("clients", json!(4)),
        ("seed", json!(8)),
        ("warm_up", json!("3s")),
        ("duration", json!("8s")),
        ("arrivals", json!("fixed")),
        ("rate", json!("5/s")),
        ("payload", json!("compact")),
        ("stalls", json!([{"at": "7s", "for": "3s"}])),
        ("delay", json!("40ms")),
        ("jitter", json!("9ms")),
        ("bandwidth", json!("100kbit/s")),
        ("loss", json!("3%")),
        ("outages", json!([{"at": "7s", "for": "3s"}])),
        ("headers", json!("browser")),
    ]
}

/// Words, the texts of events, what a file brings, and a limit that only a full link reaches.
const NOT_SEEN_HERE: &[&str] = &["name", "about", "symbols", "replay", "speed", "queue"];

#[test]
fn a_field_that_no_transport_names_is_everybodys() {
    let short = json!({"clients": 2, "duration": "10s", "rate": "3/s"});
    let results = |fields| {
        let prepared = prepared(fields);
        let run = |entry| simulated(&prepared, entry);
        transport::ALL.iter().map(run).collect::<Vec<_>>()
    };
    let usual = results(short.clone());
    for (field, value) in everybodys() {
        let mut fields = short.clone();
        fields[field] = value;
        for ((entry, usual), changed) in transport::ALL.iter().zip(&usual).zip(results(fields)) {
            assert!(entry.descriptor.affects(field), "{} {field}", usual.id);
            assert_ne!(usual.figures, changed.figures, "{} {field}", usual.id);
        }
    }
}

/// A sweep runs a transport once for all values of a field that is another's. So each field is put to one of the tests
/// above, or is said to be none.
#[test]
fn no_field_is_left_out() {
    let schema = schemars::schema_for!(Scenario).to_value();
    let fields = schema["properties"].as_object().expect("an object");
    for field in fields.keys() {
        let own = CHANGED.iter().filter(|(name, _)| name == field).count();
        let shared = everybodys()
            .iter()
            .filter(|(name, _)| name == field)
            .count();
        let unseen = NOT_SEEN_HERE.iter().filter(|name| *name == field).count();
        assert_eq!(
            own + shared + unseen,
            1,
            "{field} has to stand in one of the lists of this file"
        );
    }
}
