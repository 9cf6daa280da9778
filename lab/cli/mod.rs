//! The command line: arguments, files, printing. Data goes to stdout, everything else to stderr.
//!
//! Exit codes: 0 all well, 1 a check failed (an unverified run), 2 usage or bad input, 3 this
//! machine does not let us, 4 a bug of ours, 130 stopped with Ctrl-C before all was measured.

mod check;
mod compare;
mod document;
mod folder;
mod gallery;
mod journal;
mod list;
mod output;
mod overrides;
mod print;
mod progress;
mod recording;
mod report;
mod reproduce;
mod run;
mod scorecard;
mod serve;
mod server_process;
mod sweep;

use crate::run::{RunError, process};
use crate::scenario::ScenarioError;
use clap::{Parser, Subcommand};
use std::fmt::Display;
use std::process::ExitCode;

const EXAMPLES: &str = "\
Examples:
  pushlab                                  the default scenario over all transports
  pushlab run ticker --delay 150ms         the same, six times as far away
  pushlab run kaazing --json | jq .        figures for a program
  pushlab run ticker --network loopback --duration 10s
  pushlab run ticker --network loopback --clients 100,1000,5000
                                           how many clients does each transport bear?
  pushlab run ticker --network both        how far is the simulator from kernel sockets?
  pushlab run ./mine.json --transport sse --transport websocket
  pushlab run all --scorecard              who meets which budget, and what is cheapest then?
  pushlab reproduce all                    published claims, predicted beside measured
  pushlab report reports/runs/ticker       draw a report again from its recording
  pushlab sweep ticker --vary poll_every=100ms..10s:12log
  pushlab compare FOLDER FOLDER            what differs between two reports
  pushlab serve                            all four doors on one port, for curl and browsers
  pushlab check http://127.0.0.1:8089      does this server keep the contract?

Exit codes: 0 all well, 1 a check failed, 2 bad input, 3 environment not fit, 4 internal error,
130 stopped with Ctrl-C";

/// See with real numbers why server push matters on the web, and when it does not.
///
/// Runs the same live scenario over short polling, long polling, Server-Sent Events and WebSocket,
/// checks that every event arrived, and reports latency, age and bytes by layer. Without a command
/// it runs the default scenario, `ticker`.
#[derive(Debug, Parser)]
#[command(name = "pushlab", version, after_help = EXAMPLES, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    color: colorchoice_clap::Color,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a scenario over the transports and write a report
    Run(Box<run::Arguments>),
    /// Put published claims to the test: predicted beside measured
    Reproduce(reproduce::Arguments),
    /// Run a scenario at many points of one or two settings, and draw what that changes
    Sweep(Box<sweep::Arguments>),
    /// Draw the report in a folder again, from its recording alone
    Report(report::Arguments),
    /// Compare two reports figure by figure
    Compare(compare::Arguments),
    /// List the shipped scenarios and sweeps, and the transports
    List(list::Arguments),
    /// Serve a scenario's feed over all transports on one port, in real time
    Serve(Box<serve::Arguments>),
    /// Render the reports of all shipped scenarios and an index of them
    Gallery(gallery::Arguments),
    /// Print the JSON Schema of a scenario or sweep file, or of their results
    Schema(document::SchemaOf),
    /// Print a script that completes pushlab's commands in a shell
    Completions(document::Completions),
    /// Print the manual page
    Man,
    /// Check whether a server keeps the contract in docs/CONTRACT.md
    Check(check::Arguments),
}

/// Why a command failed, sorted by exit code.
#[derive(Debug)]
enum Failure {
    /// A check failed; the message has been shown with the results.
    Check,
    /// Stopped by Ctrl-C; what was measured until then is kept and has been shown.
    Interrupted,
    /// Bad input: says what and what would be right.
    Usage(String),
    /// This machine does not let us.
    Environment(String),
    /// A bug of ours.
    Internal(String),
}

impl Failure {
    /// Something about a file or folder did not work.
    fn file(what: impl Display, error: std::io::Error) -> Self {
        Failure::Environment(format!("{what}: {error}"))
    }

    /// The same beside results that are shown all the same.
    fn of_the_rest(self) -> Self {
        match self {
            Failure::Environment(why) => Failure::Environment(format!(
                "not all of it could be run here, and what was measured before is shown: {why}"
            )),
            other => other,
        }
    }
}

impl From<ScenarioError> for Failure {
    fn from(error: ScenarioError) -> Self {
        Failure::Usage(error.to_string())
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Trace(_) | RunError::Replay(_) | RunError::Input(_) => {
                Failure::Usage(error.to_string())
            }
            RunError::TooLarge { .. } | RunError::Environment(_) => {
                Failure::Environment(error.to_string())
            }
            RunError::Internal(message) => Failure::Internal(message),
        }
    }
}

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    // No command for people: neither help nor completions know of it.
    let first = std::env::args_os().nth(1);
    let outcome = match first.is_some_and(|first| first == process::COMMAND) {
        true => server_process::run(),
        false => run(Arguments::parse()),
    };
    let (code, message) = match outcome {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Check) => return ExitCode::from(1),
        Err(Failure::Interrupted) => return ExitCode::from(130),
        Err(Failure::Usage(message)) => (2, message),
        Err(Failure::Environment(message)) => (3, message),
        Err(Failure::Internal(message)) => (
            4,
            format!(
                "{message}\nThis is a bug in pushlab: please report it with the command that you ran."
            ),
        ),
    };
    print::note(format_args!("error: {message}"));
    ExitCode::from(code)
}

/// Does what people ask for.
fn run(arguments: Arguments) -> Result<(), Failure> {
    arguments.color.write_global();
    match arguments.command {
        None => run::run(&run::Arguments::default()),
        Some(Command::Run(arguments)) => run::run(&arguments),
        Some(Command::Reproduce(arguments)) => reproduce::run(&arguments),
        Some(Command::Sweep(arguments)) => sweep::run(&arguments),
        Some(Command::Report(arguments)) => report::run(&arguments),
        Some(Command::Compare(arguments)) => compare::run(&arguments),
        Some(Command::List(arguments)) => list::run(&arguments),
        Some(Command::Serve(arguments)) => serve::run(&arguments),
        Some(Command::Gallery(arguments)) => gallery::run(&arguments),
        Some(Command::Schema(arguments)) => document::schema(&arguments),
        Some(Command::Completions(arguments)) => document::completions(&arguments),
        Some(Command::Man) => document::man(),
        Some(Command::Check(arguments)) => check::run(&arguments),
    }
}
