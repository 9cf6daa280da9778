//! Deliberately broken transports: the lab must notice a single fault, give no figures, and say in
//! words which event it was. Each real transport is wrapped so that its server half reads a feed
//! with one fault in it; everything else is as in any other run.

mod exit_code;
mod people;

use crate::support::{prepared, simulated};
use pushlab::clock::{self, S};
use pushlab::feed::{Event, Feed};
use pushlab::hub::Hub;
use pushlab::measure::TransportResult;
use pushlab::run::Prepared;
use pushlab::transport::{self, Answer, Client, Costs, Entry, Events, Task, Transport};
use serde_json::{Value, json};
use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::JoinSet;

/// The event with the fault.
const FAULTY: u64 = 7;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    /// Nothing: shows that the wrapper itself breaks nothing.
    None,
    /// The event is left out.
    Drop,
    /// Everything from the event on is left out.
    Stop,
    /// The event comes twice.
    Double,
    /// The event and the next one change places.
    Swap,
    /// One byte of the event is another one.
    Alter,
    /// A task is left behind.
    Leave,
}

thread_local! {
    /// What `Entry::build`, a plain function, shall build; a simulated run stays on its thread.
    static BUILD: Cell<Option<(Entry, Fault)>> = const { Cell::new(None) };
}

struct Broken {
    inner: Arc<dyn Transport>,
    fault: Fault,
    /// Feeds the faulty feeds; ends with the transport.
    feeders: Mutex<JoinSet<()>>,
}

impl Transport for Broken {
    fn serve(
        self: Arc<Self>,
        request: hyper::Request<hyper::body::Incoming>,
        hub: Hub,
    ) -> Task<Answer> {
        // A client that is past the fault has seen it; from then on it gets the truth.
        let query = request.uri().query().unwrap_or_default();
        let since = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("since="));
        let cursor: u64 = since.and_then(|since| since.parse().ok()).unwrap_or(0);
        if self.fault == Fault::Leave {
            tokio::spawn(clock::sleep(1_000_000 * S));
        }
        let hub = match cursor < FAULTY {
            true => Hub::of(self.faulty(hub.feed().clone())),
            false => hub,
        };
        self.inner.clone().serve(request, hub)
    }

    fn follow(self: Arc<Self>, client: Client) -> Task<()> {
        self.inner.clone().follow(client)
    }

    fn moved_to(&self) -> Option<&str> {
        self.inner.moved_to()
    }

    fn settings(&self) -> String {
        self.inner.settings()
    }

    fn costs(&self, events: &Events) -> Costs {
        self.inner.costs(events)
    }
}

impl Broken {
    /// The feed with the fault, kept up to date.
    fn faulty(&self, feed: Feed) -> Feed {
        let faulty = Feed::new(10_000);
        let mut copier = Copier {
            fault: self.fault,
            to: faulty.clone(),
            position: 0,
            held: None,
        };
        let mut cursor = 0;
        let mut copy = move |batch: Vec<Arc<Event>>| {
            for event in &batch {
                copier.copy(event);
            }
            cursor += batch.len() as u64;
            cursor
        };
        let mut cursor = copy(feed.since(0).expect("the log keeps everything"));
        let mut feeders = self.feeders.lock().unwrap_or_else(PoisonError::into_inner);
        feeders.spawn(async move {
            while let Ok(batch) = feed.after(cursor).await {
                cursor = copy(batch);
            }
        });
        faulty
    }
}

struct Copier {
    fault: Fault,
    to: Feed,
    position: u64,
    /// The event that waits to change places with the next.
    held: Option<Arc<Event>>,
}

impl Copier {
    fn copy(&mut self, event: &Arc<Event>) {
        match self.fault {
            Fault::Drop if event.seq == FAULTY => {}
            Fault::Stop if event.seq >= FAULTY => {}
            Fault::Double if event.seq == FAULTY => {
                self.publish(event);
                self.publish(event);
            }
            Fault::Swap if event.seq == FAULTY => self.held = Some(event.clone()),
            Fault::Alter if event.seq == FAULTY => {
                let mut text = event.payload.to_vec();
                // A digit of the price.
                text[54] ^= 1;
                self.publish(&Event {
                    payload: text.into(),
                    ..(**event).clone()
                });
            }
            _ => {
                self.publish(event);
                if let Some(held) = self.held.take() {
                    self.publish(&held);
                }
            }
        }
    }

