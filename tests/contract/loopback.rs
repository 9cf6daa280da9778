//! The contract on kernel sockets, in real time: clean links only. Nothing here depends on how fast
//! the machine is; the runs are short because their scenarios are.

use crate::support::prepared;
use pushlab::net::Network;
use pushlab::scenario::Connection;
use pushlab::transport;
use serde_json::{Value, json};

/// Runs a scenario over every transport, all at the same time; each must be verified.
fn kept(fields: Value) {
    let prepared = prepared(fields);
    std::thread::scope(|scope| {
        for entry in transport::ALL {
            let prepared = &prepared;
            scope.spawn(move || {
                let outcome = prepared
                    .run(entry, Network::Loopback)
                    .expect("sockets on 127.0.0.1");
                let result = outcome.result;
                assert_eq!(result.problem, None, "{}", result.id);
                assert!(result.verified, "{}", result.id);
                let figures = result.figures.expect("a verified run has figures");
                let kept = prepared.scenario.poll_connection == Connection::KeepAlive;
                if kept {
                    assert_eq!(figures.connections, u64::from(prepared.scenario.clients));
                }
                assert_eq!(figures.bytes.up + figures.bytes.down, figures.bytes.total);
            });
        }
    });
}

#[test]
fn clean_link() {
    kept(json!({
        "clients": 5, "warm_up": "0s", "duration": "1s", "rate": "50/s", "poll_every": "100ms",
    }));
}

#[test]
fn many_events_per_second() {
    kept(json!({
        "clients": 3, "warm_up": "0s", "duration": "1s", "rate": "3000/s", "poll_every": "100ms",
    }));
}

#[test]
fn heartbeats_and_holds_that_end() {
    kept(json!({
        "clients": 3, "warm_up": "0s", "duration": "2s", "arrivals": "fixed", "rate": "0.6/s",
        "poll_every": "100ms", "hold": "150ms", "heartbeat": "200ms",
    }));
}

#[test]
fn newest_value_only() {
    kept(json!({
        "clients": 5, "warm_up": "0s", "duration": "1s", "rate": "100/s", "poll_every": "100ms",
        "poll_delivery": "latest",
    }));
}

#[test]
fn connections_per_question_and_batches() {
    kept(json!({
        "clients": 3, "warm_up": "0s", "duration": "1s", "rate": "100/s", "poll_every": "100ms",
        "poll_connection": "close", "batch_every": "100ms", "push_delivery": "latest",
    }));
}
