//! The same seed gives the same bytes, in applications too.

use super::*;
use pushlab::measure::Results;
use pushlab::net::Network;
use sha2::{Digest, Sha256};

/// Something of everything.
fn eventful(name: &str) -> Value {
    with(
        small(name),
        json!({
            "loss": "1%", "jitter": "5ms", "outages": [{"at": "5s", "for": "1s"}, {"at": "7s", "for": "1s", "client": 1}],
        }),
    )
}

fn run(fields: Value) -> Results {
    prepared(fields)
        .compare(
            transport::ALL,
            Network::Simulated,
            "pushlab run test".into(),
            |_| {},
        )
        .expect("a run that does not stall")
}

fn recording(results: &Results) -> String {
    serde_json::to_string(results).expect("results are JSON") + "\n"
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    for name in ["chat", "whiteboard"] {
        let (first, second) = (run(eventful(name)), run(eventful(name)));
        assert!(first.transports.iter().all(|t| t.verified), "{name}");
        assert!(recording(&first) == recording(&second), "{name}");
    }
}

/// The hash of one recording; the failure shows the new one if a change is meant to change it.
const RECORDING_SHA256: &str = "c0362661fcc1a2d86804ffe8593bed7b98df1ed57639785607ec1ce192040c1c";

#[test]
fn one_recording_is_the_same_on_every_machine() {
    let mut results = run(eventful("document"));
    results.pushlab = "any".into();
    let digest = Sha256::digest(recording(&results));
    let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hash, RECORDING_SHA256, "the recording has changed");
}

#[test]
fn doubled_buffers_change_nothing() {
    for name in TALKING {
        let mut prepared = prepared(eventful(name));
        for entry in transport::ALL {
            prepared.buffer_factor = 1;
            let usual = simulated(&prepared, entry);
            prepared.buffer_factor = 2;
            let larger = simulated(&prepared, entry);
            assert!(usual == larger, "{name} over {}", usual.id);
        }
    }
}
