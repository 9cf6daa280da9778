//! No rules: what is published on a topic is passed on to those who follow it.

use super::{Draft, Identity, Message, Participant, Publish, Refusal, Rules, Samples, main_class};
use crate::feed::Choices;
use crate::scenario::{Scenario, Speaker};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Members that belong to the envelope and are not passed on as the message's own.
const ENVELOPE: [&str; 4] = ["n", "t", "topic", "class"];

/// Members that every event has: a client that could write them would write as somebody else.
const SERVERS_OWN: [&str; 3] = ["seq", "from", "type"];

/// The server's half: a relay.
pub struct Relay {
    main: &'static str,
    /// The member of an event that holds its topic.
    topic_member: String,
}

impl Relay {
    pub fn new(scenario: &Scenario) -> Self {
        Self {
            main: main_class(scenario),
            topic_member: scenario.topic.clone(),
        }
    }
}

impl Rules for Relay {
    fn receive(&mut self, message: &Message<'_>) -> Result<Vec<Draft>, Refusal> {
        let own = |name: &&str| {
            let theirs = *name != "topic" && *name == self.topic_member;
            theirs || SERVERS_OWN.contains(name)
        };
        if let Some(name) = message.fields.keys().map(String::as_str).find(own) {
            return Err(Refusal::bad(format!(
                "{name:?} is the server's to write: call it otherwise"
            )));
        }
        Ok(vec![passed_on(message, self.main)])
    }
}

/// A message as an event: who said it, and its own members.
pub fn passed_on(message: &Message<'_>, main: &str) -> Draft {
    let mut fields = format!(",\"from\":{}", Value::from(message.from));
    // Where there is one kind only, everybody knows which.
    if message.class != main {
        let _ = write!(fields, ",\"type\":{}", Value::from(message.class));
    }
    for (name, value) in message.fields {
        if !ENVELOPE.contains(&name.as_str()) {
            let _ = write!(fields, ",{}:{value}", Value::from(name.as_str()));
        }
    }
    Draft {
        topic: message.topic.to_owned(),
        class: message.class.to_owned(),
        fields,
    }
}

/// A client's half: it publishes samples and believes what it sees.
pub struct Reader {
    home: String,
    /// By class: the samples, and whether such a message has to arrive.
    classes: BTreeMap<String, (Samples, bool)>,
}

impl Reader {
    pub fn new(scenario: &Scenario, identity: &Identity) -> Self {
        let choices = |class: u64| {
            Choices::new(
                scenario.seed,
                SAMPLE_STREAM | class << 32 | u64::from(identity.client),
            )
        };
        let main = (
            main_class(scenario).to_owned(),
            (
                Samples::new(&scenario.message, choices(0)),
                scenario.acknowledge,
            ),
        );
        let others = scenario
            .also
            .iter()
            .zip(1..)
            .filter(|(also, _)| also.from == Speaker::Clients)
            .map(|(also, class)| {
                let samples = Samples::new(&also.message, choices(class));
                (also.class.clone(), (samples, also.acknowledge))
            });
        Self {
            home: identity.home.clone(),
            classes: std::iter::once(main).chain(others).collect(),
        }
    }
}

/// Streams of the seed for what clients' messages say.
const SAMPLE_STREAM: u64 = 2 << 40;

impl Participant for Reader {
    fn act(&mut self, class: &str, _now_ns: u64) -> Vec<Publish> {
        let Some((samples, acknowledge)) = self.classes.get_mut(class) else {
            return Vec::new();
        };
        vec![Publish {
            topic: self.home.clone(),
            class: class.to_owned(),
            fields: samples.next_fields(),
            acknowledge: *acknowledge,
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_published_is_passed_on() {
        let scenario = crate::scenario::parse(
            r#"{"name":"x","app":"topics","publishers":1,"message":{"lat":51.5,"acc":6}}"#,
            "x",
        )
        .expect("a scenario");
        let identity = Identity {
            client: 3,
            name: "3".into(),
            home: "topic-1".into(),
            publishes: true,
            of_topic: (1, 0),
        };
        let published = Reader::new(&scenario, &identity).act("event", 0);
        assert_eq!(published.len(), 1);
        let fields: Value =
            serde_json::from_str(&format!("{{\"n\":1{}}}", published[0].fields)).expect("JSON");
        let message = Message {
            from: "3",
            topic: "topic-1",
            class: "event",
            fields: fields.as_object().expect("an object"),
            now_ns: 0,
        };
        let drafts = Relay::new(&scenario).receive(&message).expect("no rules");
        assert_eq!(drafts.len(), 1);
        let (acc, lat) = (&fields["acc"], &fields["lat"]);
        assert_eq!(
            drafts[0].fields,
            format!(r#","from":"3","acc":{acc},"lat":{lat}"#)
        );
    }
}
