//! One way of a delay line: a bounded queue whose bytes have an instant before which nobody sees them.

use crate::clock::{self, Sleep};
use std::collections::VecDeque;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What one way holds at most, bytes: as much as the largest window of the simulated network.
pub(super) const ROOM: usize = 256 * 1024;
/// What a piece counts beside its bytes, so that many small ones are bounded too.
pub(super) const PIECE: usize = 32;
/// One way of a line: what goes in comes out `delay_ns` later, and not before `open_ns` + `delay_ns`.
pub(super) fn way(delay_ns: u64, open_ns: u64) -> (Entrance, Exit) {
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
pub(super) struct Shared(Mutex<Way>);

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, Way> {
        // The state is whole after every line, so a panic elsewhere harms nothing.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Default)]
pub(super) struct Way {
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

    pub(super) fn room(&self) -> usize {
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
    pub(super) fn end(&mut self, why: Option<io::ErrorKind>) {
        if self.end.is_none() {
            self.end = Some((self.due_ns(), why));
            wake(&mut self.reader);
        }
    }

    /// Ready when nobody will read any more.
    pub(super) fn poll_unread(&mut self, cx: &mut Context<'_>) -> Poll<()> {
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
pub(super) struct Entrance(pub(super) Arc<Shared>);

/// Where they leave it.
#[derive(Debug)]
pub(super) struct Exit {
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
