//! What the client halves send where somebody sits before them: topics, names, messages.

use super::client::SWITCHING;
use super::server::text;
use crate::raw::hear;
use crate::support::scenario;
use pushlab::app::{self, Identity};
use pushlab::clock::{self, MS, S};
use pushlab::measure::recorder::{Expectation, Recorder};
use pushlab::net::{Buffers, Dialer, sim};
use pushlab::run::sim_config;
use pushlab::transport::person::{Person, PersonSetup};
use pushlab::transport::{self, Client, ClientSetup, Following, Part};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::io::AsyncWriteExt;

/// What a client says over the connection that it reads from, and over the one that it publishes on, if that is another.
/// It follows two of three topics, and changes them after a second and a half.
fn says(fields: Value, path: &str, answer: &str) -> (Vec<u8>, Vec<u8>) {
    let mut all = json!({
        "app": "topics", "clients": 1, "topics": 1, "publishers": 1, "message": {"x": "y"}, "heartbeat": "off",
    });
    for (field, value) in fields.as_object().expect("an object") {
        all[field] = value.clone();
    }
    let scenario = scenario(all);
    let entry = transport::ALL
        .iter()
        .find(|entry| entry.descriptor.path == path)
        .expect("a door of the lab");
    let buffers = Buffers::for_scenario(&scenario);
    let recorder = Recorder::new(Expectation::tape([], 1).measured(0, 60 * S));
    let identity = Identity {
        client: 0,
        name: "0".into(),
        home: "topic-1".into(),
        publishes: true,
        of_topic: (1, 0),
    };
    let person = Person::new(PersonSetup {
        client: 0,
        name: "0".into(),
        participant: app::participant(&scenario, &identity),
        recorder: recorder.clone(),
        classes: ["event".to_owned()].into(),
        epoch_us: clock::EPOCH_US,
        needs_snapshot: false,
    });
    let names: Arc<[String]> = (1..=3).map(|k| format!("topic-{k}")).collect();
    let following = Following {
        names,
        first: 0,
        count: 2,
        every_ns: 1_500 * MS,
        next_ns: 1_500 * MS,
    };
    let client = Client::new(ClientSetup {
        number: 0,
        dialer: Dialer::Simulated { client: 0 },
        recorder,
        buffers,
        start_ns: 0,
        phase_ns: 0,
        until_ns: 60 * S,
        seed: 1,
        part: Part {
            ending: None,
            following: Some(following),
            person: Some(person.clone()),
        },
    });
    let report = sim::run(sim_config(&scenario, buffers), async {
        let client = tokio::spawn((entry.build)(&scenario).follow(client));
        let mut reading = sim::accept().await;
        let mut said = hear(&mut reading, 500 * MS).await;
        reading
            .write_all(answer.as_bytes())
            .await
            .expect("an open wire");
        said.extend(hear(&mut reading, 200 * MS).await);
        person.act("event", clock::now_ns() / S * S);
        let published = tokio::select! {
            biased;
            mut wire = sim::accept() => hear(&mut wire, 100 * MS).await,
            () = clock::sleep(200 * MS) => Vec::new(),
        };
        said.extend(hear(&mut reading, 1_500 * MS).await);
        client.abort();
        (said, published)
    });
    report.expect("a run that does not stall").output
}

const HEAD: &str = " HTTP/1.1\r\nHost: lab.example\r\nAccept: */*\r\n";
const MESSAGE: &str = r#"{"n":1,"t":1735689600000000,"topic":"topic-1","class":"event","x":"y"}"#;

fn posted() -> String {
    let length = MESSAGE.len();
    format!(
        "POST /publish?client=0{HEAD}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{MESSAGE}"
    )
}

/// What a question begins with, and the message beside it.
fn asks(fields: Value, path: &str, question: &str) {
    let (said, published) = says(fields, path, "");
    let said = text(said);
    assert!(
        said.starts_with(&format!("GET {question} HTTP/1.1\r\n")),
        "{said}"
    );
    assert_eq!(text(published), posted());
}

#[test]
fn questions_name_topics_and_who_asks() {
    let wishes = "topics=topic-1,topic-2&client=0";
    asks(json!({}), "/poll", &format!("/poll?since=000000&{wishes}"));
    asks(
        json!({}),
        "/long-poll",
        &format!("/long-poll?since=000000&hold=25000&{wishes}"),
    );
    asks(json!({}), "/events", &format!("/events?{wishes}"));
}

#[test]
fn questions_for_the_newest_say_so() {
    let wishes = "topics=topic-1,topic-2&client=0";
    let latest = json!({"poll_delivery": "latest", "hold_delivery": "latest"});
    asks(
        latest.clone(),
        "/poll",
        &format!("/poll?since=000000&latest=1&{wishes}"),
    );
    let question = format!("/long-poll?since=000000&hold=25000&latest=1&{wishes}");
    asks(latest, "/long-poll", &question);
}

/// In turns a message waits for the answer to the question.
#[test]
fn a_walkie_talkie_has_one_connection() {
    let nothing = "HTTP/1.1 204 No Content\r\n\r\n";
    let (said, published) = says(json!({"upstream": "walkie-talkie"}), "/poll", nothing);
    assert!(published.is_empty(), "no second connection");
    let question = format!("GET /poll?since=000000&topics=topic-1,topic-2&client=0{HEAD}\r\n");
    assert_eq!(text(said), question + &posted());
}

/// The texts of masked frames of at most 125 bytes.
fn unmasked(mut frames: &[u8]) -> Vec<String> {
    let mut texts = Vec::new();
    while let [0x81, length, rest @ ..] = frames {
        let (mask, rest) = rest.split_at(4);
        let (body, rest) = rest.split_at(usize::from(length & 0x7f));
        let plain = body.iter().zip(mask.iter().cycle()).map(|(a, b)| a ^ b);
        texts.push(text(plain.collect()));
        frames = rest;
    }
    assert!(frames.is_empty(), "only text frames");
    texts
}

#[test]
fn a_websocket_says_hello_publishes_and_changes_its_topics() {
    let (said, published) = says(json!({}), "/ws", SWITCHING);
    assert!(published.is_empty(), "no second connection");
    let head = said.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let frames = &said[head.expect("a head") + 4..];
    assert_eq!(
        unmasked(frames),
        [
            r#"{"since":0,"topics":["topic-1","topic-2"],"client":"0"}"#,
            MESSAGE,
            r#"{"follow":["topic-2","topic-3"]}"#,
        ]
    );
}
