//! What documents the program itself: completions, the man page, JSON Schemas. All are made from the
//! same definitions that run it.

use super::{Arguments, Failure, print};
use crate::measure::Results;
use crate::measure::sweep::{SweepHead, Trial};
use crate::scenario::Scenario;
use crate::scenario::sweep::Sweep;
use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::Shell;
use schemars::Schema;
use std::io::{self, Write};

#[derive(Debug, Args)]
pub struct Completions {
    /// The shell to complete for
    shell: Shell,
}

#[derive(Debug, Args)]
pub struct SchemaOf {
    /// Which file to describe
    of: Described,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Described {
    /// A scenario file
    Scenario,
    /// What `run --json` prints and recording.json holds
    Results,
    /// A sweep file
    Sweep,
    /// The first line of sweep.jsonl
    SweepHead,
    /// Every other line of it
    Trial,
}

pub fn completions(arguments: &Completions) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Arguments::command(),
        "pushlab",
        &mut script,
    );
    print(&script)
}

pub fn man() -> Result<(), Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command())
        .render(&mut page)
        .map_err(|error| Failure::Internal(error.to_string()))?;
    print(&page)
}

pub fn schema(arguments: &SchemaOf) -> Result<(), Failure> {
    print(schema_text(arguments.of).as_bytes())
}

/// A schema as it stands in `docs/`.
fn schema_text(of: Described) -> String {
    let schema: Schema = match of {
        Described::Scenario => schemars::schema_for!(Scenario),
        Described::Results => schemars::schema_for!(Results),
        Described::Sweep => schemars::schema_for!(Sweep),
        Described::SweepHead => schemars::schema_for!(SweepHead),
        Described::Trial => schemars::schema_for!(Trial),
    };
    // A schema is JSON already.
    format!("{:#}\n", schema.to_value())
}

fn print(text: &[u8]) -> Result<(), Failure> {
    print::written(io::stdout().write_all(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_schemas_are_fresh() {
        for (of, committed) in [
            (
                Described::Scenario,
                include_str!("../../docs/schema/scenario.json"),
            ),
            (
                Described::Results,
                include_str!("../../docs/schema/results.json"),
            ),
            (
                Described::Sweep,
                include_str!("../../docs/schema/sweep.json"),
            ),
            (
                Described::SweepHead,
                include_str!("../../docs/schema/sweep-head.json"),
            ),
            (
                Described::Trial,
                include_str!("../../docs/schema/trial.json"),
            ),
        ] {
            let name = of.to_possible_value().expect("a name");
            let name = name.get_name();
            assert!(
                schema_text(of) == committed,
                "run `pushlab schema {name} > docs/schema/{name}.json` again"
            );
        }
    }

    #[test]
    fn man_page_and_completions_know_every_command() {
        let mut page = Vec::new();
        clap_mangen::Man::new(Arguments::command())
            .render(&mut page)
            .unwrap();
        let page = String::from_utf8(page).unwrap();
        for command in Arguments::command().get_subcommands() {
            assert!(page.contains(command.get_name()), "{}", command.get_name());
        }
        Arguments::command().debug_assert();
    }
}
