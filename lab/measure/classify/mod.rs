//! Which layer does each byte of a connection belong to?
//!
//! A [`Classifier`] reads both directions of one TCP connection, in whatever pieces the segments carried, and assigns
//! every byte to exactly one [`Layer`]. Nearly all bytes are assigned the moment they are seen. The exception is an HTTP
//! head: whether it opens a stream ([`Layer::Setup`]) or belongs to a poll ([`Layer::HttpHeaders`]) may stand in its last
//! line, so a head that is split over several pieces is held back until it is complete, and the report lags. At any time
//! and for each direction: bytes reported + [`Classifier::pending`] = bytes fed.
//!
//! ```text
//! requests   Head -> Body -> Head ...
//!            Head -> Upgrading -> Frames    once the answer is 101; any other answer: Head again
//! answers    Head -> Body -> Head ...
//!            Head -> Frames                 when it is 101
//! both       anything unreadable -> Opaque  the rest of that direction is framing
//! ```

mod body;
mod http;
mod sse;
#[cfg(test)]
pub(super) mod tests;
mod websocket;

use body::Body;
use http::{Asked, InFlight};
use std::mem;
use websocket::Frames;

/// Which way bytes travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Client to server.
    Up,
    /// Server to client.
    Down,
}

impl Direction {
    /// The other one.
    pub fn opposite(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
        }
    }
}

/// What a byte of the stream is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// The events' own text.
    Payload,
    /// What wraps the payload: SSE fields, chunk sizes, WebSocket headers, separators, heartbeats, bodies of errors.
    Framing,
    /// Heads of polls and of their answers.
    HttpHeaders,
    /// Heads that open a stream, the client's hello, WebSocket close frames.
    Setup,
}

/// The longest head that is read; a longer one makes its direction opaque.
const HEAD_LIMIT: usize = 16 * 1024;

/// Why a stream cannot be read any further.
type Malformed = &'static str;

/// Assigns the bytes of one connection to layers. Small, and without heap memory except inside a split head.
#[derive(Debug, Clone, Default)]
pub struct Classifier {
    up: Side,
    down: Side,
    in_flight: InFlight,
    malformed: Option<Malformed>,
}

/// One direction.
#[derive(Debug, Clone, Default)]
struct Side {
    state: State,
    /// The beginning of a head whose end has not come yet; otherwise empty and without an allocation.
    held: Vec<u8>,
}

/// What the next byte of a direction is part of.
#[derive(Debug, Clone, Default)]
enum State {
    /// A head, or the empty lines before it.
    #[default]
    Head,
    Body(Body),
    /// Nothing: the client asked for an upgrade and must wait for the answer.
    Upgrading,
    Frames(Frames),
    /// Something unreadable.
    Opaque,
}

impl Classifier {
    /// A classifier at the start of a connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Classifies the next bytes of one direction. Calls `out(layer, n)` for runs of bytes in stream order; runs are never
    /// empty, and neighbours may share a layer. When a head that was held back is decided, its first run covers everything
    /// held and what this piece added to it.
    pub fn feed(&mut self, direction: Direction, bytes: &[u8], out: &mut impl FnMut(Layer, usize)) {
        let mut rest = bytes;
        while !rest.is_empty() {
            if let Err(why) = self.step(direction, &mut rest, out) {
                self.malformed.get_or_insert(why);
                self.side_mut(direction).state = State::Opaque;
            }
        }
    }

    /// How many bytes of a direction were fed and not reported yet: the beginning of a split head.
    pub fn pending(&self, direction: Direction) -> usize {
        match direction {
            Direction::Up => self.up.held.len(),
            Direction::Down => self.down.held.len(),
        }
    }

    /// Reports what is pending as framing, for when the connection is over: nobody could use half a head.
    pub fn finish(&mut self, direction: Direction, out: &mut impl FnMut(Layer, usize)) {
        let held = mem::take(&mut self.side_mut(direction).held);
        if !held.is_empty() {
            out(Layer::Framing, held.len());
        }
    }

