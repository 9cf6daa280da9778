//! What the tests of applications share: a hub without a network.

use super::{Draft, Identity, Message, Refusal, Rules};
use crate::scenario::{self, Scenario};
use serde_json::Value;

/// A scenario file of the repository.
pub fn shipped(name: &str) -> Scenario {
    scenario::load(&format!(
        "{}/scenarios/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    ))
    .expect("a valid scenario")
}

/// The first topic's `index`-th publisher, if there are `of` of them.
pub fn publisher(scenario: &Scenario, index: u32, of: u32) -> Identity {
    let client = index * scenario.topics;
    Identity {
        client,
        name: client.to_string(),
        home: super::topic_name(scenario, 0),
        publishes: index < of,
        of_topic: (of, index),
    }
}

/// The rules' word on a message of which `own` are the members, written as in a [`super::Publish`].
pub fn judge(
    rules: &mut dyn Rules,
    from: &str,
    topic: &str,
    class: &str,
    own: &str,
    now_ns: u64,
) -> Result<Vec<Draft>, Refusal> {
    let fields: Value = serde_json::from_str(&format!("{{\"n\":1{own}}}")).expect("a JSON object");
    rules.receive(&Message {
        from,
        topic,
        class,
        fields: fields.as_object().expect("an object"),
        now_ns,
    })
}

/// A draft as the event that clients see.
pub fn event(scenario: &Scenario, seq: u64, draft: &Draft) -> Vec<u8> {
    let (member, topic, own) = (&scenario.topic, &draft.topic, &draft.fields);
    format!("{{\"seq\":{seq:6},\"t\":1735689600123456,\"{member}\":\"{topic}\"{own}}}").into_bytes()
}

/// Why a message was refused.
pub fn why(verdict: Result<Vec<Draft>, Refusal>) -> String {
    verdict.expect_err("a refusal").why
}
