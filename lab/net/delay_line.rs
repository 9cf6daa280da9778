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

use crate::clock::{self, S, Sleep};
use crate::scenario::Scenario;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

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

/// What one way holds at most, bytes: as much as the largest window of the simulated network.
const ROOM: usize = 256 * 1024;
/// What a piece counts beside its bytes, so that many small ones are bounded too.
const PIECE: usize = 32;
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

/// One way of a line: what goes in comes out `delay_ns` later, and not before `open_ns` + `delay_ns`.
fn way(delay_ns: u64, open_ns: u64) -> (Entrance, Exit) {
    let shared = Arc::new(Shared(Mutex::new(Way {
        delay_ns,
        open_ns,
        ..Way::default()
    })));
    let exit = Exit {
        way: shared.clone(),
        timer: None,
    };
    (Entrance(shared), exit)
}

#[derive(Debug, Default)]
struct Shared(Mutex<Way>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Way> {
        // The state is whole after every line, so a panic elsewhere harms nothing.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Default)]
struct Way {
    delay_ns: u64,
    open_ns: u64,
    bytes: VecDeque<u8>,
    /// The pieces in which the bytes came: when each is due, and what is left of it. A message that
    /// was written at once is passed on at once, and two stay two.
    pieces: VecDeque<(u64, usize)>,
    /// When the way ends, and why if it is not in order.
    end: Option<(u64, Option<io::ErrorKind>)>,
    unread: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Way {
    fn due_ns(&self) -> u64 {
        clock::now_ns()
            .max(self.open_ns)
            .saturating_add(self.delay_ns)
    }

    fn room(&self) -> usize {
        ROOM.saturating_sub(self.bytes.len() + (self.pieces.len() + 1) * PIECE)
    }

    fn poll_put(&mut self, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        if self.unread || self.end.is_some() {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        if data.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let count = self.room().min(data.len());
        if count == 0 {
            self.writer = Some(cx.waker().clone());
            return Poll::Pending;
        }
        self.bytes.extend(&data[..count]);
        self.pieces.push_back((self.due_ns(), count));
        wake(&mut self.reader);
        Poll::Ready(Ok(count))
    }

    /// Bytes that are due, or when the next are.
    fn take(&mut self, buffer: &mut ReadBuf<'_>) -> Taken {
        match self.pieces.front_mut() {
            Some((due_ns, _)) if *due_ns > clock::now_ns() => Taken::DueAt(*due_ns),
            Some((_, left)) => {
                let count = (*left).min(buffer.remaining());
                *left -= count;
                let gone = *left == 0;
                let (first, second) = self.bytes.as_slices();
                let from_first = count.min(first.len());
                buffer.put_slice(&first[..from_first]);
                buffer.put_slice(&second[..count - from_first]);
                self.bytes.drain(..count);
                if gone {
                    self.pieces.pop_front();
                }
                wake(&mut self.writer);
                Taken::Some
            }
            None => match self.end {
                Some((due_ns, _)) if due_ns > clock::now_ns() => Taken::DueAt(due_ns),
                Some((_, None)) => Taken::Some,
                Some((_, Some(kind))) => Taken::Failed(kind),
                None => Taken::Nothing,
            },
        }
    }

    /// Nothing more will be written; what was is still passed on.
    fn end(&mut self, why: Option<io::ErrorKind>) {
        if self.end.is_none() {
            self.end = Some((self.due_ns(), why));
            wake(&mut self.reader);
        }
    }

    /// Ready when nobody will read any more.
    fn poll_unread(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.unread {
            return Poll::Ready(());
        }
        self.writer = Some(cx.waker().clone());
        Poll::Pending
    }
}

/// What a reader finds.
enum Taken {
    /// Bytes, or the end.
    Some,
    /// Nothing before this instant.
    DueAt(u64),
    /// Nothing at all yet.
    Nothing,
    Failed(io::ErrorKind),
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

/// Where bytes enter a way. All who wait at it must be one task.
#[derive(Debug)]
struct Entrance(Arc<Shared>);

/// Where they leave it.
#[derive(Debug)]
struct Exit {
    way: Arc<Shared>,
    timer: Option<(u64, Sleep)>,
}

impl AsyncWrite for Entrance {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.lock().poll_put(cx, data)
    }

    /// As with a kernel socket, written is sent: waiting for the delay would stop the writer.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.lock().end(None);
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Exit {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if buffer.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        loop {
            let taken = {
                let mut way = self.way.lock();
                let taken = way.take(buffer);
                if let Taken::Nothing = taken {
                    way.reader = Some(cx.waker().clone());
                }
                taken
            };
            let due_ns = match taken {
                Taken::Some => return Poll::Ready(Ok(())),
                Taken::Failed(kind) => return Poll::Ready(Err(kind.into())),
                Taken::Nothing => return Poll::Pending,
                Taken::DueAt(due_ns) => due_ns,
            };
            let timer = match &mut self.timer {
                Some((at_ns, timer)) if *at_ns == due_ns => timer,
                other => {
                    let timer = clock::sleep_precisely_until(due_ns);
                    &mut other.insert((due_ns, timer)).1
                }
            };
            if pin!(timer).poll(cx).is_pending() {
                return Poll::Pending;
            }
        }
    }
}

impl Drop for Entrance {
    fn drop(&mut self) {
        self.0.lock().end(None);
    }
}

impl Drop for Exit {
    fn drop(&mut self) {
        let mut way = self.way.lock();
        way.unread = true;
        (way.bytes, way.pieces) = Default::default();
        wake(&mut way.writer);
    }
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
#[path = "delay_line_tests.rs"]
mod tests;
