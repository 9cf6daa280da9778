//! A bare connection over a simulated line: a set-up exchange, then messages from the server.

use pushlab::clock::{self, MS, S};
use pushlab::measure::ledger::Ledger;
use pushlab::net::sim::{self, LinkConfig, SimConfig, SocketBuffers};
use std::mem;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Request and answer of a WebSocket handshake, bytes.
pub const REQUEST: usize = 150;
pub const ANSWER: usize = 129;

/// A line like the one that Linux was measured over: 20 Mbit/s both ways.
pub fn line(delay_ms: u64) -> SimConfig {
    let link = LinkConfig {
        delay_ns: delay_ms * MS,
        jitter_ns: 0,
        bits_per_second: 20_000_000,
        queue_bytes: 1_000_000,
        loss_ppm: 0,
        outages_ns: vec![],
    };
    SimConfig {
        outages_of: vec![],
        clients: 1,
        down: link.clone(),
        up: link,
        seed: 1,
        buffers: SocketBuffers {
            down: 256 * 1024,
            up: 256 * 1024,
        },
        first_port: 40_000,
        taps: Vec::new(),
    }
}

/// What became of the messages.
pub struct Pushed {
    /// Written to last byte read, nanoseconds, one per message.
    pub latency_ns: Vec<u64>,
    /// All packets until then, none of the connection's end.
    pub ledger: Ledger,
}

/// Opens a connection and lets the server write each message `(at_ns, bytes)`.
pub fn push(config: SimConfig, messages: &[(u64, usize)]) -> Pushed {
    let main = async {
        let client = async {
            let mut wire = sim::dial(0).await.unwrap();
            wire.write_all(&[b'q'; REQUEST]).await.unwrap();
            wire.read_exact(&mut [0; ANSWER]).await.unwrap();
            let mut latency_ns = Vec::new();
            for &(at_ns, bytes) in messages {
                wire.read_exact(&mut vec![0; bytes]).await.unwrap();
                latency_ns.push(clock::now_ns() - at_ns);
            }
            (wire, latency_ns)
        };
        let server = async {
            let mut wire = sim::accept().await;
            wire.read_exact(&mut [0; REQUEST]).await.unwrap();
            wire.write_all(&[b'a'; ANSWER]).await.unwrap();
            for &(at_ns, bytes) in messages {
                clock::sleep_until(at_ns).await;
                wire.write_all(&vec![b'm'; bytes]).await.unwrap();
            }
            wire
        };
        let ((client, latency_ns), server) = tokio::join!(client, server);
        clock::sleep(S).await; // the last ACK
        // Never closed, so that the ledger holds no FIN.
        mem::forget(client);
        mem::forget(server);
        latency_ns
    };
    let report = sim::run(config, main).unwrap();
    Pushed {
        latency_ns: report.output,
        ledger: report.ledger,
    }
}

/// Milliseconds.
pub fn ms(ns: u64) -> f64 {
    ns as f64 / MS as f64
}
