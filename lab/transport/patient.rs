//! A wire that is given up when the other side takes nothing for too long.

use crate::clock::{self, Sleep};
use crate::net::Wire;
use std::future::Future;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A server's wire. A client that stops reading fills the buffers on its way, and then it would
/// hold its place on the server for as long as it likes; here its connection ends instead.
#[derive(Debug)]
pub struct Patient {
    wire: Wire,
    /// How long a write may make no progress; `None` for ever.
    patience: Option<Duration>,
    /// Runs while a write makes no progress.
    stalled: Option<Sleep>,
}

impl Patient {
    pub fn new(wire: Wire, patience: Option<Duration>) -> Self {
        Self {
            wire,
            patience,
            stalled: None,
        }
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().wire).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.wire).poll_write(cx, data);
        let (Poll::Pending, Some(patience)) = (&written, this.patience) else {
            this.stalled = None;
            return written;
        };
        let timer = this
            .stalled
            .get_or_insert_with(|| clock::sleep(patience.as_nanos() as u64));
        match Pin::new(timer).poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().wire).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().wire).poll_shutdown(cx)
    }
}
