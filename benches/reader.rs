//! The plain reader: the same for every server, so that a comparison compares servers.
//!
//! One thread, one `epoll`, one `read` into a buffer of 64 KiB whenever a connection is readable, and
//! no parsing beyond counting: a message is counted by the one byte that only messages hold, and its
//! latency is the time since the instant that it carries. A connection is opened by repeating what
//! the lab's own client sends (see `capture`). Where the client asks, it asks again after each answer.

use crate::message::{self, BORN, MARK};
use hdrhistogram::Histogram;
use mio::event::Event;
use mio::{Events, Interest, Poll, Token};
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const BUFFER: usize = 64 * 1024;
/// The longest latency that is told apart, nanoseconds.
const LONGEST_NS: u64 = 600_000_000_000;
const MOST_HEADERS: usize = 64;

/// What opens a connection, and whether it asks again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// What is sent; each step once something has come in answer to the one before.
    pub steps: Vec<Vec<u8>>,
    pub asks: Asks,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// The server pushes. It answers the opening at once, so that it is known when it stands.
    Never,
    /// After each answer, for what comes after the messages seen.
    Onwards,
    /// After each answer, the very same.
    Same,
}

impl Opening {
    /// For servers that do not care.
    pub fn plain() -> Self {
        Self {
            steps: vec![b"hello\n".to_vec()],
            asks: Asks::Never,
        }
    }

    /// The same question for ever, for what comes after message `cursor`.
    pub fn always(mut self, cursor: u64) -> Self {
        for step in &mut self.steps {
            patch(step, cursor);
        }
        self.asks = Asks::Same;
        self
    }
}

/// Writes a cursor over the digits of the one in a question.
fn patch(question: &mut [u8], cursor: u64) {
    const NAME: &[u8] = b"since=";
    let Some(at) = memchr::memmem::find(question, NAME) else {
        return;
    };
    let digits = question[at + NAME.len()..].iter_mut();
    let digits = digits.take_while(|byte| byte.is_ascii_digit());
    let mut digits: Vec<&mut u8> = digits.collect();
    let mut left = cursor;
    for digit in digits.iter_mut().rev() {
        **digit = b'0' + (left % 10) as u8;
        left /= 10;
    }
    assert_eq!(left, 0, "cursor {cursor} has more digits than the question");
}

/// All connections to one server, and what has come over them.
pub struct Reader {
    poll: Poll,
    events: Events,
    lines: Vec<Line>,
    opening: Opening,
    buffer: Vec<u8>,
    /// Messages that every connection is to have.
    goal: u64,
    /// Connections that have fewer.
    behind: usize,
    /// Connections that the server has not answered yet.
    unanswered: usize,
    /// Time from the instant in a message to its reading, nanoseconds.
    pub latency: Histogram<u64>,
    /// Messages, answers and bytes that came over all connections.
    pub messages: u64,
    pub answers: u64,
    pub bytes: u64,
}

struct Line {
    stream: mio::net::TcpStream,
    /// Steps of the opening that have been sent.
    sent: usize,
    /// Whether the server has answered the opening.
    stands: bool,
    seen: u64,
    /// The last bytes that came: an instant may begin in one read and end in the next.
    tail: [u8; BORN],
    /// An answer's head until it is whole, and then how much of its body is missing.
    head: Vec<u8>,
    body: Option<usize>,
}

impl Reader {
    /// Opens connections and sends the first step on each. [`stand`](Self::stand) does the rest.
    pub fn open(server: SocketAddr, opening: &Opening, connections: usize) -> io::Result<Self> {
        let poll = Poll::new()?;
        let mut lines = Vec::with_capacity(connections);
        for number in 0..connections {
            let mut stream =
                std::net::TcpStream::connect_timeout(&server, Duration::from_secs(10))?;
            stream.set_nodelay(true)?;
            stream.write_all(&opening.steps[0])?;
            stream.set_nonblocking(true)?;
            let mut stream = mio::net::TcpStream::from_std(stream);
            poll.registry()
                .register(&mut stream, Token(number), Interest::READABLE)?;
            lines.push(Line {
                stream,
                sent: 1,
                stands: false,
                seen: 0,
                tail: [0; BORN],
                head: Vec::new(),
                body: None,
            });
        }
        Ok(Self {
            poll,
            events: Events::with_capacity(1024),
            unanswered: match opening.asks {
                Asks::Never => connections,
                Asks::Onwards | Asks::Same => 0,
            },
            lines,
            opening: opening.clone(),
            buffer: vec![0; BUFFER],
            goal: 0,
            behind: 0,
            latency: Histogram::new_with_bounds(1, LONGEST_NS, 3)
                .expect("bounds that a histogram can have"),
            messages: 0,
            answers: 0,
            bytes: 0,
        })
    }

    pub fn connections(&self) -> usize {
        self.lines.len()
    }

    /// Reads until every connection stands: a server that pushes has answered each opening.
    pub fn stand(&mut self, patience: Duration) -> io::Result<()> {
        let give_up = Instant::now() + patience;
        while !self.stands() {
            if Instant::now() > give_up {
                return Err(late(format!(
                    "{} of {} connections were not answered within {patience:?}",
                    self.unanswered,
                    self.lines.len()
                )));
            }
            self.turn(Some(Duration::from_millis(100)))?;
        }
        Ok(())
    }

