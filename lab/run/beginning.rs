//! When each client begins: spread evenly, by the seed, and the same for every transport.

use super::Prepared;
use crate::clock::S;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Streams of the seed, so that one kind of chance does not shift another.
const PHASE_STREAM: u64 = 1 << 40;
/// Over how long clients that do not ask on a timer connect, unless half the warm-up is shorter.
const SPREAD_NS: u64 = S;

/// When a client begins: it connects at `start_ns`, or asks first at `phase_ns` if it asks on a timer.
pub(super) struct Beginning {
    pub start_ns: u64,
    pub phase_ns: u64,
}

/// Client c of N at (c + u) T / N, with T the span and u random: the clients cover the span evenly
/// whatever their number.
fn stratified(client: u64, clients: u64, draw: u64, span_ns: u64) -> u64 {
    let slot_ns = u128::from(client) * u128::from(span_ns) / u128::from(clients);
    slot_ns as u64 + draw % (span_ns / clients).max(1)
}

impl Prepared {
    /// When each client begins. One draw per client gives both instants, so that a longer poll
    /// interval moves pollers only.
    pub(super) fn beginnings(&self) -> Vec<Beginning> {
        let mut dice = ChaCha8Rng::seed_from_u64(self.scenario.seed);
        dice.set_stream(PHASE_STREAM);
        let clients = u64::from(self.scenario.clients);
        let every_ns = self.scenario.poll_every.as_nanos();
        let punctual = clients - u64::from(self.scenario.late.min(self.scenario.clients));
        let late_at_ns = self.scenario.late_at.as_nanos();
        (0..clients)
            .map(|client| {
                let draw = dice.next_u64();
                let start_ns = self.within_warm_up(stratified(client, clients, draw, SPREAD_NS));
                let phase_ns = stratified(client, clients, draw, every_ns);
                if client < punctual {
                    return Beginning { start_ns, phase_ns };
                }
                // Whoever comes late asks at once.
                let start_ns = late_at_ns + start_ns;
                Beginning {
                    start_ns,
                    phase_ns: start_ns,
                }
            })
            .collect()
    }

    /// Clients that do not ask on a timer connect within the first half of the warm-up, so that no
    /// measured event meets an absent one.
    fn within_warm_up(&self, start_ns: u64) -> u64 {
        match self.scenario.warm_up.as_nanos() / 2 {
            half_ns @ 1..SPREAD_NS => {
                (u128::from(start_ns) * u128::from(half_ns) / u128::from(SPREAD_NS)) as u64
            }
            _ => start_ns,
        }
    }
}
