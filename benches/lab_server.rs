//! The lab's own server for the benches: the doors of all transports or of one, on a current-thread
//! runtime, with its publisher on the same thread.

use crate::message::{LAST, message, now_ns};
use pushlab::feed::{Event, Feed};
use pushlab::hub::Hub;
use pushlab::net::{Buffers, Listener};
use pushlab::scenario::{self, Scenario};
use pushlab::transport::Entry;
use pushlab::transport::server::{Door, Server};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::net::TcpSocket;
use tokio::sync::mpsc;

/// Nothing interrupts, and a client that polls asks once.
const QUIET: &str = r#"{ "name": "bench", "poll_every": "60s", "heartbeat": "off" }"#;
/// Events that the log keeps.
const HISTORY: usize = 1024;
/// Connections that may wait to be accepted.
const BACKLOG: u32 = 4096;

pub fn scenario() -> Scenario {
    scenario::parse(QUIET, "bench").expect("a valid scenario")
}

pub fn buffers(scenario: &Scenario) -> Buffers {
    Buffers::for_scenario(scenario)
}

/// A server that listens and is still to be served.
pub struct Bound {
    pub address: SocketAddr,
    server: Server,
    listener: Listener,
}

impl Bound {
    /// Serves for ever.
    pub async fn serve(self) {
        let ended = self.server.run(self.listener).await;
        ended.expect("a listening socket goes on listening");
    }
}

/// Publishes on the thread that calls it.
pub struct Publisher {
    feed: Feed,
    seq: u64,
}

impl Publisher {
    /// Publishes so many events, all planned for `born_ns`.
    pub fn publish(&mut self, events: u64, born_ns: u64) {
        for _ in 0..events {
            self.seq += 1;
            assert!(self.seq <= LAST, "a bench's cursors have six digits");
            self.feed.publish(Arc::new(Event {
                seq: self.seq,
                topic: String::from("bench"),
                born_ns,
                payload: message(self.seq, born_ns),
                from: None,
            }));
        }
    }
}

/// Listens on a free port; has to be called on a runtime.
pub fn bind(entries: &[Entry], connections: usize) -> io::Result<(Bound, Publisher)> {
    bind_to((Ipv4Addr::LOCALHOST, 0).into(), entries, connections)
}

/// The same, on this port.
pub fn bind_to(
    address: SocketAddr,
    entries: &[Entry],
    connections: usize,
) -> io::Result<(Bound, Publisher)> {
    let scenario = scenario();
    let feed = Feed::new(HISTORY);
    let door = |entry: &Entry| Door::new(entry.descriptor, (entry.build)(&scenario));
    let server = Server {
        doors: entries.iter().map(door).collect(),
        hub: Hub::of(feed.clone()),
        buffers: buffers(&scenario),
        connections,
        head_timeout: None,
    };
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    let listener = socket.listen(BACKLOG)?;
    let bound = Bound {
        address: listener.local_addr()?,
        server,
        listener: Listener::Tcp(listener),
    };
    Ok((bound, Publisher { feed, seq: 0 }))
}

/// The server and its publisher on a thread of their own. They end when this is dropped.
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

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the machine can run tokio")
}
