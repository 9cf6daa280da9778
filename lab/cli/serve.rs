//! `pushlab serve`: the server alone, all doors at once, in real time.

use super::Failure;
use super::overrides::{Overrides, whole};
use crate::app;
use crate::clock;
use crate::feed::{self, Feed};
use crate::hub::{Charter, Hub, LARGEST_MESSAGE};
use crate::net::delay_line::Delay;
use crate::net::{Buffers, Listener};
use crate::os;
use crate::run::Live;
use crate::scenario::{App, Scenario, spaced};
use crate::transport::server::{Door, Origins, Server};
use crate::transport::{self, PUBLISH, SNAPSHOT};
use clap::Args;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// Events that the server keeps for clients that return.
const KEPT_EVENTS: usize = 100_000;
/// Most text that it keeps, if its events are large.
const KEPT_BYTES: u64 = 256_000_000;
/// Most connections at once, if the system allows that many open files.
const MOST_CONNECTIONS: usize = 10_000;
/// Open files that are left for everything but connections.
const SPARE_FILES: u64 = 64;
/// The client's name in examples.
const EXAMPLE: &str = "me";
/// How long a client may take to send a request, stay silent between two, or leave an answer untaken.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug, Args)]
pub struct Arguments {
    /// A shipped scenario or the path of a scenario file
    #[arg(default_value = "ticker")]
    scenario: String,
    /// Port to listen on; 0 picks a free one
    #[arg(long, default_value_t = 8089, allow_hyphen_values = true, value_parser = whole::<u16>)]
    port: u16,
    /// Address to listen on; anything but loopback lets other machines in
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// Let web pages of this origin open WebSockets, for example https://example.org; may be given
    /// several times; * lets all. Pages of this server's own host always may
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    allow_origin: Vec<String>,
    /// Hold every byte for the scenario's delay, so that a browser on this machine sees the round
    /// trip of a real line
    #[arg(long)]
    delay_line: bool,
    #[command(flatten)]
    overrides: Overrides,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    os::take_small_pages();
    let scenario = arguments.overrides.apply(&arguments.scenario)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::file("cannot start an asynchronous runtime", error))?;
    runtime.block_on(serve(arguments, scenario))
}

async fn serve(arguments: &Arguments, scenario: Scenario) -> Result<(), Failure> {
    let address = (arguments.bind, arguments.port);
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| cannot_listen(address.into(), error))?;
    let port = listener
        .local_addr()
        .map_err(|error| Failure::file("no local address", error))?
        .port();
    let doors: Vec<Door> = transport::ALL
        .iter()
        .map(|entry| Door::new(entry.descriptor, (entry.build)(&scenario)))
        .collect();
    let listener = if arguments.delay_line {
        announce_delay(&scenario);
        Listener::Delayed(listener, Delay::of(&scenario))
    } else {
        Listener::Tcp(listener)
    };
    let buffers = Buffers::for_scenario(&scenario);
    let hub = hub(&scenario)?;
    announce(arguments.bind, port, &scenario, &doors, &hub);
    let origins = Origins::allow(arguments.allow_origin.iter().cloned());
    let server = Server {
        doors: doors.into(),
        hub,
        buffers,
        connections: most_connections(),
        head_timeout: Some(HEAD_TIMEOUT),
    };
    server
        .run_for(listener, origins)
        .await
        .map_err(|error| Failure::file("the server stopped", error))
}

/// Why there is no listening, and what would help.
fn cannot_listen(address: SocketAddr, error: io::Error) -> Failure {
    let remedy = match error.kind() {
        io::ErrorKind::AddrNotAvailable => {
            "this machine does not have that address: --bind 127.0.0.1 is for itself, --bind 0.0.0.0 for all that reach it"
        }
        io::ErrorKind::PermissionDenied => "choose a --port from 1024 on, or 0 for a free one",
        _ => "choose another --port, or 0 for a free one",
    };
    Failure::file(format!("cannot listen on {address}: {remedy}"), error)
}

