//! Kernel sockets on 127.0.0.1, in real time, with TCP_NODELAY.
//!
//! The client's end of each connection keeps the ledger: every byte that passes is classified, and
//! the kernel's own count of segments (`TCP_INFO`) supplies the TCP/IP layer: 52 bytes of header per
//! segment (IPv4 20, TCP 20, timestamps 12) and 8 more on each of the two SYNs. When the wire is
//! dropped, the connection is closed in order and counted only then, so that the FINs are in.

use super::tcp_info::{self, Segments};
use crate::clock::{self, MS, S};
use crate::measure::classify::{Classifier, Direction, Layer};
use crate::measure::ledger::{LayerBytes, Ledger};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

/// IP and TCP header of a segment with timestamps, and what a SYN has on top.
const HEADER: u64 = 52;
const SYN_EXTRA: u64 = 8;
/// SYN, SYN-ACK, ACK.
const HANDSHAKE: (u64, u64) = (2, 1);
/// How long the other side may take to close.
const CLOSING_NS: u64 = 2 * S;

/// Takes account of all connections of a run.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Mutex<Account>>);

#[derive(Debug, Clone, Default)]
struct Account {
    ledger: Ledger,
    /// Connections dialled and not yet accounted for.
    open: usize,
    /// Connections whose segments the system did not tell.
    uncounted: usize,
    /// The first disagreement between our bytes and the kernel's.
    disagreement: Option<String>,
}

/// What the meter knows after a run.
#[derive(Debug, Clone)]
pub struct Reading {
    pub ledger: Ledger,
    /// Whether the kernel told the segments of every connection; otherwise the TCP/IP layer is missing.
    pub segments_known: bool,
    /// Where our bytes and the kernel's disagree, which must not be.
    pub disagreement: Option<String>,
}

impl Meter {
    /// Waits until every connection is closed and counted, at most a little longer than closing may take.
    pub async fn read(&self) -> Reading {
        let limit_ns = clock::now_ns() + CLOSING_NS + S;
        while self.lock().open > 0 && clock::now_ns() < limit_ns {
            clock::sleep(MS).await;
        }
        let account = self.lock().clone();
        Reading {
            ledger: account.ledger,
            segments_known: account.uncounted == 0 && account.open == 0,
            disagreement: account.disagreement,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Account> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One end of a connection over kernel sockets.
#[derive(Debug)]
pub struct TcpWire {
    /// Taken by `drop`.
    stream: Option<TcpStream>,
    /// Only at the client's end.
    metered: Option<Box<Metered>>,
}

/// One connection's classified bytes.
#[derive(Debug)]
struct Metered {
    meter: Meter,
    classifier: Classifier,
    up: LayerBytes,
    down: LayerBytes,
    /// Segments until the first byte that is not set-up, (up, down).
    setup: Option<(u64, u64)>,
}

impl TcpWire {
    pub(super) async fn dial(server: SocketAddr, meter: Meter) -> io::Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        meter.lock().open += 1;
        let metered = Metered {
            meter,
            classifier: Classifier::new(),
            up: LayerBytes::default(),
            down: LayerBytes::default(),
            setup: None,
        };
        Ok(Self {
            stream: Some(stream),
            metered: Some(Box::new(metered)),
        })
    }

    pub(super) fn accepted(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: Some(stream),
            metered: None,
        })
    }

    fn parts(&mut self) -> (Pin<&mut TcpStream>, Option<&mut Metered>) {
        let stream = self
            .stream
            .as_mut()
            .expect("the stream is there until the wire is dropped");
        (Pin::new(stream), self.metered.as_deref_mut())
    }
}

impl Metered {
    /// Books bytes that have just been written or read.
    fn passed(&mut self, direction: Direction, bytes: &[u8], stream: &TcpStream) {
        let mut only_setup = true;
        let sum = match direction {
            Direction::Up => &mut self.up,
            Direction::Down => &mut self.down,
        };
        self.classifier.feed(direction, bytes, &mut |layer, count| {
            only_setup &= layer == Layer::Setup;
            sum.add(layer, count as u64);
        });
        if self.setup.is_none() && !only_setup {
            // What the kernel has counted so far was set-up, but for the segment that this came in.
            self.setup = tcp_info::segments(stream).map(|segments| match direction {
                Direction::Up => (segments.sent.saturating_sub(1), segments.received),
                Direction::Down => (segments.sent, segments.received.saturating_sub(1)),
            });
        }
    }

