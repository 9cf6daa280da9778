//! What every client saw and when, checked against what the scenario's generator made.
//!
//! The recorder is told the instant of each delivery; it never asks a clock. It keeps a few numbers
//! per client and per event and one histogram per run, whatever the number of deliveries.

use super::age::Screen;
use super::events::EventBook;
use hdrhistogram::Histogram;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One event that clients should see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Its instant of birth.
    pub born_ns: u64,
    /// Its text.
    pub payload: bytes::Bytes,
}

/// What a run expects and which part of it counts for latency and age.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// Event `n` of the feed is entry `n - 1`.
    pub events: Arc<[Expected]>,
    /// Number of clients.
    pub clients: u32,
    /// Whether clients want only the newest event; what it replaced counts as superseded.
    pub latest: bool,
    /// Latency counts events born, age counts instants, in `from_ns..to_ns`.
    pub from_ns: u64,
    pub to_ns: u64,
}

impl Expectation {
    /// The client whose screen is kept. The one in the middle, because pollers start one after another: the first
    /// asks right after each whole interval and is luckier than most where events keep time too.
    pub fn watched(&self) -> u32 {
        self.clients / 2
    }
}

/// Records one run of one transport; cheap to clone.
#[derive(Debug, Clone)]
pub struct Recorder(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    expectation: Expectation,
    book: Mutex<Book>,
}

/// Everything recorded so far.
#[derive(Debug, Clone)]
pub struct Book {
    /// Events that every client should see: all, or those published before the run was cut.
    pub expected: u64,
    /// End of the measured window; earlier than planned if the run was cut.
    pub to_ns: u64,
    /// Whether the run was ended early.
    pub cut: bool,
    /// Latency of deliveries of events born in the window, nanoseconds, five significant digits.
    pub latency_ns: Histogram<u32>,
    /// Exact extremes and sum beside the histogram.
    pub latency_min_ns: u64,
    pub latency_max_ns: u64,
    pub latency_sum_ns: u128,
    /// The events of the window, each over all clients.
    pub events: EventBook,
    pub clients: Vec<ClientBook>,
    pub requests: u64,
    pub empty_answers: u64,
    pub connections: u64,
    /// What the screen of [`Expectation::watched`] showed: `(seen, born)` of each newest event.
    pub watched_screen: Vec<(u64, u64)>,
    /// The first thing that went wrong, in words.
    pub problem: Option<String>,
}

/// One client's counts.
#[derive(Debug, Clone, Default)]
pub struct ClientBook {
    /// Newest event it has, all older ones included (or superseded): its cursor.
    pub cursor: u64,
    pub delivered: u64,
    pub superseded: u64,
    pub duplicated: u64,
    pub out_of_order: u64,
    pub altered: u64,
    /// When it first dialled, and its first event.
    pub dialled_ns: Option<u64>,
    pub first_event_ns: Option<u64>,
    pub screen: Screen,
}

/// How many points of the watched screen are kept.
const SCREEN_POINTS: usize = 100_000;

impl Recorder {
    pub fn new(expectation: Expectation) -> Self {
        let book = Book {
            expected: expectation.events.len() as u64,
            to_ns: expectation.to_ns,
            cut: false,
            // Fails only for more than five digits.
            latency_ns: Histogram::new(5).expect("five significant digits are allowed"),
            latency_min_ns: u64::MAX,
            latency_max_ns: 0,
            latency_sum_ns: 0,
            events: EventBook::new(expectation.events.len()),
            clients: vec![ClientBook::default(); expectation.clients as usize],
            requests: 0,
            empty_answers: 0,
            connections: 0,
            watched_screen: Vec::new(),
            problem: None,
        };
        Self(Arc::new(Shared {
            expectation,
            book: Mutex::new(book),
        }))
    }

    /// What is expected.
    pub fn expectation(&self) -> &Expectation {
        &self.0.expectation
    }

    /// The client's cursor: what it has.
    pub fn cursor(&self, client: u32) -> u64 {
        self.lock().clients[client as usize].cursor
    }

    /// Whether the client has seen everything it should.
    pub fn complete(&self, client: u32) -> bool {
        let book = self.lock();
        book.clients[client as usize].cursor >= book.expected
    }

    /// The run ends early: only the first `published` events are expected, and the measured window
    /// ends now.
    pub fn cut(&self, published: u64, now_ns: u64) {
        let mut book = self.lock();
        book.expected = book.expected.min(published);
        book.to_ns = book.to_ns.min(now_ns);
        book.cut = true;
    }

