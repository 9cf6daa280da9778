//! `pushlab run all --scorecard`: every scenario that has a budget, judged by it.

use super::Failure;
use super::overrides::Overrides;
use super::print;
use super::progress::Progress;
use super::recording::Recording;
use super::run::listen_for_ctrl_c;
use super::server_process;
use super::sweep::cores;
use crate::net::Network;
use crate::run::Interrupt;
use crate::scenario::{self, SHIPPED, Scenario, ScenarioError};
use crate::scorecard::{self, Plan};
use crate::transport::Entry;

/// The name that stands for all shipped scenarios.
pub const ALL: &str = "all";

/// The scenarios to judge: the one that is named, or all shipped ones that have a budget.
pub fn scenarios(name: &str, overrides: &Overrides) -> Result<Vec<Scenario>, Failure> {
    if name != ALL {
        let scenario = overrides.apply(name)?;
        return match scenario.has_budget() {
            true => Ok(vec![scenario]),
            false => Err(ScenarioError::field(
                "budget",
                format!(
                    "{} has none, and a scorecard judges by it: add --budget 1s",
                    scenario.name
                ),
            )
            .into()),
        };
    }
    let mut all = vec![];
    for (name, _) in SHIPPED {
        if overrides.people.stress && scenario::load(name)?.stress.is_empty() {
            continue;
        }
        let scenario = overrides.apply(name);
        let scenario = scenario.map_err(|failure| match failure {
            Failure::Usage(message) => Failure::Usage(format!("{name}: {message}")),
            other => other,
        })?;
        if scenario.has_budget() {
            all.push(scenario);
        }
    }
    match all.is_empty() {
        false => Ok(all),
        true => Err(Failure::Usage(
            "no shipped scenario has a budget with these flags: add --budget 1s, which gives one to each".into(),
        )),
    }
}

/// Runs the plan; the simulated network on all cores, kernel sockets one run after another. What was judged before a run
/// that failed is kept, and stands beside the failure.
pub fn measure(
    scenarios: Vec<Scenario>,
    entries: &[Entry],
    network: Network,
    command: String,
    stress: bool,
) -> Result<(Recording, Option<Failure>), Failure> {
    let mut plan = Plan::new(scenarios, entries, network, command, stress)?;
    plan.server_program = Some(server_process::program()?);
    let work: f64 = plan.jobs.iter().map(|job| job.work).sum();
    let mut what = format!("judging {} on the {} network", names(&plan), network.name());
    // Whoever else runs would be part of the measurement.
    let workers = match network {
        Network::Simulated => cores(),
        Network::Loopback => {
            what += &format!(", in real time, about {work:.0} s in all");
            1
        }
    };
    let interrupt = Interrupt::default();
    listen_for_ctrl_c(&interrupt)?;
    let mut progress = Progress::of_trials(&what, plan.jobs.len(), work);
    let (result, failed) =
        scorecard::run(&plan, workers, &interrupt, |job| progress.trial(job.work));
    progress.finish();
    let nothing = result.cards.iter().all(|card| card.candidates.is_empty());
    let failed = match failed {
        Some(error) if nothing => return Err(error.into()),
        Some(error) => Some(Failure::from(error).of_the_rest()),
        None => None,
    };
    if failed.is_none() && result.partial {
        print::note("ended early: settings are missing");
    }
    let recording = Recording::Scorecard(Box::new(result));
    Ok((recording, failed))
}

fn names(plan: &Plan) -> String {
    let names: Vec<_> = plan
        .cards
        .iter()
        .map(|(one, _)| one.name.as_str())
        .collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        overrides: Overrides,
    }

    fn judged(name: &str, flags: &[&str]) -> Result<Vec<String>, String> {
        let arguments = ["program"].iter().chain(flags);
        let overrides = Program::parse_from(arguments).overrides;
        match scenarios(name, &overrides) {
            Ok(found) => Ok(found.into_iter().map(|one| one.name).collect()),
            Err(Failure::Usage(message)) => Err(message),
            Err(other) => Err(format!("{other:?}")),
        }
    }

    #[test]
    fn a_budget_on_the_command_line_is_one_for_all() {
        let all = judged("all", &["--budget", "1s"]).expect("scenarios");
        assert_eq!(all.len(), SHIPPED.len());
        let own = SHIPPED
            .iter()
            .filter_map(|(name, _)| scenario::shipped(name));
        let own: Vec<_> = own
            .filter(Scenario::has_budget)
            .map(|one| one.name)
            .collect();
        assert_eq!(judged("all", &[]).unwrap_or_default(), own);
    }

    #[test]
    fn what_cannot_be_judged_is_told() {
        let message = judged("ticker", &[]).expect_err("no budget");
        assert!(message.contains("add --budget 1s"), "{message}");
        assert_eq!(
            judged("ticker", &["--budget", "1s"]),
            Ok(vec!["ticker".into()])
        );
        let message = judged("all", &["--budget", "2h"]).expect_err("too long");
        assert!(message.starts_with("ticker: field \"budget\""), "{message}");
    }
}
