//! Which trials a sweep needs: each transport at each point that can affect it, long enough to prove something.

use crate::measure::Style;
use crate::measure::sweep::{Party, SWEEP_SCHEMA, SWEEP_VERSION, SweepHead, Trial, TrialKey};
use crate::net::Network;
use crate::run::machine;
use crate::scenario::sweep::{Sweep, field};
use crate::scenario::{Scenario, ScenarioError, Span};
use crate::transport::{self, Entry};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The field that sets how often a client asks on a timer.
const POLL_INTERVAL: &str = "poll_every";

/// One trial to be run.
#[derive(Clone)]
pub struct Job {
    pub entry: Entry,
    /// Index into the values of each axis.
    pub at: Vec<usize>,
    pub repeat: u32,
    /// Lengthened, with the repeat's seed.
    pub scenario: Scenario,
    /// How long it takes, as far as one can tell: seconds in real time; simulated, about how many
    /// deliveries and questions there are.
    pub work: f64,
}

impl Job {
    /// As [`Trial::key`] of what it makes.
    fn key(&self) -> TrialKey<'_> {
        (self.entry.descriptor.id, &self.at, self.repeat)
    }

    /// Warm-up and measured window together, microseconds.
    pub fn span_us(&self) -> u64 {
        (self.scenario.warm_up.as_nanos() + self.scenario.duration.as_nanos()) / 1_000
    }
}

/// All trials of a sweep.
pub struct Plan {
    pub head: SweepHead,
    /// In the order of points, transports and repeats.
    pub jobs: Vec<Job>,
    /// The program that is the server's process over kernel sockets; without one it is a thread.
    pub server_program: Option<PathBuf>,
}

impl Plan {
    /// Plans a valid sweep; the error says which point cannot be run, or which transport does not exist.
    pub fn new(sweep: Sweep, network: Network, command: String) -> Result<Self, ScenarioError> {
        sweep.validate()?;
        let entries = entries(&sweep)?;
        let parties: Vec<_> = entries.iter().map(|entry| party(entry, &sweep)).collect();
        some_are_affected(&sweep, &parties)?;
        let mut jobs = Vec::new();
        for at in sweep.points() {
            for (entry, party) in entries.iter().zip(&parties) {
                if party.stands_for(&at) != at {
                    continue;
                }
                let scenario = lengthened(sweep.at(&at)?, entry, &sweep);
                // Longer may be too long.
                scenario
                    .validate()
                    .map_err(|error| error.at_point(&described(&sweep, &at)))?;
                let work = work(&scenario, entry, network);
                jobs.extend((0..sweep.repeats).map(|repeat| Job {
                    entry: *entry,
                    at: at.clone(),
                    repeat,
                    scenario: Scenario {
                        seed: scenario.seed.wrapping_add(repeat.into()),
                        ..scenario.clone()
                    },
                    work,
                }));
            }
        }
        let head = SweepHead {
            schema: SWEEP_SCHEMA.into(),
            version: SWEEP_VERSION,
            pushlab: env!("CARGO_PKG_VERSION").into(),
            command,
            network: network.name().into(),
            machine: (network == Network::Loopback).then(machine),
            sweep,
            baseline: transport::BASELINE.id.into(),
            parties,
        };
        Ok(Self {
            head,
            jobs,
            server_program: None,
        })
    }

    /// The jobs whose trials are not among the `known` ones.
    pub fn left(&self, known: &[Trial]) -> Vec<&Job> {
        let known: BTreeSet<_> = known.iter().map(Trial::key).collect();
        let open = |job: &&Job| !known.contains(&job.key());
        self.jobs.iter().filter(open).collect()
    }

    /// Whether these trials are all there is to measure, and none could not be run.
    pub fn is_done(&self, trials: &[Trial]) -> bool {
        self.left(trials).is_empty() && trials.iter().all(|trial| trial.not_run.is_none())
    }

    /// The first trial that no job of this plan makes, or that is there twice; its index.
    pub fn stranger(&self, trials: &[Trial]) -> Option<usize> {
        let mut jobs: BTreeMap<_, _> = self.jobs.iter().map(|job| (job.key(), job)).collect();
        trials.iter().position(|trial| {
            let job = jobs.remove(&trial.key());
            job.is_none_or(|job| job.scenario.seed != trial.seed || job.span_us() != trial.span_us)
        })
    }
}

