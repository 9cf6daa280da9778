//! The lab's server with one door, and its publisher, on a thread of their own.

use crate::lab_server::bind;
use crate::message::now_ns;
use crate::runtime::runtime;
use pushlab::transport::Entry;
use std::net::SocketAddr;
use std::thread::JoinHandle;
use tokio::sync::mpsc;

/// They end when this is dropped.
pub struct OnThread {
    pub address: SocketAddr,
    orders: Option<mpsc::UnboundedSender<(u64, u64)>>,
    thread: Option<JoinHandle<()>>,
}

impl OnThread {
    pub fn start(entry: &Entry, connections: usize) -> Self {
        let (orders, mut ordered) = mpsc::unbounded_channel::<(u64, u64)>();
        let (tell, told) = std::sync::mpsc::channel();
        let entry = *entry;
        let thread = std::thread::spawn(move || {
            runtime().block_on(async {
                let (bound, mut publisher) =
                    bind(&[entry], connections + 16).expect("a free port on 127.0.0.1");
                tell.send(bound.address).expect("the caller waits for it");
                tokio::spawn(bound.serve());
                while let Some((events, born_ns)) = ordered.recv().await {
                    publisher.publish(events, born_ns);
                }
            });
        });
        Self {
            address: told.recv().expect("the server listens"),
            orders: Some(orders),
            thread: Some(thread),
        }
    }

    /// Has so many events published at once, planned for now.
    pub fn publish(&self, events: u64) {
        let orders = self.orders.as_ref().expect("there until dropped");
        let sent = orders.send((events, now_ns()));
        sent.expect("the server's thread is alive");
    }
}

impl Drop for OnThread {
    fn drop(&mut self) {
        drop(self.orders.take());
        if let Some(Err(panic)) = self.thread.take().map(JoinHandle::join)
            && !std::thread::panicking()
        {
            std::panic::resume_unwind(panic);
        }
    }
}
