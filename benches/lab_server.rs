//! The lab's own server for the benches, and what publishes on it: the doors of all transports or of one.

use crate::message::message;
use pushlab::feed::{Event, Feed};
use pushlab::hub::Hub;
use pushlab::net::{Buffers, Listener};
use pushlab::scenario::{self, Scenario};
use pushlab::transport::Entry;
use pushlab::transport::server::{Door, Server};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpSocket;

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
            publish(&self.feed, self.seq, born_ns);
        }
    }
}

/// Publishes event `seq`.
pub fn publish(feed: &Feed, seq: u64, born_ns: u64) {
    feed.publish(Arc::new(Event {
        seq,
        topic: String::from("bench"),
        born_ns,
        payload: message(seq, born_ns),
        from: None,
    }));
}

/// A server of this feed with these doors.
pub fn server(scenario: &Scenario, entries: &[Entry], feed: &Feed, connections: usize) -> Server {
    let door = |entry: &Entry| Door::new(entry.descriptor, (entry.build)(scenario));
    Server {
        doors: entries.iter().map(door).collect(),
        hub: Hub::of(feed.clone()),
        buffers: buffers(scenario),
        connections,
        head_timeout: None,
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
    let feed = Feed::new(HISTORY);
    let server = server(&scenario(), entries, &feed, connections);
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
