//! A board that many draw on.
//!
//! A pen sends what it has drawn in two ways. A `patch` carries the newest points of a shape. It is small and quick,
//! and nobody confirms it: if one is lost, there is a hole in the line for a while. When the pen is lifted, a
//! `commit` carries the whole shape. It is large and rare, the server confirms it, and it is sent until it arrives.
//! It replaces what the patches made of the shape, holes included.
//!
//! ```text
//! patch   {"shape":"7-3","pts":[412,318,415,320]}      appends two points to pen 7's third shape
//! commit  {"shape":"7-3","all":[400,300,...]}          is the whole shape, for good
//! ```
//!
//! The rules: a shape belongs to the pen that its name begins with; after its commit it is finished. Events have the
//! members of the message. Of each pen the board keeps the newest [`KEPT`] shapes, so a picture has a largest size.
//! A pen's own lines are on its own board at once, and what it published need not come back to it (`echo` is false).
//! As nobody draws on another's shape, all boards agree once every shape is committed, in whatever order pens were
//! heard. Whoever comes late is given the picture ([`Rules::snapshot`]) and then what is new.
//!
//! What it teaches: not every message has to arrive. Many cheap ones may be lost if a rare safe one repairs them;
//! and how long points gather before they are sent (the rate) is a bargain between delay and bytes.

use super::{Draft, Identity, Message, Participant, Publish, Refusal, Rules, Sight};
use crate::feed::{Choices, payload_seq};
use crate::scenario::Scenario;
use bytes::Bytes;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

mod board;

use board::{Board, Id, MOST_POINTS, list, numbers};

/// How many shapes of each pen a board keeps: the newest.
pub const KEPT: u64 = 50;
/// How many pens may draw on one board.
const MOST_PENS: usize = 1_000;
/// How often a pen notes where it is, per second.
const SAMPLES_PER_S: u64 = 60;
/// Points of one patch, at most: a second's.
const LONGEST_PATCH: u64 = 60;
/// How long a stroke takes.
const STROKE_NS: u64 = 4_000_000_000;
/// Width and height of the board.
const SIDE: u32 = 1_000;
/// Furthest that a pen moves between two samples, in each direction.
const STEP: u32 = 6;
/// Streams of the seed for the pens' ways.
const PEN_STREAM: u64 = 3 << 40;

/// The server's half.
#[derive(Default)]
pub struct Boards {
    boards: BTreeMap<String, Kept>,
}

/// One board as the server keeps it.
#[derive(Default)]
struct Kept {
    board: Board,
    pens: BTreeSet<String>,
    finished: BTreeSet<Id>,
}

impl Rules for Boards {
    fn receive(&mut self, message: &Message<'_>) -> Result<Vec<Draft>, Refusal> {
        let member = match message.class {
            "patch" => "pts",
            "commit" => "all",
            other => {
                return Err(Refusal::bad(format!(
                    "there is no class {other:?}: write \"patch\" or \"commit\""
                )));
            }
        };
        let id = Id::parse(message.text("shape")?).ok_or_else(|| {
            Refusal::bad("\"shape\" has to be a pen and a number from 1, such as \"7-3\"".into())
        })?;
        let points = numbers(message.fields.get(member), SIDE).ok_or_else(|| {
            Refusal::bad(format!(
                "{member:?} has to be a list of pairs of whole numbers below {SIDE}, not empty"
            ))
        })?;
        if id.pen != message.from {
            return Err(Refusal::no("not your shape"));
        }
        let kept = self.boards.entry(message.topic.to_owned()).or_default();
        if kept.finished.contains(&id) {
            return Err(Refusal::no("finished"));
        }
        if id.number <= kept.board.forgotten(&id.pen) {
            return Err(Refusal::no("gone"));
        }
        let commit = message.class == "commit";
        let before = if commit { 0 } else { kept.board.length(&id) };
        if before + points.len() > 2 * MOST_POINTS {
            return Err(Refusal::no("shape full"));
        }
        if !kept.pens.contains(&id.pen) && kept.pens.len() == MOST_PENS {
            return Err(Refusal::no("board full"));
        }
        kept.pens.insert(id.pen.clone());
        let fields = format!(",\"shape\":\"{id}\",\"{member}\":{}", list(&points));
        if commit {
            kept.board.replace(&id, points);
            kept.finished.insert(id);
            let board = &kept.board;
            kept.finished.retain(|id| board.length(id) > 0);
        } else {
            kept.board.append(&id, &points);
        }
        Ok(vec![Draft {
            topic: message.topic.to_owned(),
            class: message.class.to_owned(),
            fields,
        }])
    }

    fn has_snapshots(&self) -> bool {
        true
    }

    fn snapshot(&self, topic: &str) -> String {
        let kept = self.boards.get(topic);
        kept.map_or_else(|| String::from("{}"), |kept| kept.board.json())
    }
}

/// A client's half: a pen and the board on its screen.
pub struct Pen {
    name: String,
    home: String,
    publishes: bool,
    acknowledge: bool,
    /// The member of an event that says which board it is about.
    member: String,
    /// What it sees of each board.
    boards: BTreeMap<String, Seen>,
    choices: Choices,
    /// The shape that it draws.
    number: u64,
    at: (u32, u32),
    began_ns: u64,
    last_ns: Option<u64>,
}

/// A board on a screen, and the number of the last event in it.
#[derive(Default)]
struct Seen {
    board: Board,
    seq: u64,
}

