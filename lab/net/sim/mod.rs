//! The simulated network: real TCP/IP packets over simulated access lines, in virtual time.
//!
//! Each client is a host with its own line to the server. A connection is a pair of smoltcp
//! endpoints; what one puts out travels over the client's [`link`] and is handed to the other when
//! it arrives. The ledger sees every packet as its sender puts it on the line, before any loss.
//!
//! Wires are small copyable ids; the network itself is reached through a thread-local, because the
//! runtime's park hook, which drives it, must be `Send`.

mod cable;
mod connection;
mod endpoint;
pub mod link;
mod middlebox;
mod network;
mod repair;
mod segment;
mod tap;
#[cfg(test)]
mod tests;
mod waiting;
mod wire;

pub use endpoint::SocketBuffers;
pub use link::LinkConfig;
pub use middlebox::Middlebox;
pub use tap::{Tap, Tapped};
pub use wire::{SimDial, SimWire, accept, dial};

use crate::clock::{self, MS, S, agenda};
use crate::measure::ledger::Ledger;
use endpoint::Side;
use network::Network;
use std::cell::RefCell;
use std::future::Future;

/// After a run, how long its last packets may take to settle.
const SETTLE_NS: u64 = 300 * S;

/// How a simulated network is set up.
#[derive(Debug)]
pub struct SimConfig {
    /// Client hosts, numbered from 0.
    pub clients: u32,
    /// Server to client.
    pub down: LinkConfig,
    /// Client to server.
    pub up: LinkConfig,
    /// Outages of single clients' lines, beside those of all.
    pub outages_of: Vec<(u32, Vec<(u64, u64)>)>,
    /// Seeds loss and jitter.
    pub seed: u64,
    /// Socket buffers of each connection.
    pub buffers: SocketBuffers,
    /// Port of a client's first connection; each further one takes the next.
    pub first_port: u16,
    /// Who sees every packet.
    pub taps: Vec<Tap>,
}

thread_local! {
    static NETWORK: RefCell<Option<Network>> = const { RefCell::new(None) };
}

/// Uses the network of this thread; returns whether that woke a task.
fn with<R>(f: impl FnOnce(&mut Network) -> R) -> (R, bool) {
    NETWORK.with(|network| {
        let mut network = network.borrow_mut();
        let network = network
            .as_mut()
            .expect("simulated wires live inside a simulated run");
        network.woke = false;
        (f(network), network.woke)
    })
}

/// As [`with`], for destructors: does nothing once the network is gone.
fn try_with(f: impl FnOnce(&mut Network)) {
    if NETWORK.with(|network| network.borrow().is_some()) {
        with(f);
    }
}

/// What a simulated run leaves behind.
#[derive(Debug, Clone, Copy)]
pub struct Report<T> {
    /// What the main future returned.
    pub output: T,
    /// Every packet, from the first SYN to the last FIN.
    pub ledger: Ledger,
    /// Tasks that had not ended when all was quiet; a bug unless 0.
    pub tasks_left: usize,
}

/// Runs `main` on a simulated network in virtual time; then lets the last packets settle.
pub fn run<F: Future>(config: SimConfig, main: F) -> Result<Report<F::Output>, agenda::Stalled> {
    struct Installed;
    impl Drop for Installed {
        fn drop(&mut self) {
            NETWORK.with(|network| network.borrow_mut().take());
        }
    }
    NETWORK.with(|network| *network.borrow_mut() = Some(Network::new(config)));
    let _installed = Installed;
    agenda::run(handle, waiting::list, async {
        let output = main.await;
        let limit_ns = clock::now_ns() + SETTLE_NS;
        while clock::now_ns() < limit_ns && !with(Network::settled).0 {
            clock::sleep(100 * MS).await;
        }
        Report {
            output,
            ledger: with(|network| network.ledger()).0,
            tasks_left: tokio::runtime::Handle::current()
                .metrics()
                .num_alive_tasks(),
        }
    })
}

// Tokens on the agenda: kind, side and connection in the upper half, packet in the lower one.
const PACKET: u64 = 1 << 63;
const SERVER_SIDE: u64 = 1 << 62;

fn token(side: Side, connection: u32, packet: Option<usize>) -> u64 {
    let side = if side == Side::Server { SERVER_SIDE } else { 0 };
    let packet = packet.map_or(0, |packet| PACKET | packet as u64);
    side | u64::from(connection) << 32 | packet
}

fn handle(token: u64) -> bool {
    let side = if token & SERVER_SIDE == 0 {
        Side::Client
    } else {
        Side::Server
    };
    let connection = (token >> 32) as u32 & 0x3fff_ffff;
    with(|network| match token & PACKET {
        0 => network.expire(connection, side),
        _ => network.arrive(connection, side, token as u32 as usize),
    })
    .1
}
