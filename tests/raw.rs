//! Raw conversations over the simulated network: literal bytes against the lab's server.

use crate::support::scenario;
use pushlab::app;
use pushlab::clock;
use pushlab::feed::Feed;
use pushlab::hub::{Charter, Hub};
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
    server_of(scenario, Hub::of(feed))
}

fn server_of(scenario: &Scenario, hub: Hub) -> Server {
    let door = |entry: &Entry| Door::new(entry.descriptor, (entry.build)(scenario));
    Server {
        doors: transport::ALL.iter().map(door).collect(),
        hub,
        buffers: Buffers::for_scenario(scenario),
        connections: 100,
        head_timeout: None,
    }
}

/// Runs `main` on a simulated network where the lab's server serves this feed; nothing may be left
/// running when both are gone.
pub fn with_server<F: Future>(fields: Value, feed: Feed, main: F) -> F::Output {
    with_hub(&scenario(fields), Hub::of(feed), main)
}

/// The same with a scenario's application.
pub fn with_app<F: Future>(fields: Value, main: F) -> F::Output {
    let scenario = scenario(fields);
    let charter = Charter::new(&scenario, clock::EPOCH_US);
    let hub = Hub::new(Feed::new(100), charter, app::rules(&scenario), None);
    with_hub(&scenario, hub, main)
}

fn with_hub<F: Future>(scenario: &Scenario, hub: Hub, main: F) -> F::Output {
    let config = sim_config(scenario, Buffers::for_scenario(scenario));
    let report = sim::run(config, async {
        let server = tokio::spawn(server_of(scenario, hub).run(Listener::Simulated));
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
