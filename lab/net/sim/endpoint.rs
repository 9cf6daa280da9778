//! One end of a simulated connection: a smoltcp interface with one TCP socket, set up to behave as
//! Linux does with TCP_NODELAY, plus what smoltcp leaves out (congestion window, loss repair).

use super::repair::Repair;
use crate::clock::US;
use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::phy::{ChecksumCapabilities, Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::socket::tcp;
use smoltcp::time::{Duration, Instant};
use smoltcp::wire::{HardwareAddress, IpAddress, IpCidr, Ipv4Address};
use std::task::Waker;

/// The port every simulated server listens on.
const SERVER_PORT: u16 = 80;
/// Address of the server; each connection lives in its own pair of interfaces.
const SERVER: Ipv4Address = Ipv4Address::new(10, 0, 0, 1);
/// Linux acknowledges as soon as the reader has emptied its buffer; 0.1 ms lets an immediate answer
/// carry the acknowledgement along.
const ACK_DELAY: Duration = Duration::from_micros(100);
/// Largest payload of a segment on Ethernet with timestamps: 1,500 - 20 - 20 - 12.
pub const MSS: usize = 1_448;
/// Initial congestion window, RFC 6928.
const INITIAL_WINDOW: usize = 10 * MSS;

/// Which end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Client,
    Server,
}

impl Side {
    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Side::Client => Side::Server,
            Side::Server => Side::Client,
        }
    }
}

/// Size of a socket's buffers: `down` holds what the server sends, `up` what the client sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketBuffers {
    pub down: usize,
    pub up: usize,
}

/// One end of a connection.
pub struct Endpoint {
    interface: Interface,
    sockets: SocketSet<'static>,
    handle: SocketHandle,
    pub cable: Cable,
    pub repair: Repair,
    pub window: Window,
    pub reader: Option<Waker>,
    pub writer: Option<Waker>,
    /// Earliest entry on the agenda for this end.
    pub timer_ns: Option<u64>,
    /// Whether the program still holds the wire.
    pub owned: bool,
}

impl Endpoint {
    /// An end that listens (server) or has just begun to connect (client).
    pub fn new(side: Side, client: u32, port: u16, buffers: SocketBuffers, now_ns: u64) -> Self {
        let host = client + 1;
        let client_address =
            Ipv4Address::new(10, 1 + (host >> 16) as u8, (host >> 8) as u8, host as u8);
        let address = match side {
            Side::Client => client_address,
            Side::Server => SERVER,
        };
        let mut cable = Cable::default();
        let mut config = Config::new(HardwareAddress::Ip);
        // Seeds the initial sequence numbers only.
        config.random_seed =
            u64::from(client) << 17 | u64::from(port) << 1 | (side == Side::Server) as u64;
        let mut interface = Interface::new(config, &mut cable, instant(now_ns));
        interface.update_ip_addrs(|addresses| {
            let _ = addresses.push(IpCidr::new(IpAddress::Ipv4(address), 8));
        });
        let (receive, send) = match side {
            Side::Client => (buffers.down, buffers.up),
            Side::Server => (buffers.up, buffers.down),
        };
        let mut socket = tcp::Socket::new(
            tcp::SocketBuffer::new(vec![0; receive]),
            tcp::SocketBuffer::new(vec![0; send]),
        );
        socket.set_nagle_enabled(false);
        socket.set_tsval_generator(Some(timestamp));
        socket.set_congestion_control(tcp::CongestionControl::None);
        // Linux acknowledges the first request of a young connection alone: the server's delay
        // begins with its first answer (`answered`).
        socket.set_ack_delay((side == Side::Client).then_some(ACK_DELAY));
        match side {
            Side::Server => socket
                .listen(SERVER_PORT)
                .expect("a fresh socket can listen"),
            Side::Client => socket
                .connect(interface.context(), (SERVER, SERVER_PORT), port)
                .expect("a fresh socket can connect"),
        }
        let mut sockets = SocketSet::new(Vec::with_capacity(1));
        let handle = sockets.add(socket);
        Self {
            interface,
            sockets,
            handle,
            cable,
            repair: Repair::new(),
            window: Window::default(),
            reader: None,
            writer: None,
            timer_ns: None,
            owned: side == Side::Client,
        }
    }

    /// Lets smoltcp take in what the cable brought and put out what is due.
    pub fn poll(&mut self, now_ns: u64) {
        self.interface
            .poll(instant(now_ns), &mut self.cable, &mut self.sockets);
        let queued = self.socket().send_queue();
        self.window.acknowledged(queued);
    }

