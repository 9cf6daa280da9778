//! A client's wire that says when it is gone, so that the connections a client holds can be counted.

use super::line::Line;
use crate::net::Wire;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A client's end of a connection.
pub struct Counted {
    wire: Wire,
    #[expect(dead_code, reason = "held, not read")]
    open: Open,
}

/// One open connection of a client, until dropped.
struct Open(Line);

impl Counted {
    pub(super) fn new(wire: Wire, line: Line) -> Self {
        Self {
            wire,
            open: Open(line),
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.hung_up();
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().wire).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().wire).poll_write(cx, data)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().wire).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().wire).poll_shutdown(cx)
    }
}
