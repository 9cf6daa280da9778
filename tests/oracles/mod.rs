//! Oracles: what the simulated network and the transports measure, against arithmetic and against a
//! real kernel. The Linux figures are from Linux 6.18 (cubic) over an emulated link of the same delay
//! and rate; METHODOLOGY.md says how they were taken. All times are virtual: nothing here depends on
//! the speed of the machine.

mod batches;
mod both_at_once;
mod connections;
mod ledger;
mod long_poll;
mod loss;
mod push;
mod raw;
mod scripted_loss;
mod short_poll;
mod tcp;
mod variants;

use pushlab::measure::{Figures, TransportResult};
use pushlab::net::Network;
use pushlab::run::Prepared;
use pushlab::transport::{self, Entry};

/// A scenario of `fields` (JSON) and the defaults.
fn prepare(fields: &str) -> Prepared {
    let text = format!(r#"{{"name": "oracle", {fields}}}"#);
    let scenario = pushlab::scenario::parse(&text, "oracle").unwrap();
    Prepared::new(scenario).unwrap()
}

fn entry(id: &str) -> &'static Entry {
    let mut all = transport::ALL.iter();
    all.find(|entry| entry.descriptor.id == id).unwrap()
}

/// One transport's result on the simulated network.
fn measure(prepared: &Prepared, id: &str) -> TransportResult {
    let outcome = prepared.run(entry(id), Network::Simulated).unwrap();
    assert!(
        outcome.result.verified,
        "{id}: {:?}",
        outcome.result.problem
    );
    outcome.result
}

/// One transport's figures in a scenario of `fields`.
fn figures(fields: &str, id: &str) -> Figures {
    measure(&prepare(fields), id).figures.unwrap()
}

/// Fails unless `measured` is within `share` of `expected`; prints both with `--nocapture`.
#[track_caller]
fn within(what: &str, measured: f64, expected: f64, share: f64) {
    let deviation = measured / expected - 1.0;
    println!(
        "{what}: expected {expected:.3}, measured {measured:.3} ({:+.2} %)",
        100.0 * deviation
    );
    assert!(
        deviation.abs() <= share,
        "{what}: {measured} is not within {} % of {expected}",
        100.0 * share
    );
}
