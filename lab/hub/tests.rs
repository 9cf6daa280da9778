use super::{Charter, Hub, Reply};
use crate::app;
use crate::feed::Feed;
use crate::scenario::{Scenario, shipped};
use proptest::prelude::*;

const APPS: [&str; 5] = ["chat", "ride", "auction", "whiteboard", "document"];
const S: u64 = 1_000_000_000;

fn scenario(name: &str) -> Scenario {
    shipped(name).expect("a shipped scenario")
}

fn hub(scenario: &Scenario) -> Hub {
    let charter = Charter::new(scenario, 0);
    Hub::new(Feed::new(1_000), charter, app::rules(scenario), None)
}

/// All that a client could find out about a hub: what happened, and how things stand.
fn stands(hub: &Hub) -> (u64, Option<String>) {
    let snapshot = hub.snapshot(None).ok().map(|(_, snapshot)| snapshot);
    (hub.feed().head(), snapshot)
}

#[test]
fn the_examples_of_each_application_are_taken() {
    for name in APPS {
        let scenario = scenario(name);
        let hub = hub(&scenario);
        let examples = app::examples(&scenario, "me", 5_000_000);
        assert!(!examples.is_empty(), "{name}");
        for (n, text) in (1..).zip(examples) {
            match hub.receive("me", text.as_bytes(), 5 * S) {
                Reply::Taken { n: acked, seq } => assert_eq!((acked, seq), (n, n), "{name}"),
                Reply::Silent => {}
                other => panic!("{name}: {text}: {other:?}"),
            }
        }
        assert_ne!(hub.feed().head(), 0, "{name}");
    }
    // Where only the server speaks there is nothing to try.
    for name in ["ticker", "scoreboard", "notifications"] {
        assert!(app::examples(&scenario(name), "me", 0).is_empty(), "{name}");
        assert!(!hub(&scenario(name)).takes_messages(), "{name}");
    }
}

#[test]
fn a_relay_lets_nobody_write_what_is_the_servers() {
    let relay = crate::scenario::parse(
        r#"{"name":"x","app":"topics","topic":"match","clients":1,"publishers":1,"message":{"x":1}}"#,
        "x",
    )
    .expect("a scenario");
    let hub = hub(&relay);
    for (n, name) in (1..).zip(["seq", "from", "type", "match"]) {
        let text = format!(r#"{{"n":{n},"topic":"match-1","{name}":"7"}}"#);
        let why = format!("{name:?} is the server's to write: call it otherwise");
        let refused = hub.receive("me", text.as_bytes(), 0);
        assert_eq!(refused, Reply::Refused { n, why });
    }
    assert_eq!(hub.feed().head(), 0);
}

/// A value of any kind, mostly such as the rules look for.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        (0u64..1_200).prop_map(|number| number.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        Just(String::from("1e400")),
        Just(String::from("-0.5")),
        Just(String::from("null")),
        Just(String::from("[]")),
        Just(String::from("[1,2,3,4]")),
        Just(String::from("{\"a\":{}}")),
        "\"(a|me|me-1|7-3|join|message|bid|op|patch|commit|position|closed|lot-1|room-1|board-1|doc-1|trip-1)\"",
        "\"\\PC{0,40}\"",
    ]
}

/// A message that may be all right or nearly.
fn message() -> impl Strategy<Value = String> {
    const NAMES: [&str; 21] = [
        "n", "t", "topic", "class", "text", "amount", "seen", "shape", "pts", "all", "id", "rev",
        "after", "pos", "del", "ins", "lat", "lng", "hdg", "spd", "acc",
    ];
    let member = (prop::sample::select(&NAMES[..]), value());
    let members = prop::collection::vec(member, 0..12);
    (0u64..6, prop::sample::select(&APPS[..]), members).prop_map(|(n, name, members)| {
        let scenario = scenario(name);
        let mut text = format!(r#"{{"n":{n},"topic":"{}-1""#, scenario.topic);
        for (name, value) in members {
            text += &format!(",\"{name}\":{value}");
        }
        text + "}"
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// No bytes make the hub panic; what it does not take changes nothing, and neither does what comes again.
    #[test]
    fn whatever_comes_a_refused_message_changes_nothing(
        texts in prop::collection::vec(
            prop_oneof![
                1 => prop::collection::vec(any::<u8>(), 0..60),
                6 => message().prop_map(String::into_bytes),
            ],
            1..12,
        ),
        client in "(me|7|\\PC{0,4})",
    ) {
        for name in APPS {
            let scenario = scenario(name);
            let hub = hub(&scenario);
            for text in app::examples(&scenario, "me", 0) {
                hub.receive("me", text.as_bytes(), 0);
            }
            for (text, now_ns) in texts.iter().zip((1..).map(|k| k * S)) {
                let before = stands(&hub);
                let reply = hub.receive(&client, text, now_ns);
                if matches!(reply, Reply::Bad { .. } | Reply::Refused { .. }) {
                    prop_assert_eq!(stands(&hub), before);
                    continue;
                }
                let taken = stands(&hub);
                prop_assert_eq!(hub.receive(&client, text, now_ns), reply);
                prop_assert_eq!(stands(&hub), taken);
            }
        }
    }
}
