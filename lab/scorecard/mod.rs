//! Judging scenarios by their budgets: which settings are tried, and the runs themselves, on all cores.
//!
//! Each simulated run is single-threaded and seeded, so it does not matter which core runs it, or when.

mod candidate;
mod plan;
#[cfg(test)]
mod tests;

pub use plan::{INTERVALS, Job, Plan};

use crate::measure::{Candidate, Card, SCORECARD_SCHEMA, SCORECARD_VERSION, Scorecard};
use crate::net::Network;
use crate::run::{Interrupt, Prepared, RunError, machine};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Runs the plan's jobs, at most `workers` at a time, the longest first; calls `done` after each. An early end keeps
/// what is finished, and so does a job that cannot be run: its error stands beside what there is, which says that it is
/// partial.
pub fn run(
    plan: &Plan,
    workers: usize,
    interrupt: &Interrupt,
    mut done: impl FnMut(&Job),
) -> (Scorecard, Option<RunError>) {
    let mut order: Vec<usize> = (0..plan.jobs.len()).collect();
    order.sort_by(|&a, &b| plan.jobs[b].work.total_cmp(&plan.jobs[a].work));
    let next = AtomicUsize::new(0);
    let (send, receive) = mpsc::channel();
    let mut found: Vec<Option<Candidate>> = vec![None; plan.jobs.len()];
    let failed = thread::scope(|scope| {
        for _ in 0..workers.clamp(1, order.len().max(1)) {
            let (send, next, order) = (send.clone(), &next, &order);
            scope.spawn(move || {
                while let Some(&index) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if interrupt.asked() {
                        return;
                    }
                    let candidate = one(&plan.jobs[index], plan, interrupt);
                    let _ = send.send((index, candidate)); // there is somebody who listens until the last worker ends
                }
            });
        }
        drop(send);
        let mut failed = None;
        for (index, candidate) in receive {
            match candidate {
                Ok(candidate) => {
                    found[index] = candidate;
                    done(&plan.jobs[index]);
                }
                // What the others are at is finished and kept; nothing else is begun.
                Err(error) => {
                    next.store(order.len(), Ordering::Relaxed);
                    failed.get_or_insert(error);
                }
            }
        }
        failed
    });
    let partial = found.iter().any(Option::is_none);
    let mut cards: Vec<Card> = plan
        .cards
        .iter()
        .map(|(scenario, left_out)| Card {
            scenario: scenario.clone(),
            candidates: vec![],
            left_out: left_out.clone(),
        })
        .collect();
    for (job, candidate) in plan.jobs.iter().zip(found) {
        cards[job.card].candidates.extend(candidate);
    }
    let scorecard = Scorecard {
        schema: SCORECARD_SCHEMA.into(),
        version: SCORECARD_VERSION,
        pushlab: env!("CARGO_PKG_VERSION").into(),
        command: plan.command.clone(),
        network: plan.network.name().into(),
        stress: plan.stress,
        partial,
        failure: failed.as_ref().map(ToString::to_string),
        machine: (plan.network == Network::Loopback).then(machine),
        cards,
    };
    (scorecard, failed)
}

/// One run; none if it was ended early.
fn one(job: &Job, plan: &Plan, interrupt: &Interrupt) -> Result<Option<Candidate>, RunError> {
    let mut prepared = Prepared::new(job.scenario.clone())?;
    prepared.interrupt = interrupt.clone();
    prepared.server_program.clone_from(&plan.server_program);
    let outcome = prepared.run(&job.entry, plan.network)?;
    let whole = outcome.cut_at_ns.is_none();
    Ok(whole.then(|| candidate::of(job, outcome.result)))
}
