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
use std::collections::{BTreeMap, BTreeSet};

mod board;
mod pen;

pub use pen::Pen;

use board::{Board, Id, MOST_POINTS, list, numbers};

/// How many shapes of each pen a board keeps: the newest.
pub const KEPT: u64 = 50;
/// How many pens may draw on one board.
const MOST_PENS: usize = 1_000;
/// Largest picture as JSON, bytes: it has to fit into one text.
const LARGEST_PICTURE: usize = 1_000_000;
/// Width and height of the board.
const SIDE: u32 = 1_000;

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
        let new_pen = !kept.pens.contains(&id.pen);
        if new_pen && kept.pens.len() == MOST_PENS || kept.board.bytes() > LARGEST_PICTURE {
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

#[cfg(test)]
mod tests;