    /// When smoltcp or the repair layer next needs the time.
    pub fn next_ns(&mut self, now_ns: u64) -> Option<u64> {
        let stack = self.interface.poll_at(instant(now_ns), &self.sockets);
        let stack_ns = stack.map(|at| (at.total_micros().max(0) as u64 * US).max(now_ns));
        match (stack_ns, self.repair.next_ns()) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// The socket.
    pub fn socket(&mut self) -> &mut tcp::Socket<'static> {
        self.sockets.get_mut(self.handle)
    }

    /// Queues as much of `data` as buffer and congestion window take; how much that was.
    pub fn write(&mut self, data: &[u8], now_ns: u64) -> usize {
        let rto_ns = self.repair.rto_ns();
        let queued = self.socket().send_queue();
        let room = self.window.room(queued, now_ns, rto_ns);
        let socket = self.socket();
        socket.set_ack_delay(Some(ACK_DELAY));
        let taken = socket
            .send_slice(&data[..data.len().min(room)])
            .unwrap_or(0);
        self.window.wrote(taken, data.len(), room, now_ns);
        taken
    }

    /// Whether a read would not wait.
    pub fn readable(&mut self) -> bool {
        let socket = self.socket();
        socket.can_recv() || (!socket.may_recv() && !self.connecting())
    }

    /// Whether a write would not wait (a closed connection fails at once).
    pub fn writable(&mut self) -> bool {
        let queued = self.socket().send_queue();
        let has_room = self.window.size > queued;
        let socket = self.socket();
        (socket.can_send() && has_room) || (!socket.may_send() && !self.connecting())
    }

    /// Whether the handshake is still under way.
    pub fn connecting(&mut self) -> bool {
        use tcp::State::{Listen, SynReceived, SynSent};
        matches!(self.socket().state(), SynSent | SynReceived | Listen)
    }

    /// Whether nothing will be sent any more.
    pub fn finished(&mut self) -> bool {
        matches!(
            self.socket().state(),
            tcp::State::Closed | tcp::State::TimeWait
        )
    }
}

/// The congestion window, kept outside smoltcp: starts at ten segments, grows by what was
/// acknowledged while it was the limit (slow start), restarts after silence as Linux's
/// `tcp_slow_start_after_idle` does. It does not shrink on loss (METHODOLOGY.md says so).
pub struct Window {
    size: usize,
    /// Bytes handed to smoltcp and not yet acknowledged, when last looked.
    queued: usize,
    limited: bool,
    last_write_ns: u64,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            size: INITIAL_WINDOW,
            queued: 0,
            limited: false,
            last_write_ns: 0,
        }
    }
}

impl Window {
    fn room(&mut self, queued: usize, now_ns: u64, rto_ns: u64) -> usize {
        if queued == 0 && now_ns.saturating_sub(self.last_write_ns) > rto_ns {
            self.size = self.size.min(INITIAL_WINDOW);
        }
        self.size.saturating_sub(queued)
    }

    fn wrote(&mut self, taken: usize, wanted: usize, room: usize, now_ns: u64) {
        self.queued += taken;
        self.limited = room <= wanted;
        if taken > 0 {
            self.last_write_ns = now_ns;
        }
    }

    fn acknowledged(&mut self, queued: usize) {
        if self.limited {
            self.size += self.queued.saturating_sub(queued);
        }
        self.queued = queued;
    }
}

/// The ends of the cable between smoltcp and the link: at most one packet comes in at a time.
#[derive(Default)]
pub struct Cable {
    pub incoming: Option<Vec<u8>>,
    pub outgoing: Vec<Vec<u8>>,
}

/// A packet on its way into smoltcp.
pub struct Incoming(Vec<u8>);
/// A slot for a packet that smoltcp builds.
pub struct Outgoing<'a>(&'a mut Vec<Vec<u8>>);

impl RxToken for Incoming {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
        f(&self.0)
    }
}

impl TxToken for Outgoing<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, f: F) -> R {
        let mut packet = vec![0; len];
        let result = f(&mut packet);
        self.0.push(packet);
        result
    }
}

impl Device for Cable {
    type RxToken<'a> = Incoming;
    type TxToken<'a> = Outgoing<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Incoming, Outgoing<'_>)> {
        let packet = self.incoming.take()?;
        Some((Incoming(packet), Outgoing(&mut self.outgoing)))
    }

    fn transmit(&mut self, _: Instant) -> Option<Outgoing<'_>> {
        Some(Outgoing(&mut self.outgoing))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = 1_500;
        // The simulated link never corrupts a packet.
        capabilities.checksum = ChecksumCapabilities::ignored();
        capabilities
    }
}

fn instant(now_ns: u64) -> Instant {
    Instant::from_micros((now_ns / US) as i64)
}

/// TCP timestamps in microseconds of virtual time; never 0, which would mean "none yet".
fn timestamp() -> u32 {
    ((crate::clock::now_ns() / US) as u32).max(1)
}
