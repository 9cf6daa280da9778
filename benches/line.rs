//! One connection of the plain reader: what has come over it, and where an answer ends.

use crate::message::BORN;
use std::io::{self, Write};

/// Most header lines of an answer.
const MOST_HEADERS: usize = 64;

pub struct Line {
    pub stream: mio::net::TcpStream,
    /// Steps of the opening that have been sent.
    pub sent: usize,
    /// Whether the server has answered the opening.
    pub stands: bool,
    /// Messages that have come, and how many of them before the answer that is coming.
    pub seen: u64,
    pub told: u64,
    /// The last bytes that came: an instant may begin in one read and end in the next.
    tail: [u8; BORN],
    /// An answer's head until it is whole, and then how much of its body is missing.
    head: Vec<u8>,
    body: Option<usize>,
}

impl Line {
    /// A connection over which the first step was sent.
    pub fn new(stream: mio::net::TcpStream) -> Self {
        Self {
            stream,
            sent: 1,
            stands: false,
            seen: 0,
            told: 0,
            tail: [0; BORN],
            head: Vec::new(),
            body: None,
        }
    }

    /// Sends a step. It is short, and what was sent before has been answered: it fits.
    pub fn send(&mut self, step: &[u8]) -> io::Result<()> {
        self.sent += 1;
        self.stream.write_all(step)
    }

    /// The columns of the instant before the mark at `at`.
    pub fn columns(&self, chunk: &[u8], at: usize) -> [u8; BORN] {
        let mut columns = [0; BORN];
        let here = at.min(BORN);
        columns[BORN - here..].copy_from_slice(&chunk[at - here..at]);
        columns[..BORN - here].copy_from_slice(&self.tail[here..]);
        columns
    }

    /// Keeps the last bytes of a chunk.
    pub fn keep(&mut self, chunk: &[u8]) {
        self.tail = self.columns(chunk, chunk.len());
    }

    /// Takes a part of an answer. Returns whether it was the last.
    pub fn answered(&mut self, chunk: &[u8]) -> io::Result<bool> {
        let left = match self.body {
            Some(left) => left.saturating_sub(chunk.len()),
            None if self.head.is_empty() => match body_left(chunk)? {
                Some(left) => left,
                None => {
                    self.head.extend_from_slice(chunk);
                    return Ok(false);
                }
            },
            None => {
                self.head.extend_from_slice(chunk);
                match body_left(&self.head)? {
                    Some(left) => left,
                    None => return Ok(false),
                }
            }
        };
        self.head.clear();
        self.body = (left > 0).then_some(left);
        Ok(left == 0)
    }
}

/// How much of an answer's body is missing, once its head is whole.
fn body_left(text: &[u8]) -> io::Result<Option<usize>> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut answer = httparse::Response::new(&mut headers);
    let head = match answer.parse(text) {
        Ok(httparse::Status::Complete(head)) => head,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => {
            let text = format!("what came is no HTTP answer: {error}");
            return Err(io::Error::other(text));
        }
    };
    if !matches!(answer.code, Some(200 | 204)) {
        let text = format!("the server answered {:?}", answer.code);
        return Err(io::Error::other(text));
    }
    let length = answer
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"))
        .and_then(|header| {
            std::str::from_utf8(header.value)
                .ok()?
                .parse::<usize>()
                .ok()
        });
    Ok(Some(
        (head + length.unwrap_or(0)).saturating_sub(text.len()),
    ))
}
