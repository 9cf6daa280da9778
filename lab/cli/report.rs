//! `pushlab report`: a report drawn again from its recording alone.

use super::Failure;
use super::folder::Folder;
use super::journal;
use super::recording::Recording;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct Arguments {
    /// A report folder that pushlab wrote
    folder: PathBuf,
    /// Write each chart as PNG too
    #[arg(long)]
    png: bool,
    /// Open it in the system's browser
    #[arg(long)]
    open: bool,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let folder = Folder::existing(&arguments.folder);
    journal::not_in_use(folder.path())?;
    folder.write(&Recording::read(&arguments.folder)?, arguments.png)?;
    anstream::eprintln!("report: {}", folder.page().display());
    if arguments.open {
        folder.open();
    }
    Ok(())
}
