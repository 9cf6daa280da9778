//! A connection of the simulated network: its two ends, and what is known of the packets between them.

use super::endpoint::{Endpoint, Side};
use super::segment::Segment;
use crate::measure::classify::Direction;
use crate::measure::ledger::ConnectionLedger;
use smoltcp::wire::TcpSeqNumber;

/// A connection: both ends and the books on what goes between them.
pub struct Connection {
    pub client: u32,
    pub client_end: Endpoint,
    pub server_end: Endpoint,
    pub ledger: ConnectionLedger,
    /// First stream byte of each direction, once its SYN has been seen.
    pub first_up: Option<TcpSeqNumber>,
    pub first_down: Option<TcpSeqNumber>,
    pub accepted: bool,
    /// When data last passed the client's end of the line, either way.
    pub passed_ns: u64,
}

impl Connection {
    /// One of its ends.
    pub fn end(&mut self, side: Side) -> &mut Endpoint {
        match side {
            Side::Client => &mut self.client_end,
            Side::Server => &mut self.server_end,
        }
    }

    /// A packet passes the client's end of the line.
    pub fn pass(&mut self, segment: &Segment, now_ns: u64) {
        if segment.payload > 0 || segment.syn {
            self.passed_ns = now_ns;
        }
    }

    /// Whether the client has it open.
    pub fn open(&mut self) -> bool {
        !self.client_end.connecting() && !self.client_end.finished()
    }

    /// Direction of a packet, and up to which stream byte of the other direction it acknowledges.
    pub fn account(&mut self, from: Side, segment: &Segment) -> (Direction, Option<u64>) {
        let (direction, own, other) = match from {
            Side::Client => (Direction::Up, &mut self.first_up, self.first_down),
            Side::Server => (Direction::Down, &mut self.first_down, self.first_up),
        };
        if segment.syn {
            *own = Some(segment.seq + 1);
        }
        let acked = segment
            .ack
            .zip(other)
            // Whoever gave up while connecting acknowledges nothing.
            .filter(|(ack, first)| ack >= first)
            .map(|(ack, first)| (ack - first) as u64);
        (direction, acked)
    }
}
