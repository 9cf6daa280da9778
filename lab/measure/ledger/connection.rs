//! The ledger of one connection.

use super::Ledger;
use crate::measure::classify::{Classifier, Direction, Layer};
use std::mem;
use std::ops::Range;

/// The ledger of one connection, filled packet by packet.
#[derive(Debug, Clone)]
pub struct ConnectionLedger {
    classifier: Classifier,
    books: Books,
}

impl Default for ConnectionLedger {
    fn default() -> Self {
        Self::new()
    }
}

impl ConnectionLedger {
    /// The ledger of a connection before its first packet.
    pub fn new() -> Self {
        let mut books = Books::default();
        books.ledger.connections = 1;
        Self {
            classifier: Classifier::new(),
            books,
        }
    }

    /// Enters one packet as its sender puts it on the wire, before loss.
    ///
    /// `header`: its IP and TCP header bytes. `new`: the stream bytes it carries for the first time, in order.
    /// `repeated`: how many payload bytes it carries that were sent before. `acked`: how many of the other direction's
    /// stream bytes it acknowledges, or `None` without the ACK flag. `control`: whether it carries SYN, FIN or RST.
    pub fn packet(
        &mut self,
        direction: Direction,
        header: usize,
        new: &[u8],
        repeated: usize,
        acked: Option<u64>,
        control: bool,
    ) {
        let header = header as u64;
        self.books.packet(direction, repeated as u64);

        if !new.is_empty() {
            let mut setup = true;
            self.classifier.feed(direction, new, &mut |layer, n| {
                setup &= layer == Layer::Setup;
                self.books.run(direction, layer, n as u64);
            });
            // One byte that is not set-up decides, whatever the bytes held back turn out to be.
            if setup && self.classifier.pending(direction) > 0 {
                self.books.stream_mut(direction).undecided += header;
            } else {
                self.books.header(direction, setup, header);
            }
            return;
        }

        let other = direction.opposite();
        let setup = match acked {
            _ if control => Some(true),
            Some(acked) if repeated == 0 => {
                let pending = self.classifier.pending(other) as u64;
                self.books.stream_mut(other).setup_ack(acked, pending)
            }
            _ => Some(false),
        };
        match setup {
            Some(setup) => self.books.header(direction, setup, header),
            None => self.books.stream_mut(other).undecided_acks += header,
        }
    }

    /// Everything entered so far. Half a head that is still held back counts as framing, as if the connection ended here.
    pub fn totals(&self) -> Ledger {
        let mut end = self.clone();
        for direction in [Direction::Up, Direction::Down] {
            end.classifier.finish(direction, &mut |layer, n| {
                end.books.run(direction, layer, n as u64);
            });
        }
        // Asked before the end: half a head when a connection is cut is no fault.
        end.books.ledger.malformed = self.classifier.malformed();
        end.books.ledger
    }
}

/// What has been entered, and what is needed to enter headers where they belong.
#[derive(Debug, Clone, Default)]
struct Books {
    ledger: Ledger,
    up: Stream,
    down: Stream,
}

impl Books {
    fn packet(&mut self, direction: Direction, repeated: u64) {
        match direction {
            Direction::Up => self.ledger.packets_up += 1,
            Direction::Down => self.ledger.packets_down += 1,
        }
        self.ledger.bytes_mut(direction).tcp_ip += repeated;
    }

    fn header(&mut self, direction: Direction, setup: bool, n: u64) {
        self.ledger.bytes_mut(direction).add_header(setup, n);
    }

    /// Enters classified stream bytes.
    fn run(&mut self, direction: Direction, layer: Layer, n: u64) {
        self.ledger.add(direction, layer, n);
        let stream = self.stream_mut(direction);
        stream.run(layer, n);
        // Headers only wait for bytes that are held back, and a run covers all of these if there are any.
        let data = mem::take(&mut stream.undecided);
        let acks = mem::take(&mut stream.undecided_acks);
        self.header(direction, layer == Layer::Setup, data);
        self.header(direction.opposite(), layer == Layer::Setup, acks);
    }

    fn stream_mut(&mut self, direction: Direction) -> &mut Stream {
        match direction {
            Direction::Up => &mut self.up,
            Direction::Down => &mut self.down,
        }
    }
}

/// What is remembered about the stream of one direction.
#[derive(Debug, Clone, Default)]
struct Stream {
    /// How many bytes are classified.
    decided: u64,
    /// How many set-up bytes the stream starts with: an opening head, the hello.
    opening: u64,
    /// The newest run of set-up bytes; at the end of a WebSocket, the close frame.
    newest: Range<u64>,
    /// Header bytes of packets of this direction whose stream bytes are set-up, as far as they are decided.
    undecided: u64,
    /// Header bytes of the other direction's pure ACKs of bytes that are not decided.
    undecided_acks: u64,
}

impl Stream {
    fn run(&mut self, layer: Layer, n: u64) {
        let from = self.decided;
        self.decided += n;
        if layer == Layer::Setup {
            if self.opening == from {
                self.opening = self.decided;
            }
            if self.newest.end != from {
                self.newest.start = from;
            }
            self.newest.end = self.decided;
        }
    }

    /// Whether a pure ACK of the first `acked` bytes serves set-up; `None` if that is not decided yet.
    fn setup_ack(&self, acked: u64, pending: u64) -> Option<bool> {
        // Nothing yet: the handshake. More than the stream has: the FIN.
        if acked == 0 || acked > self.decided + pending {
            return Some(true);
        }
        let last = acked - 1;
        (last < self.decided).then(|| last < self.opening || self.newest.contains(&last))
    }
}
