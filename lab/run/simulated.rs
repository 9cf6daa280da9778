//! A run on the simulated network, in virtual time.

use super::stage::Stage;
use super::{Outcome, Prepared, RunError, announce, follow, joining, latest, publish};
use crate::clock::{S, US};
use crate::feed::Feed;
use crate::hub::Hub;
use crate::measure::Packet;
use crate::measure::classify::Direction;
use crate::measure::recorder::Recorder;
use crate::measure::summary::Load;
use crate::net::sim::{self, LinkConfig, SimConfig, Tap};
use crate::net::{Dialer, Listener, Network};
use crate::scenario::Scenario;
use crate::transport::Entry;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Port of a client's first connection.
const FIRST_PORT: u16 = 40_000;
/// How long the tap for the ladder listens, and how many packets it keeps at most.
const LADDER_NS: u64 = 8 * S;
const LADDER_PACKETS: usize = 3_000;

/// The simulated network that a scenario describes.
pub fn sim_config(scenario: &Scenario, buffers: crate::net::Buffers) -> SimConfig {
    let outages = |client: Option<u32>| -> Vec<(u64, u64)> {
        let of_client = scenario.outages.iter().filter(|one| one.client == client);
        let instants = of_client.map(|outage| {
            let at_ns = outage.at.as_nanos();
            (at_ns, at_ns + outage.lasts.as_nanos())
        });
        instants.collect()
    };
    let everybodys_ns = outages(None);
    let alone: BTreeSet<_> = scenario
        .outages
        .iter()
        .filter_map(|one| one.client)
        .collect();
    let of_client = |client| (client, outages(Some(client)));
    let link = |delay_ns, jitter_ns, bits_per_second, queue_bytes, loss_ppm| LinkConfig {
        delay_ns,
        jitter_ns,
        bits_per_second,
        queue_bytes,
        loss_ppm,
        outages_ns: everybodys_ns.clone(),
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
        outages_of: alone.into_iter().map(of_client).collect(),
        seed: scenario.seed,
        buffers: buffers.socket,
        first_port: FIRST_PORT,
        taps: Vec::new(),
    }
}

/// Keeps the watched client's packets of the first seconds of the measured window, for the ladder.
fn ladder_tap(client: u32, from_ns: u64) -> (Tap, Arc<Mutex<Vec<Packet>>>) {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let tap = Tap::on_client(client, {
        let kept = kept.clone();
        move |tapped| {
            // Only this closure writes, and it does not panic.
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            let within = (from_ns..from_ns + LADDER_NS).contains(&tapped.sent_ns);
            if within && kept.len() < LADDER_PACKETS {
                let layers = tapped.layers;
                kept.push(Packet {
                    sent_us: tapped.sent_ns / US,
                    arrived_us: tapped.arrives_ns.map(|at_ns| at_ns / US),
                    up: tapped.direction == Direction::Up,
                    payload: layers.payload,
                    framing: layers.framing,
                    http_headers: layers.http_headers,
                    setup: layers.setup,
                    tcp_ip: layers.tcp_ip,
                });
            }
        }
    });
    (tap, kept)
}

/// One run, not yet judged: what the network carried; what the clients saw is in the recorder.
pub(super) fn record(
    prepared: &Prepared,
    entry: &Entry,
    recorder: &Recorder,
    stage: Option<&Stage>,
    taps: Vec<Tap>,
) -> Result<sim::Report<()>, RunError> {
    let main = async {
        let hub = match stage {
            Some(stage) => stage.hub.clone(),
            None => Hub::of(Feed::new(prepared.events.len().max(1))),
        };
        let mut server = prepared.server(entry, hub.clone());
        server.buffers = server.buffers.simulated(&prepared.scenario);
        let server = tokio::spawn(server.run(Listener::Simulated));
        let rules = tokio::spawn({
            let hub = hub.clone();
            async move { hub.tick().await }
        });
        let middlebox = tokio::spawn(prepared.middlebox.clone().work());
        let dialer = |client| Dialer::Simulated { client };
        let follow = follow(
            prepared,
            entry,
            recorder,
            stage,
            dialer,
            std::future::pending(),
        );
        match stage {
            None => {
                let events = prepared.events.clone();
                let publish = publish(prepared.scenario.clone(), events, hub.feed().clone());
                let publisher = tokio::spawn(publish);
                follow.await;
                publisher.abort();
            }
            Some(stage) => {
                let own = prepared.announcements.iter().cloned();
                let announce = announce(&prepared.scenario, own, &hub);
                let play = async {
                    stage.play(prepared, announce).await;
                    stage.end(recorder);
                    std::future::pending().await
                };
                tokio::select! {
                    biased;
                    () = follow => {}
                    () = play => {}
                }
            }
        }
        middlebox.abort();
        rules.abort();
        server.abort();
        let _ = server.await; // ended once it has been told, which takes a turn of the runtime
    };
    let mut config = sim_config(&prepared.scenario, prepared.buffers());
    config.taps = taps;
    if let Some(capture) = &prepared.capture {
        config.first_port = capture.first_port(entry);
    }
    sim::run(config, main).map_err(|stalled| RunError::Internal(stalled.to_string()))
}

pub(super) fn run(prepared: &Prepared, entry: &Entry) -> Result<Outcome, RunError> {
    let recorder = prepared.recorder(latest(entry, &prepared.scenario));
    let stage = prepared.is_app().then(|| Stage::new(prepared, &recorder));
    let watched = recorder.expectation().watched();
    let (tap, packets) = ladder_tap(watched, prepared.scenario.warm_up.as_nanos());
    let capture = prepared.capture.as_ref().map(|capture| capture.tap(entry));
    let late = joining::watch(&prepared.scenario);
    let (late, late_taps): (Vec<_>, Vec<_>) = late.into_iter().unzip();
    let taps = [Some(tap), capture]
        .into_iter()
        .flatten()
        .chain(late_taps)
        .collect();
    let report = record(prepared, entry, &recorder, stage.as_ref(), taps)?;
    if let Some(stage) = &stage {
        stage.compare_states(prepared, &recorder);
    }
    let mut outcome = Outcome::new(
        prepared,
        entry,
        Network::Simulated,
        &recorder,
        report.ledger,
        Load::default(),
    );
    if let Some(people) = outcome
        .result
        .figures
        .as_mut()
        .and_then(|figures| figures.people.as_mut())
        && let Some(joins) = &mut people.joins
    {
        joins.bytes = joining::bytes(&late, &recorder);
    }
    if let Some(series) = &mut outcome.result.series {
        series.packets =
            std::mem::take(&mut *packets.lock().unwrap_or_else(PoisonError::into_inner));
    }
    if report.tasks_left > 0 {
        outcome.problem(format!(
            "{} tasks were still running after the end",
            report.tasks_left
        ));
    }
    Ok(outcome)
}