    /// Whether the run was cut and every client has seen what was published until then.
    pub fn cut_and_complete(&self) -> bool {
        let book = self.lock();
        book.cut
            && book
                .clients
                .iter()
                .all(|client| client.cursor >= book.expected)
    }

    /// A client begins to connect.
    pub fn dialled(&self, client: u32, now_ns: u64) {
        let mut book = self.lock();
        book.connections += 1;
        book.clients[client as usize]
            .dialled_ns
            .get_or_insert(now_ns);
    }

    /// A client sends an HTTP request (an upgrade and a stream opening count too).
    pub fn requested(&self) {
        self.lock().requests += 1;
    }

    /// An answer brought nothing new.
    pub fn empty_answer(&self) {
        self.lock().empty_answers += 1;
    }

    /// A client sees an event: checks it and books it. Returns whether it was new to the client.
    pub fn saw(&self, client: u32, seq: Option<u64>, payload: &[u8], now_ns: u64) -> bool {
        let expectation = &self.0.expectation;
        let expected = seq
            .and_then(|seq| seq.checked_sub(1))
            .and_then(|index| expectation.events.get(usize::try_from(index).ok()?));
        let mut book = self.lock();
        let book = &mut *book;
        let own = &mut book.clients[client as usize];
        let (Some(seq), Some(expected)) = (seq, expected) else {
            own.altered += 1;
            book.problem.get_or_insert_with(|| {
                format!(
                    "client {client} saw an event that was never published: {}",
                    shown(payload)
                )
            });
            return false;
        };
        if expected.payload != payload {
            own.altered += 1;
            book.problem.get_or_insert_with(|| {
                format!(
                    "client {client} saw event {seq} altered: {} instead of {}",
                    shown(payload),
                    shown(&expected.payload)
                )
            });
        }
        if seq <= own.cursor {
            if expectation.latest && seq == own.cursor {
                return false; // asked for the newest value and got the one it had
            }
            own.duplicated += 1;
            book.problem.get_or_insert_with(|| {
                format!("client {client} saw event {seq} after event {}", own.cursor)
            });
            return false;
        }
        let skipped = seq - own.cursor - 1;
        if expectation.latest {
            own.superseded += skipped;
        } else if skipped > 0 {
            own.out_of_order += 1;
            book.problem.get_or_insert_with(|| {
                format!(
                    "client {client} saw event {seq} right after event {}",
                    own.cursor
                )
            });
        }
        own.cursor = seq;
        own.delivered += 1;
        own.first_event_ns.get_or_insert(now_ns);
        let next_born_ns = expectation
            .events
            .get(seq as usize)
            .map(|next| next.born_ns);
        let window = expectation.from_ns..book.to_ns;
        own.screen
            .show(now_ns, expected.born_ns, next_born_ns, &window);
        if client == expectation.watched() && book.watched_screen.len() < SCREEN_POINTS {
            book.watched_screen.push((now_ns, expected.born_ns));
        }
        if window.contains(&expected.born_ns) {
            let latency_ns = now_ns.saturating_sub(expected.born_ns);
            // Auto-resizing: fails only beyond u64.
            book.latency_ns
                .record(latency_ns.max(1))
                .expect("the histogram grows as needed");
            book.latency_min_ns = book.latency_min_ns.min(latency_ns);
            book.latency_max_ns = book.latency_max_ns.max(latency_ns);
            book.latency_sum_ns += u128::from(latency_ns);
            book.events.saw(seq as usize - 1, latency_ns);
        }
        true
    }

    /// What was recorded; clients that did not see everything are named as a problem.
    pub fn close(&self) -> Book {
        let mut book = self.lock().clone();
        let total = book.expected;
        let window = self.0.expectation.from_ns..book.to_ns;
        for (number, client) in book.clients.iter_mut().enumerate() {
            client.screen.close(&window);
            if client.cursor < total {
                book.problem.get_or_insert_with(|| {
                    format!(
                        "client {number} got as far as event {} of {total}",
                        client.cursor
                    )
                });
            }
        }
        book
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The beginning of a text, for a message.
fn shown(payload: &[u8]) -> String {
    const SHOWN: usize = 80;
    let text = String::from_utf8_lossy(&payload[..payload.len().min(SHOWN)]);
    format!("{text:?}")
}
