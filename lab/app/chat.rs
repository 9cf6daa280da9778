//! A chat: rooms in which everybody reads everybody.
//!
//! Three kinds of message:
//!
//! ```text
//! join      {"n":1,"t":…,"topic":"room-1","class":"join"}
//! message   {"n":2,"t":…,"topic":"room-1","class":"message","text":"Yes."}
//! typing    {"n":3,"t":…,"topic":"room-1","class":"typing"}
//! ```
//!
//! and what the room sees of them:
//!
//! ```text
//! {"seq":     1,"t":…,"room":"room-1","type":"join","from":"7"}
//! {"seq":     2,"t":…,"room":"room-1","from":"7","text":"Yes."}
//! {"seq":     3,"t":…,"room":"room-1","type":"typing","from":"7"}
//! ```
//!
//! The rules: who wants to speak joins first. Joining once more, after a broken line, is no news. A text has 1 to
//! 1,000 bytes.
//!
//! What it teaches: people who write at the same time see their own words first, and only the server can say who
//! was first. Its number is the order for all; a client that shows messages in the order of their numbers shows what
//! everybody else does. A message has to arrive, so it is confirmed and sent again if need be. That somebody is
//! typing is stale after a moment, so nobody confirms it. Whoever comes late reads the room's history from its
//! beginning, through the same cursor that brings back whoever was away: a snapshot is not needed. Who is there is
//! the only state, and each client gets it from the events alone.

#[cfg(test)]
mod tests;

use super::{Draft, Identity, Message, Participant, Publish, Refusal, Rules, Sight, envelope};
use crate::feed::Choices;
use crate::scenario::{Scenario, Speaker};
use bytes::Bytes;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const MESSAGE: &str = "message";
const JOIN: &str = "join";
const TYPING: &str = "typing";
/// Longest text, bytes.
const LONGEST_TEXT: usize = 1_000;
/// Most people in a room.
const MOST_GUESTS: usize = 100_000;
/// Streams of the seed for what people say.
const STREAM: u64 = 3 << 40;

/// Who is in which room: what the server knows, and what each client has gathered from the events.
#[derive(Default)]
struct Presence(BTreeMap<String, BTreeSet<String>>);

impl Presence {
    /// Somebody comes; whether that is news.
    fn join(&mut self, room: &str, name: &str) -> bool {
        let here = self.0.entry(room.to_owned()).or_default();
        here.insert(name.to_owned())
    }

    fn count(&self, room: &str) -> usize {
        self.0.get(room).map_or(0, BTreeSet::len)
    }

    fn has(&self, room: &str, name: &str) -> bool {
        self.0.get(room).is_some_and(|here| here.contains(name))
    }

    /// `{"here":["0","7"]}`, in the order of the names.
    fn write(&self, room: &str) -> String {
        let here = self.0.get(room).into_iter().flatten();
        let names: Vec<_> = here.map(String::as_str).collect();
        format!("{{\"here\":{}}}", Value::from(names))
    }
}

/// The server's half.
#[derive(Default)]
pub struct Rooms {
    presence: Presence,
}

impl Rules for Rooms {
    fn receive(&mut self, message: &Message<'_>) -> Result<Vec<Draft>, Refusal> {
        let from = Value::from(message.from);
        let draft = |fields| Draft {
            topic: message.topic.to_owned(),
            class: message.class.to_owned(),
            fields,
        };
        if message.class == JOIN {
            let here = self.presence.has(message.topic, message.from);
            if !here && self.presence.count(message.topic) == MOST_GUESTS {
                return Err(Refusal::no("room full"));
            }
            let news = self.presence.join(message.topic, message.from);
            let event = draft(format!(",\"type\":\"join\",\"from\":{from}"));
            return Ok(Vec::from_iter(news.then_some(event)));
        }
        let fields = match message.class {
            MESSAGE => {
                let text = message.text("text")?;
                if text.is_empty() || text.len() > LONGEST_TEXT {
                    return Err(Refusal::bad(format!(
                        "\"text\" has {} bytes: write 1 to {LONGEST_TEXT}",
                        text.len()
                    )));
                }
                format!(",\"from\":{from},\"text\":{}", Value::from(text))
            }
            TYPING => format!(",\"type\":\"typing\",\"from\":{from}"),
            other => {
                return Err(Refusal::bad(format!(
                    "a chat has no class {other:?}: write {MESSAGE:?}, {JOIN:?} or {TYPING:?}"
                )));
            }
        };
        if !self.presence.has(message.topic, message.from) {
            return Err(Refusal::no("join first"));
        }
        Ok(vec![draft(fields)])
    }

