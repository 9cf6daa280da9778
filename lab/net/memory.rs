//! Connections in the memory of one thread: no kernel, no packets, no time. Benchmarks use them to see what the two
//! halves of a transport cost by themselves.

use std::io;
use tokio::io::{DuplexStream, duplex};
use tokio::sync::{Mutex, mpsc};

/// Bytes that wait in one direction before the writer has to.
const ROOM: usize = 256 * 1024;

/// Opens connections.
#[derive(Debug, Clone)]
pub struct MemoryDialer(mpsc::UnboundedSender<DuplexStream>);

/// Accepts them.
#[derive(Debug)]
pub struct MemoryListener(Mutex<mpsc::UnboundedReceiver<DuplexStream>>);

/// Both ends of a network with one server. Unbounded: only the thread itself can fill it.
pub fn network() -> (MemoryDialer, MemoryListener) {
    let (dialled, accepted) = mpsc::unbounded_channel();
    (MemoryDialer(dialled), MemoryListener(Mutex::new(accepted)))
}

impl MemoryDialer {
    /// A new connection; refused once the listener is gone.
    pub fn dial(&self) -> io::Result<DuplexStream> {
        let (near, far) = duplex(ROOM);
        let sent = self.0.send(far);
        sent.map_err(|_| io::ErrorKind::ConnectionRefused)?;
        Ok(near)
    }
}

impl MemoryListener {
    /// The next connection; an error once all dialers are gone.
    pub async fn accept(&self) -> io::Result<DuplexStream> {
        let next = self.0.lock().await.recv().await;
        next.ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn two_ends_talk_and_closing_one_ends_the_other() {
        let (dialer, listener) = network();
        let mut near = dialer.dial().expect("the listener is there");
        let mut far = listener.accept().await.expect("the dialer is there");
        near.write_all(b"question").await.expect("there is room");
        let mut heard = [0; 8];
        far.read_exact(&mut heard).await.expect("all of it");
        assert_eq!(&heard, b"question");
        far.write_all(b"answer").await.expect("there is room");
        drop(far);
        // What was on its way still arrives; then there is nothing more, and nobody to tell.
        let mut heard = Vec::new();
        near.read_to_end(&mut heard).await.expect("an end");
        assert_eq!(heard, b"answer");
        let error = near.write_all(b"?").await.expect_err("nobody is there");
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }

    #[tokio::test]
    async fn without_the_other_side_nothing_opens() {
        let (dialer, listener) = network();
        drop(listener);
        let error = dialer.dial().expect_err("nobody listens");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        let (dialer, listener) = network();
        drop(dialer);
        let error = listener.accept().await.expect_err("nobody dials");
        assert_eq!(error.kind(), io::ErrorKind::NotConnected);
    }
}
