//! `pushlab run`: a scenario over the transports, a table, a report.

mod measured;

use super::Failure;
use super::output::Output;
use super::overrides::{Overrides, command};
use super::recording::Recording;
use super::{scorecard, server_process, sweep};
use crate::measure::Lie;
use crate::measure::sweep::scale::CLIENTS;
use crate::net::Network;
use crate::run::{Capture, Interrupt, Prepared};
use crate::scenario;
use crate::scenario::sweep::{Axis, Sweep};
use crate::transport::{self, Entry};
use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use std::fmt::Display;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// The scenario that runs when none is named.
const DEFAULT: &str = "ticker";

const EXAMPLES: &str = "\
Examples:
  pushlab run ticker --delay 150ms         one run, six times as far away
  pushlab run ticker --network loopback --clients 100,1000,5000,10000
                                           how many clients does each transport bear, and what gives out first?
                                           each number once; stopped with Ctrl-C, the same command goes on";

#[derive(Debug, Default, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// A shipped scenario (see `pushlab list`), the path of a scenario file, or with --scorecard `all` [default: ticker]
    scenario: Option<String>,
    /// Judge the scenario, or all shipped ones, by their budgets: at polling intervals and settings that may meet them
    #[arg(long)]
    scorecard: bool,
    /// Only this transport; may be given several times
    #[arg(long, value_name = "ID", value_parser = transport_ids())]
    transport: Vec<String>,
    /// How clients reach the server [default: simulated]
    #[arg(long, value_name = "NETWORK")]
    network: Option<NetworkName>,
    /// On loopback, hold every byte for the scenario's delay; --network both does so anyway
    #[arg(long)]
    delay_line: bool,
    #[command(flatten)]
    overrides: Overrides,
    /// Tell a classic lie, labelled on everything it touches; may be given several times
    #[arg(long, value_name = "LIE")]
    lie: Vec<LieName>,
    /// Write every simulated packet into this pcapng file, for Wireshark
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NetworkName {
    /// Virtual time, simulated links, real TCP/IP packets
    Simulated,
    /// Kernel sockets on 127.0.0.1 in real time
    Loopback,
    /// One after the other, with a delay line on loopback, and how far apart they are
    Both,
}

