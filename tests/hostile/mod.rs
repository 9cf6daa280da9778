//! What the server does with input that nobody should send: the literal bytes both ways, over the
//! simulated network, so that waiting for a timeout costs nothing.

mod crowd;
mod frames;
mod mistakes;
mod requests;
mod upstream;
mod upstream_crowd;
mod waiting;

use pushlab::clock::{self, MS, S};
use pushlab::feed::{Event, Feed};
use pushlab::hub::Hub;
use pushlab::net::sim::{self, LinkConfig, SimConfig};
use pushlab::net::{Buffers, Dialer, Listener, Wire};
use pushlab::run::Live;
use pushlab::scenario;
use pushlab::transport::server::{Door, Origins, Server};
use pushlab::transport::{self};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// One way; a question and its answer take twice this and a little serialisation.
const DELAY_NS: u64 = 10 * MS;
/// How long the tests' server waits for a request, and for a reader.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longer than any patience: a client that hears nothing for this long stops listening.
const LONG_NS: u64 = 100 * S;

/// A server with all doors and three events, and a number of client hosts, in virtual time.
struct World {
    clients: u32,
    connections: usize,
    origins: Origins,
    kept: usize,
    /// The application in which these clients are people; otherwise nobody publishes.
    app: Option<&'static str>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            clients: 1,
            connections: 1_000,
            origins: Origins::default(),
            kept: 1_000,
            app: None,
        }
    }
}

impl World {
    /// Lets `main` loose on the world; it is given the feed.
    fn run<F: Future>(self, main: impl FnOnce(Feed) -> F) -> F::Output {
        let scenario = scenario::shipped("ticker").expect("the ticker is shipped");
        // Sockets for those who use them: followers of a ticker hardly send, people in an application do.
        let buffers = match self.app.map(scenario::shipped) {
            None => Buffers::for_scenario(&scenario),
            Some(app) => Buffers::for_scenario(&app.expect("it is shipped")),
        };
        let link = LinkConfig {
            delay_ns: DELAY_NS,
            jitter_ns: 0,
            bits_per_second: 100_000_000,
            queue_bytes: 1 << 20,
            loss_ppm: 0,
            outages_ns: Vec::new(),
        };
        let config = SimConfig {
            outages_of: vec![],
            clients: self.clients,
            down: link.clone(),
            up: link,
            seed: 1,
            buffers: buffers.socket,
            first_port: 40_000,
            taps: Vec::new(),
        };
        let doors: Vec<_> = transport::ALL
            .iter()
            .map(|entry| Door::new(entry.descriptor, (entry.build)(&scenario)))
            .collect();
        // Made inside, where the clock is the simulated one.
        let run = sim::run(config, async move {
            let (hub, live) = match self.app {
                None => {
                    let feed = Feed::new(self.kept);
                    (1..=3).for_each(|seq| feed.publish(event(seq)));
                    (Hub::of(feed), None)
                }
                Some(name) => {
                    let scenario = scenario::shipped(name).expect("it is shipped");
                    let live = Live::new(scenario, self.kept);
                    (live.hub().clone(), Some(live))
                }
            };
            let feed = hub.feed().clone();
            let server = Server {
                doors: doors.into(),
                hub,
                buffers,
                connections: self.connections,
                head_timeout: Some(PATIENCE),
            };
            let live = live.map(|live| tokio::spawn(live.go_on()));
            let server = tokio::spawn(server.run_for(Listener::Simulated, self.origins));
            let output = main(feed).await;
            server.abort();
            if let Some(live) = live {
                live.abort();
            }
            output
        });
        run.expect("the run does not stall").output
    }
}

/// Event `seq`, short enough to be read in a test.
fn event(seq: u64) -> Arc<Event> {
    Arc::new(Event {
        seq,
        topic: String::from("ACME"),
        born_ns: 0,
        payload: format!(r#"{{"seq":{seq},"t":0}}"#).into(),
        from: None,
    })
}

/// What came back on a connection.
struct Heard {
    bytes: Vec<u8>,
    /// When the server closed it, if it did.
    closed_ns: Option<u64>,
}

impl Heard {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// Opens a connection from a client host and sends these bytes.
async fn say(client: u32, bytes: &[u8]) -> Wire {
    let mut wire = dial(client).await;
    wire.write_all(bytes).await.expect("the server is there");
    wire
}

async fn dial(client: u32) -> Wire {
    let dialer = Dialer::Simulated { client };
    dialer.dial().await.expect("the server is there")
}

/// Listens until the server closes the connection, or is silent for long.
async fn hear(wire: &mut Wire) -> Heard {
    let mut heard = Heard {
        bytes: Vec::new(),
        closed_ns: None,
    };
    loop {
        let mut piece = [0; 1024];
        let read = tokio::select! {
            biased;
            read = wire.read(&mut piece) => read,
            () = clock::sleep(LONG_NS) => return heard,
        };
        match read {
            Ok(0) | Err(_) => {
                heard.closed_ns = Some(clock::now_ns());
                return heard;
            }
            Ok(read) => heard.bytes.extend_from_slice(&piece[..read]),
        }
    }
}

/// Sends bytes in a world of their own; what comes back.
fn exchange(bytes: &[u8]) -> Heard {
    World::default().run(|_| async { hear(&mut say(0, bytes).await).await })
}
