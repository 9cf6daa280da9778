//! A run on the simulated network, in virtual time.

use super::{Outcome, Prepared, RunError, follow, latest, publish};
use crate::feed::Feed;
use crate::measure::recorder::Recorder;
use crate::measure::summary::Cpu;
use crate::net::sim::{self, LinkConfig, SimConfig};
use crate::net::{Dialer, Listener, Network};
use crate::scenario::Scenario;
use crate::transport::Entry;

/// The simulated network that a scenario describes.
pub fn sim_config(scenario: &Scenario, buffers: crate::net::Buffers) -> SimConfig {
    let outages_ns: Vec<_> = scenario
        .outages
        .iter()
        .map(|outage| {
            (
                outage.at.as_nanos(),
                outage.at.as_nanos() + outage.lasts.as_nanos(),
            )
        })
        .collect();
    let link = |delay_ns, jitter_ns, bits_per_second, queue_bytes, loss_ppm| LinkConfig {
        delay_ns,
        jitter_ns,
        bits_per_second,
        queue_bytes,
        loss_ppm,
        outages_ns: outages_ns.clone(),
    };
    SimConfig {
        clients: scenario.clients,
        down: link(
            scenario.delay.down.as_nanos(),
            scenario.jitter.down.as_nanos(),
            scenario.bandwidth.down.as_bits_per_second(),
            scenario.queue.down.as_bytes(),
            scenario.loss.down.as_ppm(),
        ),
        up: link(
            scenario.delay.up.as_nanos(),
            scenario.jitter.up.as_nanos(),
            scenario.bandwidth.up.as_bits_per_second(),
            scenario.queue.up.as_bytes(),
            scenario.loss.up.as_ppm(),
        ),
        seed: scenario.seed,
        buffers: buffers.socket,
    }
}

/// One run, not yet judged: what the clients saw, and what the network carried.
pub(super) fn record(
    prepared: &Prepared,
    entry: &Entry,
) -> Result<(Recorder, sim::Report<()>), RunError> {
    let recorder = prepared.recorder(latest(entry, &prepared.scenario));
    let main = async {
        let feed = Feed::new(prepared.events.len().max(1));
        let server = tokio::spawn(
            prepared
                .server(entry, feed.clone())
                .run(Listener::Simulated),
        );
        let publisher = tokio::spawn(publish(prepared.events.clone(), feed));
        follow(prepared, entry, &recorder, |client| Dialer::Simulated {
            client,
        })
        .await;
        publisher.abort();
        server.abort();
    };
    let report = sim::run(sim_config(&prepared.scenario, prepared.buffers()), main)
        .map_err(|stalled| RunError::Internal(stalled.to_string()))?;
    Ok((recorder, report))
}

pub(super) fn run(prepared: &Prepared, entry: &Entry) -> Result<Outcome, RunError> {
    let (recorder, report) = record(prepared, entry)?;
    let mut outcome = Outcome::new(
        prepared,
        entry,
        Network::Simulated,
        &recorder,
        report.ledger,
        Cpu::default(),
    );
    if report.tasks_left > 0 {
        outcome.problem(format!(
            "{} tasks were still running after the end",
            report.tasks_left
        ));
    }
    Ok(outcome)
}
