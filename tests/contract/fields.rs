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
    ("hold_delivery", "latest"),
    ("heartbeat", "300ms"),
    ("batch_every", "500ms"),
    ("push_delivery", "latest"),
    ("upstream", "walkie-talkie"),
];

/// The ticker; or people, for what is about publishing.
fn base(field: &str) -> Value {
    match field {
        "upstream" => people(),
        _ => json!({"clients": 3, "duration": "30s", "rate": "3/s"}),
    }
}

fn people() -> Value {
    json!({
        "app": "topics", "clients": 4, "topics": 2, "publishers": 1, "rate": "3/s", "message": {"x": 123},
        "warm_up": "1s", "duration": "5s",
    })
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
    let run = |base| {
        let prepared = prepared(base);
        let run = |entry| simulated(&prepared, entry);
        transport::ALL.iter().map(run).collect::<Vec<_>>()
    };
    let ticker = run(base("hold"));
    for (field, value) in CHANGED {
        assert!(named.contains(&field), "no transport names {field}");
        let usual = match *field {
            "upstream" => run(base(field)),
            _ => ticker.clone(),
        };
        let mut fields = base(field);
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

/// The same where people publish; the last is what else has to be for the field to mean something.
fn peoples() -> Vec<(&'static str, Value, Value)> {
    let late = json!({"late": 1, "late_at": "3s"});
    vec![
        ("app", json!("chat"), json!({})),
        ("topic", json!("conversation"), json!({})),
        ("topics", json!(1), json!({})),
        ("publishers", json!(2), json!({})),
        ("rate_per", json!("publisher"), json!({"publishers": 2})),
        ("message", json!({"x": 12345}), json!({})),
        ("acknowledge", json!(false), json!({})),
        ("echo", json!(false), json!({})),
        (
            "also",
            json!([{"class": "typing", "from": "clients", "rate": "1/s"}]),
            json!({}),
        ),
        (
            "rush",
            json!({"at": "3s", "for": "2s", "times": 3}),
            json!({}),
        ),
        ("budget", json!("1ms"), json!({})),
        ("follow", json!(1), json!({})),
        ("switch_every", json!("2s"), json!({"follow": 1})),
        ("late", json!(2), late.clone()),
        ("late_at", json!("4s"), late),
    ]
}

/// Words, the texts of events, what a file brings, another setting, and limits that only a full link or a long absence
/// reaches.
const NOT_SEEN_HERE: &[&str] = &[
    "name", "about", "proves", "symbols", "replay", "speed", "stress", "queue", "history",
];

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

#[test]
fn so_is_one_about_people() {
    let results = |base: &Value, more: &Value| {
        let mut fields = base.clone();
        for (field, value) in more.as_object().expect("an object") {
            fields[field] = value.clone();
        }
        let prepared = prepared(fields);
        let run = |entry| simulated(&prepared, entry);
        transport::ALL.iter().map(run).collect::<Vec<_>>()
    };
    let plain = results(&people(), &json!({}));
    for (field, value, extra) in peoples() {
        let usual = match extra == json!({}) {
            true => plain.clone(),
            false => results(&people(), &extra),
        };
        let mut more = extra;
        more[field] = value;
        let changed = results(&people(), &more);
        for (entry, (usual, changed)) in transport::ALL.iter().zip(usual.iter().zip(&changed)) {
            assert!(entry.descriptor.affects(field), "{} {field}", usual.id);
            assert!(
                changed.verified,
                "{} {field}: {:?}",
                usual.id, changed.problem
            );
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
        let peoples = peoples().iter().filter(|(name, ..)| name == field).count();
        let unseen = NOT_SEEN_HERE.iter().filter(|name| *name == field).count();
        assert_eq!(
            own + shared + peoples + unseen,
            1,
            "{field} has to stand in one of the lists of this file"
        );
    }
}
