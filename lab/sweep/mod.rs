//! Running a sweep: a plan of trials, run on all cores.
//!
//! Each simulated trial is single-threaded and seeded, so it does not matter which core runs it, or when: the same
//! sweep gives the same trials in the same order.

mod plan;
#[cfg(test)]
mod tests;

pub use plan::{Job, Plan};

use crate::measure::sweep::{SweepResults, Trial};
use crate::net::Network;
use crate::run::{Interrupt, Prepared, RunError};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

/// Runs the jobs that are not among the `known` trials, at most `workers` at a time, the longest first, and hands each
/// trial to `done` as it ends. Returns all trials. A trial that this machine cannot run says so, and the others go on:
/// with fewer clients they may well run. Where it is too small for so many clients, more are not even tried. An early
/// end, asked for or because `done` or a run failed, keeps what is finished.
pub fn run<E: From<RunError>>(
    plan: &Plan,
    known: Vec<Trial>,
    workers: usize,
    interrupt: &Interrupt,
    mut done: impl FnMut(&Job, &Trial) -> Result<(), E>,
) -> Result<SweepResults, E> {
    let mut left = plan.left(&known);
    left.sort_by(|a, b| b.work.total_cmp(&a.work));
    let next = AtomicUsize::new(0);
    let limit = Limit::default();
    let (send, receive) = mpsc::channel();
    let mut trials = known;
    thread::scope(|scope| {
        for _ in 0..workers.clamp(1, left.len().max(1)) {
            let (send, next, left, limit) = (send.clone(), &next, &left, &limit);
            scope.spawn(move || {
                while let Some(job) = left.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if interrupt.asked() {
                        return;
                    }
                    let trial = match limit.beyond(job) {
                        Some(trial) => Some(Ok(trial)),
                        None => trial(plan, job, interrupt, limit).transpose(),
                    };
                    let Some(trial) = trial else { return };
                    // Nobody listens any more once something has failed.
                    if send.send((*job, trial)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        // Taken into the loop: an error drops it, and the workers stop after what they are doing.
        let receive = receive;
        for (job, trial) in receive {
            let trial = trial?;
            done(job, &trial)?;
            trials.push(trial);
        }
        Ok::<(), E>(())
    })?;
    Ok(SweepResults::new(plan.head.clone(), trials))
}

/// The smallest number of clients that this machine is too small for, and why: descriptors, ports and memory are short
/// for more clients of any transport, too. Whatever else may keep a run from being made says nothing of others.
#[derive(Default)]
struct Limit(Mutex<Option<(u32, String)>>);

impl Limit {
    fn known(&self) -> MutexGuard<'_, Option<(u32, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What becomes of a job with more clients.
    fn beyond(&self, job: &Job) -> Option<Trial> {
        let known = self.known();
        let (clients, why) = known.as_ref()?;
        let more = job.scenario.clients > *clients;
        more.then(|| {
            not_run(
                job,
                format!("not tried, because fewer could not be run: {why}"),
            )
        })
    }

    fn learn(&self, clients: u32, why: &str) {
        let mut known = self.known();
        if known.as_ref().is_none_or(|(least, _)| clients < *least) {
            *known = Some((clients, why.to_owned()));
        }
    }
}

/// One trial; none if it was ended early.
fn trial(
    plan: &Plan,
    job: &Job,
    interrupt: &Interrupt,
    limit: &Limit,
) -> Result<Option<Trial>, RunError> {
    let mut prepared = Prepared::new(job.scenario.clone())?;
    prepared.interrupt = interrupt.clone();
    prepared.server_program.clone_from(&plan.server_program);
    let network = match plan.head.network == Network::Loopback.name() {
        true => Network::Loopback,
        false => Network::Simulated,
    };
    let outcome = match prepared.run(&job.entry, network) {
        Err(error @ RunError::TooLarge { .. }) => {
            let why = error.to_string();
            limit.learn(job.scenario.clients, &why);
            return Ok(Some(not_run(job, why)));
        }
        Err(RunError::Environment(_)) if interrupt.asked() => return Ok(None),
        Err(RunError::Environment(why)) => return Ok(Some(not_run(job, why))),
        outcome => outcome?,
    };
    if outcome.cut_at_ns.is_some() {
        return Ok(None);
    }
    let result = outcome.result;
    Ok(Some(Trial {
        expected: result.expected,
        delivered: result.delivered,
        superseded: result.superseded,
        problem: result.problem,
        figures: result.figures,
        theory: result.theory,
        ..blank(job)
    }))
}

/// A trial that this machine could not run.
fn not_run(job: &Job, why: String) -> Trial {
    Trial {
        not_run: Some(why),
        ..blank(job)
    }
}

/// What is known of a trial before it is run.
fn blank(job: &Job) -> Trial {
    Trial {
        transport: job.entry.descriptor.id.into(),
        at: job.at.clone(),
        repeat: job.repeat,
        seed: job.scenario.seed,
        clients: job.scenario.clients,
        span_us: job.span_us(),
        expected: 0,
        delivered: 0,
        superseded: 0,
        problem: None,
        not_run: None,
        figures: None,
        theory: BTreeMap::new(),
    }
}
