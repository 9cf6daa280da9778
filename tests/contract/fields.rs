//! Which fields of a scenario affect which transport: what a descriptor says is what a run does.

use crate::support::{prepared, simulated};
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

#[test]
fn a_field_that_no_transport_names_is_everybodys() {
    for entry in transport::ALL {
        assert!(entry.descriptor.affects("delay"));
        assert!(entry.descriptor.affects("rate"));
    }
}
