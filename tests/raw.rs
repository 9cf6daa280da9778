//! Raw conversations over the simulated network: literal bytes against the lab's server.

use crate::support::scenario;
use pushlab::clock;
use pushlab::feed::Feed;
use pushlab::hub::Hub;
use pushlab::net::sim::{self, SimWire};
use pushlab::net::{Buffers, Listener};
use pushlab::run::sim_config;
use pushlab::scenario::Scenario;
use pushlab::transport::server::{Door, Server};
use pushlab::transport::{self, Entry};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The lab's server with all its doors.
pub fn server(scenario: &Scenario, feed: Feed) -> Server {
    let door = |entry: &Entry| Door::new(entry.descriptor, (entry.build)(scenario));
    Server {
        doors: transport::ALL.iter().map(door).collect(),
        hub: Hub::of(feed),
        buffers: Buffers::for_scenario(scenario),
        connections: 100,
        head_timeout: None,
    }
}

/// Runs `main` on a simulated network where the lab's server serves this feed; nothing may be left
/// running when both are gone.
pub fn with_server<F: Future>(fields: Value, feed: Feed, main: F) -> F::Output {
    let scenario = scenario(fields);
    let config = sim_config(&scenario, Buffers::for_scenario(&scenario));
    let report = sim::run(config, async {
        let server = tokio::spawn(server(&scenario, feed).run(Listener::Simulated));
        let output = main.await;
        server.abort();
        output
    });
    let report = report.expect("a run that does not stall");
    assert_eq!(report.tasks_left, 0, "tasks left");
    report.output
}

/// Opens a connection from the first client and sends these bytes.
pub async fn say(bytes: impl AsRef<[u8]>) -> SimWire {
    let mut wire = sim::dial(0).await.expect("a clean link");
    wire.write_all(bytes.as_ref()).await.expect("an open wire");
    wire
}

/// What comes over the wire until nothing has come for this long, or until its end.
pub async fn hear(wire: &mut SimWire, silence_ns: u64) -> Vec<u8> {
    let mut heard = Vec::new();
    loop {
        tokio::select! {
            biased;
            read = wire.read_buf(&mut heard) => if read.unwrap_or(0) == 0 {
                return heard;
            },
            () = clock::sleep(silence_ns) => return heard,
        }
    }
}