    /// Nobody is sent it (a room's history says the same), but a client's state has to be equal to it.
    fn snapshot(&self, topic: &str) -> String {
        self.presence.write(topic)
    }
}

/// A client's half: it joins, talks, and keeps who is there.
pub struct Guest {
    name: String,
    home: String,
    topic_member: String,
    choices: Choices,
    acknowledge: BTreeMap<String, bool>,
    presence: Presence,
    /// Whether it hears all of what goes on in its rooms; somebody who comes and goes does not know who joined.
    stays: bool,
}

impl Guest {
    pub fn new(scenario: &Scenario, identity: &Identity) -> Self {
        let also = scenario.also.iter();
        let also = also.filter(|also| also.from == Speaker::Clients);
        Self {
            name: identity.name.clone(),
            home: identity.home.clone(),
            topic_member: scenario.topic.clone(),
            choices: Choices::new(scenario.seed, STREAM | u64::from(identity.client)),
            acknowledge: std::iter::once((MESSAGE.to_owned(), scenario.acknowledge))
                .chain(also.map(|also| (also.class.clone(), also.acknowledge)))
                .collect(),
            presence: Presence::default(),
            stays: scenario.switch_every.is_zero(),
        }
    }

    fn publish(&self, class: &str, fields: String, acknowledge: bool) -> Vec<Publish> {
        vec![Publish {
            topic: self.home.clone(),
            class: class.to_owned(),
            fields,
            acknowledge,
        }]
    }
}

impl Participant for Guest {
    fn act(&mut self, class: &str, _now_ns: u64) -> Vec<Publish> {
        let Some(&acknowledge) = self.acknowledge.get(class) else {
            return Vec::new();
        };
        let fields = match class {
            MESSAGE => {
                let index = self.choices.below(PHRASES.len() as u32) as usize;
                format!(",\"text\":{}", Value::from(PHRASES[index]))
            }
            _ => String::new(),
        };
        self.publish(class, fields, acknowledge)
    }

    fn arrive(&mut self, _now_ns: u64) -> Vec<Publish> {
        self.publish(JOIN, String::new(), true)
    }

    fn see(&mut self, payload: &[u8]) -> Sight {
        let joined = envelope::open(payload, &self.topic_member).and_then(|(room, own)| {
            let name = own.strip_prefix("\"type\":\"join\",\"from\":")?;
            Some((room, serde_json::from_str::<String>(name).ok()?))
        });
        if let Some((room, name)) = joined {
            self.presence.join(room, &name);
        }
        Sight::Next
    }

    /// Whoever joined knows it, even where nobody is told of his own messages.
    fn answered(&mut self, publish: &Publish, verdict: Result<u64, &str>) {
        if publish.class == JOIN && verdict.is_ok() {
            self.presence.join(&publish.topic, &self.name);
        }
    }

    fn state(&self, topic: &str) -> Option<Bytes> {
        self.stays.then(|| self.presence.write(topic).into())
    }
}

/// What people say: 54 characters on average.
const PHRASES: [&str; 20] = [
    "Are we still on for three? I can bring the whiteboard.",
    "On my way, ten minutes at most, please start without me.",
    "Yes.",
    "Could somebody send me the notes from the last meeting?",
    "That is exactly the message that I got from them, too.",
    "I am stuck at the station, the train before mine broke down.",
    "Thanks a lot!",
    "Has anybody seen the key to the small meeting room today?",
    "Let us move it to Thursday, then everybody can be there, and we have a whole hour for it.",
    "The build is green again; it was only a missing file.",
    "No problem, take your time.",
    "I have put the pictures into the folder that we share, have a look when you find the time.",
    "Who is going to tell them that the date has changed again?",
    "Lunch at twelve, as always, or does anybody mind?",
    "Sorry, wrong room: that was for my sister.",
    "I will ask her tomorrow and tell you what she says about it.",
    "If you read this, please call me back, my phone was off all morning and I missed you twice.",
    "Good idea, but who pays for it?",
    "We need two more chairs and a longer cable in the back of the room.",
    "See you all at the usual place, and do not forget the cake this time!",
];
