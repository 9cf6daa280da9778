//! How clients reach the server: over the simulated network or over kernel sockets on this machine.
//! Transports see only [`Dialer`], [`Listener`] and [`Wire`], and cannot tell which it is.

pub mod delay_line;
pub mod loopback;
pub mod memory;
pub mod sim;
mod tcp_info;

use crate::scenario::{App, HeaderProfile, Scenario};
use delay_line::{Delay, DelayLine};
use loopback::TcpWire;
use memory::{MemoryDialer, MemoryListener};
use sim::{SimWire, SocketBuffers};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tokio::net::TcpListener;

/// The two networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// Virtual time, simulated links, real TCP/IP packets. The same on every machine.
    Simulated,
    /// Kernel sockets on 127.0.0.1 in real time.
    Loopback,
}

impl Network {
    /// As in JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Network::Simulated => "simulated",
            Network::Loopback => "loopback",
        }
    }
}

/// One end of a connection: a byte stream.
#[derive(Debug)]
pub enum Wire {
    Simulated(SimWire),
    Tcp(TcpWire),
    /// The server's end of a kernel connection behind a delay line.
    Delayed(DelayLine),
    /// For benchmarks: within one thread.
    Memory(DuplexStream),
}

/// Opens connections to the server.
#[derive(Debug, Clone)]
pub enum Dialer {
    /// From this client host.
    Simulated {
        client: u32,
    },
    /// To this address; the meter takes account of the connection.
    Tcp {
        server: SocketAddr,
        meter: loopback::Meter,
    },
    Memory(MemoryDialer),
}

impl Dialer {
    pub async fn dial(&self) -> io::Result<Wire> {
        match self {
            Dialer::Simulated { client } => Ok(Wire::Simulated(sim::dial(*client).await?)),
            Dialer::Tcp { server, meter } => {
                Ok(Wire::Tcp(TcpWire::dial(*server, meter.clone()).await?))
            }
            Dialer::Memory(dialer) => Ok(Wire::Memory(dialer.dial()?)),
        }
    }
}

/// Accepts connections on the server.
#[derive(Debug)]
pub enum Listener {
    Simulated,
    Tcp(TcpListener),
    /// The same, each connection behind a delay line.
    Delayed(TcpListener, Delay),
    Memory(MemoryListener),
}

impl Listener {
    pub async fn accept(&self) -> io::Result<Wire> {
        match self {
            Listener::Simulated => Ok(Wire::Simulated(sim::accept().await)),
            Listener::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                Ok(Wire::Tcp(TcpWire::accepted(stream)?))
            }
            Listener::Delayed(listener, delay) => {
                let (stream, _) = listener.accept().await?;
                let wire = TcpWire::accepted(stream)?;
                Ok(Wire::Delayed(DelayLine::new(wire, *delay)))
            }
            Listener::Memory(listener) => Ok(Wire::Memory(listener.accept().await?)),
        }
    }
}

/// Sizes of the buffers along a connection, bytes. None of them may change a result: a test doubles
/// them all and compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Buffers {
    /// Simulated socket buffers.
    pub socket: SocketBuffers,
    /// hyper's largest read and write buffer (at least 8,192).
    pub http: usize,
    /// tungstenite's read buffer.
    pub websocket: usize,
}

impl Buffers {
    /// Small where events are few, so that ten thousand simulated clients fit into memory; large
    /// enough that the receive window never limits a transport, even when it catches up on an
    /// outage or a poll brings a long batch.
    pub fn for_scenario(scenario: &Scenario) -> Self {
        const LARGEST: u64 = 256 * 1024;
        const FEW: u64 = 8 * 1024;
        let longest_outage_ns = scenario
            .outages
            .iter()
            .map(|outage| outage.lasts.as_nanos())
            // At the end of a stall, too, everything comes at once.
            .chain(scenario.stalls.iter().map(|stall| stall.lasts.as_nanos()))
            .max();
        let gap_ns = longest_outage_ns.unwrap_or(0) * 3 + scenario.poll_every.as_nanos();
        if scenario.app != App::Ticker {
            return Self::for_people(scenario, gap_ns);
        }
        let events = scenario.rate.as_per_second() * gap_ns as f64 / 1e9;
        // A tick with its framing is below 128 bytes; four times that leaves room for chance. One
        // large event has to fit, however rare.
        let event = scenario.payload.bytes().max(69) + 59;
        let burst = ((events * 4.0).max(1.0) * event as f64) as u64;
        // Heads of a usual length fit many times over; literal ones may be long.
        let least = match scenario.headers {
            HeaderProfile::Literal(_) => 4 * 1024,
            HeaderProfile::Lean | HeaderProfile::Browser => 2 * 1024,
        };
        // Of few events there are hardly ever more than the mean and four deviations of a Poisson process, or a burst.
        let down = match burst {
            ..=FEW => {
                let most = events + 4.0 * events.sqrt() + 5.0;
                ((most * event as f64) as u64).clamp(2 * least, FEW)
            }
            _ => burst.min(LARGEST),
        };
        Self {
            socket: SocketBuffers {
                down: down.next_power_of_two() as usize,
                up: least as usize,
            },
            http: 8 * 1024,
            websocket: 2 * 1024,
        }
    }

