//! What every client saw and when, checked against what the scenario's generator or the application made.
//!
//! The recorder is told the instant of each delivery; it never asks a clock. It keeps a few numbers
//! per client and per event and one histogram per kind of message, whatever the number of deliveries.

mod book;
mod client;
mod expectation;
mod log;
mod seen;
#[cfg(test)]
mod tests;
mod upward;

pub use book::{Book, ClassBook, Spread};
pub use client::ClientBook;
pub use expectation::{Class, Expectation, Expected};
pub use upward::{UpwardBook, Verdict};

pub(super) use book::{percentiles, quantiles, recorded};

use client::Reader;
use log::Log;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Records one run of one transport; cheap to clone.
#[derive(Debug, Clone)]
pub struct Recorder(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    expectation: Expectation,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    log: Log,
    /// Whether more events will come.
    open: bool,
    book: Book,
}

impl Recorder {
    pub fn new(expectation: Expectation) -> Self {
        let state = State {
            log: Log::new(&expectation),
            open: expectation.open,
            book: Book::new(&expectation),
        };
        Self(Arc::new(Shared {
            expectation,
            state: Mutex::new(state),
        }))
    }

    /// What is expected; events that came to be during the run are not in it.
    pub fn expectation(&self) -> &Expectation {
        &self.0.expectation
    }

    /// One more event is expected; its number. To be called before anybody can see it.
    pub fn expect(&self, event: Expected) -> u64 {
        let mut state = self.lock();
        let (open, class) = (state.open, usize::from(event.class));
        let seq = state.log.push(event);
        let book = &mut state.book;
        book.events.grow();
        if !book.cut {
            book.expected = seq;
        }
        if !open {
            book.wrong(|| format!("event {seq} was published when nothing more was expected"));
        }
        if class >= book.classes.len() {
            book.wrong(|| format!("event {seq} is of an unknown kind"));
        }
        seq
    }

    /// Something went wrong that is not for the counts to show.
    pub fn problem(&self, what: String) {
        self.lock().book.wrong(|| what);
    }

    /// Nothing more will be expected.
    pub fn no_more(&self) {
        self.lock().open = false;
    }

    /// The client's cursor: what it has.
    pub fn cursor(&self, client: u32) -> u64 {
        self.lock().book.clients[client as usize].cursor
    }

    /// Whether nothing more will come and the client has everything that it follows.
    pub fn complete(&self, client: u32) -> bool {
        let mut state = self.lock();
        let open = state.open && !state.book.cut;
        !open && self.has_all(&mut state, client)
    }

    fn has_all(&self, state: &mut State, client: u32) -> bool {
        let reader = Reader {
            log: &state.log,
            client,
            echo: self.0.expectation.echo,
        };
        let last = state.book.expected;
        let own = &mut state.book.clients[client as usize];
        own.lacks(last, reader).is_none()
    }

    /// The run ends early: only the first `published` events are expected, at most those expected so far, and the
    /// measured window ends now.
    pub fn cut(&self, published: u64, now_ns: u64) {
        let mut state = self.lock();
        let book = &mut state.book;
        book.expected = book.expected.min(published);
        book.to_ns = book.to_ns.min(now_ns);
        book.cut = true;
    }

    /// Whether the run was cut, every client has seen what was published until then, and no answer is due.
    pub fn cut_and_complete(&self) -> bool {
        let mut state = self.lock();
        state.book.cut
            && !state.book.upward.waiting()
            && (0..self.0.expectation.clients).all(|client| self.has_all(&mut state, client))
    }

    /// A client begins to connect. One that comes late is current once it has all that there was at this instant.
    pub fn dialled(&self, client: u32, now_ns: u64) {
        let expectation = &self.0.expectation;
        let mut state = self.lock();
        state.book.connections += 1;
        let events = state.log.len();
        let own = &mut state.book.clients[client as usize];
        if own.dialled_ns.is_none() && client >= expectation.clients - expectation.late {
            own.behind = Some(events);
        }
        own.dialled_ns.get_or_insert(now_ns);
        own.open += 1;
        own.most_open = own.most_open.max(own.open);
    }

