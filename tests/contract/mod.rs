//! The contract of every transport: each event once, in order, with its content, whatever the
//! network does; and nothing left running. The lab verifies that itself (`tests/broken.rs` shows
//! that it would notice), so these tests look for situations that a transport may fail in.

mod both_networks;
mod fields;
mod four_doors;
mod loopback;
mod slow_reader;

use crate::support::{prepared, simulated};
use pushlab::measure::{Figures, TransportResult};
use pushlab::transport;
use serde_json::{Value, json};

/// Runs a scenario over every transport; each must be verified. Returns what they did.
fn kept(fields: Value) -> Vec<(TransportResult, Figures)> {
    let prepared = prepared(fields);
    let events = prepared.events.len() as u64;
    assert!(events > 0, "a scenario without events shows nothing");
    transport::ALL
        .iter()
        .map(|entry| {
            let result = simulated(&prepared, entry);
            let id = &result.id;
            assert_eq!(result.problem, None, "{id}");
            assert!(result.verified, "{id}");
            let expected = events * u64::from(prepared.scenario.clients);
            assert_eq!(result.expected, expected, "{id}");
            assert_eq!(result.delivered + result.superseded, expected, "{id}");
            let faults = result.duplicated + result.out_of_order + result.altered;
            assert_eq!(faults, 0, "{id}");
            let figures = result.figures.clone().expect("a verified run has figures");
            assert_eq!(figures.bytes.up + figures.bytes.down, figures.bytes.total);
            (result, figures)
        })
        .collect()
}

#[test]
fn clean_link() {
    for (result, figures) in kept(json!({"clients": 5, "duration": "30s", "rate": "5/s"})) {
        assert_eq!(result.superseded, 0);
        assert_eq!(figures.connections, 5, "{}", result.id);
    }
}

#[test]
fn slow_link() {
    // Ten events a second are about a quarter of what the link carries, polls included.
    kept(json!({
        "clients": 3, "duration": "30s", "rate": "10/s", "bandwidth": "64kbit/s", "poll_every": "500ms",
    }));
}

#[test]
fn link_slower_than_the_feed() {
    // Events come faster than the link takes them: they wait, and all arrive after the end.
    let results = kept(json!({
        "clients": 2, "warm_up": "1s", "duration": "10s", "rate": "100/s", "bandwidth": "64kbit/s",
    }));
    for (result, figures) in results {
        assert!(figures.latency_us.max > 1e6, "{} was not slowed", result.id);
    }
}

#[test]
fn lossy_link() {
    for seed in 1..=3 {
        kept(json!({
            "seed": seed, "clients": 4, "duration": "40s", "rate": "5/s", "loss": "5%", "jitter": "10ms",
        }));
    }
}

#[test]
fn small_queue() {
    // Two packets may wait, so that bursts lose their tail.
    kept(json!({
        "clients": 3, "duration": "20s", "rate": "40/s", "arrivals": "bursty",
        "bandwidth": "256kbit/s", "queue": "3kB",
    }));
}

#[test]
fn short_outage() {
    kept(json!({
        "clients": 5, "duration": "40s", "rate": "5/s", "outages": [{"at": "20s", "for": "5s"}],
    }));
}

#[test]
fn outage_from_the_start() {
    kept(json!({
        "clients": 3, "duration": "40s", "rate": "2/s", "outages": [{"at": "0s", "for": "8s"}],
    }));
}

#[test]
fn outage_so_long_that_clients_return() {
    let results = kept(json!({
        "clients": 5, "duration": "150s", "rate": "5/s", "heartbeat": "5s",
        "outages": [{"at": "30s", "for": "70s"}],
    }));
    for (result, figures) in results {
        let connections = figures.connections;
        assert!(connections > 5, "{}: {connections} connections", result.id);
    }
}

#[test]
fn outages_again_and_again_under_loss() {
    let outages: Vec<_> = (1..6)
        .map(|i| json!({"at": format!("{}s", i * 60), "for": "35s"}))
        .collect();
    let results = kept(json!({
        "clients": 3, "duration": "400s", "rate": "3/s", "heartbeat": "3s", "hold": "8s",
        "loss": "3%", "jitter": "20ms", "outages": outages,
    }));
    for (result, figures) in results {
        let connections = figures.connections;
        assert!(connections > 3, "{}: {connections} connections", result.id);
    }
}