impl NetworkName {
    fn name(self) -> &'static str {
        match self {
            NetworkName::Simulated => Network::Simulated.name(),
            NetworkName::Loopback => Network::Loopback.name(),
            NetworkName::Both => "both",
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LieName {
    /// Latency counts from when the server got round to publishing: a stall vanishes
    CoordinatedOmission,
    /// Bytes count only HTTP headers and framing: payload, set-up and TCP/IP vanish
    HeaderOnly,
}

impl LieName {
    fn lie(self) -> Lie {
        match self {
            LieName::CoordinatedOmission => Lie::CoordinatedOmission,
            LieName::HeaderOnly => Lie::HeaderOnly,
        }
    }
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let name = arguments.scenario.as_deref().unwrap_or(DEFAULT);
    arguments.check()?;
    if arguments.scorecard {
        return arguments.judge(name);
    }
    if let Some(list) = arguments.overrides.list_of_clients() {
        return arguments.scale(name, &list);
    }
    let scenario = arguments.overrides.apply(name)?;
    let folder = arguments.output.claim(&scenario.name, &arguments.flags())?;
    let mut prepared = Prepared::new(scenario)?;
    prepared.capture = arguments.capture()?;
    prepared.delay_line = arguments.delay_line || arguments.network() == NetworkName::Both;
    prepared.server_program = Some(server_process::program()?);
    prepared.lies = arguments.lies();
    let entries = arguments.entries();
    let command = command(&format!("pushlab run {name}"), &arguments.flags());
    listen_for_ctrl_c(&prepared.interrupt)?;
    let (recording, failed) =
        measured::measure(&prepared, &entries, arguments.network(), &command)?;
    if let (Some(capture), Some(path)) = (&prepared.capture, &arguments.pcap) {
        capture
            .finish()
            .map_err(|error| cannot_capture(path, &error))?;
    }
    let ended = failed.is_none();
    with_the_rest(arguments.output.finish(&recording, folder.as_ref()), failed)?;
    all_of_it(ended, &recording)
}

/// How a command ends that showed what there was to show, and perhaps could not run the rest: that is no success.
fn with_the_rest(shown: Result<(), Failure>, failed: Option<Failure>) -> Result<(), Failure> {
    match (shown, failed) {
        (Ok(()) | Err(Failure::Check), Some(failed)) => Err(failed),
        (shown, _) => shown,
    }
}

/// A script that goes on after a command relies on all of it: one that was stopped is no success, whatever it shows.
fn all_of_it(ended: bool, recording: &Recording) -> Result<(), Failure> {
    match ended && recording.partial() {
        true => Err(Failure::Interrupted),
        false => Ok(()),
    }
}

impl Arguments {
    /// A scorecard of one scenario or of all.
    fn judge(&self, name: &str) -> Result<(), Failure> {
        let network = match self.network() {
            NetworkName::Loopback => Network::Loopback,
            // Both are refused by `check`.
            NetworkName::Simulated | NetworkName::Both => Network::Simulated,
        };
        let scenarios = scorecard::scenarios(name, &self.overrides)?;
        let folder = match name {
            scorecard::ALL => "scorecard".to_owned(),
            _ => format!("scorecard-{}", scenarios[0].name),
        };
        let flags = self.flags();
        let folder = self.output.claim(&folder, &flags)?;
        let command = command(&format!("pushlab run {name} --scorecard"), &flags);
        let stress = self.overrides.people.stress;
        let (recording, failed) =
            scorecard::measure(scenarios, &self.entries(), network, command, stress)?;
        let ended = failed.is_none();
        with_the_rest(self.output.finish(&recording, folder.as_ref()), failed)?;
        all_of_it(ended, &recording)
    }

    /// A list of numbers of clients: a sweep over them.
    fn scale(&self, name: &str, list: &str) -> Result<(), Failure> {
        let network = match self.network() {
            NetworkName::Loopback => Network::Loopback,
            // Both are refused by `check`.
            NetworkName::Simulated | NetworkName::Both => Network::Simulated,
        };
        let mut scenario = scenario::load(name)?;
        let most = list.rsplit(',').next().and_then(|most| most.parse().ok());
        self.overrides.apply_with(most, &mut scenario)?;
        let axis: Axis = format!("{CLIENTS}={list}").parse()?;
        let mut sweep = Sweep::new(scenario, vec![axis]);
        sweep.transports.clone_from(&self.transport);
        let flags = self.flags();
        let asked = command(&format!("pushlab run {name}"), &flags);
        sweep::run_clients(sweep, network, asked, &self.output, &flags)
    }

    fn entries(&self) -> Vec<Entry> {
        let wanted = |entry: &&Entry| {
            self.transport.is_empty() || self.transport.iter().any(|id| id == entry.descriptor.id)
        };
        transport::ALL.iter().filter(wanted).copied().collect()
    }

    /// Each lie once, in a fixed order.
    fn lies(&self) -> Vec<Lie> {
        let mut lies: Vec<_> = self.lie.iter().map(|name| name.lie()).collect();
        lies.sort();
        lies.dedup();
        lies
    }

    fn network(&self) -> NetworkName {
        self.network.unwrap_or(NetworkName::Simulated)
    }

    /// Flags that contradict each other.
    fn check(&self) -> Result<(), Failure> {
        let simulated = self.network() == NetworkName::Simulated;
        if self.scenario.as_deref() == Some(scorecard::ALL) && !self.scorecard {
            return Err(Failure::Usage(
                "`run all` judges all scenarios that have a budget: add --scorecard, or name one scenario (see `pushlab list`)".into(),
            ));
        }
        if self.scorecard {
            let odd = [
                ("--network both", self.network() == NetworkName::Both),
                ("--delay-line", self.delay_line),
                ("--pcap", self.pcap.is_some()),
                ("--lie", !self.lie.is_empty()),
            ];
            if let Some((flag, _)) = odd.into_iter().find(|(_, given)| *given) {
                return Err(Failure::Usage(format!(
                    "{flag} is for one run, and a scorecard makes many: leave it out, or leave out --scorecard"
                )));
            }
        }
        if let Some(list) = self.overrides.list_of_clients() {
            let odd = [
                ("--scorecard", self.scorecard),
                ("--network both", self.network() == NetworkName::Both),
                ("--delay-line", self.delay_line),
                ("--pcap", self.pcap.is_some()),
                ("--lie", !self.lie.is_empty()),
            ];
            if let Some((flag, _)) = odd.into_iter().find(|(_, given)| *given) {
                return Err(Failure::Usage(format!(
                    "{flag} goes with one number of clients, and --clients {list} makes many runs: leave one of them out"
                )));
            }
        }
        if self.pcap.is_some() && !simulated {
            return Err(Failure::Usage(
                "--pcap writes simulated packets: leave out --network, or use a packet sniffer on loopback".into(),
            ));
        }
        if !self.lie.is_empty() && self.network() == NetworkName::Both {
            return Err(Failure::Usage(
                "--network both asks how true the model is, which a --lie cannot answer: leave one of them out".into(),
            ));
        }
        if self.delay_line && simulated {
            return Err(Failure::Usage(
                "--delay-line is for kernel sockets, and the simulated network has the delay already: \
                 leave it out, or add --network loopback"
                    .into(),
            ));
        }
        Ok(())
    }

    fn capture(&self) -> Result<Option<Capture>, Failure> {
        let Some(path) = &self.pcap else {
            return Ok(None);
        };
        let file = File::create(path).map_err(|error| cannot_capture(path, &error))?;
        let capture = Capture::new(BufWriter::new(file));
        capture
            .map(Some)
            .map_err(|error| cannot_capture(path, &error))
    }

    /// The flags that were given and that change the results.
    fn flags(&self) -> Vec<(&'static str, String)> {
        let mut flags: Vec<_> = self
            .transport
            .iter()
            .map(|id| ("transport", id.clone()))
            .collect();
        if self.network() != NetworkName::Simulated {
            flags.push(("network", self.network().name().to_owned()));
        }
        // Both networks have it anyway.
        if self.delay_line && self.network() == NetworkName::Loopback {
            flags.push(("delay-line", String::new()));
        }
        flags.extend(self.overrides.given());
        let id = |lie: &Lie| ("lie", lie.name().replace(' ', "-"));
        flags.extend(self.lies().iter().map(id));
        flags
    }
}

fn cannot_capture(path: &Path, error: &dyn Display) -> Failure {
    Failure::Environment(format!(
        "cannot write {}: choose another --pcap FILE: {error}",
        path.display()
    ))
}

/// The first Ctrl-C ends the run early and still gives a report; the second ends the program.
pub fn listen_for_ctrl_c(interrupt: &Interrupt) -> Result<(), Failure> {
    let interrupt = interrupt.clone();
    ctrlc::set_handler(move || {
        if interrupt.asked() {
            std::process::exit(130);
        }
        interrupt.ask();
        anstream::eprintln!("\nending early; Ctrl-C again to stop at once");
    })
    .map_err(|error| Failure::Environment(format!("cannot listen for Ctrl-C: {error}")))
}

pub fn transport_ids() -> PossibleValuesParser {
    PossibleValuesParser::new(transport::ALL.iter().map(|entry| entry.descriptor.id))
}
