//! What every client half is given: a way to dial, a recorder, and the moments to start and stop.

use super::counted::Counted;
use super::following::Following;
use super::heads::Heads;
use super::line::Line;
use super::person::Person;
use crate::clock::{self, Alarm};
use crate::feed::payload_seq;
use crate::measure::recorder::Recorder;
use crate::net::{Buffers, Dialer};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// First and longest pause before a lost connection is dialled again.
const FIRST_BACKOFF_NS: u64 = 250 * clock::MS;
const LONGEST_BACKOFF_NS: u64 = 5 * clock::S;

/// How the harness sets a client up.
pub struct ClientSetup {
    /// Its number, from 0.
    pub number: u32,
    pub dialer: Dialer,
    pub recorder: Recorder,
    pub buffers: Buffers,
    /// When it connects.
    pub start_ns: u64,
    /// The phase of its questions, if it asks on a timer.
    pub phase_ns: u64,
    /// It stays at least this long, and until it has seen everything.
    pub until_ns: u64,
    /// Seeds the jitter of its back-off.
    pub seed: u64,
    /// Its part in an application, if there is more to do than to read the whole feed.
    pub part: Part,
}

/// What a client does beside reading the whole feed.
#[derive(Default)]
pub struct Part {
    /// Told when nothing more will be published; `None` if that is known from the beginning.
    pub ending: Option<Arc<Notify>>,
    /// The topics that it follows; `None` for the whole feed.
    pub following: Option<Following>,
    /// Who sits before it, if the application has people.
    pub person: Option<Person>,
}

/// One client of a run.
pub struct Client {
    setup: ClientSetup,
    dice: ChaCha8Rng,
    /// Connections lost in a row.
    losses: u32,
    /// Exactly how long it waits before it returns; otherwise it backs off.
    pause_ns: Option<u64>,
    /// When it looks up from reading; one for all readings, since each of them puts it off.
    alarm: Mutex<Alarm>,
}

/// The connection is gone, or nothing came over it for too long.
#[derive(Debug)]
pub struct Lost;

impl Client {
    pub fn new(setup: ClientSetup) -> Self {
        let mut dice = ChaCha8Rng::seed_from_u64(setup.seed);
        dice.set_stream(u64::from(setup.number));
        Self {
            setup,
            dice,
            losses: 0,
            pause_ns: None,
            alarm: Mutex::default(),
        }
    }

    /// From now on it waits exactly this long before it dials a lost connection again.
    pub fn pause_for(&mut self, pause_ns: u64) {
        self.pause_ns = Some(pause_ns);
    }

    /// When this client connects.
    pub fn start_ns(&self) -> u64 {
        self.setup.start_ns
    }

    /// The phase of its questions, if it asks on a timer.
    pub fn phase_ns(&self) -> u64 {
        self.setup.phase_ns
    }

    /// Buffer sizes of its connections.
    pub fn buffers(&self) -> Buffers {
        self.setup.buffers
    }

    /// The newest event it has, all older ones included.
    pub fn cursor(&self) -> u64 {
        self.setup.recorder.cursor(self.setup.number)
    }

    /// What it adds to a question, beside where it was: the topics that it follows, and who it is.
    pub fn wishes(&self) -> String {
        let mut wishes = String::new();
        if let Some(following) = &self.setup.part.following {
            wishes += &format!("&topics={}", following.names().join(","));
        }
        if let Some(person) = &self.setup.part.person {
            wishes += &format!("&client={}", person.name());
        }
        wishes
    }

    /// The same, and where it was, as the first message over a WebSocket.
    pub fn hello(&self) -> String {
        let mut hello = match self.needs_snapshot() {
            true => String::from("{\"join\":true"),
            false => format!("{{\"since\":{}", self.cursor()),
        };
        if let Some(following) = &self.setup.part.following {
            hello += &format!(",\"topics\":[\"{}\"]", following.names().join("\",\""));
        }
        if let Some(person) = &self.setup.part.person {
            hello += &format!(",\"client\":\"{}\"", person.name());
        }
        hello + "}"
    }

    /// Waits until it wants other topics.
    pub async fn restless(&self) {
        match &self.setup.part.following {
            Some(following) => following.wait().await,
            None => std::future::pending().await,
        }
    }

    /// Wants other topics if it is time, from its cursor on. Returns whether it does.
    pub fn turn(&mut self) -> bool {
        let turned = self.choose();
        if turned {
            self.follows(self.cursor());
        }
        turned
    }

    /// The same, and it counts only once the server has said from which event on.
    pub fn choose(&mut self) -> bool {
        self.setup
            .part
            .following
            .as_mut()
            .is_some_and(Following::turn)
    }

    /// The topics that it has chosen count from the event after `since` on.
    pub fn follows(&self, since: u64) {
        if let Some(following) = &self.setup.part.following {
            let topics = following.topics();
            self.setup
                .recorder
                .follows(self.setup.number, &topics, since, clock::now_ns());
        }
    }

    /// The names of the topics that it has chosen.
    pub fn topics(&self) -> Vec<&str> {
        let following = self.setup.part.following.as_ref();
        following.map_or_else(Vec::new, Following::names)
    }

