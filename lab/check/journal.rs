//! What one door showed, and what was wrong with it.

use crate::clock;
use serde_json::Value;
use std::collections::BTreeMap;

/// The clauses that a door's events are held against.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// For people.
    pub door: &'static str,
    /// Every event once, in order, without gaps.
    pub order: &'static str,
    /// Answers begin right after the cursor.
    pub cursor: &'static str,
    /// Events come as soon as they are born; short polling has no such clause.
    pub prompt: Option<&'static str>,
}

/// One event as a door showed it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub seq: u64,
    pub text: Vec<u8>,
    pub at_ns: u64,
}

/// What one door showed.
#[derive(Debug)]
pub struct Journal {
    pub rules: Rules,
    /// Newest event seen.
    pub cursor: u64,
    pub seen: Vec<Seen>,
    /// The first fault of each clause.
    pub faults: BTreeMap<&'static str, String>,
    /// Clauses that something was seen of.
    pub kept: Vec<&'static str>,
    /// The answer being read began before the cursor, and has not got past it yet.
    stale: bool,
}

impl Journal {
    /// Of a client that has everything up to `cursor`.
    pub fn new(rules: Rules, cursor: u64) -> Self {
        Self {
            rules,
            cursor,
            seen: Vec::new(),
            faults: BTreeMap::new(),
            kept: Vec::new(),
            stale: false,
        }
    }

    pub fn fault(&mut self, clause: &'static str, seen: impl Into<String>) {
        self.faults.entry(clause).or_insert_with(|| seen.into());
    }

    pub fn note(&mut self, clause: &'static str, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => self.kept.push(clause),
            Err(seen) => self.fault(clause, format!("{}: {seen}", self.rules.door)),
        }
    }

    /// Takes an event. What is old where an answer begins shows a wrong cursor; anywhere else it is a
    /// repeat.
    pub fn take(&mut self, text: &[u8], begins: bool) {
        let seq = match seq(text) {
            Ok(seq) => seq,
            Err(why) => {
                let door = self.rules.door;
                return self.fault("C2", format!("{door}: {why}: {}", shown(text)));
            }
        };
        let cursor = self.cursor;
        if seq <= cursor {
            self.stale |= begins;
            let (clause, place) = if self.stale {
                (self.rules.cursor, "an answer begins with")
            } else {
                (self.rules.order, "there is again")
            };
            return self.fault(clause, format!("{place} event {seq} after event {cursor}"));
        }
        self.stale = false;
        if seq > cursor + 1 {
            let seen = format!("event {seq} comes right after event {cursor}");
            self.fault(self.rules.order, seen);
        }
        self.cursor = seq;
        self.seen.push(Seen {
            seq,
            text: text.to_vec(),
            at_ns: clock::now_ns(),
        });
    }
}

/// The sequence number of an event's text, or what is wrong with the text.
pub fn seq(text: &[u8]) -> Result<u64, &'static str> {
    if text.contains(&b'\n') || text.contains(&b'\r') {
        return Err("a text of more than one line");
    }
    let event: Value = serde_json::from_slice(text).map_err(|_| "a text that is not JSON")?;
    let number = |name| event.get(name).and_then(Value::as_u64);
    let seq = number("seq").ok_or("an event without a whole seq")?;
    number("t").ok_or("an event without a whole t")?;
    Ok(seq)
}

/// The beginning of a text, for a message.
pub fn shown(text: &[u8]) -> String {
    const SHOWN: usize = 60;
    format!(
        "{:?}",
        String::from_utf8_lossy(&text[..text.len().min(SHOWN)])
    )
}