    /// Places in a feed have no gaps, whatever is published there.
    fn publish(&mut self, event: &Event) {
        self.position += 1;
        self.to.publish(Arc::new(Event {
            seq: self.position,
            ..event.clone()
        }));
    }
}

/// One run of one transport with a fault.
fn run(prepared: &Prepared, entry: &Entry, fault: Fault) -> TransportResult {
    BUILD.set(Some((*entry, fault)));
    let broken = Entry {
        descriptor: entry.descriptor,
        build: |scenario| {
            let (entry, fault) = BUILD.get().expect("set before the run");
            Arc::new(Broken {
                inner: (entry.build)(scenario),
                fault,
                feeders: Mutex::default(),
            })
        },
    };
    simulated(prepared, &broken)
}

/// Twenty events, one every 300 ms.
fn scenario() -> Prepared {
    prepared(json!({
        "clients": 2, "warm_up": "0s", "duration": "6s", "arrivals": "fixed", "rate": "200/min",
    }))
}

/// Runs every transport with the fault: unverified, no figures, and the problem in these words.
fn noticed(fault: Fault, words: &[&str], check: impl Fn(&TransportResult)) {
    let prepared = scenario();
    assert_eq!(prepared.events.len(), 20);
    for entry in transport::ALL {
        let result = run(&prepared, entry, fault);
        let id = &result.id;
        assert!(!result.verified, "{id} with {fault:?}");
        assert_eq!((&result.figures, &result.series), (&None, &None), "{id}");
        let problem = result.problem.clone().unwrap_or_default();
        for word in words {
            assert!(problem.contains(word), "{id}: {problem:?} lacks {word:?}");
        }
        let json = serde_json::to_value(&result).expect("results are JSON");
        assert_eq!(json["verified"], false);
        for figure in ["latency_us", "age_us", "bytes", "requests"] {
            assert_eq!(json[figure], Value::Null, "{id} has {figure}");
        }
        check(&result);
    }
}

#[test]
fn the_wrapper_itself_breaks_nothing() {
    let prepared = scenario();
    for entry in transport::ALL {
        let wrapped = run(&prepared, entry, Fault::None);
        assert_eq!(wrapped, simulated(&prepared, entry));
        assert!(wrapped.verified);
    }
}

#[test]
fn a_dropped_event() {
    noticed(
        Fault::Drop,
        &["saw event 8 right after event 6"],
        |result| {
            assert_eq!(result.delivered, result.expected - 2, "{}", result.id);
            assert_eq!(result.out_of_order, 2, "{}", result.id);
        },
    );
}

#[test]
fn all_events_from_one_on_dropped() {
    noticed(
        Fault::Stop,
        &["client 0 got as far as event 6 of 20"],
        |result| {
            assert_eq!(result.delivered, 2 * 6, "{}", result.id);
        },
    );
}

#[test]
fn a_doubled_event() {
    noticed(Fault::Double, &["saw event 7 after event 7"], |result| {
        assert_eq!(result.delivered, result.expected, "{}", result.id);
        assert_eq!(result.duplicated, 2, "{}", result.id);
    });
}

#[test]
fn two_swapped_events() {
    noticed(
        Fault::Swap,
        &["saw event 8 right after event 6"],
        |result| {
            assert_eq!(result.out_of_order, 2, "{}", result.id);
        },
    );
}

#[test]
fn an_altered_byte() {
    let words = ["saw event 7 altered", "instead of", "\\\"seq\\\":     7"];
    noticed(Fault::Alter, &words, |result| {
        assert_eq!(result.altered, 2, "{}", result.id);
        assert_eq!(result.delivered, result.expected, "{}", result.id);
    });
}

#[test]
fn a_task_left_behind() {
    noticed(
        Fault::Leave,
        &["tasks were still running after the end"],
        |_| {},
    );
}
