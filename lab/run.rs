//! One run: joins scenario, network and transport, and verifies delivery.
//!
//! Each transport gets a world of its own with the same seed: same event instants, same payloads,
//! same start phases. What every client must see comes from the scenario's generator, not from what
//! the server sent.

mod capture;
mod idle;
mod interrupt;
mod lies;
mod loopback;
mod outcome;
mod simulated;

pub use capture::Capture;
pub use interrupt::Interrupt;
pub use outcome::Outcome;
pub use simulated::sim_config;

use crate::clock::{self, S};
use crate::feed::{self, Event, Feed, ReplayError, payload_label};
use crate::measure::recorder::{Expectation, Expected, Recorder};
use crate::measure::{Lie, Machine, Results, SCHEMA, VERSION, summary};
use crate::net::sim::Middlebox;
use crate::net::{Buffers, Dialer, Network};
use crate::scenario::{Delivery, Scenario, Span};
use crate::theory::Law;
use crate::transport::server::{Door, Server};
use crate::transport::{self, Client, ClientSetup, Entry};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::fmt;
use std::sync::Arc;

/// How long after the end of the measured window stragglers may take to see everything.
const GRACE_NS: u64 = 60 * S;
/// Streams of the seed, so that one kind of chance does not shift another.
const PHASE_STREAM: u64 = 1 << 40;
/// Over how long clients that do not ask on a timer connect, unless half the warm-up is shorter.
const SPREAD_NS: u64 = S;

/// A scenario made ready to run: its events exist.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub scenario: Arc<Scenario>,
    pub events: Vec<Arc<Event>>,
    /// Every buffer's size is multiplied by this; results must not depend on it.
    pub buffer_factor: usize,
    /// Whether kernel connections are held for the scenario's delay; nothing on the simulated network.
    pub delay_line: bool,
    /// Where every packet of a simulated run is written.
    pub capture: Option<Capture>,
    /// Asked for an early end, a run stops with what it has.
    pub interrupt: Interrupt,
    /// Classic lies that the figures shall tell.
    pub lies: Vec<Lie>,
    /// What ends connections on the way, in a simulated run.
    pub middlebox: Middlebox,
    /// How long exactly clients wait before they dial a lost connection again; without it they back off.
    pub pause_ns: Option<u64>,
    /// What a reader must know about how the scenario was made ready.
    notes: Vec<String>,
}