/// An origin as browsers send it: scheme, host and perhaps a port, nothing after.
fn origin(text: &str) -> Result<String, String> {
    let host = text.split_once("://").map(|(_, host)| host);
    let well_formed = host.is_some_and(|host| !host.is_empty() && !host.contains(['/', ' ']));
    if text == "*" || well_formed {
        return Ok(text.to_owned());
    }
    Err(String::from(
        "write it as browsers send it, such as https://example.org:8443, or * for all",
    ))
}

fn most_connections() -> usize {
    let granted = os::ask_for_open_files(MOST_CONNECTIONS as u64 + SPARE_FILES);
    let allowed = granted.map_or(u64::MAX, |files| files.saturating_sub(SPARE_FILES).max(1));
    MOST_CONNECTIONS.min(usize::try_from(allowed).unwrap_or(usize::MAX))
}

/// What is served, and it has begun: an application with whoever comes, or the scenario's events.
fn hub(scenario: &Scenario) -> Result<Hub, Failure> {
    if scenario.app != App::Ticker {
        let live = Live::new(scenario.clone(), kept(LARGEST_MESSAGE as u64));
        let hub = live.hub().clone();
        tokio::spawn(live.go_on());
        return Ok(hub);
    }
    let feed = Feed::new(kept(scenario.payload.bytes()));
    publish(scenario.clone(), feed.clone())?;
    Ok(Hub::reading(
        feed,
        Charter::new(scenario, clock::epoch_us()),
    ))
}

/// How many events are kept if the largest have so many bytes.
fn kept(bytes: u64) -> usize {
    KEPT_EVENTS.min((KEPT_BYTES / bytes) as usize)
}

/// Publishes the scenario's events from now on, on a thread of its own: a synthetic source without
/// end, a replay once.
fn publish(scenario: Scenario, feed: Feed) -> Result<(), Failure> {
    let start_ns = clock::now_ns();
    let origin = clock::Origin::ahead(0);
    let source = feed::source(&scenario, clock::epoch_us() + start_ns / clock::US)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    std::thread::spawn(move || {
        origin.install();
        for event in source {
            clock::block_until(scenario.published_ns(event.born_ns));
            feed.publish(Arc::new(event));
        }
    });
    Ok(())
}

fn announce_delay(scenario: &Scenario) {
    let delay = scenario.delay;
    anstream::eprintln!(
        "each byte is held for {} on its way down and {} on its way up",
        spaced(&delay.down.to_string()),
        spaced(&delay.up.to_string())
    );
}

fn announce(bind: IpAddr, port: u16, scenario: &Scenario, doors: &[Door], hub: &Hub) {
    let host = if bind.is_ipv6() {
        format!("[{bind}]:{port}")
    } else {
        format!("{bind}:{port}")
    };
    anstream::eprintln!(
        "serving {} on http://{host} (Ctrl-C ends it)",
        scenario.name
    );
    for door in doors {
        anstream::eprintln!("  {:<20} http://{host}{}", door.descriptor.label, door.path);
    }
    let now_us = clock::epoch_us() + clock::now_ns() / clock::US;
    for text in app::examples(scenario, EXAMPLE, now_us) {
        let url = format!("http://{host}{PUBLISH}?client={EXAMPLE}");
        anstream::eprintln!(
            "publish: curl -H 'Content-Type: application/json' '{url}' -d '{text}'"
        );
    }
    if let Some(topic) = hub.charter().topics().next() {
        if hub.has_snapshots() {
            anstream::eprintln!("snapshot: curl 'http://{host}{SNAPSHOT}?topics={topic}'");
        }
        anstream::eprintln!("one topic: curl -N 'http://{host}/events?topics={topic}'");
    }
    if let (App::Auction, Some(due_ns)) = (scenario.app, hub.due_ns()) {
        anstream::eprintln!(
            "bidding ends {} s after the start, a little later if somebody bids at the end; then every bid is refused as \
             \"closed\". --duration 1h makes it later, and a restart opens the lots again",
            due_ns / clock::S
        );
    }
    anstream::eprintln!("try: curl -N http://{host}/events");
}
