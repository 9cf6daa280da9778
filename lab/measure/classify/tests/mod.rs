//! Literal streams, written out with the layer of every byte.

mod errors;
mod properties;
pub(in crate::measure) mod transports;

use super::{Classifier, Direction, Layer};

/// Bytes that travel one way, and the layer that all of them must be given.
pub(in crate::measure) type Part = (Direction, Layer, &'static [u8]);

/// The layers of all bytes, one by one, by direction.
#[derive(Debug, Clone, Default, PartialEq)]
struct Layers {
    up: Vec<Layer>,
    down: Vec<Layer>,
}

impl Layers {
    fn of(&mut self, direction: Direction) -> &mut Vec<Layer> {
        match direction {
            Direction::Up => &mut self.up,
            Direction::Down => &mut self.down,
        }
    }

    fn add(&mut self, direction: Direction, layer: Layer, n: usize) {
        assert!(n > 0, "an empty run");
        self.of(direction).extend(std::iter::repeat_n(layer, n));
    }
}

/// What goes over the wire: the parts, joined where one follows another in the same direction.
pub(in crate::measure) fn turns(parts: &[Part]) -> Vec<(Direction, Vec<u8>)> {
    let mut turns: Vec<(Direction, Vec<u8>)> = Vec::new();
    for &(direction, _, bytes) in parts {
        match turns.last_mut() {
            Some((last, turn)) if *last == direction => turn.extend_from_slice(bytes),
            _ => turns.push((direction, bytes.to_vec())),
        }
    }
    turns
}

/// Classifies pieces to the end and checks on the way that nothing is lost and nothing kept.
fn classify<'a>(
    pieces: impl IntoIterator<Item = (Direction, &'a [u8])>,
) -> (Layers, Option<&'static str>) {
    let mut classifier = Classifier::new();
    let mut layers = Layers::default();
    let mut fed = [0, 0];
    for (direction, bytes) in pieces {
        classifier.feed(direction, bytes, &mut |layer, n| {
            layers.add(direction, layer, n);
        });
        fed[direction as usize] += bytes.len();
        let known = layers.of(direction).len() + classifier.pending(direction);
        assert_eq!(known, fed[direction as usize], "reported + pending = fed");
        for held in [&classifier.up.held, &classifier.down.held] {
            assert!(held.capacity() <= super::HEAD_LIMIT, "a buffer too large");
            assert!(held.capacity() == 0 || !held.is_empty(), "an idle buffer");
        }
    }
    for direction in [Direction::Up, Direction::Down] {
        classifier.finish(direction, &mut |layer, n| layers.add(direction, layer, n));
        assert_eq!(classifier.pending(direction), 0);
    }
    (layers, classifier.malformed())
}

/// Asserts that a stream is given exactly the layers it is written with, whole and byte by byte.
#[track_caller]
fn assert_layers(parts: &[Part]) {
    assert_reads(parts, None);
}

/// The same for a stream that is malformed for a reason.
#[track_caller]
fn assert_reads(parts: &[Part], malformed: Option<&str>) {
    let turns = turns(parts);
    let mut expected = Layers::default();
    for &(direction, layer, bytes) in parts {
        expected.add(direction, layer, bytes.len());
    }
    let whole = classify(
        turns
            .iter()
            .map(|(direction, turn)| (*direction, &turn[..])),
    );
    let bytewise = classify(
        (turns.iter()).flat_map(|(direction, turn)| turn.chunks(1).map(|byte| (*direction, byte))),
    );
    for (how, (found, reason)) in [("whole", whole), ("byte by byte", bytewise)] {
        assert_eq!(reason, malformed, "{how}");
        for direction in [Direction::Up, Direction::Down] {
            let mut found = found.clone();
            let (found, expected) = (found.of(direction), expected.of(direction));
            let wrong = found.iter().zip(expected.iter()).position(|(a, b)| a != b);
            let wrong = wrong.map(|at| (at, found[at], expected[at]));
            assert_eq!(wrong, None, "{how}, {direction:?}: byte, found, expected");
            assert_eq!(found.len(), expected.len(), "{how}, {direction:?}");
        }
    }
}

#[test]
fn an_idle_classifier_is_small() {
    assert!(size_of::<Classifier>() <= 200);
}