    /// A connection could not be opened. That is no problem of its own: the client tries again.
    pub fn unopened(&self, why: &impl std::fmt::Display) {
        let book = &mut self.lock().book;
        book.unopened += 1;
        book.first_unopened.get_or_insert_with(|| why.to_string());
    }

    /// A connection of a client is no more, or never came to be.
    pub fn hung_up(&self, client: u32) {
        let mut state = self.lock();
        let own = &mut state.book.clients[client as usize];
        own.open = own.open.saturating_sub(1);
    }

    /// When a client that came late had caught up.
    pub fn current_ns(&self, client: u32) -> Option<u64> {
        self.lock().book.clients[client as usize].current_ns
    }

    /// A client has come on: perhaps one that came late has caught up.
    fn came_on(&self, state: &mut State, client: u32, now_ns: u64) {
        let own = &mut state.book.clients[client as usize];
        let Some(behind) = own.behind else { return };
        let reader = Reader {
            log: &state.log,
            client,
            echo: self.0.expectation.echo,
        };
        if own.lacks(behind, reader).is_none() {
            own.behind = None;
            own.current_ns = Some(now_ns);
        }
    }

    /// A client sends an HTTP request (an upgrade and a stream opening count too).
    pub fn requested(&self) {
        self.lock().book.requests += 1;
    }

    /// An answer brought nothing new.
    pub fn empty_answer(&self) {
        self.lock().book.empty_answers += 1;
    }

    /// A client found out that it has missed something.
    pub fn gap_detected(&self, client: u32) {
        let mut state = self.lock();
        state.book.gaps_detected += 1;
        state.book.clients[client as usize].gap = true;
    }

    /// A snapshot or a replay made a client whole again.
    pub fn gap_repaired(&self, _client: u32) {
        self.lock().book.gaps_repaired += 1;
    }

    /// What two keep of a topic was compared at the end; `what` says who and where if it differs.
    pub fn state_compared(&self, same: bool, what: impl FnOnce() -> String) {
        let words = (!same).then(what);
        let mut state = self.lock();
        state.book.states_compared += 1;
        if let Some(words) = words {
            state.book.states_different += 1;
            state.book.wrong(|| words);
        }
    }

    /// What was recorded; clients that did not see everything are named as a problem, and so are messages without
    /// their verdict.
    pub fn close(&self) -> Book {
        let expectation = &self.0.expectation;
        let state = self.lock();
        let (log, mut book) = (&state.log, state.book.clone());
        let total = book.expected;
        let window = expectation.from_ns..book.to_ns;
        let mut own_events: BTreeMap<u32, Vec<(u32, u64)>> = BTreeMap::new();
        for (seq, event) in log.iter().take_while(|&(seq, _)| seq <= total) {
            if let Some(class) = book.classes.get_mut(usize::from(event.class)) {
                class.events += u64::from(window.contains(&event.born_ns));
            }
            if let (Some(from), false) = (event.from, expectation.echo) {
                let own = own_events.entry(from).or_default();
                own.push((log.stream(event), seq));
            }
        }
        let mut faults = Vec::new();
        for (client, own) in (0..).zip(&mut book.clients) {
            let reader = Reader {
                log,
                client,
                echo: expectation.echo,
            };
            for track in &mut own.tracks {
                track.learn(reader);
                track.screen.close(&window);
            }
            let mine = own_events.get(&client).map_or(&[][..], Vec::as_slice);
            own.expected = own.count_expected(total, mine, log);
            let got = own.delivered + own.superseded + own.in_snapshots;
            if let Some((stream, seq)) = own.lacks(total, reader) {
                faults.push(match expectation.by_topic {
                    false => format!(
                        "client {client} got as far as event {} of {total}",
                        own.cursor
                    ),
                    true => format!(
                        "client {client} never saw event {seq} of topic {}",
                        stream + 1
                    ),
                });
            } else if got != own.expected {
                let expected = own.expected;
                faults.push(format!(
                    "client {client} got {got} events of the {expected} that it should"
                ));
            } else if own.spans.is_empty() && !book.cut {
                faults.push(format!("client {client} never followed a topic"));
            }
        }
        let until_ns = if book.cut { book.to_ns } else { u64::MAX };
        faults.extend(book.upward.fault(log.len(), until_ns));
        for fault in faults {
            book.wrong(|| fault);
        }
        book
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
