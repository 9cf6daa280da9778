//! One end of a simulated connection: a smoltcp TCP socket, set up to behave as Linux does with
//! TCP_NODELAY, plus what smoltcp leaves out (congestion window, loss repair).

use super::cable::Cable;
use super::repair::Repair;
use crate::clock::{MS, US, agenda};
use smoltcp::iface::{Config, Interface, PollResult, SocketHandle, SocketSet};
use smoltcp::socket::tcp;
use smoltcp::time::{Duration, Instant};
use smoltcp::wire::{HardwareAddress, IpAddress, IpEndpoint, Ipv4Address};
use std::collections::VecDeque;
use std::task::Waker;

/// The port every simulated server listens on.
const SERVER_PORT: u16 = 80;
/// Address of the server.
const SERVER: Ipv4Address = Ipv4Address::new(10, 0, 0, 1);
/// Linux acknowledges as soon as the reader has emptied its buffer; 0.1 ms lets an immediate answer
/// carry the acknowledgement along.
const ACK_DELAY: Duration = Duration::from_micros(100);
/// An answer within this time of the question counts as prompt (Linux `TCP_ATO_MIN`).
const PROMPT_NS: u64 = 40 * MS;
/// Largest payload of a segment on Ethernet with timestamps: 1,500 - 20 - 20 - 12.
const MSS: usize = 1_448;

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
    sockets: SocketSet<'static>,
    handle: SocketHandle,
    pub repair: Repair,
    pub reader: Option<Waker>,
    pub writer: Option<Waker>,
    /// When smoltcp next needs the time: as of the last look, or now if something was written since. Whoever writes
    /// lets it work at once.
    stack_ns: Option<u64>,
    /// Earliest entry on the agenda for this end.
    pub timer_ns: Option<u64>,
    /// Whether the program still holds the wire.
    pub owned: bool,
    /// Written, and waiting for the congestion window.
    held: VecDeque<u8>,
    /// The program has written its last byte.
    closing: bool,
    /// When data last arrived.
    heard_ns: u64,
    /// Whether the program last wrote promptly after data arrived; Linux calls it ping-pong mode.
    prompt: bool,
}

impl Endpoint {
    /// An end that listens (server) or has just begun to connect (client).
    pub fn new(
        side: Side,
        client: u32,
        port: u16,
        buffers: SocketBuffers,
        interface: &mut Interface,
    ) -> Self {
        let host = client + 1;
        let address = Ipv4Address::new(10, 1 + (host >> 16) as u8, (host >> 8) as u8, host as u8);
        let local = IpEndpoint::new(IpAddress::Ipv4(address), port);
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
        // Linux acknowledges the first request of a young connection alone, too: the server's delay
        // begins with its first answer.
        socket.set_ack_delay((side == Side::Client).then_some(ACK_DELAY));
        match side {
            Side::Server => socket
                .listen(SERVER_PORT)
                .expect("a fresh socket can listen"),
            Side::Client => socket
                .connect(interface.context(), (SERVER, SERVER_PORT), local)
                .expect("a fresh socket can connect"),
        }
        let mut sockets = SocketSet::new(Vec::with_capacity(1));
        let handle = sockets.add(socket);
        Self {
            sockets,
            handle,
            repair: Repair::default(),
            reader: None,
            writer: None,
            stack_ns: None,
            timer_ns: None,
            owned: side == Side::Client,
            held: VecDeque::new(),
            closing: false,
            heard_ns: 0,
            prompt: false,
        }
    }

    /// A packet with data is about to come in. A server on Linux acknowledges at once and alone,
    /// even if the answer is ready, after silence longer than its timeout, unless it has lately
    /// answered promptly.
    pub fn hear(&mut self, side: Side, now_ns: u64) {
        let silent = now_ns - self.heard_ns > self.repair.timeout_ns();
        if side == Side::Server && silent && !self.prompt {
            self.socket().set_ack_delay(None);
        }
        self.heard_ns = now_ns;
    }

    /// Lets smoltcp take in what the cable brought and put out what is due.
    pub fn poll(&mut self, interface: &mut Interface, cable: &mut Cable, now_ns: u64) {
        self.release(now_ns);
        let now = instant(now_ns);
        let incoming = cable.incoming.is_some();
        if incoming {
            interface.poll_ingress_single(now, cable, &mut self.sockets);
        }
        debug_assert!(cable.incoming.is_none(), "it would reach another end");
        // What is known to be due need not be asked for.
        if incoming || !self.due(now_ns) {
            self.look(interface, now_ns);
        }
        while self.due(now_ns) {
            let sent = interface.poll_egress(now, cable, &mut self.sockets) != PollResult::None;
            self.look(interface, now_ns);
            if !sent {
                break;
            }
        }
        cable.join();
    }

