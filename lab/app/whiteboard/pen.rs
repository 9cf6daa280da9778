//! A client's half: somebody who draws, and the board on the screen.

use super::*;
use crate::feed::{Choices, payload_seq};
use crate::scenario::Scenario;
use bytes::Bytes;
use serde_json::Value;

/// How often a pen notes where it is, per second.
const SAMPLES_PER_S: u64 = 60;
/// Points of one patch, at most: a second's.
const LONGEST_PATCH: u64 = 60;
/// How long a stroke takes.
const STROKE_NS: u64 = 4_000_000_000;
/// Furthest that a pen moves between two samples, in each direction.
const STEP: u32 = 6;
/// Streams of the seed for the pens' ways.
const PEN_STREAM: u64 = 3 << 40;

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
