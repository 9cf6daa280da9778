//! A text that many write at once.
//!
//! An op says what changes where: at `pos`, remove `del` characters and put `ins` there. It is made on the text as
//! its writer saw it, revision `rev`. When it comes to the server, others may have written meanwhile. So the server
//! moves it past what came in between ([`Op::transform`]: operational transformation), applies it, gives it the next
//! revision, and tells everybody the moved op. Whoever applies all of them in order has the server's text.
//!
//! ```text
//! op      {"id":9,"rev":412,"after":8,"pos":58,"del":0,"ins":"a"}
//! event   ...,"rev":415,"from":"7","id":9,"pos":60,"del":0,"ins":"a"}
//! ```
//!
//! A fast typist does not wait for the op before to come back. Then the next one is made on `rev` *and* his own ops
//! on top of it; `after` names the last of these. The server remembers how what others wrote looks from there (as
//! Jupiter did, 1995), so his letters stay together. If it has not taken op `after` as his last one (it was refused,
//! say), it refuses: `out of order`. Positions count Unicode scalar values. Of two inserts at one place, that which
//! the server has first stays left. Deletions that overlap shrink; what somebody puts inside a range that another
//! removes goes with it.
//!
//! A replica ([`Replica`]) checks that revisions follow on each other. If one is missing it applies nothing more
//! ([`Sight::Gap`]) until it is given the whole text. The replica is the text that came back from the server: that an
//! editor shows one's own letter at once is left out, only its place is reckoned with.
//!
//! What it teaches: versions find gaps, a snapshot repairs them, and where the message is one letter, all bytes are
//! overhead.

use super::{Draft, Identity, Message, Participant, Publish, Refusal, Rules, Sight, Trace};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};

mod op;
mod replica;
mod typist;
mod writer;

pub use op::{Op, Text};
pub use writer::Writer;

/// How many past ops the server keeps: an op on an older revision comes too late.
pub const KEPT: usize = 1_000;
/// How many characters the past ops put in, all together: they are kept for each writer that is behind.
const KEPT_CHARACTERS: usize = 100_000;
/// How many writers the server remembers: those who wrote last.
const MOST_WRITERS: usize = 500;
/// Longest text, characters: even if JSON writes six bytes for each, a snapshot fits into one text.
pub const LONGEST_TEXT: usize = 150_000;
/// Most characters that one op puts in.
pub const LONGEST_INSERT: usize = 1_000;

/// The server's half.
#[derive(Default)]
pub struct Documents {
    documents: BTreeMap<String, Document>,
}

/// One text, and what is needed to move late ops.
#[derive(Default)]
struct Document {
    text: Text,
    rev: u64,
    /// The newest ops as they were applied; the last one made revision `rev`.
    past: VecDeque<Op>,
    /// Characters that these put in.
    past_characters: usize,
    senders: BTreeMap<String, Sender>,
}

/// What the server remembers of a writer.
struct Sender {
    /// The last op of his that was taken, and the revision that it made.
    id: u64,
    rev: u64,
    /// What others wrote that he had not seen then, as it looks on top of his own ops; by revision.
    others: Vec<(u64, Op)>,
}

impl Document {
    /// What was applied after a revision, by the revision that it made.
    fn since(&self, rev: u64) -> impl Iterator<Item = (u64, Op)> {
        let count = (self.rev - rev).min(self.past.len() as u64) as usize;
        let past = self.past.iter().skip(self.past.len() - count);
        (self.rev - count as u64 + 1..).zip(past.cloned())
    }

    /// Keeps an op for those who have not seen it yet.
    fn remember(&mut self, op: Op) {
        self.past_characters += op.puts();
        self.past.push_back(op);
        while self.past.len() > KEPT || self.past_characters > KEPT_CHARACTERS {
            let Some(oldest) = self.past.pop_front() else {
                return;
            };
            self.past_characters -= oldest.puts();
        }
    }

