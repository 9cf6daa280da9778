//! `pushlab compare`: two recordings, or two sweeps, side by side.

use super::Failure;
use super::print;
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
    let [(a, one), (b, other)] = [load(&arguments.a)?, load(&arguments.b)?];
    if one != other {
        return Err(Failure::Usage(format!(
            "{} is a {one} and {} is a {other}: compare two of a kind",
            arguments.a.display(),
            arguments.b.display()
        )));
    }
    let comparison = compare(&a, &b);
    if arguments.json {
        let text = serde_json::to_string_pretty(&comparison)
            .map_err(|error| Failure::Internal(error.to_string()))?;
        print::data(text)
    } else {
        print::data(terminal(&comparison, print::width(), true))
    }
}

/// One side, and what it is.
fn load(path: &Path) -> Result<(Side, &'static str), Failure> {
    match Recording::read(path)? {
        Recording::Run(results) => Ok((Side::of(&results), "run")),
        Recording::Sweep(sweep) => Ok((Side::of_sweep(&sweep), "sweep")),
        Recording::Both(_) | Recording::Literature(_) | Recording::Scorecard(_) => {
            Err(Failure::Usage(format!(
                "{}: compares by itself: give two folders that `pushlab run` or `pushlab sweep` wrote",
                path.display()
            )))
        }
    }
}
