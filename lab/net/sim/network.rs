//! The simulated network itself: connections, the packets between their ends, and their timers.

use super::cable::Cable;
use super::connection::Connection;
use super::endpoint::{self, Endpoint, Side, SocketBuffers};
use super::link::{Link, LinkConfig};
use super::repair::Verdict;
use super::segment::{self, Segment};
use super::tap::{self, Tap, Tapped};
use super::{SimConfig, token};
use crate::clock::{self, agenda};
use crate::measure::ledger::{ConnectionLedger, Ledger};
use smoltcp::iface::Interface;
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// The lines, the connections over them, and the packets on their way.
pub struct Network {
    lines: Vec<Line>,
    pub connections: Vec<Connection>,
    /// Packets on their way.
    in_flight: slab::Slab<(Rc<[u8]>, Segment)>,
    interface: Interface,
    cable: Cable,
    /// Established and not yet accepted.
    backlog: VecDeque<u32>,
    pub acceptor: Option<Waker>,
    buffers: SocketBuffers,
    first_port: u16,
    taps: Vec<Tap>,
    /// Whether a task has been woken since this was set to no. Waking only puts it on the runtime's list: nothing of it
    /// runs, and could come back here, before the network is free again.
    pub woke: bool,
}

/// A client's access line.
struct Line {
    down: Link,
    up: Link,
    next_port: u16,
}

impl Network {
    pub fn new(config: SimConfig) -> Self {
        let link = |of: &LinkConfig, client: u32, direction: u64| {
            let mut of = of.clone();
            let own = config.outages_of.iter().filter(|(own, _)| *own == client);
            of.outages_ns.extend(own.flat_map(|(_, outages)| outages));
            Link::new(of, config.seed, u64::from(client) * 2 + direction)
        };
        let line = |client: u32| Line {
            down: link(&config.down, client, 0),
            up: link(&config.up, client, 1),
            next_port: config.first_port,
        };
        Self {
            lines: (0..config.clients).map(line).collect(),
            connections: Vec::new(),
            in_flight: slab::Slab::new(),
            interface: endpoint::interface(),
            cable: Cable::default(),
            backlog: VecDeque::new(),
            acceptor: None,
            buffers: config.buffers,
            first_port: config.first_port,
            taps: config.taps,
            woke: false,
        }
    }

    /// Begins a connection from a client host.
    pub fn dial(&mut self, client: u32) -> u32 {
        let now_ns = clock::now_ns();
        let line = &mut self.lines[client as usize];
        let port = line.next_port;
        line.next_port = port.checked_add(1).unwrap_or(self.first_port);
        let id = self.connections.len() as u32;
        let mut end = |side| Endpoint::new(side, client, port, self.buffers, &mut self.interface);
        self.connections.push(Connection {
            client,
            client_end: end(Side::Client),
            server_end: end(Side::Server),
            ledger: ConnectionLedger::new(),
            first_up: None,
            first_down: None,
            accepted: false,
            passed_ns: now_ns,
        });
        self.pump(id, Side::Client);
        id
    }

