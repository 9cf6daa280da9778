//! One change of a text, and what becomes of it when another came first.

use serde_json::Value;
use std::fmt;

/// Removes what stands at a place and puts something there. Positions count characters (Unicode scalar values).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Op {
    pub pos: usize,
    pub del: usize,
    pub ins: String,
}

impl Op {
    pub fn new(pos: usize, del: usize, ins: &str) -> Self {
        Self {
            pos,
            del,
            ins: ins.to_owned(),
        }
    }

    /// Characters that it puts in.
    pub fn puts(&self) -> usize {
        self.ins.chars().count()
    }

    /// By how much the text gets longer.
    pub fn grows(&self) -> i64 {
        self.puts() as i64 - self.del as i64
    }

    /// Its members as JSON: `"pos":58,"del":0,"ins":"a"`.
    pub fn fields(&self) -> String {
        let ins = Value::from(self.ins.as_str());
        format!("\"pos\":{},\"del\":{},\"ins\":{ins}", self.pos, self.del)
    }

    /// Both ops were made on the same text, and the server has `first` already. This one as it has to be applied
    /// after `first`, and `first` as it would have to be applied after this one. Either way the text is the same.
    pub fn transform(&self, first: &Self) -> (Self, Self) {
        let (own_end, first_end) = (self.pos + self.del, first.pos + first.del);
        let at = |pos, del, op: &Self| Self::new(pos, del, &op.ins);
        // Apart, or touching. Two inserts at one place: `first` stays left.
        if first_end <= self.pos {
            let moved = self.pos - first.del + first.puts();
            return (at(moved, self.del, self), first.clone());
        }
        if own_end <= first.pos {
            let moved = first.pos - self.del + self.puts();
            return (self.clone(), at(moved, first.del, first));
        }
        // Overlapping: what both remove is removed once.
        if first.pos <= self.pos && first_end <= own_end {
            let moved = first.pos + first.puts();
            return (
                at(moved, own_end - first_end, self),
                at(first.pos, self.pos - first.pos, first),
            );
        }
        if self.pos <= first.pos && own_end <= first_end {
            let moved = self.pos + self.puts();
            return (
                at(self.pos, first.pos - self.pos, self),
                at(moved, first_end - own_end, first),
            );
        }
        // One within the other's removed range: it goes with that, and what it put in as well.
        if self.pos < first.pos {
            let del = self.del - first.del + first.puts();
            return (at(self.pos, del, self), Self::new(self.pos, 0, ""));
        }
        let del = first.del - self.del + self.puts();
        (Self::new(first.pos, 0, ""), at(first.pos, del, first))
    }
}

/// A text whose characters are counted in no time.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Text(Vec<char>);

impl Text {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Applies a change; `false`, and nothing is changed, if it does not fit the text.
    pub fn apply(&mut self, op: &Op) -> bool {
        let end = op.pos.checked_add(op.del);
        let Some(end) = end.filter(|end| *end <= self.0.len()) else {
            return false;
        };
        self.0.splice(op.pos..end, op.ins.chars());
        true
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.chars().collect())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All ops on a text of so many characters.
    fn ops(length: usize, inserts: &[&str]) -> Vec<Op> {
        let mut ops = Vec::new();
        for pos in 0..=length {
            for del in 0..=length - pos {
                ops.extend(inserts.iter().map(|ins| Op::new(pos, del, ins)));
            }
        }
        ops
    }

    #[test]
    fn either_way_the_text_is_the_same() {
        for length in 0..=5 {
            let text = Text::from(&"abcde"[..length]);
            for own in ops(length, &["", "X", "Xß"]) {
                for first in ops(length, &["", "Y", "Yé"]) {
                    let (own_after, first_after) = own.transform(&first);
                    let (mut one, mut other) = (text.clone(), text.clone());
                    assert!(one.apply(&first) && one.apply(&own_after));
                    assert!(other.apply(&own) && other.apply(&first_after));
                    assert_eq!(one, other, "{own:?} after {first:?}");
                }
            }
        }
    }

    #[test]
    fn what_becomes_of_an_op() {
        for (own, first, expected) in [
            // Before it, after it, at the same place.
            ((3, 0, "X"), (1, 0, "Y"), (4, 0, "X")),
            ((1, 0, "X"), (3, 0, "Y"), (1, 0, "X")),
            ((2, 0, "X"), (2, 0, "Y"), (3, 0, "X")),
            ((3, 1, ""), (0, 2, ""), (1, 1, "")),
            // Deletions that overlap shrink; what is gone is gone.
            ((1, 3, ""), (2, 3, ""), (1, 1, "")),
            ((2, 3, ""), (1, 3, ""), (1, 1, "")),
            ((2, 1, "X"), (2, 1, "Y"), (3, 0, "X")),
            // Inside what was removed.
            ((2, 0, "X"), (1, 3, ""), (1, 0, "")),
            ((1, 3, "X"), (2, 0, "Y"), (1, 4, "X")),
        ] {
            let op = |(pos, del, ins)| Op::new(pos, del, ins);
            assert_eq!(op(own).transform(&op(first)).0, op(expected), "{own:?}");
        }
    }
}
