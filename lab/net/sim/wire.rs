//! What a program holds of a simulated connection.

use super::endpoint::Side;
use super::network::Network;
use super::with;
use crate::clock;
use smoltcp::socket::tcp::RecvError;
use std::future::Future;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// One end of a simulated connection.
#[derive(Debug)]
pub struct SimWire {
    connection: u32,
    side: Side,
}

/// A connection being opened; resolves once the handshake is done.
pub struct SimDial {
    wire: Option<SimWire>,
}

/// Opens a connection from a client host to the server.
pub fn dial(client: u32) -> SimDial {
    let connection = with(|network| network.dial(client)).0;
    SimDial {
        wire: Some(SimWire {
            connection,
            side: Side::Client,
        }),
    }
}

/// Waits for the next connection.
pub async fn accept() -> SimWire {
    let connection = std::future::poll_fn(|cx| with(|network| network.accept(cx)).0).await;
    SimWire {
        connection,
        side: Side::Server,
    }
}

impl SimWire {
    fn with<R>(&self, f: impl FnOnce(&mut Network, u32, Side) -> R) -> R {
        with(|network| f(network, self.connection, self.side)).0
    }
}

impl Future for SimDial {
    type Output = io::Result<SimWire>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let wire = self.wire.take().expect("not polled after it was ready");
        let state = wire.with(|network, id, side| {
            let end = network.connections[id as usize].end(side);
            if end.connecting() {
                end.writer = Some(cx.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(end.socket().may_send())
        });
        match state {
            Poll::Pending => {
                self.wire = Some(wire);
                Poll::Pending
            }
            Poll::Ready(true) => Poll::Ready(Ok(wire)),
            Poll::Ready(false) => Poll::Ready(Err(ErrorKind::ConnectionRefused.into())),
        }
    }
}

impl AsyncRead for SimWire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.with(|network, id, side| {
            let end = network.connections[id as usize].end(side);
            if !end.readable() {
                end.reader = Some(cx.waker().clone());
                return Poll::Pending;
            }
            let socket = end.socket();
            let (queued, capacity) = (socket.recv_queue(), socket.recv_capacity());
            let wanted = queued.min(buffer.remaining());
            match socket.recv_slice(buffer.initialize_unfilled_to(wanted)) {
                Ok(read) => buffer.advance(read),
                Err(RecvError::Finished) => {}
                Err(RecvError::InvalidState) => {
                    return Poll::Ready(Err(ErrorKind::ConnectionReset.into()));
                }
            }
            if queued > capacity / 2 {
                // The window was small: tell the sender that there is room again.
                network.pump(id, side);
            }
            Poll::Ready(Ok(()))
        })
    }
}

impl AsyncWrite for SimWire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.with(|network, id, side| {
            let end = network.connections[id as usize].end(side);
            if !end.socket().may_send() {
                return Poll::Ready(Err(ErrorKind::BrokenPipe.into()));
            }
            match end.write(data, clock::now_ns()) {
                0 if !data.is_empty() => {
                    end.writer = Some(cx.waker().clone());
                    Poll::Pending
                }
                taken => {
                    network.pump(id, side);
                    Poll::Ready(Ok(taken))
                }
            }
        })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(())) // nothing is held back: Nagle is off
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|network, id, side| {
            network.connections[id as usize].end(side).close();
            network.pump(id, side);
        });
        Poll::Ready(Ok(()))
    }
}

impl Drop for SimWire {
    fn drop(&mut self) {
        // Outside a run (its network is gone) there is nothing to close.
        super::try_with(|network| {
            let end = network.connections[self.connection as usize].end(self.side);
            end.owned = false;
            if end.connecting() {
                end.socket().abort();
            } else {
                end.close();
            }
            network.pump(self.connection, self.side);
        });
    }
}
