//! `pushlab sweep`: a scenario at many points of one or two axes, a table, a report.

mod finish;

use super::Failure;
use super::journal::Opening;
use super::output::Output;
use super::overrides::{Overrides, command, whole};
use super::run::{NetworkName, transport_ids};
use super::server_process;
use crate::measure::sweep::{SweepResults, Trial};
use crate::net::Network;
use crate::run::{Interrupt, Prepared};
use crate::scenario::sweep::{self as definition, Axis, Sweep};
use crate::scenario::{self, SHIPPED};
use crate::sweep::{self, Job, Plan};
use clap::Args;
use finish::finish;

const EXAMPLES: &str = "\
Examples:
  pushlab sweep ticker --vary poll_every=100ms..10s:12log
  pushlab sweep ticker --vary rtt=0ms..400ms:9 --transport long-poll --transport websocket
  pushlab sweep ticker --vary rate=0.1/s..100/s:12log --vary poll_every=100ms..10s:12log
  pushlab sweep ticker --vary headers=lean,browser --repeats 10
  pushlab sweep ticker --network loopback --vary clients=10,100,1000 --rate 20/s --duration 5s --repeats 1
  pushlab sweep break-even-lean            a shipped sweep (see `pushlab list`)
  pushlab sweep ./mine.json                a sweep file

Nearly every scenario field can vary, and rtt (both directions together). A sweep that was stopped goes on where it was.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// A shipped sweep or scenario (see `pushlab list`), or the path of a sweep or scenario file
    sweep: String,
    /// An axis: KEY=a,b,c or KEY=from..to:steps, or KEY=from..to:STEPSlog for equal ratios; once or twice
    #[arg(long, value_name = "AXIS")]
    vary: Vec<String>,
    /// Only this transport; may be given several times
    #[arg(long, value_name = "ID", value_parser = transport_ids())]
    transport: Vec<String>,
    /// How often each trial is run, each time with the next seed [default: 5]
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = whole::<u32>)]
    repeats: Option<u32>,
    /// How clients reach the server [default: simulated]
    #[arg(long, value_name = "NETWORK")]
    network: Option<NetworkName>,
    #[command(flatten)]
    overrides: Overrides,
    /// Trials at the same time [default: one per core; on loopback always one]
    #[arg(long, value_name = "N", value_parser = workers, allow_hyphen_values = true)]
    workers: Option<u16>,
    /// Measure everything again instead of going on from what is there
    #[arg(long)]
    fresh: bool,
    #[command(flatten)]
    output: Output,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let network = match arguments.network {
        Some(NetworkName::Loopback) => Network::Loopback,
        Some(NetworkName::Simulated) | None => Network::Simulated,
        Some(NetworkName::Both) => {
            return Err(Failure::Usage(
                "a sweep runs on one network: write --network simulated or --network loopback, \
                 or compare both at one point with `pushlab run`"
                    .into(),
            ));
        }
    };
    if network == Network::Loopback && arguments.workers.is_some_and(|workers| workers > 1) {
        return Err(Failure::Usage(
            "on loopback one trial runs at a time, or they would disturb each other: leave out --workers".into(),
        ));
    }
    if arguments.fresh && !arguments.output.writes() {
        return Err(Failure::Usage(
            "--fresh discards what is in the report's folder, and --json writes none: leave it out, or add --out FOLDER"
                .into(),
        ));
    }
    let sweep = arguments.sweep()?;
    let flags = arguments.flags();
    let asked = command(&format!("pushlab sweep {}", arguments.sweep), &flags);
    let mut plan = Plan::new(sweep, network, asked)?;
    plan.server_program = Some(server_process::program()?);
    if let Some(job) = plan.jobs.iter().find(|job| job.scenario.replay.is_some()) {
        // A file that cannot be replayed is told before anything is touched.
        Prepared::new(job.scenario.clone())?;
    }
    let folder = arguments.output.claim(&arguments.name(&plan), &flags)?;
    let workers = match network {
        Network::Loopback => 1,
        Network::Simulated => arguments.workers.map_or_else(cores, usize::from),
    };
    let opening = match arguments.fresh {
        true => Opening::Discard,
        false => Opening::GoOn,
    };
    finish(&plan, &arguments.output, folder.as_ref(), opening, workers)
}