    /// Takes the next established connection.
    pub fn accept(&mut self, cx: &mut Context<'_>) -> Poll<u32> {
        match self.backlog.pop_front() {
            Some(id) => Poll::Ready(id),
            None => {
                self.acceptor = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    /// A packet reaches one end.
    pub fn arrive(&mut self, id: u32, side: Side, packet: usize) {
        let now_ns = clock::now_ns();
        let (packet, segment) = self.in_flight.remove(packet);
        let connection = &mut self.connections[id as usize];
        if side == Side::Client {
            connection.pass(&segment, now_ns);
        }
        let end = connection.end(side);
        let mut repeats = Vec::new();
        end.repair
            .incoming(now_ns, &segment, |packet| repeats.push(packet));
        if segment.payload > 0 {
            end.hear(side, now_ns);
        }
        self.cable.incoming = Some(packet);
        for packet in repeats {
            self.transmit(id, side, packet, true);
        }
        self.pump(id, side);
    }

    /// A timer of one end is due.
    pub fn expire(&mut self, id: u32, side: Side) {
        let now_ns = clock::now_ns();
        let end = self.connections[id as usize].end(side);
        if end.timer_ns.is_some_and(|at| at <= now_ns) {
            end.timer_ns = None;
        }
        // Mostly what it was set for has been acknowledged meanwhile, and only the next one is to be set.
        end.look(&mut self.interface, now_ns);
        if end.rests() && end.next_ns().is_none_or(|at_ns| at_ns > now_ns) {
            return end.set_timer(token(side, id, None));
        }
        let mut repeats = Vec::new();
        end.repair.expire(now_ns, |packet| repeats.push(packet));
        if end.repair.hopeless() {
            end.socket().abort();
        }
        for packet in repeats {
            self.transmit(id, side, packet, true);
        }
        self.pump(id, side);
    }

    /// Resets a connection at the client's end, if it is open there; the server hears of it a transit later.
    pub fn cut(&mut self, id: u32) {
        let connection = &mut self.connections[id as usize];
        if connection.open() {
            connection.client_end.socket().abort();
            self.pump(id, Side::Client);
        }
    }

    /// Lets one end work, sends what it puts out, wakes its reader and writer, sets its timer.
    pub fn pump(&mut self, id: u32, side: Side) {
        let now_ns = clock::now_ns();
        let connection = &mut self.connections[id as usize];
        let end = connection.end(side);
        end.poll(&mut self.interface, &mut self.cable, now_ns);
        if !end.owned && end.socket().can_recv() && (side == Side::Client || connection.accepted) {
            // Data for a program that has gone: Linux answers with a reset.
            let end = connection.end(side);
            end.socket().abort();
            end.poll(&mut self.interface, &mut self.cable, now_ns);
        }
        let mut outgoing = std::mem::take(&mut self.cable.outgoing);
        for packet in outgoing.drain(..) {
            self.transmit(id, side, packet[..].into(), false);
            self.cable.spare.push(packet);
        }
        self.cable.outgoing = outgoing;
        let connection = &mut self.connections[id as usize];
        if side == Side::Server && !connection.accepted && connection.server_end.socket().may_send()
        {
            connection.accepted = true;
            connection.server_end.owned = true;
            self.backlog.push_back(id);
            self.woke |= wake(&mut self.acceptor);
        }
        let end = connection.end(side);
        if end.reader.is_some() && end.readable() {
            self.woke |= wake(&mut end.reader);
        }
        if end.writer.is_some() && end.writable() {
            self.woke |= wake(&mut end.writer);
        }
        end.retire();
        end.set_timer(token(side, id, None));
    }

    /// Puts a packet of one end on the line. `again` marks a repeat by the repair layer.
    fn transmit(&mut self, id: u32, from: Side, mut packet: Rc<[u8]>, again: bool) {
        let now_ns = clock::now_ns();
        let connection = &mut self.connections[id as usize];
        let mut segment = Segment::of(&packet);
        let repeated = if again {
            segment.payload
        } else {
            match connection
                .end(from)
                .repair
                .outgoing(now_ns, &segment, &packet)
            {
                Verdict::Send { repeated } => repeated,
                Verdict::OnlyAck { seq } => {
                    let mut bare = packet.to_vec();
                    segment::strip(&mut bare, &segment, seq);
                    packet = bare.into();
                    segment = Segment::of(&packet);
                    0
                }
                Verdict::Swallow => return,
            }
        };
        let (direction, acked) = connection.account(from, &segment);
        if from == Side::Client {
            connection.pass(&segment, now_ns);
        }
        let new = &packet[segment.header + repeated..];
        let control = segment.syn || segment.fin || segment.rst;
        let client = connection.client;
        let tapped = self.taps.iter().any(|tap| tap.wants(client));
        let before = tapped.then(|| tap::booked(&connection.ledger, direction));
        connection
            .ledger
            .packet(direction, segment.header, new, repeated, acked, control);
        let line = &mut self.lines[connection.client as usize];
        let link = match from {
            Side::Client => &mut line.up,
            Side::Server => &mut line.down,
        };
        let arrives_ns = link.send(now_ns, packet.len());
        if let Some(before) = before {
            let seen = Tapped {
                sent_ns: now_ns,
                arrives_ns,
                direction,
                packet: &packet,
                layers: tap::gained(&before, &connection.ledger, direction),
            };
            for tap in self.taps.iter_mut().filter(|tap| tap.wants(client)) {
                tap.see(seen);
            }
        }
        if let Some(arrival_ns) = arrives_ns {
            let slot = self.in_flight.insert((packet, segment));
            agenda::schedule(arrival_ns, token(from.other(), id, Some(slot)));
        }
    }

    /// Whether nothing is on its way and no end has anything left to send.
    pub fn settled(&mut self) -> bool {
        self.in_flight.is_empty()
            && self.connections.iter_mut().all(|connection| {
                let client_done = connection.client_end.finished();
                let server_done = connection.server_end.finished() || !connection.accepted;
                client_done && server_done
            })
    }

    /// The sum over all connections.
    pub fn ledger(&self) -> Ledger {
        let mut sum = Ledger::default();
        for connection in &self.connections {
            sum += connection.ledger.totals();
        }
        sum
    }
}

/// Wakes whoever waits, if there is somebody.
fn wake(waiting: &mut Option<Waker>) -> bool {
    waiting.take().map(Waker::wake).is_some()
}
