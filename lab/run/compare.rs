//! Several transports one after another, as the results of one command.

use super::{Outcome, Prepared, RunError, idle};
use crate::clock::S;
use crate::feed::payload_label;
use crate::measure::{Machine, Results, SCHEMA, VERSION, summary};
use crate::net::Network;
use crate::scenario::spaced;
use crate::theory::Law;
use crate::transport::{self, Entry};

impl Prepared {
    /// Runs the given transports one after another; calls `done` after each. All of them, or an error.
    pub fn compare(
        &self,
        entries: &[Entry],
        network: Network,
        command: String,
        done: impl FnMut(&Entry),
    ) -> Result<Results, RunError> {
        let (results, failed) = self.compare_so_far(entries, network, command, done);
        failed.map_or(Ok(results), Err)
    }

    /// The same up to the first that cannot be run. What was measured before it is kept, says that it is partial, and
    /// stands beside the error.
    pub fn compare_so_far(
        &self,
        entries: &[Entry],
        network: Network,
        command: String,
        mut done: impl FnMut(&Entry),
    ) -> (Results, Option<RunError>) {
        let mut results = self.results(network, command);
        for entry in entries {
            let label = entry.descriptor.label;
            let outcome = match self.with_silence(entry, network) {
                Ok(outcome) => outcome,
                Err(error) => {
                    results.partial = true;
                    results.note(&format!(
                        "{label} could not be run, and what would come after it was not tried: {error}"
                    ));
                    return (results, Some(error));
                }
            };
            if !outcome.segments_known {
                results.note("this system does not tell how many TCP segments were sent: the TCP/IP bytes are missing");
            }
            if let Some(at_ns) = outcome.cut_at_ns {
                let seconds = at_ns as f64 / S as f64;
                results.note(&format!("{label} was ended after {seconds:.1} s"));
            }
            if self.asks_late(entry) {
                results.note(&format!(
                    "{label} asks every {}, and some of its clients first ask after the {} of warm-up: before its first event a \
                     client has no age, so mean age and time stale are too small",
                    spaced(&self.scenario.poll_every.to_string()),
                    spaced(&self.scenario.warm_up.to_string())
                ));
            }
            results.transports.push(outcome.result);
            done(entry);
            if self.interrupt.asked() {
                results.partial = true;
                break;
            }
        }
        (results, None)
    }

    /// Whether a client may see its first event when the measured window has begun. First questions are spread over an
    /// interval.
    fn asks_late(&self, entry: &Entry) -> bool {
        let polls = entry.descriptor.law == Law::ShortPoll;
        polls && self.scenario.poll_every > self.scenario.warm_up
    }

    /// One run, with what silence costs where that can be told.
    fn with_silence(&self, entry: &Entry, network: Network) -> Result<Outcome, RunError> {
        let mut outcome = self.run(entry, network)?;
        if network == Network::Simulated {
            outcome.result.idle = idle::measure(self, entry)?;
        }
        Ok(outcome)
    }

    /// The results before any transport has run.
    fn results(&self, network: Network, command: String) -> Results {
        let (from_ns, to_ns) = (self.scenario.warm_up.as_nanos(), self.end_ns());
        Results {
            schema: SCHEMA.into(),
            version: VERSION,
            pushlab: env!("CARGO_PKG_VERSION").into(),
            command,
            scenario: (*self.scenario).clone(),
            network: network.name().into(),
            delay_line: self.delay_line && network == Network::Loopback,
            seed: self.scenario.seed,
            partial: false,
            lies: self.lies.clone(),
            notes: self.notes.clone(),
            windows: self.windows(from_ns, to_ns),
            machine: (network == Network::Loopback).then(machine),
            baseline: transport::BASELINE.id.into(),
            transports: Vec::new(),
            feed_labels: summary::feed_labels(&self.expectation(false), payload_label),
        }
    }
}

/// This machine, beside figures that depend on it.
pub fn machine() -> Machine {
    Machine {
        os: std::env::consts::OS.into(),
        arch: std::env::consts::ARCH.into(),
        cores: std::thread::available_parallelism().map_or(1, usize::from),
    }
}
