//! `pushlab report`: a report drawn again from its recording alone.

use super::Failure;
use super::folder::Folder;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct Arguments {
    /// A folder that `pushlab run` or `pushlab sweep` wrote
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
    if folder.holds_a_sweep() {
        if arguments.png {
            return Err(Failure::Usage(
                "--png is for reports of runs; a sweep's charts are SVG: leave it out".into(),
            ));
        }
        folder.write_sweep(&folder.sweep()?)?;
    } else {
        let results = folder.recording()?;
        folder.write(&results, arguments.png)?;
    }
    anstream::eprintln!("report: {}", folder.page().display());
    if arguments.open {
        folder.open();
    }
    Ok(())
}
