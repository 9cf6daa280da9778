//! Servers and a reader to compare the lab with: see README.md beside this file.

#[path = "../bare_hyper.rs"]
mod bare_hyper;
#[path = "../capture.rs"]
mod capture;
mod control;
#[path = "../floor.rs"]
mod floor;
#[path = "../lab_server.rs"]
mod lab_server;
#[path = "../latency.rs"]
mod latency;
#[path = "../line.rs"]
mod line;
#[path = "../message.rs"]
mod message;
#[path = "../opening.rs"]
mod opening;
mod process;
mod read;
#[path = "../reader.rs"]
mod reader;
#[path = "../runtime.rs"]
mod runtime;
mod serve;

use clap::{Args, Parser, Subcommand};
use pushlab::os;

/// That of the lab's own program.
#[global_allocator]
static ALLOCATOR: pushlab::allocator::Allocator = pushlab::allocator::ALLOCATOR;

/// Servers that publish when told, and the plain reader that measures them.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// One plain write per subscriber and message.
    Floor(Ports),
    /// The lab's own server, with the doors of all transports.
    Lab {
        #[command(flatten)]
        ports: Ports,
        /// Most connections at once.
        #[arg(long, default_value_t = 20_000)]
        connections: usize,
    },
    /// hyper with one fixed answer.
    BareHyper {
        #[arg(long)]
        port: u16,
        #[arg(long, value_enum, default_value = "news")]
        answer: bare_hyper::Fixed,
    },
    /// Measures a server; prints one line of JSON.
    Read(read::Read),
}

/// Where a server listens, on 127.0.0.1.
#[derive(Args)]
struct Ports {
    #[arg(long)]
    port: u16,
    /// For `GET /publish?count=8`.
    #[arg(long)]
    control: u16,
}

/// As many as the lab's server takes connections, and some more.
const FILES: u64 = 20_100;

fn main() {
    // Where the system grants fewer, the reader says so before it opens what it was asked for.
    os::ask_for_open_files(FILES);
    os::take_small_pages(); // as the lab's own server process does
    let outcome = match Cli::parse().command {
        Command::Floor(ports) => serve::floor(ports.port, ports.control),
        Command::Lab { ports, connections } => serve::lab(ports.port, ports.control, connections),
        Command::BareHyper { port, answer } => serve::bare_hyper(port, answer),
        Command::Read(read) => read::run(&read).map(|line| println!("{line}")),
    };
    if let Err(error) = outcome {
        eprintln!("peers: {error}");
        std::process::exit(1);
    }
}
