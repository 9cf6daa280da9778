//! The knee of each transport in sentences, and who gave out.

use super::super::view;
use crate::chart::evidence::marked;
use crate::chart::value;
use crate::measure::plot::Quantity;
use crate::measure::sweep::scale::{self, Budget, Load, Sides};
use crate::measure::sweep::{Party, SERVER_CPU, SERVER_MEMORY, SweepResults};
use crate::scenario::sweep::Axis;

/// One event that keeps the server busy for so much of what is allowed explains by itself why the last are late: they also
/// wait for their side of the machine.
const MUCH: f64 = 0.5;

fn time(us: f64) -> String {
    value(Quantity::Time, us)
}

fn share(share: f64) -> String {
    value(Quantity::Share, share)
}

/// What is said first: the knee of each transport in one sentence.
pub fn answer(results: &SweepResults) -> Option<String> {
    let axis = scale::axis(results)?;
    let budget = time(scale::budget(results).us);
    let said: Vec<String> = results
        .head
        .parties
        .iter()
        .filter_map(|party| {
            let knee = scale::knee(results, party);
            let label = &party.label;
            match (knee.last, knee.first_failed) {
                (Some(last), Some(_)) => {
                    Some(format!("{label} up to {} clients", view::name(axis, last)))
                }
                (Some(last), None) => Some(format!(
                    "{label} up to {}, the most that was measured",
                    view::name(axis, last)
                )),
                (None, Some(_)) => Some(format!("{label} at none of the loads")),
                (None, None) => None,
            }
        })
        .collect();
    (!said.is_empty()).then(|| {
        format!(
            "The last receiver is in time (p99 within a budget of {budget}): {}.",
            said.join("; ")
        )
    })
}

/// A sentence or two about each transport, then about what they cost.
pub fn details(results: &SweepResults) -> Vec<String> {
    let Some(axis) = scale::axis(results) else {
        return vec![];
    };
    let parties = results.head.parties.iter();
    let mut said: Vec<String> = parties
        .filter_map(|party| of(results, axis, party))
        .collect();
    said.extend(costs(results, axis));
    said.extend(silent(results));
    said
}

fn of(results: &SweepResults, axis: &Axis, party: &Party) -> Option<String> {
    let knee = scale::knee(results, party);
    let budget = scale::budget(results);
    let mut said = match knee.last {
        Some(last) => {
            let Load::InTime(p99) = scale::load(results, party, last) else {
                return None;
            };
            format!(
                "{}: at {} clients the last receiver's p99 is {}, within {}.",
                party.label,
                view::name(axis, last),
                late(results, party, last, p99),
                limit(results, party, budget, last)
            )
        }
        None if knee.first_failed.is_some() => format!("{}: no load was in time.", party.label),
        None => format!("{}: no load was measured.", party.label),
    };
    match knee.first_failed {
        Some(failed) => said += &beyond(results, axis, party, failed),
        None => {
            if let Some(last) = knee.last {
                said += &nearly(results, axis, party, last);
            }
        }
    }
    for index in knee.uneven {
        said += &format!(
            " At {} it was not, though more clients were: luck, or somebody else used this machine.",
            view::name(axis, index)
        );
    }
    for index in 0..axis.values.len() {
        if let Load::NotRun(why) = scale::load(results, party, index) {
            said += &format!(" {} could not be run: {why}.", view::name(axis, index));
        }
    }
    let known = knee.last.is_some() || knee.first_failed.is_some() || said.contains("could not");
    known.then_some(said)
}

/// A 99th percentile of a load, marked where too few events lie beyond it.
fn late(results: &SweepResults, party: &Party, index: usize, us: f64) -> String {
    marked(time(us), 0.99, scale::events(results, party, index))
}

/// `1 s`, or `1 s and its wait of 990 ms`.
fn limit(results: &SweepResults, party: &Party, budget: Budget, index: usize) -> String {
    match scale::allowance_that_shows_us(results, party, index) {
        Some(allowance) => format!(
            "{} and the {} that it waits on an idle machine as well",
            time(budget.us),
            time(allowance)
        ),
        None => time(budget.us),
    }
}

/// What happened at the first load beyond the knee, and why.
fn beyond(results: &SweepResults, axis: &Axis, party: &Party, index: usize) -> String {
    let at = view::name(axis, index);
    match scale::load(results, party, index) {
        Load::Late(p99) => format!(
            " At {at} it is {}, too late. {}",
            late(results, party, index, p99),
            gave_out(
                scale::sides(results, party, index),
                burst(results, axis, party, index)
            )
        ),
        Load::NotVerified(problem) => {
            let problem = match problem.is_empty() {
                true => String::new(),
                false => format!(" ({problem})"),
            };
            format!(
                " At {at} it was not verified{problem}, so it has no figures there, and which side gave out is not known."
            )
        }
        _ => String::new(),
    }
}

