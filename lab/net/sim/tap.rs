//! The tap: whoever wants to see every packet of a run, as its sender puts it on the line.

use crate::measure::classify::Direction;
use crate::measure::ledger::{ConnectionLedger, LayerBytes};
use std::fmt;

/// One packet as it leaves its sender, before any loss.
#[derive(Debug, Clone, Copy)]
pub struct Tapped<'a> {
    pub sent_ns: u64,
    /// When it will arrive; `None` if the link loses it.
    pub arrives_ns: Option<u64>,
    pub direction: Direction,
    /// The IP packet. Its checksums are not filled in.
    pub packet: &'a [u8],
    /// What the ledger books for it.
    pub layers: LayerBytes,
}

/// Called with every packet, in the order in which they are sent.
pub struct Tap {
    /// Only this client's line, or all.
    client: Option<u32>,
    see: Box<dyn FnMut(Tapped<'_>) + Send>,
}

impl Tap {
    /// A tap on one client's line.
    pub fn on_client(client: u32, see: impl FnMut(Tapped<'_>) + Send + 'static) -> Self {
        Self {
            client: Some(client),
            see: Box::new(see),
        }
    }

    /// A tap on every client's line.
    pub fn on_all(see: impl FnMut(Tapped<'_>) + Send + 'static) -> Self {
        Self {
            client: None,
            see: Box::new(see),
        }
    }

    /// Whether this client's packets are wanted.
    pub(super) fn wants(&self, client: u32) -> bool {
        self.client.is_none_or(|wanted| wanted == client)
    }

    pub(super) fn see(&mut self, tapped: Tapped<'_>) {
        (self.see)(tapped);
    }
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tap")
    }
}

/// What a connection's ledger has gained in one direction since `before`.
pub(super) fn gained(
    before: &LayerBytes,
    ledger: &ConnectionLedger,
    direction: Direction,
) -> LayerBytes {
    let now = booked(ledger, direction);
    LayerBytes {
        payload: now.payload.saturating_sub(before.payload),
        framing: now.framing.saturating_sub(before.framing),
        http_headers: now.http_headers.saturating_sub(before.http_headers),
        setup: now.setup.saturating_sub(before.setup),
        tcp_ip: now.tcp_ip.saturating_sub(before.tcp_ip),
    }
}

pub(super) fn booked(ledger: &ConnectionLedger, direction: Direction) -> LayerBytes {
    let totals = ledger.totals();
    match direction {
        Direction::Up => totals.up,
        Direction::Down => totals.down,
    }
}
