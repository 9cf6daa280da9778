//! The public, versioned result of a sweep: what its file holds, and how trials become points with intervals.

use super::plot::Quantity;
use super::results::{Figures, Style};
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
    /// The sweep with its scenario.
    pub sweep: Sweep,
    /// The transport that ratios are taken against.
    pub baseline: String,
    /// The transports that take part, in the order of the lab's table.
    pub parties: Vec<Party>,
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
    /// Present exactly when verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
    /// Predictions, keyed as in [`super::TransportResult::theory`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub theory: BTreeMap<String, f64>,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A sweep, finished or not.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepResults {
    pub head: SweepHead,
    /// In the order of points, transports and repeats.
    pub trials: Vec<Trial>,
}

/// A figure of trials that is worth a chart.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// As in tables and file names.
    pub id: &'static str,
    /// As in recordings and predictions, with the unit.
    pub path: &'static str,
    /// For people, without the unit.
    pub label: &'static str,
    pub quantity: Quantity,
    measured: fn(&Trial, &Figures) -> Option<f64>,
    predicted: fn(&Trial) -> Option<f64>,
}

impl Figure {
    /// What was measured; nothing for a trial that was not verified.
    pub fn measured(&self, trial: &Trial) -> Option<f64> {
        let figures = trial.figures.as_ref()?;
        (self.measured)(trial, figures).filter(|value| value.is_finite())
    }

    /// What theory says, where it says something.
    pub fn predicted(&self, trial: &Trial) -> Option<f64> {
        (self.predicted)(trial).filter(|value| value.is_finite())
    }
}

fn theory(trial: &Trial, key: &str) -> Option<f64> {
    trial.theory.get(key).copied()
}

fn client_seconds(trial: &Trial) -> f64 {
    f64::from(trial.clients) * trial.span_us as f64 / 1e6
}

/// Mean time from birth to screen.
pub const LATENCY_MEAN: Figure = Figure {
    id: "latency_mean",
    path: "latency_us.mean",
    label: "mean latency",
    quantity: Quantity::Time,
    measured: |_, f| Some(f.latency_us.mean),
    predicted: |t| theory(t, "latency_us.mean"),
};
/// Median time from birth to screen.
pub const LATENCY_P50: Figure = Figure {
    id: "latency_p50",
    path: "latency_us.p50",
    label: "median latency",
    quantity: Quantity::Time,
    measured: |_, f| Some(f.latency_us.p50),
    predicted: |t| theory(t, "latency_us.p50"),
};
/// 99th percentile of the time from birth to screen.
pub const LATENCY_P99: Figure = Figure {
    id: "latency_p99",
    path: "latency_us.p99",
    label: "p99 of latency",
    quantity: Quantity::Time,
    measured: |_, f| Some(f.latency_us.p99),
    predicted: |t| theory(t, "latency_us.p99"),
};
/// Mean age of the newest event shown.
pub const AGE_MEAN: Figure = Figure {
    id: "age_mean",
    path: "age_us.mean",
    label: "mean age",
    quantity: Quantity::Time,
    measured: |_, f| Some(f.age_us.mean),
    predicted: |t| theory(t, "age_us.mean"),
};
/// Share of time in which a newer event existed than the one shown.
pub const STALE_SHARE: Figure = Figure {
    id: "stale_share",
    path: "stale_share",
    label: "time stale",
    quantity: Quantity::Share,
    measured: |_, f| Some(f.stale_share),
    predicted: |t| theory(t, "stale_share"),
};
/// IP bytes that one client costs per second, both directions, connecting and closing left out.
pub const BYTES_PER_SECOND: Figure = Figure {
    id: "bytes_per_second",
    path: "bytes_per_client_and_second",
    label: "bytes per client and second",
    quantity: Quantity::BytesPerSecond,
    measured: |t, f| Some((f.bytes.total - f.bytes.setup) as f64 / client_seconds(t)),
    // The formula counts by deliveries; how many there were is known.
    predicted: |t| {
        let per_event = theory(t, "bytes_per_event_without_setup")?;
        Some(per_event * t.delivered as f64 / client_seconds(t))
    },
};
/// IP bytes per delivered event, connecting and closing left out.
pub const BYTES_PER_EVENT: Figure = Figure {
    id: "bytes_per_event",
    path: "bytes_per_event_without_setup",
    label: "bytes per event",
    quantity: Quantity::Bytes,
    measured: |t, f| Some((f.bytes.total - f.bytes.setup) as f64 / t.delivered as f64),
    predicted: |t| theory(t, "bytes_per_event_without_setup"),
};
/// HTTP requests per delivered event.
pub const REQUESTS_PER_EVENT: Figure = Figure {
    id: "requests_per_event",
    path: "requests_per_event",
    label: "requests per event",
    quantity: Quantity::Count,
    measured: |t, f| Some(f.requests as f64 / t.delivered as f64),
    predicted: |t| Some(theory(t, "requests")? / t.delivered as f64),
};
/// HTTP requests of one client per second.
pub const REQUESTS_PER_SECOND: Figure = Figure {
    id: "requests_per_second",
    path: "requests_per_client_and_second",
    label: "requests per client and second",
    quantity: Quantity::PerSecond,
    measured: |t, f| Some(f.requests as f64 / client_seconds(t)),
    predicted: |t| Some(theory(t, "requests")? / client_seconds(t)),
};
/// CPU time of the server per delivery; only on loopback.
pub const SERVER_CPU: Figure = Figure {
    id: "server_cpu_per_delivery",
    path: "server_cpu_us_per_delivery",
    label: "server CPU per delivery",
    quantity: Quantity::Time,
    measured: |_, f| f.server_cpu_us_per_delivery,
    predicted: |_| None,
};

/// Mean time from birth to the last client that saw the event.
pub const LAST_RECEIVER: Figure = Figure {
    id: "last_receiver_mean",
    path: "last_receiver_us.mean",
    label: "delay of the last receiver",
    quantity: Quantity::Time,
    measured: |_, f| Some(f.last_receiver_us?.mean),
    predicted: |_| None,
};

/// All of them, in the order of tables.
pub const FIGURES: &[Figure] = &[
    LATENCY_MEAN,
    LATENCY_P50,
    LATENCY_P99,
    AGE_MEAN,
    STALE_SHARE,
    BYTES_PER_SECOND,
    BYTES_PER_EVENT,
    REQUESTS_PER_EVENT,
    REQUESTS_PER_SECOND,
    SERVER_CPU,
    LAST_RECEIVER,
];

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

impl SweepHead {
    /// Puts trials into the order of the plan: by point, transport and repeat.
    pub fn sort(&self, trials: &mut [Trial]) {
        let party = |trial: &Trial| self.parties.iter().position(|p| p.id == trial.transport);
        trials.sort_by_cached_key(|trial| (trial.at.clone(), party(trial), trial.repeat));
    }
}

impl SweepResults {
    /// The trials of a transport at a point, by repeat.
    pub fn trials_at(&self, party: &Party, at: &[usize]) -> Vec<&Trial> {
        let at = party.stands_for(at);
        let here = |trial: &&Trial| trial.transport == party.id && trial.at == at;
        self.trials.iter().filter(here).collect()
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
            interval: self.interval(&measured),
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
            .zip(&those)
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
    fn complete(&self, party: &Party, at: &[usize]) -> Option<Vec<&Trial>> {
        let trials = self.trials_at(party, at);
        (trials.len() == self.head.sweep.repeats as usize).then_some(trials)
    }

    fn interval(&self, values: &[f64]) -> Option<[f64; 2]> {
        super::bootstrap::mean_interval(values, self.head.sweep.scenario.seed)
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