    /// On the simulated network a read costs next to nothing, but the buffer is filled with zeros for each, and ten
    /// thousand of them drive everything else out of the processor's caches.
    pub fn simulated(self, scenario: &Scenario) -> Self {
        let frame = match scenario.app {
            App::Ticker => scenario.payload.bytes().max(69) + 59,
            _ => return self,
        };
        let few = self.websocket / 8;
        let room = (frame as usize).next_power_of_two().max(few);
        Self {
            websocket: room.min(self.websocket),
            ..self
        }
    }

    /// Where people publish, what a gap holds back comes at once in both directions, and there are messages of some
    /// kilobytes: whole shapes, snapshots.
    fn for_people(scenario: &Scenario, gap_ns: u64) -> Self {
        const LARGEST: f64 = 256.0 * 1024.0;
        const SHORTEST_EVENT: usize = 128;
        const OF_PEOPLE: usize = 512;
        let publishes = scenario.publishers > 0;
        let hurry = scenario.rush.map_or(1.0, |rush| rush.times.max(1.0));
        let sample = serde_json::to_string(&scenario.message).map_or(0, |text| text.len());
        let event = sample + if publishes { OF_PEOPLE } else { SHORTEST_EVENT };
        let events = scenario.messages_per_second() * hurry * gap_ns as f64 / 1e9;
        let least = if publishes { 64.0 } else { 8.0 } * 1024.0;
        let room = |events: f64, least: f64| {
            let burst = (events * 4.0).max(1.0) * event as f64;
            (burst.clamp(least, LARGEST) as u64).next_power_of_two() as usize
        };
        let publishing = f64::from((scenario.publishers * scenario.topics).max(1));
        let up = match publishes {
            true => room(events / publishing, 32.0 * 1024.0),
            false => 4 * 1024,
        };
        Self {
            socket: SocketBuffers {
                down: room(events, least),
                up,
            },
            http: 8 * 1024,
            websocket: 2 * 1024,
        }
    }

    /// Every size times `factor`.
    pub fn times(self, factor: usize) -> Self {
        Self {
            socket: SocketBuffers {
                down: self.socket.down * factor,
                up: self.socket.up * factor,
            },
            http: self.http * factor,
            websocket: self.websocket * factor,
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Wire::Simulated(wire) => Pin::new(wire).poll_read(cx, buffer),
            Wire::Tcp(wire) => Pin::new(wire).poll_read(cx, buffer),
            Wire::Delayed(wire) => Pin::new(wire).poll_read(cx, buffer),
            Wire::Memory(wire) => Pin::new(wire).poll_read(cx, buffer),
        }
    }
}

// No vectored writes: hyper then joins head and body, so a message leaves in one call.
impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Wire::Simulated(wire) => Pin::new(wire).poll_write(cx, data),
            Wire::Tcp(wire) => Pin::new(wire).poll_write(cx, data),
            Wire::Delayed(wire) => Pin::new(wire).poll_write(cx, data),
            Wire::Memory(wire) => Pin::new(wire).poll_write(cx, data),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Wire::Simulated(wire) => Pin::new(wire).poll_flush(cx),
            Wire::Tcp(wire) => Pin::new(wire).poll_flush(cx),
            Wire::Delayed(wire) => Pin::new(wire).poll_flush(cx),
            Wire::Memory(wire) => Pin::new(wire).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Wire::Simulated(wire) => Pin::new(wire).poll_shutdown(cx),
            Wire::Tcp(wire) => Pin::new(wire).poll_shutdown(cx),
            Wire::Delayed(wire) => Pin::new(wire).poll_shutdown(cx),
            Wire::Memory(wire) => Pin::new(wire).poll_shutdown(cx),
        }
    }
}