    /// Why one of the directions could not be read to its end; the first reason if there are several.
    pub fn malformed(&self) -> Option<&'static str> {
        self.malformed
    }

    fn side_mut(&mut self, direction: Direction) -> &mut Side {
        match direction {
            Direction::Up => &mut self.up,
            Direction::Down => &mut self.down,
        }
    }

    /// Takes at least one byte off `rest`, or fails.
    fn step(
        &mut self,
        direction: Direction,
        rest: &mut &[u8],
        out: &mut impl FnMut(Layer, usize),
    ) -> Result<(), Malformed> {
        let side = self.side_mut(direction);
        match &mut side.state {
            State::Head => self.head(direction, rest, out),
            State::Body(body) => {
                if body.feed(rest, out)? {
                    side.state = State::Head;
                }
                Ok(())
            }
            State::Frames(frames) => frames.feed(rest, out),
            // RFC 6455 4.1: the client must wait for the server's answer before it sends anything more.
            State::Upgrading => Err("bytes between an upgrade request and its answer"),
            State::Opaque => {
                emit(rest, rest.len(), Layer::Framing, out);
                Ok(())
            }
        }
    }

    fn head(
        &mut self,
        direction: Direction,
        rest: &mut &[u8],
        out: &mut impl FnMut(Layer, usize),
    ) -> Result<(), Malformed> {
        let mut held = mem::take(&mut self.side_mut(direction).held);
        let before = held.len();
        if before == 0 {
            // RFC 9112 2.2: empty lines before a head are ignored.
            let blank = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n'));
            emit(rest, blank.count(), Layer::Framing, out);
            if rest.is_empty() {
                return Ok(());
            }
        }
        let piece = &rest[..rest.len().min(HEAD_LIMIT - before)];
        // A head that comes whole is read where it lies; only a split one is copied.
        let seen = if before == 0 {
            piece
        } else {
            hold(&mut held, piece);
            &held
        };
        let (end, verdict) = match http::head_end(seen, before.saturating_sub(2)) {
            Some(end) => (end, self.opened(direction, &seen[..end])),
            None if seen.len() == HEAD_LIMIT => (HEAD_LIMIT, Err("a head of more than 16 KiB")),
            None => {
                if before == 0 {
                    hold(&mut held, piece);
                }
                self.side_mut(direction).held = held;
                *rest = &[];
                return Ok(());
            }
        };
        *rest = &rest[end - before..];
        out(*verdict.as_ref().unwrap_or(&Layer::Framing), end);
        verdict.map(|_| ())
    }

    /// Reads a complete head, moves on to what follows it, and says which layer the head is.
    fn opened(&mut self, direction: Direction, head: &[u8]) -> Result<Layer, Malformed> {
        match direction {
            Direction::Up => {
                let request = http::request(head)?;
                self.in_flight.push(request.asked)?;
                self.up.state = match (request.asked, request.body) {
                    (Asked::Upgrade, Some(_)) => return Err("an upgrade request with a body"),
                    (Asked::Upgrade, None) => State::Upgrading,
                    (_, Some(body)) => State::Body(body),
                    (_, None) => State::Head,
                };
                Ok(request.layer)
            }
            Direction::Down => {
                let answer = http::answer(head, self.in_flight.oldest())?;
                if answer.interim {
                    return Ok(answer.layer);
                }
                self.in_flight.pop();
                let waiting = matches!(self.up.state, State::Upgrading);
                if answer.switches {
                    self.down.state = State::Frames(Frames::from_server());
                    if waiting {
                        self.up.state = State::Frames(Frames::from_client());
                    }
                    return Ok(answer.layer);
                }
                // Refused: the connection goes on in HTTP.
                if waiting && self.in_flight.is_empty() {
                    self.up.state = State::Head;
                }
                self.down.state = answer.body.map_or(State::Head, State::Body);
                Ok(answer.layer)
            }
        }
    }
}

/// Appends to a held head. Doubles like a `Vec` does, but never allocates beyond [`HEAD_LIMIT`].
fn hold(held: &mut Vec<u8>, piece: &[u8]) {
    if held.capacity() - held.len() < piece.len() {
        held.reserve_exact(piece.len().max(held.len()).min(HEAD_LIMIT - held.len()));
    }
    held.extend_from_slice(piece);
}

/// Takes `n` bytes off the front of `bytes` and reports them, if there are any.
fn emit(bytes: &mut &[u8], n: usize, layer: Layer, out: &mut impl FnMut(Layer, usize)) {
    *bytes = &bytes[n..];
    if n > 0 {
        out(layer, n);
    }
}

/// Takes up to `left` bytes off the front of `bytes` and counts them down.
fn take<'a>(bytes: &mut &'a [u8], left: &mut u64) -> &'a [u8] {
    let n = usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
    let (taken, rest) = bytes.split_at(n);
    *bytes = rest;
    *left -= n as u64;
    taken
}
