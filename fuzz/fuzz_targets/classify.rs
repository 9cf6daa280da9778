//! The ledger's reader: every byte of a connection gets one layer, the same one however the bytes were cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pushlab::measure::classify::{Classifier, Direction, Layer};

/// The layers of all bytes, by direction, with runs of a layer joined.
fn layers<'a>(
    pieces: impl IntoIterator<Item = (Direction, &'a [u8])>,
) -> ([Vec<(Layer, usize)>; 2], Option<&'static str>) {
    let mut classifier = Classifier::new();
    let mut layers = [Vec::new(), Vec::new()];
    let mut fed = [0; 2];
    let add = |runs: &mut Vec<(Layer, usize)>, layer, n| {
        assert!(n > 0, "an empty run");
        match runs.last_mut() {
            Some((last, sum)) if *last == layer => *sum += n,
            _ => runs.push((layer, n)),
        }
    };
    for (direction, bytes) in pieces {
        let side = direction as usize;
        let runs = &mut layers[side];
        classifier.feed(direction, bytes, &mut |layer, n| add(runs, layer, n));
        fed[side] += bytes.len();
        let reported: usize = runs.iter().map(|(_, n)| n).sum();
        assert_eq!(reported + classifier.pending(direction), fed[side]);
    }
    for direction in [Direction::Up, Direction::Down] {
        let runs = &mut layers[direction as usize];
        classifier.finish(direction, &mut |layer, n| add(runs, layer, n));
        let reported: usize = runs.iter().map(|(_, n)| n).sum();
        assert_eq!(reported, fed[direction as usize]);
    }
    (layers, classifier.malformed())
}

/// Conversations that have begun already: the fuzzer would need long to come upon them by itself.
const OPENINGS: [&[(Direction, &[u8])]; 4] = [
    &[],
    &[
        (Direction::Up, b"GET /poll?since=0 HTTP/1.1\r\nHost: lab\r\n\r\n"),
        (Direction::Down, b"HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n"),
    ],
    &[
        (Direction::Up, b"GET /events HTTP/1.1\r\nHost: lab\r\nAccept: text/event-stream\r\n\r\n"),
        (Direction::Down, b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"),
    ],
    &[
        (Direction::Up, b"GET /ws HTTP/1.1\r\nHost: lab\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
        (Direction::Down, b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
    ],
];

fuzz_target!(|input: (u8, u8, Vec<(bool, Vec<u8>)>)| {
    let (length, opening, turns) = input;
    let opening = OPENINGS[usize::from(opening) % OPENINGS.len()];
    let turns = turns.iter().map(|(up, bytes)| {
        let direction = if *up { Direction::Up } else { Direction::Down };
        (direction, &bytes[..])
    });
    let turns = opening.iter().copied().chain(turns);
    let cut = |length| {
        turns.clone().flat_map(move |(direction, bytes)| {
            bytes.chunks(length).map(move |piece| (direction, piece))
        })
    };
    let whole = layers(turns.clone());
    assert_eq!(layers(cut(1 + usize::from(length))), whole);
    assert_eq!(layers(cut(1)), whole);
});
