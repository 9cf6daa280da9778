//! `pushlab reproduce`: published claims, predicted beside measured.

use super::output::Output;
use super::progress::Progress;
use super::recording::Recording;
use super::{Failure, sweep};
use crate::reproduce::{self, Study};
use clap::Args;

/// The page's folder unless told otherwise.
const NAME: &str = "literature";

const EXAMPLES: &str = "\
Examples:
  pushlab reproduce all                    every claim; those on kernel sockets take real time
  pushlab reproduce all --simulated-only   the same on every machine
  pushlab reproduce E2 E7                  two of them
  pushlab reproduce E4 --json | jq .       figures for a program

Exit code 1 if a simulated figure is off; rows that depend on kernel and machine report and never fail.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Experiments, E1 to E13, or all of them [default: all]
    #[arg(value_name = "EXPERIMENT")]
    experiments: Vec<String>,
    /// Leave out the experiments that need real sockets and real time
    #[arg(long)]
    simulated_only: bool,
    #[command(flatten)]
    output: Output,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let studies = studies(&arguments.experiments)?;
    let folder = arguments.output.claim(NAME, &[])?;
    let cores = sweep::cores();
    let left_out = studies
        .iter()
        .filter(|study| study.real_sockets && arguments.simulated_only);
    let (all, left_out) = (studies.len(), left_out.count());
    let run = all - left_out;
    let what = match studies.as_slice() {
        [one] => format!("reproducing {}: {}", one.id, one.title),
        _ if left_out > 0 => format!(
            "reproducing {run} of {all} experiments; {left_out} need real sockets and are left out"
        ),
        _ => format!("reproducing {all} experiments"),
    };
    let progress = Progress::start_of(&what, run, "experiments");
    let command = arguments.command(&studies);
    let outcome = reproduce::run(&studies, arguments.simulated_only, cores, command, |_| {
        progress.step();
    });
    progress.finish();
    let recording = Recording::Literature(Box::new(outcome?));
    arguments.output.finish(&recording, folder.as_ref())
}

/// The experiments that were named, in the order of their numbers and each once.
fn studies(named: &[String]) -> Result<Vec<&'static Study>, Failure> {
    let all = named.is_empty() || named.iter().any(|name| name.eq_ignore_ascii_case("all"));
    for name in named {
        let known = |study: &Study| study.id.eq_ignore_ascii_case(name);
        if !name.eq_ignore_ascii_case("all") && !reproduce::ALL.iter().any(known) {
            let ids: Vec<_> = reproduce::ALL.iter().map(|study| study.id).collect();
            return Err(Failure::Usage(format!(
                "there is no experiment {name:?}: choose from {}, or all",
                ids.join(", ")
            )));
        }
    }
    let wanted =
        |study: &&Study| all || named.iter().any(|name| study.id.eq_ignore_ascii_case(name));
    Ok(reproduce::ALL.iter().filter(wanted).collect())
}

impl Arguments {
    /// The command that gives the same results.
    fn command(&self, studies: &[&Study]) -> String {
        let mut command = String::from("pushlab reproduce");
        if studies.len() == reproduce::ALL.len() {
            command += " all";
        } else {
            for study in studies {
                command += " ";
                command += study.id;
            }
        }
        if self.simulated_only {
            command += " --simulated-only";
        }
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(named: &[&str]) -> Vec<&'static str> {
        let named: Vec<_> = named.iter().map(|&name| name.to_owned()).collect();
        let studies = studies(&named).expect("known experiments");
        studies.iter().map(|study| study.id).collect()
    }

    #[test]
    fn experiments_are_named_in_any_case_and_order() {
        let all: Vec<_> = reproduce::ALL.iter().map(|study| study.id).collect();
        assert_eq!(ids(&[]), all);
        assert_eq!(ids(&["ALL"]), all);
        assert_eq!(ids(&["e2", "E2"]), ["E2"]);
        let failure = studies(&["E99".into()]);
        assert!(matches!(failure, Err(Failure::Usage(text)) if text.contains("E99")));
    }
}