    /// Who sits before it.
    pub fn person(&self) -> Option<&Person> {
        self.setup.part.person.as_ref()
    }

    /// Whether it needs a snapshot before it reads on.
    pub fn needs_snapshot(&self) -> bool {
        let person = self.setup.part.person.as_ref();
        person.is_some_and(Person::needs_snapshot)
    }

    /// A snapshot came, as text. Returns whether it was one.
    pub fn load(&mut self, text: &[u8]) -> bool {
        self.losses = 0;
        let person = self.setup.part.person.as_ref();
        person.is_some_and(|person| person.load(text))
    }

    /// The server says that it has forgotten what comes next.
    pub fn forgotten(&self) {
        if let Some(person) = &self.setup.part.person {
            person.forgotten();
        }
    }

    /// What it opens connections with.
    pub fn line(&self) -> Line {
        Line {
            number: self.setup.number,
            dialer: self.setup.dialer.clone(),
            recorder: self.setup.recorder.clone(),
            buffers: self.setup.buffers,
        }
    }

    /// Opens a connection.
    pub async fn dial(&self) -> Result<Counted, Lost> {
        self.line().dial().await
    }

    /// Notes that an HTTP request goes out.
    pub fn requested(&self) {
        self.setup.recorder.requested();
    }

    /// Notes an answer with nothing new.
    pub fn empty_answer(&self) {
        self.setup.recorder.empty_answer();
    }

    /// Shows an event's text. Returns whether it was new.
    pub fn saw(&mut self, payload: &[u8]) -> bool {
        self.losses = 0;
        let seq = payload_seq(payload);
        let recorder = &self.setup.recorder;
        let new = recorder.saw(self.setup.number, seq, payload, clock::now_ns());
        if let Some(person) = self.setup.part.person.as_ref().filter(|_| new) {
            person.see(payload);
        }
        new
    }

    /// Whether the run is over for this client: its time is up and it has seen everything.
    pub fn over(&self) -> bool {
        clock::now_ns() >= self.setup.until_ns && self.setup.recorder.complete(self.setup.number)
    }

    /// Waits for an answer that should come at once, at most `patience_ns`.
    pub async fn expect<T>(
        &self,
        patience_ns: u64,
        what: impl Future<Output = Result<T, Lost>>,
    ) -> Result<T, Lost> {
        tokio::select! {
            biased;
            outcome = what => outcome,
            () = clock::sleep(patience_ns) => Err(Lost),
        }
    }

    /// Waits for something to read, but not past the end of the run nor longer than `patience_ns`
    /// (0 = for ever). `None` means the client's time is up and it has everything.
    pub async fn read<T>(
        &self,
        patience_ns: u64,
        what: impl Future<Output = T>,
    ) -> Result<Option<T>, Lost> {
        let mut what = std::pin::pin!(what);
        let until_ns = self.setup.until_ns;
        let patience_ns = if patience_ns == 0 {
            u64::MAX / 2
        } else {
            patience_ns
        };
        let give_up_ns = clock::now_ns().saturating_add(patience_ns);
        loop {
            // Listen before looking, so that the end is not missed in between.
            let mut ending =
                std::pin::pin!(self.setup.part.ending.as_deref().map(Notify::notified));
            if let Some(ending) = ending.as_mut().as_pin_mut() {
                ending.enable();
            }
            if self.over() {
                return Ok(None);
            }
            let ended = clock::now_ns() >= until_ns;
            let wake_ns = if ended {
                give_up_ns
            } else {
                give_up_ns.min(until_ns)
            };
            tokio::select! {
                biased;
                value = &mut what => return Ok(Some(value)),
                () = told(ending.as_mut()) => {}
                () = self.look_up(wake_ns) => {
                    if clock::now_ns() >= give_up_ns {
                        return Err(Lost);
                    }
                }
            }
        }
    }

    /// Waits until `wake_ns`.
    async fn look_up(&self, wake_ns: u64) {
        poll_fn(|context| {
            let alarm = self.alarm.lock();
            let mut alarm = alarm.unwrap_or_else(PoisonError::into_inner);
            alarm.poll_until(wake_ns, context)
        })
        .await;
    }

    /// Pauses after a loss: doubled each time up to a cap, and jittered so that clients that lost
    /// their connection together do not come back together. Exactly what it was told, if it was.
    pub async fn back_off(&mut self) {
        if let Some(pause_ns) = self.pause_ns {
            return clock::sleep(pause_ns).await;
        }
        let doubled = FIRST_BACKOFF_NS << self.losses.min(10);
        self.losses += 1;
        let span_ns = doubled.min(LONGEST_BACKOFF_NS);
        clock::sleep(span_ns / 2 + self.dice.next_u64() % (span_ns / 2)).await;
    }
}

/// Waits until it is told, if it ever is.
async fn told(ending: Pin<&mut Option<Notified<'_>>>) {
    match ending.as_pin_mut() {
        Some(ending) => ending.await,
        None => std::future::pending().await,
    }
}

/// What the transports share for building requests; kept here so that each lesson only holds what
/// is its own.
pub type SharedHeads = Arc<Heads>;
