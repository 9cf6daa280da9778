//! What a board shows: shapes by name, and the points of each.

use super::KEPT;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::{self, Write};

/// Points of one shape, at most.
pub const MOST_POINTS: usize = 1_000;

/// A shape's name: the pen that draws it, and the how manieth of that pen it is, from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id {
    pub pen: String,
    pub number: u64,
}

impl Id {
    /// Reads `7-3`; the pen's name may have hyphens of its own.
    pub fn parse(text: &str) -> Option<Self> {
        let (pen, number) = text.rsplit_once('-')?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        let number = number.parse().ok().filter(|number| *number > 0)?;
        (digits && !pen.is_empty() && pen.chars().all(plain)).then(|| Self {
            pen: pen.to_owned(),
            number,
        })
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.pen, self.number)
    }
}

/// Points of shapes: x, y, x, y, and so on.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Board {
    shapes: BTreeMap<Id, Vec<u32>>,
    /// Numbers of all shapes together.
    numbers: usize,
}

impl Board {
    pub fn points(&self, id: &Id) -> Option<&[u32]> {
        self.shapes.get(id).map(Vec::as_slice)
    }

    /// How many numbers a shape has.
    pub fn length(&self, id: &Id) -> usize {
        self.points(id).map_or(0, <[u32]>::len)
    }

    /// About how long it is as JSON, bytes: a number has three digits, and a name is as long as names may be.
    pub fn bytes(&self) -> usize {
        4 * self.numbers + 50 * self.shapes.len()
    }

    pub fn append(&mut self, id: &Id, points: &[u32]) {
        self.numbers += points.len();
        let shape = self.shapes.entry(id.clone()).or_default();
        shape.extend_from_slice(points);
        self.forget(&id.pen);
    }

    pub fn replace(&mut self, id: &Id, points: Vec<u32>) {
        self.numbers += points.len();
        let old = self.shapes.insert(id.clone(), points);
        self.numbers -= old.map_or(0, |old| old.len());
        self.forget(&id.pen);
    }

    pub fn remove(&mut self, id: &Id) {
        let old = self.shapes.remove(id);
        self.numbers -= old.map_or(0, |old| old.len());
    }

    /// The last shape that a pen began.
    pub fn newest(&self, pen: &str) -> Option<u64> {
        let mut own = self.of(pen, u64::MAX);
        own.next_back().map(|(id, _)| id.number)
    }

    /// Shapes of a pen up to this number are no longer kept. It depends on the pen's own shapes only, so boards
    /// that hear the pens in another order forget the same.
    pub fn forgotten(&self, pen: &str) -> u64 {
        self.newest(pen).map_or(0, |n| n.saturating_sub(KEPT))
    }

    fn forget(&mut self, pen: &str) {
        let old = self.of(pen, self.forgotten(pen));
        let old: Vec<_> = old.map(|(id, _)| id.clone()).collect();
        for id in old {
            self.remove(&id);
        }
    }

    /// The shapes of a pen up to a number.
    fn of(&self, pen: &str, last: u64) -> impl DoubleEndedIterator<Item = (&Id, &Vec<u32>)> {
        let id = |number| Id {
            pen: pen.to_owned(),
            number,
        };
        self.shapes.range(id(0)..=id(last))
    }

    /// The shapes of one pen as they are on another board.
    pub fn take_from(&mut self, other: &Self, pen: &str) {
        self.shapes.retain(|id, _| id.pen != pen);
        let own = other.of(pen, u64::MAX);
        self.shapes
            .extend(own.map(|(id, points)| (id.clone(), points.clone())));
        self.numbers = self.shapes.values().map(Vec::len).sum();
    }

    /// `{"7-3":[412,318],...}`, by pens and numbers.
    pub fn json(&self) -> String {
        let mut text = String::from("{");
        for (id, points) in &self.shapes {
            let comma = if text.len() > 1 { "," } else { "" };
            let _ = write!(text, "{comma}\"{id}\":{}", list(points));
        }
        text.push('}');
        text
    }

    /// Reads what [`Board::json`] wrote; `None` if it did not.
    pub fn from_json(json: &[u8], side: u32) -> Option<Self> {
        let json: BTreeMap<String, Value> = serde_json::from_slice(json).ok()?;
        let shapes = json
            .iter()
            .map(|(id, points)| Some((Id::parse(id)?, numbers(Some(points), side)?)));
        let shapes: BTreeMap<_, Vec<u32>> = shapes.collect::<Option<_>>()?;
        let numbers = shapes.values().map(Vec::len).sum();
        Some(Self { shapes, numbers })
    }
}

/// Points as JSON.
pub fn list(points: &[u32]) -> String {
    let mut text = String::from("[");
    for point in points {
        let comma = if text.len() > 1 { "," } else { "" };
        let _ = write!(text, "{comma}{point}");
    }
    text.push(']');
    text
}

/// Pairs of whole numbers below `side`, at least one.
pub fn numbers(value: Option<&Value>, side: u32) -> Option<Vec<u32>> {
    let values = value?.as_array()?;
    let number = |value: &Value| {
        let number = u32::try_from(value.as_u64()?).ok()?;
        (number < side).then_some(number)
    };
    let points: Option<Vec<_>> = values.iter().map(number).collect();
    points.filter(|points| !points.is_empty() && points.len() % 2 == 0)
}