impl Pen {
    pub fn new(scenario: &Scenario, identity: &Identity) -> Self {
        let stream = PEN_STREAM | u64::from(identity.client);
        let mut pen = Self {
            name: identity.name.clone(),
            home: identity.home.clone(),
            publishes: identity.publishes,
            acknowledge: scenario.acknowledge,
            member: scenario.topic.clone(),
            boards: BTreeMap::new(),
            choices: Choices::new(scenario.seed, stream),
            number: 1,
            at: (0, 0),
            began_ns: 0,
            last_ns: None,
        };
        pen.put_down();
        pen
    }

    fn id(&self) -> Id {
        Id {
            pen: self.name.clone(),
            number: self.number,
        }
    }

    /// A stroke begins somewhere.
    fn put_down(&mut self) {
        self.at = (self.choices.below(SIDE), self.choices.below(SIDE));
    }

    /// The points since the last patch: a longer wait makes a larger patch.
    fn samples(&mut self, now_ns: u64) -> Vec<u32> {
        let samples = |ns: u64| u128::from(ns) * u128::from(SAMPLES_PER_S) / 1_000_000_000;
        let last = samples(self.last_ns.unwrap_or(now_ns));
        let count = samples(now_ns).saturating_sub(last);
        self.last_ns = Some(now_ns);
        let mut points = Vec::new();
        for _ in 0..count.clamp(1, u128::from(LONGEST_PATCH)) {
            let mut step = |at: u32| {
                let at = at + self.choices.below(2 * STEP + 1);
                at.saturating_sub(STEP).min(SIDE - 1)
            };
            self.at = (step(self.at.0), step(self.at.1));
            points.extend([self.at.0, self.at.1]);
        }
        points
    }

    fn publish(&self, class: &str, member: &str, points: &[u32], acknowledge: bool) -> Publish {
        Publish {
            topic: self.home.clone(),
            class: class.to_owned(),
            fields: format!(",\"shape\":\"{}\",\"{member}\":{}", self.id(), list(points)),
            acknowledge,
        }
    }

    /// The whole of the open shape, if anything is drawn; the next shape begins.
    fn lift(&mut self, now_ns: u64) -> Option<Publish> {
        let points = self.boards.get(&self.home)?.board.points(&self.id())?;
        let commit = self.publish("commit", "all", points, true);
        self.number += 1;
        self.began_ns = now_ns;
        self.put_down();
        Some(commit)
    }
}

impl Participant for Pen {
    fn act(&mut self, class: &str, now_ns: u64) -> Vec<Publish> {
        if !self.publishes || class != "patch" {
            return Vec::new();
        }
        if self.last_ns.is_none() {
            self.began_ns = now_ns;
        }
        let points = self.samples(now_ns);
        let mut publish = vec![self.publish("patch", "pts", &points, self.acknowledge)];
        let id = self.id();
        let board = &mut self.boards.entry(self.home.clone()).or_default().board;
        board.append(&id, &points);
        let another = board.length(&id) + 2 * LONGEST_PATCH as usize;
        if now_ns.saturating_sub(self.began_ns) >= STROKE_NS || another > 2 * MOST_POINTS {
            publish.extend(self.lift(now_ns));
        }
        publish
    }

    fn leave(&mut self, now_ns: u64) -> Vec<Publish> {
        self.lift(now_ns).into_iter().collect()
    }

    fn see(&mut self, payload: &[u8]) -> Sight {
        let event: Value = serde_json::from_slice(payload).unwrap_or_default();
        let seen = event[&self.member].as_str();
        let id = event["shape"].as_str().and_then(Id::parse);
        let (Some(topic), Some(id), Some(seq)) = (seen, id, payload_seq(payload)) else {
            return Sight::Next;
        };
        let seen = self.boards.entry(topic.to_owned()).or_default();
        if seq <= seen.seq {
            return Sight::Next;
        }
        seen.seq = seq;
        // Its own lines are on its board already, and may be further on.
        if topic == self.home && id.pen == self.name {
            return Sight::Next;
        }
        if let Some(points) = numbers(event.get("pts"), SIDE) {
            seen.board.append(&id, &points);
        } else if let Some(points) = numbers(event.get("all"), SIDE) {
            seen.board.replace(&id, points);
        }
        Sight::Next
    }

    fn load(&mut self, topic: &str, seq: u64, snapshot: &[u8]) {
        let Some(mut board) = Board::from_json(snapshot, SIDE) else {
            return;
        };
        let open = self.id();
        let seen = self.boards.entry(topic.to_owned()).or_default();
        if seq < seen.seq {
            return;
        }
        if topic == self.home {
            // Of its own lines the pen knows best: patches may be lost or under way, and commits will arrive. What
            // it does not know of it drew before it came here, and it goes on after that.
            let drawn = u64::from(seen.board.length(&open) > 0);
            let unknown = self.number + drawn;
            let before = board.newest(&self.name).filter(|n| *n >= unknown);
            if before.is_none() {
                board.take_from(&seen.board, &self.name);
            }
            self.number = before.map_or(self.number, |newest| newest + 1);
        }
        *seen = Seen { board, seq };
    }

    fn answered(&mut self, publish: &Publish, verdict: Result<u64, &str>) {
        if verdict.is_ok() || publish.class != "commit" {
            return;
        }
        // Nobody else will see it.
        let fields = format!("{{{}}}", publish.fields.trim_start_matches(','));
        let fields: Value = serde_json::from_str(&fields).unwrap_or_default();
        if let Some(id) = fields["shape"].as_str().and_then(Id::parse)
            && let Some(seen) = self.boards.get_mut(&publish.topic)
        {
            seen.board.remove(&id);
        }
    }

    fn state(&self, topic: &str) -> Option<Bytes> {
        let seen = self.boards.get(topic);
        Some(seen.map_or_else(|| "{}".into(), |seen| seen.board.json().into()))
    }
}

#[cfg(test)]
mod tests;