    /// Of too many writers the one that wrote longest ago: what he goes on with is out of order.
    fn forget_writers(&mut self) {
        if self.senders.len() > MOST_WRITERS {
            let oldest = self.senders.iter().min_by_key(|(_, sender)| sender.rev);
            if let Some(name) = oldest.map(|(name, _)| name.clone()) {
                self.senders.remove(&name);
            }
        }
    }

    /// What an op has to be moved past: what its writer had not seen, as it looks from where he made it.
    fn unseen(&self, from: &str, rev: u64, after: Option<u64>) -> Result<Vec<(u64, Op)>, Refusal> {
        if rev > self.rev {
            return Err(Refusal::bad(format!(
                "\"rev\" has to be at most {}, the newest",
                self.rev
            )));
        }
        let too_old = |rev| self.rev - rev > self.past.len() as u64;
        if too_old(rev) {
            return Err(Refusal::stale("too old"));
        }
        let Some(after) = after else {
            return Ok(self.since(rev).collect());
        };
        match self.senders.get(from) {
            Some(sender) if sender.id == after => {
                if too_old(sender.rev) {
                    return Err(Refusal::stale("too old"));
                }
                let others = sender.others.iter().filter(|(made, _)| *made > rev);
                // All of these are others': his own last one made `sender.rev`. Some he may have seen since.
                let newer = self.since(sender.rev.max(rev));
                Ok(others.cloned().chain(newer).collect())
            }
            _ => Err(Refusal::stale("out of order")),
        }
    }
}

impl Rules for Documents {
    fn receive(&mut self, message: &Message<'_>) -> Result<Vec<Draft>, Refusal> {
        if message.class != "op" {
            let class = message.class;
            return Err(Refusal::bad(format!(
                "there is no class {class:?}: write \"op\""
            )));
        }
        let (id, rev) = (message.number("id")?, message.number("rev")?);
        let after = match message.fields.get("after") {
            Some(_) => Some(message.number("after")?),
            None => None,
        };
        let (pos, del) = (message.number("pos")?, message.number("del")?);
        let ins = message.text("ins")?;
        if ins.chars().count() > LONGEST_INSERT {
            return Err(Refusal::bad(format!(
                "\"ins\" has to be at most {LONGEST_INSERT} characters"
            )));
        }
        let document = self.documents.entry(message.topic.to_owned()).or_default();
        let mut others = document.unseen(message.from, rev, after)?;
        // How long the text was for its writer: what others did to it is undone.
        let grown: i64 = others.iter().map(|(_, op)| op.grows()).sum();
        let length = (document.text.len() as i64 - grown).max(0) as u64;
        if pos > length {
            return Err(Refusal::bad(format!(
                "\"pos\" has to be at most {length}, the end of the text"
            )));
        }
        if del > length - pos {
            return Err(Refusal::bad(format!(
                "\"del\" has to be at most {}: there the text ends",
                length - pos
            )));
        }
        let mut op = Op::new(pos as usize, del as usize, ins);
        for (_, other) in &mut others {
            (op, *other) = op.transform(other);
        }
        if document.text.len() as i64 + op.grows() > LONGEST_TEXT as i64 {
            return Err(Refusal::no("full"));
        }
        document.text.apply(&op);
        document.rev += 1;
        let rev = document.rev;
        let fields = format!(
            ",\"rev\":{rev},\"from\":{},\"id\":{id},{}",
            Value::from(message.from),
            op.fields()
        );
        document.remember(op);
        let sender = Sender { id, rev, others };
        document.senders.insert(message.from.to_owned(), sender);
        document.forget_writers();
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
        let document = self.documents.get(topic);
        document.map_or_else(
            || snapshot(0, &Text::default()),
            |document| snapshot(document.rev, &document.text),
        )
    }
}

/// A text and its revision as one line of JSON.
fn snapshot(rev: u64, text: &Text) -> String {
    format!(
        "{{\"rev\":{rev},\"text\":{}}}",
        Value::from(text.to_string())
    )
}

#[cfg(test)]
mod tests;