    /// Books the whole connection, after its last segment. `fin` says whether the other side's FIN
    /// has arrived: the kernel counts it as a received byte.
    fn close(mut self, before_closing: Option<Segments>, end: Option<Segments>, fin: bool) {
        let malformed = self.classifier.malformed();
        for (direction, sum) in [
            (Direction::Up, &mut self.up),
            (Direction::Down, &mut self.down),
        ] {
            self.classifier
                .finish(direction, &mut |layer, count| sum.add(layer, count as u64));
        }
        let mut account = self.meter.lock();
        account.open -= 1;
        let mut ledger = Ledger {
            malformed,
            up: self.up,
            down: self.down,
            connections: 1,
            ..Ledger::default()
        };
        let (Some(before), Some(end)) = (before_closing, end) else {
            account.uncounted += 1;
            account.ledger += ledger;
            return;
        };
        let ours = (self.up.total(), self.down.total());
        let kernels = (end.bytes_sent, end.bytes_received - u64::from(fin));
        if ours != kernels {
            account.disagreement.get_or_insert_with(|| {
                format!(
                    "the lab saw {} bytes up and {} down on a connection, the kernel {} and {}",
                    ours.0, ours.1, kernels.0, kernels.1
                )
            });
        }
        let closing = (end.sent - before.sent, end.received - before.received);
        let opening = self.setup.unwrap_or(HANDSHAKE);
        let book = |sum: &mut LayerBytes, all: u64, setup: u64| {
            let setup = setup.min(all);
            sum.setup += setup * HEADER + SYN_EXTRA;
            sum.tcp_ip += (all - setup) * HEADER;
        };
        book(&mut ledger.up, end.sent, opening.0 + closing.0);
        book(&mut ledger.down, end.received, opening.1 + closing.1);
        (ledger.packets_up, ledger.packets_down) = (end.sent, end.received);
        account.ledger += ledger;
    }
}

impl Drop for TcpWire {
    fn drop(&mut self) {
        let (Some(mut stream), Some(mut metered)) = (self.stream.take(), self.metered.take())
        else {
            return;
        };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            metered.close(None, None, false);
            return;
        };
        runtime.spawn(async move {
            let before = tcp_info::segments(&stream);
            let closing = async {
                stream.shutdown().await?;
                let mut rest = [0; 1024];
                loop {
                    match stream.read(&mut rest).await? {
                        0 => return Ok::<_, io::Error>(()),
                        read => metered.passed(Direction::Down, &rest[..read], &stream),
                    }
                }
            };
            let fin = tokio::select! {
                biased;
                closed = closing => closed.is_ok(),
                () = clock::sleep(CLOSING_NS) => false,
            };
            metered.close(before, tcp_info::segments(&stream), fin);
        });
    }
}

impl AsyncRead for TcpWire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let filled = buffer.filled().len();
        let (stream, metered) = self.parts();
        let stream = stream.get_mut();
        let result = Pin::new(&mut *stream).poll_read(cx, buffer);
        if let Some(metered) = metered
            && buffer.filled().len() > filled
        {
            metered.passed(Direction::Down, &buffer.filled()[filled..], stream);
        }
        result
    }
}

impl AsyncWrite for TcpWire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        let (stream, metered) = self.parts();
        let stream = stream.get_mut();
        let result = Pin::new(&mut *stream).poll_write(cx, data);
        if let (Some(metered), Poll::Ready(Ok(written))) = (metered, &result) {
            metered.passed(Direction::Up, &data[..*written], stream);
        }
        result
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.parts().0.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (stream, metered) = self.parts();
        if metered.is_some() {
            // The FIN leaves when the wire is dropped, where it is counted.
            return Poll::Ready(Ok(()));
        }
        stream.poll_shutdown(cx)
    }
}