    /// Whether smoltcp, as far as is known, has something to do now.
    fn due(&self, now_ns: u64) -> bool {
        self.stack_ns.is_some_and(|at_ns| at_ns <= now_ns)
    }

    /// Gives back the buffers of a connection that is over: pollers may make thousands of them.
    pub fn retire(&mut self) {
        if !self.owned && self.socket().state() == tcp::State::Closed {
            let empty = || tcp::SocketBuffer::new(Vec::new());
            *self.socket() = tcp::Socket::new(empty(), empty());
            self.stack_ns = None;
        }
    }

    /// Asks smoltcp when it next needs the time.
    pub fn look(&mut self, interface: &mut Interface, now_ns: u64) {
        let at = interface.poll_at(instant(now_ns), &self.sockets);
        self.stack_ns = at.map(|at| (at.total_micros().max(0) as u64 * US).max(now_ns));
    }

    /// When smoltcp, as it last said, or the repair layer next needs the time.
    pub fn next_ns(&self) -> Option<u64> {
        match (self.stack_ns, self.repair.next_ns()) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Puts the next need of time on the agenda, unless something earlier of this end is there.
    pub fn set_timer(&mut self, token: u64) {
        if let Some(at_ns) = self.next_ns()
            && self.timer_ns.is_none_or(|set_ns| at_ns < set_ns)
        {
            self.timer_ns = Some(at_ns);
            agenda::schedule(at_ns, token);
        }
    }

    /// Whether only time and packets can make it do anything.
    pub fn rests(&self) -> bool {
        self.held.is_empty() && !self.closing && !self.repair.hopeless()
    }

    /// The socket.
    pub fn socket(&mut self) -> &mut tcp::Socket<'static> {
        self.sockets.get_mut(self.handle)
    }

    /// Takes as much of `data` as the send buffer has room for; how much that was.
    pub fn write(&mut self, data: &[u8], now_ns: u64) -> usize {
        self.prompt = now_ns - self.heard_ns < PROMPT_NS;
        let taken = data.len().min(self.space());
        self.socket().set_ack_delay(Some(ACK_DELAY));
        // Mostly all of it may leave at once.
        let leaves = taken > 0 && self.held.is_empty() && taken <= self.repair.room(now_ns) * MSS;
        let sent = match leaves {
            true => self.socket().send_slice(&data[..taken]).unwrap_or(0),
            false => 0,
        };
        if sent > 0 {
            self.stack_ns = Some(now_ns);
        }
        self.held.extend(&data[sent..taken]);
        taken
    }

    /// Nothing more will be written.
    pub fn close(&mut self) {
        self.closing = true;
    }

    /// Hands smoltcp what the congestion window lets go. What had to wait leaves in full segments,
    /// however small the writes were.
    fn release(&mut self, now_ns: u64) {
        if !self.held.is_empty() {
            let allowed = self.held.len().min(self.repair.room(now_ns) * MSS);
            let socket = self.sockets.get_mut::<tcp::Socket>(self.handle);
            let held = &self.held.make_contiguous()[..allowed];
            let sent = socket.send_slice(held).unwrap_or(0);
            self.held.drain(..sent);
        }
        if self.closing && self.held.is_empty() {
            self.socket().close();
        }
    }

    /// Room in the send buffer, which holds what is not acknowledged.
    fn space(&mut self) -> usize {
        let held = self.held.len();
        let socket = self.socket();
        socket
            .send_capacity()
            .saturating_sub(socket.send_queue() + held)
    }

    /// Whether a read would not wait.
    pub fn readable(&mut self) -> bool {
        let socket = self.socket();
        socket.can_recv() || (!socket.may_recv() && !self.connecting())
    }

    /// Whether a write would not wait (a closed connection fails at once).
    pub fn writable(&mut self) -> bool {
        self.space() > 0 || (!self.socket().may_send() && !self.connecting())
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

/// What all ends share of smoltcp: the time and the dice for initial sequence numbers. Addresses are the sockets' own,
/// and each is polled for itself, so that a packet meets nobody but whom it is for.
pub fn interface() -> Interface {
    let config = Config::new(HardwareAddress::Ip);
    let mut interface = Interface::new(config, &mut Cable::default(), instant(0));
    interface.set_any_ip(true);
    interface
}

fn instant(now_ns: u64) -> Instant {
    Instant::from_micros((now_ns / US) as i64)
}

/// smoltcp takes its timestamps from a plain function.
fn timestamp() -> u32 {
    super::segment::timestamp(crate::clock::now_ns())
}
