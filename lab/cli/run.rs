//! `pushlab run`: a scenario over the transports, a table, a report.

use super::overrides::{Overrides, command};
use super::progress::Progress;
use super::{Failure, folder};
use crate::measure::Results;
use crate::net::Network;
use crate::report;
use crate::run::{Capture, Interrupt, Prepared};
use crate::transport::{self, Entry};
use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use std::fmt::Display;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// The scenario that runs when none is named.
const DEFAULT: &str = "ticker";

#[derive(Debug, Default, Args)]
pub struct Arguments {
    /// A shipped scenario (see `pushlab list`) or the path of a scenario file [default: ticker]
    scenario: Option<String>,
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
    /// Write the report into this folder instead of reports/runs/NAME
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Write every simulated packet into this pcapng file, for Wireshark
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,
    /// Write each chart into the report as PNG too
    #[arg(long)]
    png: bool,
    /// Open the report in the system's browser
    #[arg(long, conflicts_with = "json")]
    open: bool,
    /// Print the results as JSON on stdout, and nothing else; writes a report only with --out
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum NetworkName {
    /// Virtual time, simulated links, real TCP/IP packets
    Simulated,
    /// Kernel sockets on 127.0.0.1 in real time
    Loopback,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let name = arguments.scenario.as_deref().unwrap_or(DEFAULT);
    let network = match arguments.network {
        Some(NetworkName::Loopback) => Network::Loopback,
        Some(NetworkName::Simulated) | None => Network::Simulated,
    };
    if arguments.delay_line && network == Network::Simulated {
        return Err(Failure::Usage(
            "--delay-line is for kernel sockets, and the simulated network has the delay already: \
             leave it out, or add --network loopback"
                .into(),
        ));
    }
    let scenario = arguments.overrides.apply(name)?;
    let folder = (!arguments.json || arguments.out.is_some())
        .then(|| folder::claim(arguments.out.as_deref(), &scenario.name, &arguments.flags()))
        .transpose()?;
    if arguments.png && folder.is_none() {
        return Err(Failure::Usage(
            "--png writes into the report, and --json writes none: add --out FOLDER".into(),
        ));
    }
    let mut prepared = Prepared::new(scenario)?;
    prepared.capture = arguments.capture(network)?;
    prepared.delay_line = arguments.delay_line;
    let entries = arguments.entries();
    let command = command(&format!("pushlab run {name}"), &arguments.flags());
    let results = measure(&prepared, &entries, network, command)?;
    if let (Some(capture), Some(path)) = (&prepared.capture, &arguments.pcap) {
        capture
            .finish()
            .map_err(|error| cannot_capture(path, &error))?;
    }
    if let Some(folder) = &folder {
        folder.write(&results, arguments.png)?;
    }
    if arguments.json {
        print_json(&results)?;
    } else {
        let width = terminal_size::terminal_size().map_or(120, |(width, _)| width.0);
        anstream::println!("{}", report::terminal(&results, width, true));
    }
    if let Some(folder) = &folder {
        anstream::eprintln!("\nreport: {}", folder.page().display());
        if arguments.open {
            folder.open();
        }
    }
    match results
        .transports
        .iter()
        .all(|transport| transport.verified)
    {
        true => Ok(()),
        false => Err(Failure::Check),
    }
}

impl Arguments {
    fn entries(&self) -> Vec<Entry> {
        let wanted = |entry: &&Entry| {
            self.transport.is_empty() || self.transport.iter().any(|id| id == entry.descriptor.id)
        };
        transport::ALL.iter().filter(wanted).copied().collect()
    }

    fn capture(&self, network: Network) -> Result<Option<Capture>, Failure> {
        let Some(path) = &self.pcap else {
            return Ok(None);
        };
        if network != Network::Simulated {
            return Err(Failure::Usage(
                "--pcap writes simulated packets: leave out --network, or use a packet sniffer on loopback".into(),
            ));
        }
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
        if let Some(NetworkName::Loopback) = self.network {
            flags.push(("network", Network::Loopback.name().to_owned()));
        }
        if self.delay_line {
            flags.push(("delay-line", String::new()));
        }
        flags.extend(self.overrides.given());
        flags
    }
}

fn cannot_capture(path: &Path, error: &dyn Display) -> Failure {
    Failure::Environment(format!(
        "cannot write {}: choose another --pcap FILE: {error}",
        path.display()
    ))
}

fn measure(
    prepared: &Prepared,
    entries: &[Entry],
    network: Network,
    command: String,
) -> Result<Results, Failure> {
    let scenario = &prepared.scenario;
    let takes = match network {
        Network::Simulated => String::from("in virtual time"),
        Network::Loopback => {
            let span = scenario.warm_up.as_nanos() + scenario.duration.as_nanos();
            let seconds = span as f64 / 1e9;
            let all = seconds * entries.len() as f64;
            format!("in real time, {seconds:.0} s for each transport, about {all:.0} s in all")
        }
    };
    listen_for_ctrl_c(&prepared.interrupt)?;
    let what = format!(
        "running {} on the {} network, {takes}",
        scenario.name,
        network.name()
    );
    let progress = Progress::start(&what, entries.len());
    let results = prepared.compare(entries, network, command, |_| progress.step());
    progress.finish();
    Ok(results?)
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

/// The public results: without the charts' series.
fn print_json(results: &Results) -> Result<(), Failure> {
    let mut results = results.clone();
    results.feed_labels.clear();
    for transport in &mut results.transports {
        transport.series = None;
    }
    let text = serde_json::to_string_pretty(&results)
        .map_err(|error| Failure::Internal(error.to_string()))?;
    anstream::println!("{text}");
    Ok(())
}

pub fn transport_ids() -> PossibleValuesParser {
    PossibleValuesParser::new(transport::ALL.iter().map(|entry| entry.descriptor.id))
}
