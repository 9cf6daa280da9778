//! The plain reader: the same for every server, so that a comparison compares servers.
//!
//! One thread, one `epoll`, one `read` into a buffer of 64 KiB whenever a connection is readable, and
//! no parsing beyond counting: a message is counted by the one byte that only messages hold, and its
//! latency is the time since the instant that it carries. A connection is opened by repeating what
//! the lab's own client sends (see `capture`). Where the client asks, it asks again after each answer.

use crate::latency;
use crate::line::Line;
use crate::message::{self, MARK};
use crate::opening::{Asks, Opening, patch};
use hdrhistogram::Histogram;
use mio::event::Event;
use mio::{Events, Interest, Poll, Token};
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const BUFFER: usize = 64 * 1024;

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
    /// Messages, answers, answers with a message in them, and bytes that came over all connections.
    pub messages: u64,
    pub answers: u64,
    pub news: u64,
    pub bytes: u64,
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
            lines.push(Line::new(stream));
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
            latency: latency::histogram(),
            messages: 0,
            answers: 0,
            news: 0,
            bytes: 0,
        })
    }

    /// Reads until every connection stands: a server that pushes has answered each opening.
    pub fn stand(&mut self, patience: Duration) -> io::Result<()> {
        let give_up = Instant::now() + patience;
        while !self.stands() {
            if Instant::now() > give_up {
                return Err(problem(format!(
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

    /// Reads until every connection has what is expected.
    pub fn finish(&mut self, patience: Duration) -> io::Result<()> {
        if self.read_until(Self::complete, |reader| reader.messages, patience)? {
            return Ok(());
        }
        Err(problem(format!(
            "no message for {patience:?} while {} of {} connections had fewer than {}",
            self.behind,
            self.lines.len(),
            self.goal
        )))
    }

    /// Reads until so many answers more have come over all connections.
    #[allow(dead_code, reason = "of cargo bench alone")]
    pub fn read_answers(&mut self, answers: u64, patience: Duration) -> io::Result<()> {
        let goal = self.answers + answers;
        let done = |reader: &Self| reader.answers >= goal;
        if self.read_until(done, |reader| reader.answers, patience)? {
            return Ok(());
        }
        Err(problem(format!(
            "no answer for {patience:?} after {} of {goal}",
            self.answers
        )))
    }

    /// Reads until it is done. Returns false if the count of what has come stood still for so long.
    fn read_until(
        &mut self,
        done: impl Fn(&Self) -> bool,
        count: impl Fn(&Self) -> u64,
        patience: Duration,
    ) -> io::Result<bool> {
        let mut looked = Instant::now();
        let mut before = count(self);
        while !done(self) {
            self.turn(Some(Duration::from_millis(100)))?;
            // The clock is asked rarely; patience counts from the last that came.
            let now = count(self);
            if now != before {
                before = now;
                looked = Instant::now();
            } else if looked.elapsed() > patience {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads what comes during a time.
    #[allow(dead_code, reason = "of peers alone")]
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
        (self.messages, self.answers, self.news, self.bytes) = (0, 0, 0, 0);
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
                Ok(0) => return Err(problem(format!("the server closed connection {number}"))),
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
        self.news += u64::from(line.seen > line.told);
        line.told = line.seen;
        let question = &mut self.opening.steps[0];
        if asks == Asks::Onwards {
            patch(question, line.seen);
        }
        line.send(question)
    }
}

fn problem(text: String) -> io::Error {
    io::Error::other(text)
}
