//! A client's half: the replica, and what its writer has typed that has not come back.

use super::replica::Replica;
use super::typist::Typist;
use super::*;
use crate::scenario::Scenario;
use bytes::Bytes;
use std::sync::Arc;

/// Somebody who reads texts, and perhaps writes one.
pub struct Writer {
    name: String,
    home: String,
    publishes: bool,
    first: bool,
    acknowledge: bool,
    /// The member of an event that says which text it is about.
    member: String,
    replicas: BTreeMap<String, Replica>,
    /// His own ops that have not come back, each on top of the one before; how they are by now, as others write.
    pub(super) pending: Vec<Pending>,
    last_id: u64,
    /// Where he writes, on top of all of these.
    cursor: usize,
    typing: Typing,
}

pub(super) struct Pending {
    pub(super) id: u64,
    pub(super) op: Op,
}

/// Where what he types comes from.
enum Typing {
    Freely(Box<Typist>),
    /// Transaction by transaction; this one is next.
    Trace(Arc<Trace>, usize),
    Nothing,
}

impl Writer {
    pub fn new(scenario: &Scenario, identity: &Identity) -> Self {
        Self {
            name: identity.name.clone(),
            home: identity.home.clone(),
            publishes: identity.publishes,
            first: identity.of_topic.1 == 0,
            acknowledge: scenario.acknowledge,
            member: scenario.topic.clone(),
            replicas: BTreeMap::new(),
            pending: Vec::new(),
            last_id: 0,
            cursor: 0,
            typing: Typing::Freely(Box::new(Typist::new(scenario.seed, identity.client))),
        }
    }

    /// Types what was recorded: only the first writer of a text, as positions were recorded for one.
    pub fn replaying(mut self, trace: &Arc<Trace>) -> Self {
        self.typing = match self.first {
            true => Typing::Trace(trace.clone(), 0),
            false => Typing::Nothing,
        };
        self
    }

    /// The length of the text with what is pending.
    fn length(&self) -> usize {
        let text = self.replicas.get(&self.home).map_or(0, |r| r.text.len());
        let grown: i64 = self.pending.iter().map(|pending| pending.op.grows()).sum();
        (text as i64 + grown).max(0) as usize
    }

    fn publish(&mut self, op: Op) -> Publish {
        let rev = self.replicas.get(&self.home).map_or(0, |r| r.rev);
        let after = self.pending.last();
        let after = after.map_or_else(String::new, |last| format!("\"after\":{},", last.id));
        self.last_id += 1;
        let id = self.last_id;
        let fields = format!(",\"id\":{id},\"rev\":{rev},{after}{}", op.fields());
        self.cursor = op.pos + op.puts();
        self.pending.push(Pending { id, op });
        Publish {
            topic: self.home.clone(),
            class: "op".into(),
            fields,
            acknowledge: self.acknowledge,
        }
    }

    /// An op was refused, or the whole text came anew: what was made on top cannot be followed any more.
    fn forget(&mut self, from: usize) {
        self.pending.truncate(from);
        self.cursor = self.cursor.min(self.length());
    }

    /// Another's op came: what is pending moves past it, and so does the cursor.
    fn move_past(&mut self, mut other: Op) {
        for pending in &mut self.pending {
            (pending.op, other) = pending.op.transform(&other);
        }
        self.cursor = Op::new(self.cursor, 0, "").transform(&other).0.pos;
    }
}

impl Participant for Writer {
    fn arrive(&mut self, _now_ns: u64) -> Vec<Publish> {
        let Typing::Trace(trace, _) = &self.typing else {
            return Vec::new();
        };
        let begin = trace.beginning();
        begin.into_iter().map(|op| self.publish(op)).collect()
    }

    fn act(&mut self, class: &str, now_ns: u64) -> Vec<Publish> {
        if !self.publishes || class != "op" {
            return Vec::new();
        }
        let lost = self.replicas.get(&self.home).is_some_and(|r| r.lost);
        let (cursor, length) = (self.cursor, self.length());
        let ops = match &mut self.typing {
            // Nobody types on in a text that is known to be wrong.
            Typing::Freely(_) if lost => Vec::new(),
            Typing::Freely(typist) => vec![typist.next(now_ns, cursor, length)],
            Typing::Trace(trace, next) => {
                let ops = trace.txns.get(*next).map(|txn| txn.ops.clone());
                *next += 1;
                ops.unwrap_or_default()
            }
            Typing::Nothing => Vec::new(),
        };
        ops.into_iter().map(|op| self.publish(op)).collect()
    }

    fn see(&mut self, payload: &[u8]) -> Sight {
        let event: Value = serde_json::from_slice(payload).unwrap_or_default();
        let Some(topic) = event[&self.member].as_str() else {
            return Sight::Next;
        };
        let replica = self.replicas.entry(topic.to_owned()).or_default();
        let op = match replica.take(&event) {
            Ok(Some(op)) => op,
            Ok(None) => return Sight::Next,
            Err(_) => return Sight::Gap,
        };
        if topic != self.home {
            return Sight::Next;
        }
        let own = event["from"].as_str() == Some(&self.name);
        let first = self.pending.first().map(|pending| pending.id);
        if own && first.is_some() && first == event["id"].as_u64() {
            self.pending.remove(0);
        } else {
            self.move_past(op);
        }
        Sight::Next
    }

    fn load(&mut self, topic: &str, _seq: u64, snapshot: &[u8]) {
        let replica = self.replicas.entry(topic.to_owned()).or_default();
        if !replica.load(snapshot) || topic != self.home {
            return;
        }
        match self.typing {
            // He is the only one who writes: each revision is an op of his.
            Typing::Trace(..) => {
                let rev = replica.rev;
                self.pending.retain(|pending| pending.id > rev);
            }
            // Whether his own last ops are in it he cannot know: from here on they are like anybody's.
            _ => self.forget(0),
        }
    }

    fn answered(&mut self, publish: &Publish, verdict: Result<u64, &str>) {
        let id = |id: u64| format!(",\"id\":{id},");
        if verdict.is_err() {
            let refused = |pending: &Pending| publish.fields.starts_with(&id(pending.id));
            if let Some(index) = self.pending.iter().position(refused) {
                self.forget(index);
                if let Typing::Trace(..) = self.typing {
                    // What was recorded after it makes no sense without it.
                    self.typing = Typing::Nothing;
                }
            }
        }
    }

    fn state(&self, topic: &str) -> Option<Bytes> {
        let replica = self.replicas.get(topic);
        Some(replica.map_or_else(
            || snapshot(0, &Text::default()).into(),
            |replica| replica.snapshot().into(),
        ))
    }
}
