//! Where the bytes went: IP bytes by layer and direction.
//!
//! A [`ConnectionLedger`] is shown every packet of one connection as its sender puts it on the wire. Every byte of every
//! packet is entered exactly once, none by subtraction: stream bytes under the layer that the [`Classifier`](super::classify::Classifier) gives them,
//! repeated bytes under TCP/IP, and the IP and TCP header under set-up if the packet serves set-up alone, else under
//! TCP/IP. A header that belongs to half an HTTP head waits until the head is complete.

mod connection;
#[cfg(test)]
mod tests;

pub use connection::ConnectionLedger;

use super::Bytes;
use super::classify::{Direction, Layer};
use std::ops::AddAssign;

/// Bytes by layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LayerBytes {
    /// The events' own text.
    pub payload: u64,
    /// What wraps the payload.
    pub framing: u64,
    /// Heads of polls and of their answers.
    pub http_headers: u64,
    /// Opening and closing connections and streams, with the TCP/IP headers that this takes.
    pub setup: u64,
    /// All other TCP/IP headers, and whatever is sent again.
    pub tcp_ip: u64,
}

impl LayerBytes {
    /// All layers together.
    pub fn total(&self) -> u64 {
        self.payload + self.framing + self.http_headers + self.setup + self.tcp_ip
    }

    /// Enters stream bytes.
    pub fn add(&mut self, layer: Layer, n: u64) {
        *match layer {
            Layer::Payload => &mut self.payload,
            Layer::Framing => &mut self.framing,
            Layer::HttpHeaders => &mut self.http_headers,
            Layer::Setup => &mut self.setup,
        } += n;
    }

    /// Enters IP and TCP header bytes.
    fn add_header(&mut self, setup: bool, n: u64) {
        if setup {
            self.setup += n;
        } else {
            self.tcp_ip += n;
        }
    }
}

impl AddAssign for LayerBytes {
    fn add_assign(&mut self, other: Self) {
        self.payload += other.payload;
        self.framing += other.framing;
        self.http_headers += other.http_headers;
        self.setup += other.setup;
        self.tcp_ip += other.tcp_ip;
    }
}

/// Everything counted on the wire, of one connection or of many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ledger {
    /// Client to server.
    pub up: LayerBytes,
    /// Server to client.
    pub down: LayerBytes,
    /// IP packets from client to server.
    pub packets_up: u64,
    /// IP packets from server to client.
    pub packets_down: u64,
    /// TCP connections.
    pub connections: u64,
    /// Why the stream of the first unreadable connection could not be read to its end. Its layers
    /// are then guesses, although the sums still hold.
    pub malformed: Option<&'static str>,
}

impl Ledger {
    /// Enters stream bytes.
    pub fn add(&mut self, direction: Direction, layer: Layer, n: u64) {
        self.bytes_mut(direction).add(layer, n);
    }

    /// The same with HTTP heads and framing alone, as if nothing else crossed the wire: the lie
    /// [`HeaderOnly`](super::Lie::HeaderOnly).
    pub fn headers_and_framing(self) -> Self {
        let kept = |bytes: LayerBytes| LayerBytes {
            framing: bytes.framing,
            http_headers: bytes.http_headers,
            ..LayerBytes::default()
        };
        Self {
            up: kept(self.up),
            down: kept(self.down),
            ..self
        }
    }

    /// The figures that are published.
    pub fn to_bytes(&self) -> Bytes {
        let mut sum = self.up;
        sum += self.down;
        Bytes {
            payload: sum.payload,
            framing: sum.framing,
            http_headers: sum.http_headers,
            setup: sum.setup,
            tls: 0,
            tcp_ip: sum.tcp_ip,
            total: sum.total(),
            up: self.up.total(),
            down: self.down.total(),
        }
    }

    fn bytes_mut(&mut self, direction: Direction) -> &mut LayerBytes {
        match direction {
            Direction::Up => &mut self.up,
            Direction::Down => &mut self.down,
        }
    }
}

impl AddAssign for Ledger {
    fn add_assign(&mut self, other: Self) {
        self.up += other.up;
        self.down += other.down;
        self.packets_up += other.packets_up;
        self.packets_down += other.packets_down;
        self.connections += other.connections;
        self.malformed = self.malformed.or(other.malformed);
    }
}