/// `pushlab run --clients 100,1000`: each number of clients once, as long as the scenario says. One that was stopped goes
/// on; one that is finished is measured again, as every run is, and stays until all of that is measured.
pub fn run_clients(
    mut sweep: Sweep,
    network: Network,
    asked: String,
    output: &Output,
    flags: &[(&'static str, String)],
) -> Result<(), Failure> {
    (sweep.repeats, sweep.least_events, sweep.least_polls) = (1, 1, 1);
    let name = sweep.scenario.name.clone();
    let mut plan = Plan::new(sweep, network, asked)?;
    plan.server_program = Some(server_process::program()?);
    if let Some(job) = plan.jobs.first() {
        // A file that cannot be replayed is told before anything is touched.
        Prepared::new(job.scenario.clone())?;
    }
    let folder = output.claim(&name, flags)?;
    let workers = match network {
        Network::Loopback => 1,
        Network::Simulated => cores(),
    };
    finish(&plan, output, folder.as_ref(), Opening::Repeat, workers)
}

impl Arguments {
    /// The sweep with every flag applied.
    fn sweep(&self) -> Result<Sweep, Failure> {
        let axes = self.vary.iter().map(|text| text.parse::<Axis>());
        let axes = axes.collect::<Result<Vec<_>, _>>()?;
        let shipped = definition::load(&self.sweep)?;
        let known = SHIPPED.iter().any(|(name, _)| *name == self.sweep);
        let mut sweep = match shipped {
            Some(sweep) => sweep,
            None if !known && !self.sweep.contains(['/', '\\', '.']) => {
                return Err(definition::unknown_name(&self.sweep).into());
            }
            None if axes.is_empty() => {
                // What is no scenario either is told what is wrong with it.
                scenario::load(&self.sweep)?;
                return Err(Failure::Usage(format!(
                    "{} is a scenario, and nothing varies: add --vary KEY=a,b,c, such as --vary poll_every=100ms..10s:12log",
                    self.sweep
                )));
            }
            None => Sweep::new(scenario::load(&self.sweep)?, axes.clone()),
        };
        if !axes.is_empty() {
            sweep.vary = axes;
        }
        self.overrides.apply_to(&mut sweep.scenario)?;
        if !self.transport.is_empty() {
            sweep.transports.clone_from(&self.transport);
        }
        sweep.repeats = self.repeats.unwrap_or(sweep.repeats);
        for axis in &sweep.vary {
            let flag = definition::field(&axis.key).replace('_', "-");
            if self.overrides.given().iter().any(|(name, _)| *name == flag) {
                return Err(Failure::Usage(format!(
                    "--{flag} fixes what --vary {} varies: leave one of them out",
                    axis.key
                )));
            }
        }
        Ok(sweep)
    }

    /// The folder's name begins with the scenario's, or with the name of the shipped or given sweep.
    fn name(&self, plan: &Plan) -> String {
        match self.vary.is_empty() {
            true => plan.head.sweep.name.clone(),
            false => plan.head.sweep.scenario.name.clone(),
        }
    }

    /// The flags that were given and that change the results.
    fn flags(&self) -> Vec<(&'static str, String)> {
        let mut flags: Vec<_> = self
            .vary
            .iter()
            .map(|axis| ("vary", axis.clone()))
            .collect();
        flags.extend(self.transport.iter().map(|id| ("transport", id.clone())));
        flags.extend(self.repeats.map(|repeats| ("repeats", repeats.to_string())));
        if let Some(NetworkName::Loopback) = self.network {
            flags.push(("network", Network::Loopback.name().to_owned()));
        }
        flags.extend(self.overrides.given());
        flags
    }
}

/// The value of --workers.
fn workers(text: &str) -> Result<u16, String> {
    let number = whole(text)
        .ok()
        .filter(|number| (1..=1024).contains(number));
    number.ok_or_else(|| "write a whole number from 1 to 1024".into())
}

/// How many trials run at the same time unless told otherwise.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Runs a sweep without a file and without a word.
pub fn measure_quietly(plan: &Plan) -> Result<SweepResults, Failure> {
    let ignore = |_: &Job, _: &Trial| Ok::<(), Failure>(());
    sweep::run(plan, Vec::new(), cores(), &Interrupt::default(), ignore)
}
