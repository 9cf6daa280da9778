//! One run: joins scenario, network and transport, and verifies delivery.
//!
//! Each transport gets a world of its own with the same seed: same event instants, same payloads,
//! same start phases. What every client must see comes from the scenario's generator, not from what
//! the server sent.

mod beginning;
mod capture;
mod compare;
mod error;
mod gauge;
mod idle;
mod interrupt;
mod joining;
mod lies;
mod limits;
mod live;
mod loopback;
mod outcome;
pub mod process;
mod rejudge;
mod script;
mod serving;
mod simulated;
mod stage;

pub use capture::Capture;
pub use compare::machine;
pub use error::RunError;
pub use interrupt::Interrupt;
pub use live::Live;
pub use outcome::Outcome;
pub use simulated::sim_config;

use crate::app::{Rules, Trace};
use crate::clock::{self, Origin, S};
use crate::feed::{self, Event, Feed};
use crate::hub::{Charter, Hub};
use crate::measure::Lie;
use crate::measure::recorder::{Expectation, Expected, Recorder};
use crate::net::sim::Middlebox;
use crate::net::{Buffers, Dialer, Network};
use crate::scenario::{App, Delivery, GRACE, Scenario, Span};
use crate::theory::Law;
use crate::transport::server::{Door, Server};
use crate::transport::{Client, ClientSetup, Entry, Part};
use beginning::Beginning;
use script::{Announcement, Script};
use stage::Stage;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Changes what a hub knows and by which rules it judges; the verification goes by the scenario's own.
pub type Tamper = fn(&mut Charter, Box<dyn Rules>) -> Box<dyn Rules>;

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
    /// The program that is the server's process in a run of the ticker over kernel sockets: this lab's own, which makes
    /// its events of the scenario anew. Without one the server is a thread.
    pub server_program: Option<PathBuf>,
    /// Asked for an early end, a run stops with what it has.
    pub interrupt: Interrupt,
    /// Classic lies that the figures shall tell.
    pub lies: Vec<Lie>,
    /// What ends connections on the way, in a simulated run.
    pub middlebox: Middlebox,
    /// How long exactly clients wait before they dial a lost connection again; without it they back off.
    pub pause_ns: Option<u64>,
    /// What is done to an application's server before a run, to show that it would be noticed.
    pub tamper: Option<Tamper>,
    /// Of an application: who acts when, by client, and what the server publishes of its own.
    scripts: Vec<Arc<Script>>,
    announcements: Arc<[Announcement]>,
    /// The recorded typing that a document is written from.
    trace: Option<Arc<Trace>>,
    /// What a reader must know about how the scenario was made ready.
    notes: Vec<String>,
}

