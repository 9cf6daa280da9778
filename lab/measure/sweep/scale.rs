//! A sweep over the number of clients: up to how many the last receiver is in time, and which side gave out then.

use super::{CLIENT_SHARE, LAST_RECEIVER_P99, Party, SERVER_SHARE, SweepResults, Trial};
use crate::scenario::sweep::Axis;

/// The key of the axis.
pub const CLIENTS: &str = "clients";
/// A side that uses more than this share of a core has no more to give: what remains goes to the system and to waking up.
pub const FULL: f64 = 0.8;
/// How late the last receiver may be where the scenario has no budget, microseconds.
pub const USUAL_BUDGET_US: f64 = 1e6;
/// The prediction that says how late an idle machine is.
const AT_REST: &str = "latency_us.p99";

/// The axis of a sweep over the number of clients and nothing else.
pub fn axis(results: &SweepResults) -> Option<&Axis> {
    match &results.head.sweep.vary[..] {
        [axis] if axis.key == CLIENTS && !axis.numbers.is_empty() => Some(axis),
        _ => None,
    }
}

/// How late the last receiver may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// Microseconds.
    pub us: f64,
    /// Whether it is the scenario's own, or [`USUAL_BUDGET_US`].
    pub own: bool,
}

/// The budget of a scale run.
pub fn budget(results: &SweepResults) -> Budget {
    let own = results.head.sweep.scenario.budget.as_nanos() as f64 / 1e3;
    match own > 0.0 {
        true => Budget { us: own, own: true },
        false => Budget {
            us: USUAL_BUDGET_US,
            own: false,
        },
    }
}

/// What a transport may take on top of the usual budget, microseconds: the 99th percentile that theory gives an idle
/// machine, such as a poll's wait for its turn. Nothing where the budget is the scenario's own, which is about people.
pub fn allowance_us(results: &SweepResults, party: &Party, index: usize) -> f64 {
    if budget(results).own {
        return 0.0;
    }
    let trials = results.trials_at(party, &[index]).iter();
    let at_rest = trials.filter_map(|trial| trial.theory.get(AT_REST).copied());
    at_rest
        .filter(|us| us.is_finite())
        .fold(0.0, |most, us| us.max(most))
}

/// The same where it is worth a word: at least a hundredth of the budget.
pub fn allowance_that_shows_us(results: &SweepResults, party: &Party, index: usize) -> Option<f64> {
    let us = allowance_us(results, party, index);
    (us * 100.0 >= budget(results).us).then_some(us)
}

/// Whether the limit of somebody is visibly more than the budget.
pub fn waits_at_rest(results: &SweepResults) -> bool {
    let loads = axis(results).map_or(0, |axis| axis.values.len());
    let parties = results.head.parties.iter();
    let mut all = parties.flat_map(|party| (0..loads).map(move |index| (party, index)));
    all.any(|(party, index)| allowance_that_shows_us(results, party, index).is_some())
}

/// How many events stand behind the percentiles of a load: the fewest of its trials; 0 if none has figures.
pub fn events(results: &SweepResults, party: &Party, index: usize) -> u64 {
    let trials = results.trials_at(party, &[index]).iter();
    let events = trials.filter_map(|trial| Some(trial.figures.as_ref()?.latency_events));
    events.min().unwrap_or(0)
}

/// What a delivery costs the thread that hands events to one client after another, microseconds: the time for which the
/// next client waits. The mean of a load's trials; nothing where the system does not tell.
pub fn serving_us(results: &SweepResults, party: &Party, index: usize) -> Option<f64> {
    let warm_up_us = results.head.sweep.scenario.warm_up.as_nanos() / 1_000;
    let serving = |trial: &Trial| {
        let window_us = trial.span_us.saturating_sub(warm_up_us);
        trial.figures.as_ref()?.serving_us_per_delivery(window_us)
    };
    let trials = results.trials_at(party, &[index]).iter();
    let costs: Option<Vec<f64>> = trials.map(serving).collect();
    let costs = costs.filter(|costs| !costs.is_empty())?;
    Some(costs.iter().sum::<f64>() / costs.len() as f64)
}

/// How late the last receiver may be at a load, microseconds.
pub fn limit_us(results: &SweepResults, party: &Party, index: usize) -> f64 {
    budget(results).us + allowance_us(results, party, index)
}