/// The transports of a sweep, in the order of the lab's table.
fn entries(sweep: &Sweep) -> Result<Vec<Entry>, ScenarioError> {
    let ids: Vec<_> = transport::ALL
        .iter()
        .map(|entry| entry.descriptor.id)
        .collect();
    if let Some(unknown) = sweep
        .transports
        .iter()
        .find(|id| !ids.contains(&id.as_str()))
    {
        let problem = format!(
            "there is no transport {unknown:?}; there are {}",
            ids.join(", ")
        );
        return Err(ScenarioError::field("transports", problem));
    }
    let wanted = |entry: &&Entry| {
        sweep.transports.is_empty() || sweep.transports.iter().any(|id| id == entry.descriptor.id)
    };
    Ok(transport::ALL.iter().filter(wanted).copied().collect())
}

fn party(entry: &Entry, sweep: &Sweep) -> Party {
    let descriptor = entry.descriptor;
    Party {
        id: descriptor.id.into(),
        label: descriptor.label.into(),
        style: Style {
            color: descriptor.color.into(),
            marker: descriptor.marker,
        },
        affected: sweep
            .vary
            .iter()
            .map(|axis| descriptor.affects(field(&axis.key)))
            .collect(),
    }
}

/// Refuses an axis along which nothing could change.
fn some_are_affected(sweep: &Sweep, parties: &[Party]) -> Result<(), ScenarioError> {
    for (index, axis) in sweep.vary.iter().enumerate() {
        if parties.iter().any(|party| party.affected[index]) {
            continue;
        }
        let affects = |entry: &&Entry| entry.descriptor.affects(field(&axis.key));
        let ids: Vec<_> = transport::ALL
            .iter()
            .filter(affects)
            .map(|entry| entry.descriptor.id)
            .collect();
        let problem = format!(
            "none of the chosen transports depends on {}: choose {}, too",
            axis.key,
            ids.join(" or ")
        );
        return Err(ScenarioError::field("transports", problem));
    }
    Ok(())
}

fn asks_on_a_timer(entry: &Entry) -> bool {
    entry.descriptor.fields.contains(&POLL_INTERVAL)
}

/// The scenario made long enough for the events and the questions that the sweep wants at least: six polls prove
/// nothing. Recorded events are as many as they are. A run in which something happens at a fixed instant stays as long
/// as it is: longer it would be another one.
fn lengthened(scenario: Scenario, entry: &Entry, sweep: &Sweep) -> Scenario {
    if scenario.has_fixed_instants() {
        return scenario;
    }
    let mut least_s = 0.0;
    if scenario.replay.is_none() {
        least_s = f64::from(sweep.least_events) / scenario.messages_per_second();
    }
    if asks_on_a_timer(entry) {
        let every_s = scenario.poll_every.as_nanos() as f64 / 1e9;
        least_s = f64::max(least_s, f64::from(sweep.least_polls) * every_s);
    }
    // Whole seconds, so that a figure of seconds stays one.
    let least = Span::from_millis(1_000 * libm::ceil(least_s) as u64);
    Scenario {
        duration: scenario.duration.max(least),
        ..scenario
    }
}

/// See [`Job::work`].
fn work(scenario: &Scenario, entry: &Entry, network: Network) -> f64 {
    let span_s = (scenario.warm_up.as_nanos() + scenario.duration.as_nanos()) as f64 / 1e9;
    if network == Network::Loopback {
        return span_s;
    }
    let every_s = scenario.poll_every.as_nanos() as f64 / 1e9;
    let questions = if asks_on_a_timer(entry) {
        1.0 / every_s
    } else {
        0.0
    };
    f64::from(scenario.clients) * span_s * (scenario.messages_per_second() + questions)
}

/// `rate=2/s, poll_every=1s`.
fn described(sweep: &Sweep, at: &[usize]) -> String {
    let values = sweep.vary.iter().zip(at);
    let values: Vec<_> = values
        .map(|(axis, &index)| format!("{}={}", axis.key, axis.values[index]))
        .collect();
    values.join(", ")
}
