//! The client's reader of event streams: any cut gives the same events.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pushlab::transport::event_stream::Parser;

fn events<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Vec<u8>> {
    let mut parser = Parser::default();
    let mut events = Vec::new();
    for piece in pieces {
        parser.feed(piece, |data| events.push(data.to_vec()));
    }
    events
}

fuzz_target!(|input: (u8, &[u8])| {
    let (cut, bytes) = input;
    let whole = events([bytes]);
    assert_eq!(events(bytes.chunks(1 + usize::from(cut))), whole);
    assert_eq!(events(bytes.chunks(1)), whole);
});
