//! A poll: one question, one vote for each person, and everybody sees the count grow.

use bytes::Bytes;
use pushlab::app::{Draft, Identity, Message, Participant, Publish, Refusal, Rules, Sight};
use pushlab::feed::Choices;
use pushlab::scenario::Scenario;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How many answers a question has. A fixed number bounds what is kept.
const ANSWERS: usize = 3;

/// The server's half: who has voted on which question, and the count.
#[derive(Default)]
pub struct Polls {
    voted: BTreeMap<String, BTreeSet<String>>,
    counts: BTreeMap<String, [u32; ANSWERS]>,
}

impl Rules for Polls {
    fn receive(&mut self, message: &Message<'_>) -> Result<Vec<Draft>, Refusal> {
        let choice = message.number("choice")? as usize;
        if choice >= ANSWERS {
            let problem = format!("\"choice\" has to be below {ANSWERS}");
            return Err(Refusal::bad(problem));
        }
        // Whatever is refused changes nothing, so all checks come before the first change.
        let voted = self.voted.entry(message.topic.to_owned()).or_default();
        if !voted.insert(message.from.to_owned()) {
            return Err(Refusal::no("voted"));
        }
        let counts = self.counts.entry(message.topic.to_owned()).or_default();
        counts[choice] += 1;
        Ok(vec![Draft {
            topic: message.topic.to_owned(),
            class: message.class.to_owned(),
            fields: format!(",\"counts\":{}", Value::from(counts.to_vec())),
        }])
    }

    /// Nobody is sent it, but what a client shows at the end has to be equal to it.
    fn snapshot(&self, topic: &str) -> String {
        let counts = self.counts.get(topic).copied().unwrap_or_default();
        Value::from(counts.to_vec()).to_string()
    }
}

/// A client's half: a person who votes, and a screen with the counts.
pub struct Voter {
    home: String,
    /// What an event calls its topic.
    member: String,
    choices: Choices,
    shown: BTreeMap<String, String>,
}

impl Voter {
    pub fn new(scenario: &Scenario, identity: &Identity) -> Self {
        Self {
            home: identity.home.clone(),
            member: scenario.topic.clone(),
            // A stream of the seed of its own: the same person votes the same way in every run.
            choices: Choices::new(scenario.seed, 9 << 40 | u64::from(identity.client)),
            shown: BTreeMap::new(),
        }
    }
}

impl Participant for Voter {
    fn act(&mut self, class: &str, _now_ns: u64) -> Vec<Publish> {
        let choice = self.choices.below(ANSWERS as u32);
        vec![Publish {
            topic: self.home.clone(),
            class: class.to_owned(),
            fields: format!(",\"choice\":{choice}"),
            acknowledge: true,
        }]
    }

    fn see(&mut self, payload: &[u8]) -> Sight {
        let event: Value = serde_json::from_slice(payload).unwrap_or_default();
        if let Some(topic) = event[&self.member].as_str() {
            self.shown
                .insert(topic.to_owned(), event["counts"].to_string());
        }
        Sight::Next
    }

    fn state(&self, topic: &str) -> Option<Bytes> {
        let nothing = || Value::from(vec![0; ANSWERS]).to_string();
        let shown = self.shown.get(topic).cloned();
        Some(shown.unwrap_or_else(nothing).into())
    }
}
