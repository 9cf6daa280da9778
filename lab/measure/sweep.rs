//! The public, versioned result of a sweep: what its file holds, and how trials become points with intervals.

mod figures;
mod people;
pub mod scale;

pub use figures::*;
pub use people::*;

use super::plot::Quantity;
use super::results::{Figures, Machine, Style};
use crate::scenario::sweep::Sweep;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The value of [`SweepHead::schema`].
pub const SWEEP_SCHEMA: &str = "pushlab/sweep";
/// The value of [`SweepHead::version`]; raised whenever a field changes its meaning.
pub const SWEEP_VERSION: u32 = 1;

/// What was asked for: the first line of a sweep's file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SweepHead {
    /// Always [`SWEEP_SCHEMA`].
    pub schema: String,
    /// Always [`SWEEP_VERSION`].
    pub version: u32,
    /// Version of the program that measured.
    pub pushlab: String,
    /// The command that makes these results again.
    pub command: String,
    /// `simulated` or `loopback`.
    pub network: String,
    /// Where real time is measured; absent on the simulated network, where the machine does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<Machine>,
    /// The sweep with its scenario.
    pub sweep: Sweep,
    /// The transport that ratios are taken against.
    pub baseline: String,
    /// The transports that take part, in the order of the lab's table.
    pub parties: Vec<Party>,
}

impl SweepHead {
    /// The place of a transport among the parties; nothing for one that does not take part.
    fn party(&self, id: &str) -> Option<usize> {
        self.parties.iter().position(|party| party.id == id)
    }
}

/// One transport that takes part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Party {
    pub id: String,
    pub label: String,
    pub style: Style,
    /// For each axis: whether it can affect this transport. Where it cannot, one trial stands for all.
    pub affected: Vec<bool>,
}

impl Party {
    /// The point whose trial stands for `at`: axes that cannot affect this transport stay at their first value.
    pub fn stands_for(&self, at: &[usize]) -> Vec<usize> {
        let own = |(&index, &affected): (&usize, &bool)| if affected { index } else { 0 };
        at.iter().zip(&self.affected).map(own).collect()
    }
}

/// One run of one transport at one point: a line of a sweep's file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Trial {
    /// Id of the transport.
    pub transport: String,
    /// Index into the values of each axis.
    pub at: Vec<usize>,
    /// Which repeat, from 0.
    pub repeat: u32,
    /// The scenario's seed plus the repeat.
    pub seed: u64,
    /// How many clients followed.
    pub clients: u32,
    /// Warm-up and measured window together, after lengthening, microseconds.
    pub span_us: u64,
    /// Deliveries the generator calls for, made, and replaced by newer ones.
    pub expected: u64,
    pub delivered: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub superseded: u64,
    /// What went wrong, if the trial was not verified; it has no figures then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Why this machine could not run it, if it could not: then nothing was measured, and the same command tries again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_run: Option<String>,
    /// Present exactly when verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
    /// Predictions, keyed as in [`super::TransportResult::theory`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub theory: BTreeMap<String, f64>,
}

/// What tells a trial from all others of its sweep: transport, point and repeat.
pub type TrialKey<'a> = (&'a str, &'a [usize], u32);

impl Trial {
    /// As [`super::TransportResult::kept_up`].
    pub fn kept_up(&self) -> u64 {
        self.delivered + self.superseded
    }

    pub fn key(&self) -> TrialKey<'_> {
        (&self.transport, &self.at, self.repeat)
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A sweep, finished or not.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepResults {
    pub head: SweepHead,
    /// In the order of points, transports and repeats, as [`SweepResults::new`] puts them.
    pub trials: Vec<Trial>,
}

/// A figure at one point, over the repeats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Mean over the repeats.
    pub value: f64,
    /// 95 % bootstrap interval over the repeats; none for a single one.
    pub interval: Option<[f64; 2]>,
    /// Mean of the predictions, where all repeats have one.
    pub predicted: Option<f64>,
}