    /// Whether they do.
    pub fn stands(&self) -> bool {
        self.unanswered == 0
    }

    /// From now on so many messages more are waited for on every connection.
    pub fn expect(&mut self, messages: u64) {
        self.goal += messages;
        let goal = self.goal;
        self.behind = self.lines.iter().filter(|line| line.seen < goal).count();
    }

    /// Whether every connection has what is expected.
    pub fn complete(&self) -> bool {
        self.behind == 0
    }

    /// Expects so many more messages on every connection and reads until they are there.
    pub fn read(&mut self, messages: u64, patience: Duration) -> io::Result<()> {
        self.expect(messages);
        self.finish(patience)
    }

    /// Reads until every connection has what is expected.
    pub fn finish(&mut self, patience: Duration) -> io::Result<()> {
        let mut looked = Instant::now();
        let mut before = self.messages;
        while !self.complete() {
            self.turn(Some(Duration::from_millis(100)))?;
            // The clock is asked rarely; patience counts from the last message.
            if self.messages != before {
                before = self.messages;
                looked = Instant::now();
            } else if looked.elapsed() > patience {
                return Err(late(format!(
                    "no message for {patience:?} while {} of {} connections had fewer than {}",
                    self.behind,
                    self.lines.len(),
                    self.goal
                )));
            }
        }
        Ok(())
    }

    /// Reads what comes during a time.
    pub fn read_for(&mut self, span: Duration) -> io::Result<()> {
        let end = Instant::now() + span;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            self.turn(Some(left.min(Duration::from_millis(100))))?;
        }
    }

    /// Forgets latencies and counts so far, not what connections have.
    pub fn reset(&mut self) {
        self.latency.reset();
        (self.messages, self.answers, self.bytes) = (0, 0, 0);
    }

    /// Waits until something can be read, at most `wait` (`Duration::ZERO` only looks), and reads it.
    pub fn turn(&mut self, wait: Option<Duration>) -> io::Result<()> {
        match self.poll.poll(&mut self.events, wait) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            outcome => outcome?,
        }
        let events = std::mem::replace(&mut self.events, Events::with_capacity(0));
        let outcome = events.iter().try_for_each(|event| self.readable(event));
        self.events = events;
        outcome
    }

    fn readable(&mut self, event: &Event) -> io::Result<()> {
        let number = event.token().0;
        loop {
            let line = &mut self.lines[number];
            let count = match line.stream.read(&mut self.buffer) {
                Ok(0) => return Err(late(format!("the server closed connection {number}"))),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            self.came(number, count)?;
            // A short read has taken all there was: epoll(7) allows to leave it at that.
            if count < BUFFER {
                return Ok(());
            }
        }
    }

    /// `count` bytes came over a connection and stand in the buffer.
    fn came(&mut self, number: usize, count: usize) -> io::Result<()> {
        let line = &mut self.lines[number];
        let chunk = &self.buffer[..count];
        self.bytes += count as u64;
        let before = line.seen;
        let mut now_ns = 0;
        for at in memchr::memchr_iter(MARK, chunk) {
            if now_ns == 0 {
                now_ns = message::now_ns();
            }
            let born_ns = message::born_ns(&line.columns(chunk, at));
            let latency_ns = now_ns.saturating_sub(born_ns);
            self.latency.saturating_record(latency_ns.max(1));
            line.seen += 1;
        }
        line.keep(chunk);
        self.messages += line.seen - before;
        if before < self.goal && line.seen >= self.goal {
            self.behind -= 1;
        }
        let asks = self.opening.asks;
        if asks == Asks::Never {
            if line.stands {
                return Ok(());
            }
            if let Some(step) = self.opening.steps.get(line.sent) {
                line.send(step)?;
            }
            // What is said last may be for the server to hear only.
            if line.sent == self.opening.steps.len() {
                line.stands = true;
                self.unanswered -= 1;
            }
            return Ok(());
        }
        if !line.answered(chunk)? {
            return Ok(());
        }
        self.answers += 1;
        let question = &mut self.opening.steps[0];
        if asks == Asks::Onwards {
            patch(question, line.seen);
        }
        line.send(question)
    }
}

impl Line {
    /// Sends a step. It is short, and what was sent before has been answered: it fits.
    fn send(&mut self, step: &[u8]) -> io::Result<()> {
        self.sent += 1;
        self.stream.write_all(step)
    }

    /// The columns of the instant before the mark at `at`.
    fn columns(&self, chunk: &[u8], at: usize) -> [u8; BORN] {
        let mut columns = [0; BORN];
        let here = at.min(BORN);
        columns[BORN - here..].copy_from_slice(&chunk[at - here..at]);
        columns[..BORN - here].copy_from_slice(&self.tail[here..]);
        columns
    }

    /// Keeps the last bytes of a chunk.
    fn keep(&mut self, chunk: &[u8]) {
        self.tail = self.columns(chunk, chunk.len());
    }

    /// Takes a part of an answer. Returns whether it was the last.
    fn answered(&mut self, chunk: &[u8]) -> io::Result<bool> {
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
        Err(error) => return Err(late(format!("what came is no HTTP answer: {error}"))),
    };
    if !matches!(answer.code, Some(200 | 204)) {
        return Err(late(format!("the server answered {:?}", answer.code)));
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

fn late(text: String) -> io::Error {
    io::Error::other(text)
}