impl Prepared {
    /// Generates the scenario's events. A replay that ends early shortens the measured window to
    /// its own end.
    pub fn new(mut scenario: Scenario) -> Result<Self, RunError> {
        if scenario.app != App::Ticker {
            return Self::app(scenario);
        }
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
            events,
            notes,
            ..Self::silent(scenario)
        })
    }

    /// A scenario in which nothing happens.
    fn silent(scenario: Scenario) -> Self {
        Self {
            scenario: Arc::new(scenario),
            events: Vec::new(),
            buffer_factor: 1,
            delay_line: false,
            capture: None,
            server_program: None,
            interrupt: Interrupt::default(),
            lies: Vec::new(),
            middlebox: Middlebox::default(),
            pause_ns: None,
            tamper: None,
            scripts: Vec::new(),
            announcements: Arc::new([]),
            trace: None,
            notes: Vec::new(),
        }
    }

    /// Makes an application ready: its scripts exist, and its events will come of them.
    fn app(scenario: Scenario) -> Result<Self, RunError> {
        let end_ns = scenario.warm_up.as_nanos() + scenario.duration.as_nanos();
        let mut scripts = script::scripts(&scenario, end_ns);
        let mut notes = Vec::new();
        let trace = script::trace(&scenario)?;
        if let Some(trace) = &trace {
            let left = script::typed(&mut scripts, &scenario, trace, end_ns);
            if left > 0 {
                notes.push(format!(
                    "the run ends before the recorded typing: {left} of its {} transactions are left out",
                    trace.txns.len()
                ));
            }
        }
        Ok(Self {
            announcements: script::announcements(&scenario, end_ns).into(),
            scripts,
            trace: trace.map(Arc::new),
            notes,
            ..Self::silent(scenario)
        })
    }

    /// Runs one transport on one network.
    pub fn run(&self, entry: &Entry, network: Network) -> Result<Outcome, RunError> {
        match network {
            Network::Simulated => simulated::run(self, entry),
            Network::Loopback => loopback::run(self, entry),
        }
    }

    /// The program to start for the server, where that is possible: an application's hub has to be where its witness
    /// is, and both processes need one clock.
    fn server_program(&self) -> Option<&Path> {
        let one_clock = Origin::ahead(0).monotonic_ns().is_some();
        let program = self.server_program.as_deref();
        program.filter(|_| one_clock && !self.is_app())
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
        if self.is_app() {
            return self.open_expectation(latest);
        }
        let expected = |event: &Arc<Event>| {
            let born_ns = match self.lies(Lie::CoordinatedOmission) {
                false => event.born_ns,
                true => self.scenario.published_ns(event.born_ns),
            };
            Expected::tick(born_ns, event.payload.clone())
        };
        Expectation {
            latest,
            classes: self.classes(),
            ..Expectation::tape(self.events.iter().map(expected), self.scenario.clients)
                .measured(self.scenario.warm_up.as_nanos(), self.end_ns())
        }
    }

    /// The server with only this transport's door.
    fn server(&self, entry: &Entry, hub: Hub) -> Server {
        let door = Door::new(entry.descriptor, (entry.build)(&self.scenario));
        Server {
            doors: [door].into(),
            hub,
            buffers: self.buffers(),
            // Reconnecting clients may briefly hold two, and those who publish have another.
            connections: 4 * self.scenario.clients as usize + 16,
            head_timeout: None,
        }
    }

    fn client(
        &self,
        number: u32,
        at: Beginning,
        dialer: Dialer,
        recorder: Recorder,
        part: Part,
    ) -> Client {
        let mut client = Client::new(ClientSetup {
            number,
            recorder,
            buffers: match dialer {
                Dialer::Simulated { .. } => self.buffers().simulated(&self.scenario),
                Dialer::Tcp { .. } | Dialer::Memory(_) => self.buffers(),
            },
            dialer,
            start_ns: at.start_ns,
            phase_ns: at.phase_ns,
            until_ns: self.end_ns(),
            seed: self.scenario.seed,
            part,
        });
        if let Some(pause_ns) = self.pause_ns {
            client.pause_for(pause_ns);
        }
        client
    }
}

/// Publishes every event at its instant, or at the end of a stall.
async fn publish(scenario: Arc<Scenario>, events: Vec<Arc<Event>>, feed: Feed) {
    for event in events {
        clock::sleep_until(scenario.published_ns(event.born_ns)).await;
        feed.publish(event);
    }
}

/// Publishes what is the server's own in an application, each at its instant or at the end of a stall.
async fn announce(scenario: &Scenario, own: impl Iterator<Item = Announcement>, hub: &Hub) {
    for Announcement { at_ns, draft } in own {
        clock::sleep_until(scenario.published_ns(at_ns)).await;
        hub.announce(draft, at_ns);
    }
}

/// Lets every client follow; returns when all are done, the grace is over or the run is `cut`,
/// leaving no client behind.
async fn follow(
    prepared: &Prepared,
    entry: &Entry,
    recorder: &Recorder,
    stage: Option<&Stage>,
    dialer: impl Fn(u32) -> Dialer,
    cut: impl Future<Output = ()>,
) {
    let transport = (entry.build)(&prepared.scenario);
    let latest = latest(entry, &prepared.scenario);
    let mut clients = tokio::task::JoinSet::new();
    for (number, at) in (0u32..).zip(prepared.beginnings()) {
        let part = stage.map(|stage| stage.part(prepared, recorder, number, &at, latest));
        let part = part.unwrap_or_default();
        let client = prepared.client(number, at, dialer(number), recorder.clone(), part);
        clients.spawn(transport.clone().follow(client));
    }
    let give_up_ns = prepared.end_ns() + GRACE.as_nanos();
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
        Law::LongPoll => scenario.hold_delivery,
    };
    delivery == Delivery::Latest
}
