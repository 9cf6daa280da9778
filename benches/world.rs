//! A server with one door and the lab's own clients behind it, all on one thread.

use crate::lab_server::{self, buffers};
use crate::message::message;
use pushlab::feed::Feed;
use pushlab::measure::recorder::{Expectation, Expected, Recorder};
use pushlab::net::loopback::Meter;
use pushlab::net::{Dialer, Listener};
use pushlab::scenario::{self, Scenario};
use pushlab::transport::server::Server;
use pushlab::transport::{Client, ClientSetup, Entry, Part, Transport};
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

/// A poller that never pauses, and nothing that interrupts.
const BUSY: &str = r#"{ "name": "busy", "poll_every": "1ns", "heartbeat": "off" }"#;

pub fn scenario() -> Scenario {
    scenario::parse(BUSY, "bench").expect("a valid scenario")
}

/// The tape of a benchmark: messages 1 to `events`, of which none counts for latency.
pub fn recorder(events: u64, clients: u32) -> Recorder {
    let tape = (1..=events).map(|seq| Expected::tick(0, message(seq, 0)));
    Recorder::new(Expectation::tape(tape, clients).measured(0, 0))
}

/// Publishes message `seq`.
pub fn publish(feed: &Feed, seq: u64) {
    lab_server::publish(feed, seq, 0);
}

/// The lab's server with one door.
pub fn server(entry: &Entry, feed: &Feed, connections: usize) -> Server {
    lab_server::server(&scenario(), &[*entry], feed, connections)
}

/// The lab's client; it leaves once it has seen everything.
pub fn client(number: u32, dialer: Dialer, recorder: &Recorder) -> Client {
    Client::new(ClientSetup {
        number,
        dialer,
        recorder: recorder.clone(),
        buffers: buffers(&scenario()),
        start_ns: 0,
        phase_ns: 0,
        until_ns: 0,
        seed: 1,
        part: Part::default(),
    })
}

/// All of it over kernel sockets on 127.0.0.1.
pub struct World {
    feed: Feed,
    pub recorder: Recorder,
    published: u64,
    transport: Arc<dyn Transport>,
    dialer: Dialer,
    tasks: JoinSet<()>,
}

impl World {
    /// A server, and what `clients` clients will have to see.
    pub async fn open(entry: &Entry, clients: u32, events: u64) -> Self {
        let feed = Feed::new(events as usize);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free port");
        let dialer = Dialer::Tcp {
            server: listener.local_addr().expect("a bound socket"),
            meter: Meter::default(),
        };
        let server = server(entry, &feed, clients as usize + 16);
        tokio::spawn(server.run(Listener::Tcp(listener)));
        Self {
            feed,
            recorder: recorder(events, clients),
            published: 0,
            transport: (entry.build)(&scenario()),
            dialer,
            tasks: JoinSet::new(),
        }
    }

    /// A client comes.
    pub fn follow(&mut self, number: u32) {
        let client = client(number, self.dialer.clone(), &self.recorder);
        self.tasks.spawn(self.transport.clone().follow(client));
    }

    pub fn publish(&mut self) {
        self.published += 1;
        publish(&self.feed, self.published);
    }

    /// Waits until a client has seen all that was published.
    pub async fn seen_by(&self, client: u32) {
        while self.recorder.cursor(client) < self.published {
            tokio::task::yield_now().await;
        }
    }

    /// Lets a client leave.
    pub async fn left(&mut self) {
        if let Some(ended) = self.tasks.join_next().await {
            ended.expect("no client panics");
        }
    }

    /// Lets the clients leave and checks that nothing went wrong.
    pub async fn close(mut self) {
        while !self.tasks.is_empty() {
            self.left().await;
        }
        assert_eq!(self.recorder.close().problem, None);
    }
}

/// Tasks of the runtime: whoever serves a connection is one.
pub fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// Lets tasks end until there are so many: then both sides of a connection are gone.
pub async fn until_tasks(count: usize) {
    while tasks() > count {
        tokio::task::yield_now().await;
    }
}
