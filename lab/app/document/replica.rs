//! A text as somebody sees it who applies what the server says, revision by revision.

use super::{LONGEST_TEXT, Op, Text, snapshot};
use serde_json::Value;

/// A copy of the server's text.
#[derive(Default)]
pub struct Replica {
    pub text: Text,
    pub rev: u64,
    /// A revision is missing: nothing is applied until the whole text comes.
    pub lost: bool,
}

impl Replica {
    /// Takes in an event: the op if it was applied, `None` if it was known already; an error if something before it
    /// is missing.
    pub fn take(&mut self, event: &Value) -> Result<Option<Op>, Missing> {
        let number = |name: &str| event[name].as_u64().ok_or(Missing);
        let rev = number("rev")?;
        if rev <= self.rev {
            return Ok(None);
        }
        let op = Op::new(
            number("pos")? as usize,
            number("del")? as usize,
            event["ins"].as_str().ok_or(Missing)?,
        );
        self.lost |= rev != self.rev + 1;
        if self.lost || !self.text.apply(&op) {
            self.lost = true;
            return Err(Missing);
        }
        self.rev = rev;
        Ok(Some(op))
    }

    /// Takes in a snapshot; `false` if it is no newer than what is here.
    pub fn load(&mut self, json: &[u8]) -> bool {
        let snapshot: Value = serde_json::from_slice(json).unwrap_or_default();
        let (rev, text) = (snapshot["rev"].as_u64(), snapshot["text"].as_str());
        let (Some(rev), Some(text)) = (rev, text) else {
            return false;
        };
        let text = Text::from(text);
        if rev < self.rev || (rev == self.rev && !self.lost) || text.len() > LONGEST_TEXT {
            return false;
        }
        (self.text, self.rev, self.lost) = (text, rev, false);
        true
    }

    pub fn snapshot(&self) -> String {
        snapshot(self.rev, &self.text)
    }
}

/// Something before this event is missing.
#[derive(Debug, PartialEq, Eq)]
pub struct Missing;