/// What one event alone asks of the server, where that is much of what is allowed: CPU time comes in bursts, and a share
/// of a core says nothing about one.
fn burst(results: &SweepResults, axis: &Axis, party: &Party, index: usize) -> Option<String> {
    let all_us = axis.numbers[index] * scale::serving_us(results, party, index)?;
    let limit_us = scale::limit_us(results, party, index);
    (all_us > MUCH * limit_us).then(|| {
        format!(
            "But to hand one event to all takes the server {} alone, and no more than {} may pass.",
            time(all_us),
            time(limit_us)
        )
    })
}

/// Who gave out at a load that was not borne; `burst` is what one event alone asks.
fn gave_out(sides: Sides, burst: Option<String>) -> String {
    let both = |server, clients| {
        format!(
            "the server used {} of a core, the load generator {}",
            share(server),
            share(clients)
        )
    };
    match sides {
        Sides::Server { server, clients } => {
            format!("There the server gave out: {}.", both(server, clients))
        }
        Sides::Clients { server, clients } => format!(
            "There the load generator gave out, not the server: {}. A faster reader would see more.",
            both(server, clients)
        ),
        Sides::Both { server, clients } => format!(
            "There this machine gave out, with both sides at their limit: {}.",
            both(server, clients)
        ),
        Sides::Shared { server, clients } => format!(
            "There this machine gave out, whose only core both sides share: {}.",
            both(server, clients)
        ),
        Sides::Neither { server, clients } => format!(
            "No side was busy all the time: {}. {}",
            both(server, clients),
            burst.unwrap_or_else(|| "What was late waited for something else.".into())
        ),
        Sides::Unknown { server, clients } => {
            let of = match (server, clients) {
                (None, Some(_)) => "the server",
                (Some(_), None) => "the load generator",
                _ => "both sides",
            };
            format!("Which side gave out is not known: CPU time of {of} was not told.")
        }
    }
}

/// How near the limits the highest load is, where it was borne.
fn nearly(results: &SweepResults, axis: &Axis, party: &Party, index: usize) -> String {
    let used = |server, clients, what: &str| {
        format!(
            " There the server used {} of a core and the load generator {}{what}.",
            share(server),
            share(clients)
        )
    };
    let no_knee = format!(" No knee up to {} clients.", view::name(axis, index));
    no_knee
        + &match scale::sides(results, party, index) {
            Sides::Server { server, clients } => {
                used(server, clients, ": the server will give out first")
            }
            Sides::Clients { server, clients } => used(
                server,
                clients,
                ": the load generator will give out first, not the server",
            ),
            Sides::Both { server, clients } => {
                used(server, clients, ": this machine has no more to give")
            }
            Sides::Shared { server, clients } => used(
                server,
                clients,
                ": they share the only core, which has no more to give",
            ),
            Sides::Neither { server, clients } => used(server, clients, ""),
            Sides::Unknown { .. } => String::new(),
        }
}

/// What a delivery and a connection cost at the highest load that is known of each.
fn costs(results: &SweepResults, axis: &Axis) -> Option<String> {
    let highest = |party: &Party| {
        (0..axis.values.len()).rev().find_map(|index| {
            let cpu = results.estimate(party, &[index], &SERVER_CPU)?;
            let memory = results.estimate(party, &[index], &SERVER_MEMORY);
            let memory = memory.map_or_else(String::new, |memory| {
                format!(
                    " and {} per connection",
                    value(Quantity::Bytes, memory.value)
                )
            });
            Some(format!(
                "{} {} per delivery{memory} ({} clients)",
                party.label,
                time(cpu.value),
                view::name(axis, index)
            ))
        })
    };
    let said: Vec<String> = results.head.parties.iter().filter_map(highest).collect();
    (!said.is_empty()).then(|| format!("What the server spends: {}.", said.join("; ")))
}

/// Why there is no CPU time, if there is none at all.
fn silent(results: &SweepResults) -> Option<String> {
    let told = |trial| SERVER_CPU.measured(trial).is_some();
    let measured = results.trials.iter().any(|trial| trial.figures.is_some());
    if !measured || results.trials.iter().any(told) {
        return None;
    }
    Some(match results.head.network == "simulated" {
        true => "Simulated time has no CPU and no memory: clients cost nothing here, and no knee is a server's. \
                 Add --network loopback for what a machine bears."
            .into(),
        false => "This system does not tell CPU time, so what a delivery costs is not known.".into(),
    })
}
