//! A stall of the server shows in what is measured, by arithmetic; and the two classic lies hide what they promise to.

use crate::support::{prepared, simulated};
use pushlab::measure::{Figures, Lie};
use pushlab::transport;
use serde_json::json;

/// Ten events a second, on the dot; nothing from 10 s to 10.9 s, so nine events wait, the first for 0.9 s, each next
/// one for 0.1 s less. With the tenth they leave at once, as many packets as TCP may send without an acknowledgement.
/// 200 events are measured.
fn stalled(lies: &[Lie], id: &str) -> (Figures, Vec<String>) {
    let mut prepared = prepared(json!({
        "clients": 3, "arrivals": "fixed", "rate": "10/s", "warm_up": "5s", "duration": "20s",
        "bandwidth": "1000Mbit/s", "stalls": [{"at": "10s", "for": "900ms"}],
    }));
    prepared.lies = lies.to_vec();
    let entry = transport::ALL
        .iter()
        .find(|entry| entry.descriptor.id == id)
        .expect("a transport");
    let result = simulated(&prepared, entry);
    let predicted = result.theory.keys().cloned().collect();
    (result.figures.expect("a verified run"), predicted)
}

/// Microseconds for what the line needs beside its delay: at most ten events at once.
const LINE_US: f64 = 60.0;

fn about(us: f64, expected: f64) {
    assert!(
        (0.0..=LINE_US).contains(&(us - expected)),
        "{us} us, not {expected} us"
    );
}

#[test]
fn a_stall_makes_everything_in_it_late() {
    for id in ["sse", "websocket"] {
        let (figures, predicted) = stalled(&[], id);
        assert_eq!(figures.latency_events, 200);
        // 0.9 + 0.8 + ... + 0.1 = 4.5 s over 200 events.
        about(figures.latency_us.mean, 25_000.0 + 4.5e6 / 200.0);
        about(figures.latency_us.max, 25_000.0 + 0.9e6);
        about(figures.latency_us.p50, 25_000.0);
        assert!(predicted.is_empty(), "no formula knows of stalls");
    }
}

#[test]
fn counted_from_the_actual_instant_the_stall_is_gone() {
    for id in ["sse", "websocket"] {
        let (lied, _) = stalled(&[Lie::CoordinatedOmission], id);
        about(lied.latency_us.mean, 25_000.0);
        about(lied.latency_us.max, 25_000.0);
        let (honest, _) = stalled(&[], id);
        assert_eq!(lied.bytes, honest.bytes, "not a byte differs");
        // From 10 s to 10.9 s something newer was due; the lie knows of it only then.
        let hidden_s = (honest.stale_share.unwrap() - lied.stale_share.unwrap()) * 20.0;
        assert!((hidden_s - 0.9).abs() < 0.001, "{hidden_s} s");
    }
}

#[test]
fn counting_headers_alone_leaves_headers_and_framing() {
    for entry in transport::ALL {
        let id = entry.descriptor.id;
        let (honest, _) = stalled(&[], id);
        let (lied, predicted) = stalled(&[Lie::HeaderOnly], id);
        let (bytes, all) = (lied.bytes, honest.bytes);
        assert_eq!((bytes.payload, bytes.setup, bytes.tcp_ip), (0, 0, 0));
        assert_eq!(
            (bytes.framing, bytes.http_headers),
            (all.framing, all.http_headers)
        );
        assert_eq!(bytes.total, all.framing + all.http_headers);
        assert_eq!(bytes.up + bytes.down, bytes.total);
        assert_eq!(lied.latency_us, honest.latency_us, "{id}");
        assert!(!predicted.iter().any(|figure| figure.starts_with("bytes")));
    }
}

#[test]
fn without_lies_a_recording_has_no_word_of_them() {
    let run = |lies: Vec<Lie>| {
        let mut prepared = prepared(json!({"clients": 1, "warm_up": "0s", "duration": "2s"}));
        prepared.lies = lies;
        let network = pushlab::net::Network::Simulated;
        let results = prepared.compare(&transport::ALL[..1], network, "pushlab".into(), |_| {});
        serde_json::to_value(results.expect("a run")).expect("results are JSON")
    };
    assert!(run(vec![]).get("lies").is_none());
    let lied = run(vec![Lie::CoordinatedOmission, Lie::HeaderOnly]);
    assert_eq!(lied["lies"], json!(["coordinated-omission", "header-only"]));
    let theory = lied["transports"][0]["theory"]
        .as_object()
        .expect("predictions");
    assert!(!theory.contains_key("bytes") && !theory.contains_key("bytes_per_event"));
}
