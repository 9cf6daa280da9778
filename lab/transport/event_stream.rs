//! The event stream format, read line by line (WHATWG HTML 9.2.5 and 9.2.6).

use super::http::whole;

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
