//! Replay files: no bytes panic, and what is accepted keeps the promises of a feed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pushlab::feed::{payload_seq, replay_bytes};
use std::path::Path;

fuzz_target!(|input: (u8, &[u8])| {
    let (form, bytes) = input;
    // The third has no extension: the reader looks at the text.
    let name = ["quotes.csv", "quotes.jsonl", "quotes"][usize::from(form % 3)];
    let Ok(events) = replay_bytes(bytes, Path::new(name), 1.0, 0) else {
        return;
    };
    assert!(!events.is_empty());
    assert!(events.is_sorted_by_key(|event| event.born_ns));
    for (event, seq) in events.iter().zip(1..) {
        assert_eq!(event.seq, seq);
        assert_eq!(payload_seq(&event.payload), Some(seq));
        // One event is one line: three of the four transports depend on it.
        assert!(!event.payload.iter().any(|byte| b"\r\n".contains(byte)));
    }
});
