//! `pushlab compare`: two recordings, or two sweeps, side by side.

use super::Failure;
use super::recording::Recording;
use crate::report::compare::{Side, compare, terminal};
use clap::Args;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  pushlab run ticker
  pushlab run ticker --seed 2
  pushlab compare reports/runs/ticker reports/runs/ticker+seed=2
  pushlab compare old/recording.json new/recording.json --json | jq .settings";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// A report folder that `pushlab run` or `pushlab sweep` wrote, or the recording in it
    a: PathBuf,
    /// Another one, which is compared with the first
    b: PathBuf,
    /// Print the comparison as JSON on stdout
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let [a, b] = [load(&arguments.a)?, load(&arguments.b)?];
    let comparison = compare(&a, &b);
    if arguments.json {
        let text = serde_json::to_string_pretty(&comparison)
            .map_err(|error| Failure::Internal(error.to_string()))?;
        anstream::println!("{text}");
    } else {
        let width = terminal_size::terminal_size().map_or(120, |(width, _)| width.0);
        anstream::println!("{}", terminal(&comparison, width, true));
    }
    Ok(())
}

fn load(path: &Path) -> Result<Side, Failure> {
    match Recording::read(path)? {
        Recording::Run(results) => Ok(Side::of(&results)),
        Recording::Sweep(sweep) => Ok(Side::of_sweep(&sweep)),
        Recording::Both(_) | Recording::Literature(_) => Err(Failure::Usage(format!(
            "{}: compares by itself: give two folders that `pushlab run` or `pushlab sweep` wrote",
            path.display()
        ))),
    }
}
