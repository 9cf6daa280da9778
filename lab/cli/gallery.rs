//! `pushlab gallery`: the reports of all shipped scenarios and sweeps, the page of the literature, and an index, as they
//! are committed in `reports/`.

use super::progress::Progress;
use super::recording::Recording;
use super::{Failure, folder, sweep};
use crate::measure::Results;
use crate::measure::literature::Literature;
use crate::measure::sweep::SweepResults;
use crate::net::Network;
use crate::report;
use crate::reproduce;
use crate::run::Prepared;
use crate::scenario::sweep as definition;
use crate::scenario::{self, SHIPPED};
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
        SHIPPED.len() + definition::SHIPPED.len() + 1,
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
    let literature = literature()?;
    write(
        report::LITERATURE,
        &Recording::Literature(Box::new(literature.clone())),
    )?;
    progress.finish();
    let index = arguments.out.join("index.html");
    fs::write(&index, report::gallery(&runs, &sweeps, &literature))
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

/// Only what gives the same on every machine.
fn literature() -> Result<Literature, Failure> {
    let studies: Vec<_> = reproduce::ALL.iter().collect();
    let command = "pushlab reproduce all --simulated-only".into();
    let cores = sweep::cores();
    Ok(reproduce::run(&studies, true, cores, command, |_| {})?)
}
