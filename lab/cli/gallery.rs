//! `pushlab gallery`: the reports of all shipped scenarios and sweeps, the page of the literature, and an index, as they
//! are committed in `reports/`.

use super::overrides::Overrides;
use super::progress::Progress;
use super::recording::Recording;
use super::{Failure, folder, scorecard as cli_scorecard, sweep};
use crate::measure::literature::Literature;
use crate::measure::sweep::SweepResults;
use crate::measure::{Results, Scorecard};
use crate::net::Network;
use crate::report;
use crate::reproduce;
use crate::run::{Interrupt, Prepared};
use crate::scenario::sweep as definition;
use crate::scenario::{self, SHIPPED};
use crate::scorecard;
use crate::sweep::Plan;
use crate::transport;
use clap::Args;
use std::fs;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Where the gallery goes; folders named after the scenarios are replaced
    #[arg(long, value_name = "FOLDER", default_value = "reports")]
    out: PathBuf,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let progress = Progress::start_of(
        "rendering the gallery",
        SHIPPED.len() + definition::SHIPPED.len() + 2,
        "reports",
    );
    let mut verified = true;
    let mut write = |place: &str, recording: &Recording| {
        let folder = folder::claim_at(arguments.out.join(place))?;
        verified &= recording.verified();
        progress.step();
        folder.write_pictures(recording)
    };
    let mut runs = Vec::new();
    for (name, _) in SHIPPED {
        let results = scenario_of(name)?;
        runs.push(results.clone());
        write(name, &Recording::Run(Box::new(results)))?;
    }
    let mut sweeps = Vec::new();
    for (name, text) in definition::SHIPPED {
        let results = sweep_of(name, text)?;
        sweeps.push(results.clone());
        write(
            &report::sweep_folder(name),
            &Recording::Sweep(Box::new(results)),
        )?;
    }
    let scorecard = scorecard()?;
    write(
        report::SCORECARD,
        &Recording::Scorecard(Box::new(scorecard.clone())),
    )?;
    let literature = literature()?;
    write(
        report::LITERATURE,
        &Recording::Literature(Box::new(literature.clone())),
    )?;
    progress.finish();
    let index = arguments.out.join("index.html");
    fs::write(
        &index,
        report::gallery(&runs, &scorecard, &sweeps, &literature),
    )
    .map_err(|error| Failure::file(format!("cannot write {}", index.display()), error))?;
    anstream::eprintln!("gallery: {}", index.display());
    match verified {
        true => Ok(()),
        false => Err(Failure::Check),
    }
}

fn scenario_of(name: &str) -> Result<Results, Failure> {
    let prepared = Prepared::new(scenario::load(name)?)?;
    let command = format!("pushlab run {name}");
    Ok(prepared.compare(transport::ALL, Network::Simulated, command, |_| {})?)
}

fn sweep_of(name: &str, text: &str) -> Result<SweepResults, Failure> {
    let command = format!("pushlab sweep {name}");
    let plan = Plan::new(definition::parse(text, name)?, Network::Simulated, command)?;
    sweep::measure_quietly(&plan)
}

/// All that have a budget, as they are shipped.
fn scorecard() -> Result<Scorecard, Failure> {
    let scenarios = cli_scorecard::scenarios(cli_scorecard::ALL, &Overrides::default())?;
    let command = "pushlab run all --scorecard".into();
    let plan = scorecard::Plan::new(
        scenarios,
        transport::ALL,
        Network::Simulated,
        command,
        false,
    )?;
    let interrupt = Interrupt::default();
    let (scorecard, failed) = scorecard::run(&plan, sweep::cores(), &interrupt, |_| {});
    failed.map_or(Ok(scorecard), |error| Err(error.into()))
}

/// Only what gives the same on every machine.
fn literature() -> Result<Literature, Failure> {
    let studies: Vec<_> = reproduce::ALL.iter().collect();
    let command = "pushlab reproduce all --simulated-only".into();
    let cores = sweep::cores();
    Ok(reproduce::run(&studies, true, cores, command, |_| {})?)
}
