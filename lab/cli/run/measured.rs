//! Runs the transports on one network or on both. What was measured before something could not be run is kept.

use super::super::Failure;
use super::super::progress::Progress;
use super::super::recording::Recording;
use super::NetworkName;
use crate::measure::{Both, Results};
use crate::net::Network;
use crate::run::{Prepared, RunError};
use crate::transport::Entry;

/// What was measured, and why it is not all, if it is not; an error if it is nothing.
pub fn measure(
    prepared: &Prepared,
    entries: &[Entry],
    network: NetworkName,
    command: &str,
) -> Result<(Recording, Option<Failure>), Failure> {
    let on = |network| on(prepared, entries, network, command);
    let first = match network {
        NetworkName::Loopback => Network::Loopback,
        NetworkName::Simulated | NetworkName::Both => Network::Simulated,
    };
    let (mut results, failed) = on(first);
    match failed {
        Some(error) if results.transports.is_empty() => return Err(error.into()),
        Some(error) => return Ok((Recording::Run(Box::new(results)), Some(rest(error)))),
        None if network != NetworkName::Both => {
            return Ok((Recording::Run(Box::new(results)), None));
        }
        // Who stops the first half does not want to wait for the other.
        None if results.partial => {
            let other = Network::Loopback.name();
            results.note(&format!("it was ended before anything ran on {other}"));
            return Ok((Recording::Run(Box::new(results)), None));
        }
        None => {}
    }
    let (loopback, failed) = on(Network::Loopback);
    if let (Some(error), true) = (&failed, loopback.transports.is_empty()) {
        // Half of a comparison is a run of its own.
        let other = Network::Loopback.name();
        results.note(&format!("nothing could be run on {other}: {error}"));
        return Ok((Recording::Run(Box::new(results)), failed.map(rest)));
    }
    let both = Both::new(results, loopback);
    Ok((Recording::Both(Box::new(both)), failed.map(rest)))
}

/// What to say of an error beside the results.
fn rest(error: RunError) -> Failure {
    Failure::from(error).of_the_rest()
}

fn on(
    prepared: &Prepared,
    entries: &[Entry],
    network: Network,
    command: &str,
) -> (Results, Option<RunError>) {
    let scenario = &prepared.scenario;
    let takes = match network {
        Network::Simulated => String::from("in virtual time"),
        Network::Loopback => {
            let span = scenario.warm_up.as_nanos() + scenario.duration.as_nanos();
            let seconds = span as f64 / 1e9;
            let all = seconds * entries.len() as f64;
            format!("in real time, {seconds:.0} s for each transport, about {all:.0} s in all")
        }
    };
    let what = format!(
        "running {} on the {} network, {takes}",
        scenario.name,
        network.name()
    );
    let progress = Progress::start(&what, entries.len());
    let measured =
        prepared.compare_so_far(entries, network, command.to_owned(), |_| progress.step());
    progress.finish();
    measured
}