#[test]
fn many_events_per_second() {
    let results = kept(json!({
        "clients": 3, "warm_up": "1s", "duration": "9s", "rate": "1000/s", "bandwidth": "100Mbit/s",
    }));
    for (result, figures) in results {
        // Polls carry batches: far fewer questions than events.
        assert!(figures.requests * 5 < result.delivered, "{}", result.id);
    }
}

#[test]
fn bursts() {
    kept(json!({"clients": 4, "duration": "30s", "rate": "20/s", "arrivals": "bursty"}));
}

#[test]
fn silence_between_events() {
    // About one event in two minutes: heartbeats pass, holds end, most polls are empty.
    let results = kept(json!({
        "clients": 3, "warm_up": "0s", "duration": "10min", "rate": "0.5/min", "heartbeat": "15s",
    }));
    for (result, figures) in results {
        assert_eq!(figures.connections, 3, "{} lost connections", result.id);
        assert!(figures.bytes.framing > 0 || figures.empty_answers > 0);
    }
}

#[test]
fn silence_without_heartbeats() {
    kept(json!({
        "clients": 3, "warm_up": "0s", "duration": "10min", "rate": "0.5/min", "heartbeat": "off",
    }));
}

#[test]
fn pollers_that_sleep_after_the_answer() {
    kept(json!({
        "clients": 4, "duration": "30s", "rate": "5/s", "poll_discipline": "sleep", "delay": "150ms",
    }));
}

#[test]
fn newest_value_only() {
    let fields = json!({
        "clients": 5, "duration": "60s", "rate": "10/s", "poll_delivery": "latest",
    });
    let results = kept(fields.clone());
    let superseded: Vec<_> = results
        .iter()
        .map(|(result, _)| result.superseded)
        .collect();
    // Ten events a second and one question: nine of ten are replaced before anybody asks.
    let (result, _) = &results[0];
    assert!(result.superseded > 8 * result.delivered, "{superseded:?}");
    // A screen is brought up to date when it would be with every event, only with fewer bytes.
    let mut every = fields;
    every["poll_delivery"] = "every".into();
    let (newest, all) = (&results[0].1, &kept(every)[0].1);
    assert_eq!(newest.latency_samples, all.latency_samples);
    assert!((newest.latency_us.mean - all.latency_us.mean).abs() < 0.01 * all.latency_us.mean);
    assert!(newest.bytes_per_event < 0.5 * all.bytes_per_event);
    assert!(
        superseded[1..].iter().all(|&count| count == 0),
        "{superseded:?}"
    );
}

#[test]
fn newest_value_only_through_loss_and_outage() {
    kept(json!({
        "clients": 4, "duration": "120s", "rate": "4/s", "poll_delivery": "latest", "loss": "3%",
        "outages": [{"at": "20s", "for": "60s"}],
    }));
}

#[test]
fn browser_headers() {
    kept(json!({"clients": 3, "duration": "20s", "rate": "5/s", "headers": "browser"}));
}

#[test]
fn a_connection_per_question() {
    for network in [
        json!({}),
        json!({"loss": "5%", "jitter": "10ms"}),
        json!({"outages": [{"at": "10s", "for": "15s"}]}),
    ] {
        let mut fields = json!({
            "clients": 4, "duration": "40s", "rate": "5/s", "poll_connection": "close",
        });
        for (name, value) in network.as_object().expect("an object") {
            fields[name] = value.clone();
        }
        kept(fields);
    }
}

#[test]
fn events_sent_together() {
    for delivery in ["every", "latest"] {
        kept(json!({
            "clients": 4, "duration": "60s", "rate": "20/s", "loss": "3%", "heartbeat": "1s",
            "batch_every": "2s", "push_delivery": delivery, "outages": [{"at": "20s", "for": "10s"}],
        }));
        // More than fits one piece or one write.
        kept(json!({
            "clients": 2, "duration": "10s", "rate": "1000/s", "bandwidth": "100Mbit/s",
            "batch_every": "1s", "push_delivery": delivery,
        }));
    }
}