/// What became of one load.
#[derive(Debug, Clone, PartialEq)]
pub enum Load {
    /// p99 of the last receiver in time, microseconds.
    InTime(f64),
    /// And not in time.
    Late(f64),
    /// In words what was wrong.
    NotVerified(String),
    /// Why this machine could not run it.
    NotRun(String),
    /// Nothing is known yet, or nothing of the last receiver.
    Unknown,
}

impl Load {
    /// Whether the transport did not bear this load.
    pub fn failed(&self) -> bool {
        matches!(self, Self::Late(_) | Self::NotVerified(_))
    }
}

/// What became of value number `index`.
pub fn load(results: &SweepResults, party: &Party, index: usize) -> Load {
    let trials = results.trials_at(party, &[index]);
    if let Some(why) = trials.iter().find_map(|trial| trial.not_run.clone()) {
        return Load::NotRun(why);
    }
    if let Some(broken) = trials.iter().find(|trial| trial.figures.is_none()) {
        return Load::NotVerified(broken.problem.clone().unwrap_or_default());
    }
    match results.estimate(party, &[index], &LAST_RECEIVER_P99) {
        Some(p99) => match p99.value <= limit_us(results, party, index) {
            true => Load::InTime(p99.value),
            false => Load::Late(p99.value),
        },
        None => Load::Unknown,
    }
}

/// How far a transport came; indices into the values of the axis.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Knee {
    /// The highest load in time.
    pub last: Option<usize>,
    /// The lowest one beyond it that was not borne.
    pub first_failed: Option<usize>,
    /// Such as failed though a higher one was in time: luck, or a machine that others used as well.
    pub uneven: Vec<usize>,
}

/// The knee of a transport: the highest load at which the last receiver's p99 is within the budget.
pub fn knee(results: &SweepResults, party: &Party) -> Knee {
    let Some(axis) = axis(results) else {
        return Knee::default();
    };
    // Whatever the order in which the values were written.
    let mut rising: Vec<usize> = (0..axis.values.len()).collect();
    rising.sort_by(|&a, &b| axis.numbers[a].total_cmp(&axis.numbers[b]));
    let loads: Vec<(usize, Load)> = rising
        .into_iter()
        .map(|index| (index, load(results, party, index)))
        .collect();
    let last = loads
        .iter()
        .rposition(|(_, load)| matches!(load, Load::InTime(_)));
    let failed = |loads: &[(usize, Load)]| -> Vec<usize> {
        let failed = loads.iter().filter(|(_, load)| load.failed());
        failed.map(|(index, _)| *index).collect()
    };
    let (below, beyond) = loads.split_at(last.map_or(0, |at| at + 1));
    Knee {
        last: last.map(|at| loads[at].0),
        first_failed: failed(beyond).first().copied(),
        uneven: failed(below),
    }
}

/// Shares of a core that the two sides used, and what follows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sides {
    /// The server filled its core and the clients did not.
    Server { server: f64, clients: f64 },
    /// The other way round: the load generator is the bottleneck, and the figures are its own.
    Clients { server: f64, clients: f64 },
    /// Both did: this machine has no more to give.
    Both { server: f64, clients: f64 },
    /// Neither did alone, but together they filled the only core there is.
    Shared { server: f64, clients: f64 },
    /// Neither did: it was no lack of CPU time.
    Neither { server: f64, clients: f64 },
    /// The system does not tell of one or of both, or the load was not verified and has no figures.
    Unknown {
        server: Option<f64>,
        clients: Option<f64>,
    },
}

/// Which side had no more to give at a load.
pub fn sides(results: &SweepResults, party: &Party, index: usize) -> Sides {
    let share = |figure| results.estimate(party, &[index], figure).map(|e| e.value);
    let (server, clients) = (share(&SERVER_SHARE), share(&CLIENT_SHARE));
    let (Some(server), Some(clients)) = (server, clients) else {
        return Sides::Unknown { server, clients };
    };
    // With more than one core, two sides that leave theirs some rest leave the machine some, too.
    let cores = results.head.machine.as_ref().map(|machine| machine.cores);
    let full = |cores: usize| server + clients > FULL * cores as f64;
    match (server > FULL, clients > FULL) {
        (true, true) => Sides::Both { server, clients },
        (true, false) => Sides::Server { server, clients },
        (false, true) => Sides::Clients { server, clients },
        (false, false) if cores.is_some_and(full) => Sides::Shared { server, clients },
        (false, false) => Sides::Neither { server, clients },
    }
}
