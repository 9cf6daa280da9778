//! `pushlab report`: a report drawn again from its recording alone.

use super::Failure;
use super::folder::Folder;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct Arguments {
    /// A folder that `pushlab run`, `pushlab sweep` or `pushlab reproduce` wrote
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
    if folder.holds_a_sweep() || folder.holds_literature() {
        if arguments.png {
            return Err(Failure::Usage(
                "--png is for reports of runs; these charts are SVG: leave it out".into(),
            ));
        }
        if folder.holds_literature() {
            folder.write_literature(&folder.literature()?)?;
        } else {
            folder.write_sweep(&folder.sweep()?)?;
        }
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
