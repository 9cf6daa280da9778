//! `pushlab gallery`: the reports of all shipped scenarios and an index, as they are committed in `reports/`.

use super::progress::Progress;
use super::recording::Recording;
use super::{Failure, folder};
use crate::net::Network;
use crate::report;
use crate::run::Prepared;
use crate::scenario::{SHIPPED, load};
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
    let progress = Progress::start("rendering the gallery", SHIPPED.len());
    let mut all_results = Vec::new();
    for (name, _) in SHIPPED {
        let folder = folder::claim_at(arguments.out.join(name))?;
        let prepared = Prepared::new(load(name)?)?;
        let command = format!("pushlab run {name}");
        let results = prepared.compare(transport::ALL, Network::Simulated, command, |_| {})?;
        all_results.push(results.clone());
        folder.write_pictures(&Recording::Run(Box::new(results)))?;
        progress.step();
    }
    progress.finish();
    let index = arguments.out.join("index.html");
    fs::write(&index, report::gallery(&all_results))
        .map_err(|error| Failure::file(format!("cannot write {}", index.display()), error))?;
    anstream::eprintln!("gallery: {}", index.display());
    match all_results
        .iter()
        .flat_map(|results| &results.transports)
        .all(|transport| transport.verified)
    {
        true => Ok(()),
        false => Err(Failure::Check),
    }
}
