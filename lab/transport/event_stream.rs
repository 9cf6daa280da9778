//! The event stream format, read line by line (WHATWG HTML 9.2.5 and 9.2.6), and written in pieces.

use super::http::whole;
use crate::feed::Batch;
use bytes::{BufMut, Bytes, BytesMut};
use std::fmt::Write;
use std::sync::Arc;

/// Longest line, and longest event, that is kept; what is longer is dropped.
const LONGEST: usize = 1 << 20;

/// An incremental parser: bytes in, whatever way they were cut; the data of complete events out.
#[derive(Debug, Default)]
pub struct Parser {
    /// The line being read.
    line: Vec<u8>,
    /// Data lines of the event being read, each followed by a line feed.
    data: Vec<u8>,
    /// The last byte was a carriage return: a line feed right after it belongs to it.
    after_cr: bool,
    /// The event being read is longer than allowed.
    too_long: bool,
    /// The reconnection time last asked for, milliseconds.
    retry_ms: Option<u64>,
}

impl Parser {
    /// How long the server asks its readers to wait before they return, milliseconds.
    pub fn retry_ms(&self) -> Option<u64> {
        self.retry_ms
    }

    /// Reads the next bytes; calls `event` with the data of each event that they complete.
    pub fn feed(&mut self, mut bytes: &[u8], mut event: impl FnMut(&[u8])) {
        while let Some(end) = memchr::memchr2(b'\n', b'\r', bytes) {
            let (line, rest) = (&bytes[..end], &bytes[end + 1..]);
            let belongs_to_cr = self.after_cr && end == 0 && bytes[0] == b'\n';
            self.after_cr = bytes[end] == b'\r';
            bytes = rest;
            if belongs_to_cr {
                continue;
            }
            if self.line.is_empty() {
                self.end_line(line, &mut event);
            } else {
                self.keep(line);
                let line = std::mem::take(&mut self.line);
                self.end_line(&line, &mut event);
            }
        }
        if !bytes.is_empty() {
            self.after_cr = false;
            self.keep(bytes);
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.line.len() + bytes.len() > LONGEST {
            self.too_long = true;
        } else {
            self.line.extend_from_slice(bytes);
        }
    }

    fn end_line(&mut self, line: &[u8], event: &mut impl FnMut(&[u8])) {
        if line.is_empty() {
            if !self.data.is_empty() && !self.too_long {
                event(&self.data[..self.data.len() - 1]);
            }
            self.data.clear();
            self.too_long = false;
            return;
        }
        // A comment has an empty name; `id` is the browser's business, our cursor is in the data.
        let (name, value) = match line.iter().position(|&byte| byte == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &[][..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        if name == b"retry" {
            // Digits and nothing else: `retry: 5s` says nothing (9.2.6).
            self.retry_ms = whole(value).or(self.retry_ms);
        }
        if name == b"data" {
            if self.data.len() + value.len() > LONGEST {
                self.too_long = true;
            } else {
                self.data.extend_from_slice(value);
                self.data.push(b'\n');
            }
        }
    }
}

/// Text that is prepared at once. A backlog stays in the log until its reader takes it, so that slow
/// readers hold no memory of the server's.
const PIECE: usize = 8 * 1024;

/// Events and their text, which leaves as one chunk of about `PIECE` at most.
#[derive(Default)]
pub struct Piece {
    events: Batch,
    text: Bytes,
}

impl Piece {
    /// The first of these events.
    pub fn of(events: &Batch) -> Self {
        let size: usize = events.iter().map(|event| event.payload.len() + 32).sum();
        let mut text = BytesMut::with_capacity(size.min(PIECE + PIECE / 4));
        let mut written = 0;
        while written < events.len() && text.len() < PIECE {
            let event = &events[written];
            let _ = write!(text, "id: {}\ndata: ", event.seq); // memory takes everything
            text.put_slice(&event.payload);
            text.put_slice(b"\n\n");
            written += 1;
        }
        Self {
            events: events[..written].to_vec(),
            text: text.freeze(),
        }
    }

    /// Whether it is what would be made of these events: the same ones, and all, or as many as a piece holds.
    pub fn begins(&self, events: &Batch) -> bool {
        let ended = self.events.len() == events.len() || self.text.len() >= PIECE;
        let mut pairs = self.events.iter().zip(events);
        ended
            && self.events.len() <= events.len()
            && pairs.all(|(own, other)| Arc::ptr_eq(own, other))
    }

    /// The cursor of who has read it; none if there is nothing in it.
    pub fn cursor(&self) -> Option<u64> {
        self.events.last().map(|event| event.seq)
    }

    /// The text, shared.
    pub fn text(&self) -> Bytes {
        self.text.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::Event;
    use proptest::prelude::*;

    fn events(seqs: impl IntoIterator<Item = u64>, payload: &str) -> Batch {
        let event = |seq| Event {
            seq,
            topic: "ACME".into(),
            born_ns: seq,
            payload: payload.to_owned().into(),
            from: None,
        };
        seqs.into_iter().map(|seq| Arc::new(event(seq))).collect()
    }

    #[test]
    fn a_piece_is_used_again_only_for_what_it_was_made_of() {
        let three = events(1..=3, "x");
        let (one, two) = (three[..1].to_vec(), three[..2].to_vec());
        let piece = Piece::of(&two);
        assert_eq!(piece.text(), "id: 1\ndata: x\n\nid: 2\ndata: x\n\n");
        assert_eq!(piece.cursor(), Some(2));
        assert_eq!(piece.text().as_ptr(), piece.text().as_ptr(), "it is shared");
        assert!(piece.begins(&two));
        // Less, more, others, and others with the same numbers.
        for other in [&one, &three, &three[1..].to_vec(), &events(1..=2, "x")] {
            assert!(!piece.begins(other), "{other:?}");
        }
        let nothing = Piece::of(&Batch::new());
        assert_eq!((nothing.text().len(), nothing.cursor()), (0, None));
        assert!(nothing.begins(&Batch::new()) && !nothing.begins(&one));
        assert!(!piece.begins(&Batch::new()));
    }

    #[test]
    fn a_backlog_leaves_in_pieces() {
        let backlog = events(1..=100, &"x".repeat(1_000));
        let piece = Piece::of(&backlog);
        let cursor = piece.cursor().expect("events");
        assert!((PIECE..PIECE + 1_100).contains(&piece.text().len()));
        assert!(piece.begins(&backlog), "however much follows");
        assert!(piece.begins(&backlog[..50].to_vec()));
        let rest = backlog[cursor as usize..].to_vec();
        assert!(!piece.begins(&rest));
        assert_eq!(Piece::of(&rest).events[0].seq, cursor + 1);
    }

    fn parse<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
        let mut parser = Parser::default();
        let mut events = Vec::new();
        for piece in pieces {
            parser.feed(piece, |data| {
                events.push(String::from_utf8_lossy(data).into_owned())
            });
        }
        events
    }

    #[test]
    fn the_examples_of_the_standard() {
        let text = b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n";
        assert_eq!(
            parse([&text[..]]),
            ["first event", "second event", " third event"]
        );
        assert_eq!(parse([&b"data\n\ndata\ndata\n\ndata:"[..]]), ["", "\n"]);
        assert_eq!(
            parse([&b"data: YHOO\ndata: +2\r\ndata: 10\r\r"[..]]),
            ["YHOO\n+2\n10"]
        );
    }

    #[test]
    fn one_byte_at_a_time() {
        let text = b"retry: 1000\n\nid: 7\ndata: {\"seq\":     7}\n\n:\n\n";
        assert_eq!(parse(text.chunks(1)), ["{\"seq\":     7}"]);
    }

    #[test]
    fn a_reconnection_time_is_digits_and_nothing_else() {
        for (text, retry_ms) in [
            ("retry: 1000\n\n", Some(1_000)),
            ("retry:20\n", Some(20)),
            ("retry: 5s\n", None),
            ("retry: +5\n", None),
            ("retry: 7\nretry: soon\n", Some(7)),
        ] {
            let mut parser = Parser::default();
            parser.feed(text.as_bytes(), |_| ());
            assert_eq!(parser.retry_ms(), retry_ms, "{text:?}");
        }
    }

    #[test]
    fn an_event_too_long_is_dropped_and_the_next_one_is_not() {
        let mut text = b"data: ".to_vec();
        text.resize(LONGEST + 10, b'x');
        text.extend_from_slice(b"\n\ndata: next\n\n");
        assert_eq!(parse(text.chunks(1_000)), ["next"]);
    }

    proptest! {
        /// Chunks are not messages: any cut gives the same events.
        #[test]
        fn any_cut_gives_the_same_events(text in "(data: ?|id:|:|x|\r|\n|\r\n|\n\n){0,60}", cut in 1usize..9) {
            prop_assert_eq!(parse([text.as_bytes()]), parse(text.as_bytes().chunks(cut)));
        }

        #[test]
        fn no_input_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), cut in 1usize..9) {
            parse(bytes.chunks(cut));
        }
    }
}
