//! What documents the program itself: completions, the man page, JSON Schemas. All are made from the
//! same definitions that run it.

use super::{Arguments, Failure, print};
use crate::measure::literature::Literature;
use crate::measure::sweep::{SweepHead, Trial};
use crate::measure::{Both, Results, Scorecard};
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
    /// What `reproduce --json` prints and its recording.json holds
    Literature,
    /// What `run --network both --json` prints and its recording.json holds
    Both,
    /// What `run all --scorecard --json` prints and its recording.json holds
    Scorecard,
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
        Described::Literature => schemars::schema_for!(Literature),
        Described::Both => schemars::schema_for!(Both),
        Described::Scorecard => schemars::schema_for!(Scorecard),
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
        for of in Described::value_variants() {
            let name = of.to_possible_value().expect("a name");
            let name = name.get_name();
            let path = format!("{}/docs/schema/{name}.json", env!("CARGO_MANIFEST_DIR"));
            let committed = std::fs::read_to_string(path).unwrap_or_default();
            assert!(
                schema_text(*of) == committed,
                "run `pushlab schema {name} > docs/schema/{name}.json` again"
            );
        }
    }

    #[test]
    fn man_page_and_completions_know_every_command_of_people() {
        let mut page = Vec::new();
        clap_mangen::Man::new(Arguments::command())
            .render(&mut page)
            .unwrap();
        let page = String::from_utf8(page).unwrap();
        let mut script = Vec::new();
        clap_complete::generate(
            Shell::Bash,
            &mut Arguments::command(),
            "pushlab",
            &mut script,
        );
        let script = String::from_utf8(script).unwrap();
        for command in Arguments::command().get_subcommands() {
            let name = command.get_name();
            let entry = format!("pushlab\\-{}(1)", name.replace('-', "\\-"));
            assert!(page.contains(&entry), "{name}");
            assert!(script.contains(name), "{name}");
        }
        for text in [page.replace('\\', ""), script] {
            assert!(!text.contains(crate::run::process::COMMAND), "{text}");
        }
        Arguments::command().debug_assert();
    }
}