/// Why a run could not be made. (A run that went wrong is an [`Outcome`] with a problem.)
#[derive(Debug)]
pub enum RunError {
    /// The replay file is no good.
    Replay(ReplayError),
    /// This machine does not let us.
    Environment(String),
    /// A bug of ours.
    Internal(String),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunError::Replay(error) => error.fmt(f),
            RunError::Environment(message) | RunError::Internal(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for RunError {}

impl Prepared {
    /// Generates the scenario's events. A replay that ends early shortens the measured window to
    /// its own end.
    pub fn new(mut scenario: Scenario) -> Result<Self, RunError> {
        let events = feed::generate(&scenario, clock::EPOCH_US).map_err(RunError::Replay)?;
        let mut notes = Vec::new();
        if let (Some(_), Some(last)) = (&scenario.replay, events.last()) {
            let planned_ns = scenario.warm_up.as_nanos() + scenario.duration.as_nanos();
            // A second for the last event to be seen, in whole milliseconds.
            let ended_ns = (last.born_ns + S).next_multiple_of(clock::MS);
            if ended_ns < planned_ns {
                scenario.warm_up = scenario
                    .warm_up
                    .min(Span::from_millis(ended_ns / 4 / clock::MS));
                scenario.duration = Span::from_nanos(ended_ns - scenario.warm_up.as_nanos());
                notes.push(format!(
                    "the replay ends after {}: so does the measured window",
                    scenario.duration
                ));
            }
        }
        let events = events.into_iter().map(Arc::new).collect();
        Ok(Self {
            scenario: Arc::new(scenario),
            events,
            buffer_factor: 1,
            delay_line: false,
            capture: None,
            interrupt: Interrupt::default(),
            lies: Vec::new(),
            middlebox: Middlebox::default(),
            pause_ns: None,
            notes,
        })
    }

    /// Runs one transport on one network.
    pub fn run(&self, entry: &Entry, network: Network) -> Result<Outcome, RunError> {
        match network {
            Network::Simulated => simulated::run(self, entry),
            Network::Loopback => loopback::run(self, entry),
        }
    }

    /// Runs the given transports one after another; calls `done` after each.
    pub fn compare(
        &self,
        entries: &[Entry],
        network: Network,
        command: String,
        mut done: impl FnMut(&Entry),
    ) -> Result<Results, RunError> {
        let mut results = self.results(network, command);
        for entry in entries {
            let mut outcome = self.run(entry, network)?;
            if network == Network::Simulated {
                outcome.result.idle = idle::measure(self, entry)?;
            }
            if !outcome.segments_known {
                results.note("this system does not tell how many TCP segments were sent: the TCP/IP bytes are missing");
            }
            if let Some(at_ns) = outcome.cut_at_ns {
                let label = entry.descriptor.label;
                let seconds = at_ns as f64 / S as f64;
                results.note(&format!("{label} was ended after {seconds:.1} s"));
            }
            results.transports.push(outcome.result);
            done(entry);
            if self.interrupt.asked() {
                results.partial = true;
                break;
            }
        }
        Ok(results)
    }

    /// The results before any transport has run.
    fn results(&self, network: Network, command: String) -> Results {
        let (from_ns, to_ns) = (self.scenario.warm_up.as_nanos(), self.end_ns());
        let machine = || Machine {
            os: std::env::consts::OS.into(),
            arch: std::env::consts::ARCH.into(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
        };
        Results {
            schema: SCHEMA.into(),
            version: VERSION,
            pushlab: env!("CARGO_PKG_VERSION").into(),
            command,
            scenario: (*self.scenario).clone(),
            network: network.name().into(),
            delay_line: self.delay_line && network == Network::Loopback,
            seed: self.scenario.seed,
            partial: false,
            lies: self.lies.clone(),
            notes: self.notes.clone(),
            windows: self.windows(from_ns, to_ns),
            machine: (network == Network::Loopback).then(machine),
            baseline: transport::BASELINE.id.into(),
            transports: Vec::new(),
            feed_labels: summary::feed_labels(&self.expectation(false), payload_label),
        }
    }

    fn buffers(&self) -> Buffers {
        Buffers::for_scenario(&self.scenario).times(self.buffer_factor)
    }

    /// End of the measured window; events are born before it.
    fn end_ns(&self) -> u64 {
        self.scenario.warm_up.as_nanos() + self.scenario.duration.as_nanos()
    }

    fn recorder(&self, latest: bool) -> Recorder {
        Recorder::new(self.expectation(latest))
    }

    fn expectation(&self, latest: bool) -> Expectation {
        let expected = |event: &Arc<Event>| Expected {
            born_ns: match self.lies(Lie::CoordinatedOmission) {
                false => event.born_ns,
                true => self.scenario.published_ns(event.born_ns),
            },
            payload: event.payload.clone(),
        };
        Expectation {
            events: self.events.iter().map(expected).collect(),
            clients: self.scenario.clients,
            latest,
            from_ns: self.scenario.warm_up.as_nanos(),
            to_ns: self.end_ns(),
        }
    }

    /// The server with only this transport's door.
    fn server(&self, entry: &Entry, feed: Feed) -> Server {
        let door = Door::new(entry.descriptor, (entry.build)(&self.scenario));
        Server {
            doors: [door].into(),
            feed,
            buffers: self.buffers(),
            // Reconnecting clients may briefly hold two.
            connections: 2 * self.scenario.clients as usize + 16,
            head_timeout: None,
        }
    }

    /// When each client begins. One draw per client gives both instants, so that a longer poll
    /// interval moves pollers only.
    fn beginnings(&self) -> Vec<Beginning> {
        let mut dice = ChaCha8Rng::seed_from_u64(self.scenario.seed);
        dice.set_stream(PHASE_STREAM);
        let clients = u64::from(self.scenario.clients);
        let every_ns = self.scenario.poll_every.as_nanos();
        (0..clients)
            .map(|client| {
                let draw = dice.next_u64();
                Beginning {
                    start_ns: self.within_warm_up(stratified(client, clients, draw, SPREAD_NS)),
                    phase_ns: stratified(client, clients, draw, every_ns),
                }
            })
            .collect()
    }

    /// Clients that do not ask on a timer connect within the first half of the warm-up, so that no
    /// measured event meets an absent one.
    fn within_warm_up(&self, start_ns: u64) -> u64 {
        match self.scenario.warm_up.as_nanos() / 2 {
            half_ns @ 1..SPREAD_NS => {
                (u128::from(start_ns) * u128::from(half_ns) / u128::from(SPREAD_NS)) as u64
            }
            _ => start_ns,
        }
    }

    fn client(&self, number: u32, at: Beginning, dialer: Dialer, recorder: Recorder) -> Client {
        let mut client = Client::new(ClientSetup {
            number,
            dialer,
            recorder,
            buffers: self.buffers(),
            start_ns: at.start_ns,
            phase_ns: at.phase_ns,
            until_ns: self.end_ns(),
            seed: self.scenario.seed,
        });
        if let Some(pause_ns) = self.pause_ns {
            client.pause_for(pause_ns);
        }
        client
    }
}

/// When a client begins: it connects at `start_ns`, or asks first at `phase_ns` if it asks on a timer.
struct Beginning {
    start_ns: u64,
    phase_ns: u64,
}

/// Client c of N at (c + u) T / N, with T the span and u random: the clients cover the span evenly
/// whatever their number.
fn stratified(client: u64, clients: u64, draw: u64, span_ns: u64) -> u64 {
    let slot_ns = u128::from(client) * u128::from(span_ns) / u128::from(clients);
    slot_ns as u64 + draw % (span_ns / clients).max(1)
}

/// Publishes every event at its instant, or at the end of a stall.
async fn publish(scenario: Arc<Scenario>, events: Vec<Arc<Event>>, feed: Feed) {
    for event in events {
        clock::sleep_until(scenario.published_ns(event.born_ns)).await;
        feed.publish(event);
    }
}

/// Lets every client follow; returns when all are done, the grace is over or the run is `cut`,
/// leaving no client behind.
async fn follow(
    prepared: &Prepared,
    entry: &Entry,
    recorder: &Recorder,
    dialer: impl Fn(u32) -> Dialer,
    cut: impl Future<Output = ()>,
) {
    let transport = (entry.build)(&prepared.scenario);
    let mut clients = tokio::task::JoinSet::new();
    for (number, at) in (0u32..).zip(prepared.beginnings()) {
        let client = prepared.client(number, at, dialer(number), recorder.clone());
        clients.spawn(transport.clone().follow(client));
    }
    let give_up_ns = prepared.end_ns() + GRACE_NS;
    tokio::select! {
        biased;
        () = async { while clients.join_next().await.is_some() {} } => {}
        () = clock::sleep_until(give_up_ns) => {}
        () = cut => {}
    }
    clients.shutdown().await;
}

/// Whether a transport delivers only the newest event in this scenario.
fn latest(entry: &Entry, scenario: &Scenario) -> bool {
    let delivery = match entry.descriptor.law {
        Law::ShortPoll => scenario.poll_delivery,
        Law::Push => scenario.push_delivery,
        Law::LongPoll => Delivery::Every,
    };
    delivery == Delivery::Latest
}
