//! The simulated network: real TCP/IP packets over simulated access lines, in virtual time.
//!
//! Each client is a host with its own line to the server. A connection is a pair of smoltcp
//! endpoints; what one puts out travels over the client's [`link`] and is handed to the other when
//! it arrives. The ledger sees every packet as its sender puts it on the line, before any loss.
//!
//! Wires are small copyable ids; the network itself is reached through a thread-local, because the
//! runtime's park hook, which drives it, must be `Send`.

mod endpoint;
pub mod link;
mod repair;
mod segment;
mod waiting;
mod wire;

pub use endpoint::SocketBuffers;
pub use link::LinkConfig;
pub use wire::{SimDial, SimWire, accept, dial};

use crate::clock::{self, MS, S, agenda};
use crate::measure::classify::Direction;
use crate::measure::ledger::{ConnectionLedger, Ledger};
use endpoint::{Endpoint, Side};
use link::Link;
use repair::Verdict;
use segment::Segment;
use smoltcp::wire::TcpSeqNumber;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::Future;
use std::task::{Context, Poll, Waker};

/// A connection whose packets went unanswered this often in a row is given up (Linux `tcp_retries2`).
const GIVE_UP_AFTER: u32 = 15;
/// After a run, how long its last packets may take to settle.
const SETTLE_NS: u64 = 300 * S;

/// How a simulated network is set up.
#[derive(Debug, Clone)]
pub struct SimConfig {
    /// Client hosts, numbered from 0.
    pub clients: u32,
    /// Server to client.
    pub down: LinkConfig,
    /// Client to server.
    pub up: LinkConfig,
    /// Seeds loss and jitter.
    pub seed: u64,
    /// Socket buffers of each connection.
    pub buffers: SocketBuffers,
}

struct Network {
    lines: Vec<Line>,
    connections: Vec<Connection>,
    /// Packets on their way.
    in_flight: slab::Slab<Vec<u8>>,
    /// Established and not yet accepted.
    backlog: VecDeque<u32>,
    acceptor: Option<Waker>,
    buffers: SocketBuffers,
    /// Whom to wake once the network is no longer borrowed.
    wake: Vec<Waker>,
}

struct Line {
    down: Link,
    up: Link,
    next_port: u16,
}

struct Connection {
    client: u32,
    client_end: Endpoint,
    server_end: Endpoint,
    ledger: ConnectionLedger,
    /// First stream byte of each direction, once its SYN has been seen.
    first_up: Option<TcpSeqNumber>,
    first_down: Option<TcpSeqNumber>,
    accepted: bool,
}

impl Connection {
    fn end(&mut self, side: Side) -> &mut Endpoint {
        match side {
            Side::Client => &mut self.client_end,
            Side::Server => &mut self.server_end,
        }
    }
}

thread_local! {
    static NETWORK: RefCell<Option<Network>> = const { RefCell::new(None) };
}

