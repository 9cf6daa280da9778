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
