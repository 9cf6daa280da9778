//! The same scenario and the same seed give the same bytes: in the results, in the recording, in
//! the charts and on the page; on every machine, and whatever the size of the buffers.

use crate::support::{prepared, simulated};
use pushlab::measure::Results;
use pushlab::net::Network;
use pushlab::{chart, report, transport};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Something of everything: jitter, loss, an outage, bursts.
fn eventful() -> Value {
    json!({
        "clients": 4, "warm_up": "1s", "duration": "25s", "rate": "6/s", "arrivals": "bursty",
        "jitter": "5ms", "loss": "1%", "heartbeat": "2s", "hold": "3s",
        "outages": [{"at": "10s", "for": "4s"}],
    })
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

/// The recording as it stands in a report folder.
fn recording(results: &Results) -> String {
    serde_json::to_string(results).expect("results are JSON") + "\n"
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (first, second) = (run(eventful()), run(eventful()));
    assert!(first.transports.iter().all(|transport| transport.verified));
    assert_eq!(first, second);
    assert_eq!(recording(&first), recording(&second));
    let svgs = |results| {
        chart::all(results)
            .into_iter()
            .map(|chart| chart.svg)
            .collect::<Vec<_>>()
    };
    assert_eq!(svgs(&first), svgs(&second));
    assert_eq!(report::html(&first), report::html(&second));
    assert_eq!(report::markdown(&first), report::markdown(&second));
}

#[test]
fn another_seed_gives_another_recording() {
    let first = run(eventful());
    let mut other = eventful();
    other["seed"] = 2.into();
    let other = run(other);
    for (first, other) in first.transports.iter().zip(&other.transports) {
        assert!(other.verified, "{}", other.id);
        assert_ne!(first.figures, other.figures, "{}", other.id);
    }
    assert_ne!(recording(&first), recording(&other));
}

/// A recording read back draws the same report.
#[test]
fn a_recording_holds_everything_that_a_report_shows() {
    let results = run(eventful());
    let read: Results = serde_json::from_str(&recording(&results)).expect("its own recording");
    assert_eq!(read, results);
    assert_eq!(report::html(&read), report::html(&results));
}

/// The hash of one recording, so that debug and release builds and all machines are compared.
///
/// When a change is meant to change figures, texts or fields of a recording, the message of the
/// failure shows the new hash: look at what changed in a report, then write it here.
const RECORDING_SHA256: &str = "4863cec065883f1554786f8ce2b9abad4351b7fdc58a3f5c9580651cf2275ccf";

#[test]
fn one_recording_is_the_same_on_every_machine() {
    let mut results = run(eventful());
    // A new version alone changes nothing that was measured.
    results.pushlab = "any".into();
    let digest = Sha256::digest(recording(&results));
    let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hash, RECORDING_SHA256, "the recording has changed");
}

/// Buffers are there so that nothing waits for memory. Their sizes must not show in any result.
#[test]
fn doubled_buffers_change_no_byte_and_no_latency() {
    let scenarios = [
        json!({"clients": 3, "warm_up": "1s", "duration": "20s", "rate": "10/s"}),
        // Batches of about 100 ticks: several segments each.
        json!({"clients": 2, "warm_up": "0s", "duration": "10s", "rate": "100/s"}),
        json!({"clients": 2, "warm_up": "0s", "duration": "10s", "rate": "5/s", "headers": "browser"}),
        // Large events, one at a time.
        json!({"clients": 2, "duration": "10s", "arrivals": "fixed", "rate": "1/s", "payload": "5kB"}),
        json!({"clients": 2, "duration": "10s", "arrivals": "fixed", "rate": "1/s", "payload": "60kB"}),
        eventful(),
    ];
    for fields in scenarios {
        let mut prepared = prepared(fields);
        for entry in transport::ALL {
            prepared.buffer_factor = 1;
            let usual = simulated(&prepared, entry);
            assert!(usual.verified, "{}", usual.id);
            for factor in [2, 4] {
                prepared.buffer_factor = factor;
                let larger = simulated(&prepared, entry);
                let same = usual == larger;
                assert!(same, "{} with {factor} times the buffers", usual.id);
            }
        }
    }
}