/// Uses the network of this thread, then wakes whom that made ready; returns whether there was any.
fn with<R>(f: impl FnOnce(&mut Network) -> R) -> (R, bool) {
    let (result, wake) = NETWORK.with(|network| {
        let mut network = network.borrow_mut();
        let network = network
            .as_mut()
            .expect("simulated wires live inside a simulated run");
        let result = f(network);
        (result, std::mem::take(&mut network.wake))
    });
    let woke = !wake.is_empty();
    for waker in wake {
        waker.wake();
    }
    (result, woke)
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

impl Network {
    fn new(config: SimConfig) -> Self {
        let line = |client: u32| Line {
            down: Link::new(config.down.clone(), config.seed, u64::from(client) * 2),
            up: Link::new(config.up.clone(), config.seed, u64::from(client) * 2 + 1),
            next_port: 40_000,
        };
        Self {
            lines: (0..config.clients).map(line).collect(),
            connections: Vec::new(),
            in_flight: slab::Slab::new(),
            backlog: VecDeque::new(),
            acceptor: None,
            buffers: config.buffers,
            wake: Vec::new(),
        }
    }

    /// Begins a connection from a client host.
    fn dial(&mut self, client: u32) -> u32 {
        let now_ns = clock::now_ns();
        let line = &mut self.lines[client as usize];
        let port = line.next_port;
        line.next_port = if port == u16::MAX { 40_000 } else { port + 1 };
        let id = self.connections.len() as u32;
        self.connections.push(Connection {
            client,
            client_end: Endpoint::new(Side::Client, client, port, self.buffers, now_ns),
            server_end: Endpoint::new(Side::Server, client, port, self.buffers, now_ns),
            ledger: ConnectionLedger::new(),
            first_up: None,
            first_down: None,
            accepted: false,
        });
        self.pump(id, Side::Client);
        id
    }

    /// Takes the next established connection.
    fn accept(&mut self, cx: &mut Context<'_>) -> Poll<u32> {
        match self.backlog.pop_front() {
            Some(id) => Poll::Ready(id),
            None => {
                self.acceptor = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    /// A packet reaches one end.
    fn arrive(&mut self, id: u32, side: Side, packet: usize) {
        let now_ns = clock::now_ns();
        let packet = self.in_flight.remove(packet);
        let segment = Segment::of(&packet);
        let end = self.connections[id as usize].end(side);
        let mut repeats = Vec::new();
        end.repair
            .incoming(now_ns, &segment, |packet| repeats.push(packet));
        end.cable.incoming = Some(packet);
        for packet in repeats {
            self.transmit(id, side, packet, true);
        }
        self.pump(id, side);
    }

    /// A timer of one end is due.
    fn expire(&mut self, id: u32, side: Side) {
        let now_ns = clock::now_ns();
        let end = self.connections[id as usize].end(side);
        if end.timer_ns.is_some_and(|at| at <= now_ns) {
            end.timer_ns = None;
        }
        let mut repeats = Vec::new();
        end.repair.expire(now_ns, |packet| repeats.push(packet));
        if end.repair.doublings() > GIVE_UP_AFTER {
            end.socket().abort();
        }
        for packet in repeats {
            self.transmit(id, side, packet, true);
        }
        self.pump(id, side);
    }

    /// Lets one end work, sends what it puts out, wakes its reader and writer, sets its timer.
    fn pump(&mut self, id: u32, side: Side) {
        let now_ns = clock::now_ns();
        let connection = &mut self.connections[id as usize];
        let end = connection.end(side);
        end.poll(now_ns);
        if !end.owned && end.socket().can_recv() && (side == Side::Client || connection.accepted) {
            // Data for a program that has gone: Linux answers with a reset.
            let end = connection.end(side);
            end.socket().abort();
            end.poll(now_ns);
        }
        let end = connection.end(side);
        for packet in std::mem::take(&mut end.cable.outgoing) {
            self.transmit(id, side, packet, false);
        }
        let connection = &mut self.connections[id as usize];
        if side == Side::Server && !connection.accepted && connection.server_end.socket().may_send()
        {
            connection.accepted = true;
            connection.server_end.owned = true;
            self.backlog.push_back(id);
            self.wake.extend(self.acceptor.take());
        }
        let end = connection.end(side);
        if end.reader.is_some() && end.readable() {
            self.wake.extend(end.reader.take());
        }
        if end.writer.is_some() && end.writable() {
            self.wake.extend(end.writer.take());
        }
        if let Some(at_ns) = end.next_ns(now_ns)
            && end.timer_ns.is_none_or(|set_ns| at_ns < set_ns)
        {
            end.timer_ns = Some(at_ns);
            agenda::schedule(at_ns, token(side, id, None));
        }
    }

    /// Puts a packet of one end on the line. `again` marks a repeat by the repair layer.
    fn transmit(&mut self, id: u32, from: Side, packet: Vec<u8>, again: bool) {
        let now_ns = clock::now_ns();
        let connection = &mut self.connections[id as usize];
        let segment = Segment::of(&packet);
        let repeated = if again {
            segment.payload
        } else {
            match connection
                .end(from)
                .repair
                .outgoing(now_ns, &segment, &packet)
            {
                Verdict::Send { repeated } => repeated,
                Verdict::Swallow => return,
            }
        };
        let (direction, acked) = connection.account(from, &segment);
        let new = &packet[segment.header + repeated..];
        let control = segment.syn || segment.fin || segment.rst;
        connection
            .ledger
            .packet(direction, segment.header, new, repeated, acked, control);
        let line = &mut self.lines[connection.client as usize];
        let link = match from {
            Side::Client => &mut line.up,
            Side::Server => &mut line.down,
        };
        if let Some(arrival_ns) = link.send(now_ns, packet.len()) {
            let slot = self.in_flight.insert(packet);
            agenda::schedule(arrival_ns, token(from.other(), id, Some(slot)));
        }
    }

    /// Whether nothing is on its way and no end has anything left to send.
    fn settled(&mut self) -> bool {
        self.in_flight.is_empty()
            && self.connections.iter_mut().all(|connection| {
                let client_done = connection.client_end.finished();
                let server_done = connection.server_end.finished() || !connection.accepted;
                client_done && server_done
            })
    }

    fn ledger(&self) -> Ledger {
        let mut sum = Ledger::default();
        for connection in &self.connections {
            sum += connection.ledger.totals();
        }
        sum
    }
}

impl Connection {
    /// Direction of a packet, and up to which stream byte of the other direction it acknowledges.
    fn account(&mut self, from: Side, segment: &Segment) -> (Direction, Option<u64>) {
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
            .map(|(ack, first)| (ack - first) as u64);
        (direction, acked)
    }
}
