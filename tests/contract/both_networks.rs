//! The same script on both networks: what the programs write is the same, to the byte. No figure here
//! depends on how fast the machine is: each script leaves no transport a choice.

use crate::support::{events, prepared};
use pushlab::measure::Figures;
use pushlab::net::Network;
use pushlab::run::Prepared;
use pushlab::transport;
use serde_json::json;

const MS: u64 = 1_000_000;

fn figures(prepared: &Prepared, entry: &transport::Entry, network: Network) -> Figures {
    let result = prepared.run(entry, network).expect("a run").result;
    assert_eq!(result.problem, None, "{} {}", result.id, network.name());
    result.figures.expect("a verified run has figures")
}

/// One client, and events so far apart that each is an exchange of its own. A poller asks after 657 ms
/// and 1,657 ms: half a second lies between whatever must happen in this order.
fn same_bytes(delay: &str) {
    let mut script = prepared(json!({
        "clients": 1, "warm_up": "0s", "duration": "1300ms", "rate": "2/s", "poll_every": "1s",
        "hold": "20s", "heartbeat": "20s", "delay": delay,
    }));
    script.events = events([200 * MS, 1_200 * MS]);
    script.delay_line = true;
    std::thread::scope(|scope| {
        for entry in transport::ALL {
            scope.spawn(|| compare(&script, entry));
        }
    });
}

fn compare(script: &Prepared, entry: &transport::Entry) {
    let simulated = figures(script, entry, Network::Simulated);
    let loopback = figures(script, entry, Network::Loopback);
    let id = entry.descriptor.id;
    assert_eq!(simulated.requests, loopback.requests, "{id}: requests");
    for (layer, of) in [
        ("payload", (|f| f.bytes.payload) as fn(&Figures) -> u64),
        ("framing", |f| f.bytes.framing),
        ("HTTP headers", |f| f.bytes.http_headers),
        ("application", Figures::application_bytes),
    ] {
        assert_eq!(of(&simulated), of(&loopback), "{id}: {layer}");
    }
    // The heads that open a stream too, where the system tells the segments.
    if let Some(bytes) = loopback.stream_bytes() {
        assert_eq!(simulated.stream_bytes(), Some(bytes), "{id}: stream");
    }
}

#[test]
fn the_same_script_writes_the_same_bytes() {
    same_bytes("1ms");
}

#[test]
fn so_it_does_without_a_delay() {
    same_bytes("0ms");
}
