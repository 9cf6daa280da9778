//! A delay line: holds the bytes of a connection for the time that a real line would take, on each
//! of its two ways. It sits at the server's end and needs no privileges.
//!
//! What the kernel delivers at t can be read at t + up; what is written at t goes to the kernel at
//! t + down. A task of its own moves the bytes, so that they travel whether or not anybody reads or
//! writes at that moment. Each way holds a bounded number of bytes: beyond it the kernel is not read
//! any more, and a writer waits. An end travels as bytes do.
//!
//! The kernel's handshake is over before we know of a connection. On a real line it takes a round
//! trip, so what arrives before that time has passed starts on its way only then.

mod way;

use crate::clock::{self, S};
use crate::scenario::Scenario;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use way::{Entrance, Exit, way};

/// How long each way takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delay {
    /// Client to server, nanoseconds.
    pub up_ns: u64,
    /// Server to client, nanoseconds.
    pub down_ns: u64,
}

impl Delay {
    /// The delay of a scenario's line, without its jitter.
    pub fn of(scenario: &Scenario) -> Self {
        Self {
            up_ns: scenario.delay.up.as_nanos(),
            down_ns: scenario.delay.down.as_nanos(),
        }
    }
}

/// How long a client may take, once everything is due, to take what is left of a closed connection.
const LINGER_NS: u64 = 2 * S;

/// The server's end of a delayed connection.
#[derive(Debug)]
pub struct DelayLine {
    up: Exit,
    down: Entrance,
}

impl DelayLine {
    /// Puts a line before a connection that has just been accepted.
    pub fn new<T: AsyncRead + AsyncWrite + Send + 'static>(kernel: T, delay: Delay) -> Self {
        let handshake_ns = clock::now_ns() + delay.up_ns + delay.down_ns;
        let (up_in, up) = way(delay.up_ns, handshake_ns);
        let (down, down_out) = way(delay.down_ns, 0);
        tokio::spawn(carry(kernel, up_in, down_out, delay.down_ns));
        Self { up, down }
    }
}

/// Moves the bytes of a connection until both ways have ended. If the server lets go of it, what is
/// on its way down still arrives.
async fn carry<T: AsyncRead + AsyncWrite>(kernel: T, up: Entrance, down: Exit, down_ns: u64) {
    let (from_kernel, to_kernel) = tokio::io::split(kernel);
    let pipe = up.0.clone();
    let let_go = || poll_fn(|cx| pipe.lock().poll_unread(cx));
    let upwards = async {
        tokio::select! {
            biased;
            () = let_go() => {}
            () = copy_up(from_kernel, up) => {}
        }
    };
    let abandoned = async {
        let_go().await;
        clock::sleep(down_ns.saturating_add(LINGER_NS)).await;
    };
    tokio::select! {
        biased;
        _ = async { tokio::join!(upwards, copy_down(down, to_kernel)) } => {}
        () = abandoned => {}
    }
}

async fn copy_up(mut from: impl AsyncRead + Unpin, mut to: Entrance) {
    let mut buffer = [0; 8 * 1024];
    loop {
        match from.read(&mut buffer).await {
            Ok(0) => return to.0.lock().end(None),
            Ok(read) => {
                if to.write_all(&buffer[..read]).await.is_err() {
                    return; // nobody reads any more
                }
            }
            Err(error) => return to.0.lock().end(Some(error.kind())),
        }
    }
}

async fn copy_down(mut from: Exit, mut to: impl AsyncWrite + Unpin) {
    let mut buffer = [0; 8 * 1024];
    // An error means that the client is gone: dropping the exit tells the server so.
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}

impl AsyncRead for DelayLine {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.up).poll_read(cx, buffer)
    }
}

impl AsyncWrite for DelayLine {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.down).poll_write(cx, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.down).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.down).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests;