/// How one transport compares with another at one point: a ratio over paired repeats (same seed, same events).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Geometric mean of the repeats' ratios.
    pub ratio: f64,
    /// Its 95 % interval; none for a single repeat.
    pub interval: Option<[f64; 2]>,
}

impl SweepResults {
    /// Puts the trials in order, whatever the order in which they ended.
    pub fn new(head: SweepHead, mut trials: Vec<Trial>) -> Self {
        trials.sort_by_cached_key(|trial| {
            let party = head.party(&trial.transport);
            (trial.at.clone(), party, trial.repeat)
        });
        Self { head, trials }
    }

    /// The trials of a transport at a point, by repeat.
    pub fn trials_at(&self, party: &Party, at: &[usize]) -> &[Trial] {
        let (at, party) = (party.stands_for(at), self.head.party(&party.id));
        // Thousands of trials are asked for thousands of times: they are in order, so halving finds them.
        let place = |trial: &Trial| {
            let points = trial.at.cmp(&at);
            points.then_with(|| self.head.party(&trial.transport).cmp(&party))
        };
        let from = self.trials.partition_point(|trial| place(trial).is_lt());
        let here = &self.trials[from..];
        &here[..here.partition_point(|trial| place(trial).is_eq())]
    }

    /// A figure at a point; nothing where a repeat is missing or was not verified.
    pub fn estimate(&self, party: &Party, at: &[usize], figure: &Figure) -> Option<Estimate> {
        let trials = self.complete(party, at)?;
        let measured: Vec<f64> = trials.iter().filter_map(|t| figure.measured(t)).collect();
        if measured.len() < trials.len() {
            return None;
        }
        let predicted: Vec<f64> = trials.iter().filter_map(|t| figure.predicted(t)).collect();
        Some(Estimate {
            value: mean(&measured),
            interval: self.interval(&measured).map(|ends| match figure.quantity {
                Quantity::Share => within_a_share(ends, &measured),
                _ => ends,
            }),
            predicted: (predicted.len() == trials.len()).then(|| mean(&predicted)),
        })
    }

    /// A figure of one transport over that of another at a point.
    pub fn compare(
        &self,
        party: &Party,
        with: &Party,
        at: &[usize],
        figure: &Figure,
    ) -> Option<Comparison> {
        let (these, those) = (self.complete(party, at)?, self.complete(with, at)?);
        let logs: Vec<f64> = these
            .iter()
            .zip(those)
            .filter_map(|(this, that)| Some(figure.measured(this)? / figure.measured(that)?))
            .filter(|ratio| ratio.is_finite() && *ratio > 0.0)
            .map(libm::log)
            .collect();
        (logs.len() == these.len()).then(|| Comparison {
            ratio: libm::exp(mean(&logs)),
            interval: self.interval(&logs).map(|ends| ends.map(libm::exp)),
        })
    }

    /// All repeats at a point, or nothing.
    fn complete(&self, party: &Party, at: &[usize]) -> Option<&[Trial]> {
        let trials = self.trials_at(party, at);
        (trials.len() == self.head.sweep.repeats as usize).then_some(trials)
    }

    fn interval(&self, values: &[f64]) -> Option<[f64; 2]> {
        super::bootstrap::mean_interval(values, self.head.sweep.scenario.seed)
    }
}

/// Student's interval of a few repeats knows nothing of the ends of a share. Where a value lies beyond them they are no
/// ends: an interval never excludes what it is of.
fn within_a_share(ends: [f64; 2], measured: &[f64]) -> [f64; 2] {
    match measured.iter().all(|value| (0.0..=1.0).contains(value)) {
        true => ends.map(|end| end.clamp(0.0, 1.0)),
        false => ends,
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::within_a_share;

    #[test]
    fn an_interval_of_a_share_ends_where_shares_do() {
        assert_eq!(within_a_share([-0.2, 0.4], &[0.0, 0.2]), [0.0, 0.4]);
        assert_eq!(within_a_share([0.9, 1.1], &[0.99, 1.0]), [0.9, 1.0]);
        assert_eq!(within_a_share([1.02, 1.08], &[1.04, 1.06]), [1.02, 1.08]);
    }
}
