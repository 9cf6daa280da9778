//! A client that stops reading, or reads slowly, costs itself and nobody else: the server keeps a
//! cursor for it, not a queue; other clients see every event at the same nanosecond as without it;
//! and once it reads on it gets everything.

use super::four_doors::{follow, publish, recorder};
use crate::heap::live_bytes;
use crate::raw::{say, with_server};
use crate::support::{events, scenario};
use pushlab::clock::{self, MS, S};
use pushlab::feed::{Event, Feed};
use pushlab::net::Dialer;
use pushlab::net::sim::SimWire;
use pushlab::transport::{self, Entry};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Two hundred events a second, about 9 kB, for twelve seconds.
const EVENTS: u64 = 2_400;
const EVERY_NS: u64 = 5 * MS;
/// The slow reader is slow between these instants.
const SLOW_FROM_NS: u64 = 3 * S;
const SLOW_TO_NS: u64 = 11 * S;
/// What the slow reader may cost the server: full buffers on both sides of one connection, packets
/// on their way, and one piece of text. What it has not read by then is several times that.
const MOST_BYTES: isize = 20 * 1024;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Pace {
    /// Reads what comes.
    Usual,
    /// Takes 20 bytes every 100 ms.
    Slow,
    /// Takes nothing.
    Stopped,
}

/// What one run showed.
#[derive(Debug, PartialEq)]
struct Seen {
    /// Per ordinary client: exact sums of ages, in squared nanoseconds, and of stale time.
    others: Vec<(u128, u64, u64)>,
    /// Sum and extremes of all their latencies, in nanoseconds.
    latency_ns: (u128, u64, u64),
    /// The first ordinary client's screen: `(seen, born)` of each event.
    first_screen: Vec<(u64, u64)>,
}

fn fields() -> Value {
    json!({"clients": transport::ALL.len() + 1, "poll_every": "100ms"})
}

/// A client of each kind follows while a raw one reads at its pace. Returns what the ordinary ones
/// saw, and how much memory the run held at the end of the slow time.
fn run(entry: &Entry, pace: Pace) -> (Seen, isize) {
    let events = events((1..=EVENTS).map(|i| i * EVERY_NS));
    let until_ns = EVENTS * EVERY_NS + S;
    let recorder = recorder(&events, until_ns);
    let feed = Feed::new(events.len());
    let growth = with_server(fields(), feed.clone(), async {
        tokio::spawn(publish(events.clone(), feed));
        let reader = Reader::new(entry, events);
        let reader = tokio::spawn(reader.run(pace));
        let before = live_bytes();
        let growth = tokio::spawn(async move {
            clock::sleep_until(SLOW_TO_NS - MS).await;
            live_bytes() - before
        });
        let dialer = |client| Dialer::Simulated { client: client + 1 };
        follow(&scenario(fields()), &recorder, until_ns, dialer).await;
        reader.await.expect("it gets everything");
        growth.await.expect("a number")
    });
    let book = recorder.close();
    assert_eq!(book.problem, None);
    let seen = Seen {
        others: book.clients.iter().map(|client| client.screens()).collect(),
        latency_ns: (
            book.latency_sum_ns,
            book.latency_min_ns,
            book.latency_max_ns,
        ),
        first_screen: book.watched_screen,
    };
    (seen, growth)
}

/// A client that reads literal bytes at its own pace.
struct Reader {
    path: &'static str,
    events: Vec<Arc<Event>>,
    /// Text not yet understood.
    text: Vec<u8>,
    /// Bytes still to come of a poll's answer.
    body: Option<usize>,
    /// How many events have come.
    seen: usize,
}

impl Reader {
    fn new(entry: &Entry, events: Vec<Arc<Event>>) -> Self {
        Self {
            path: entry.descriptor.path,
            events,
            text: Vec::new(),
            body: None,
            seen: 0,
        }
    }

    async fn run(mut self, pace: Pace) {
        // By then there is more to send than the buffers hold.
        clock::sleep_until(SLOW_FROM_NS - 50 * MS).await;
        let mut wire = say(self.question()).await;
        // The beginning of the answer; a WebSocket client must say hello before it may be slow.
        self.read(&mut wire, 256).await;
        while clock::now_ns() < SLOW_TO_NS {
            match pace {
                Pace::Usual => {
                    tokio::select! {
                        biased;
                        () = self.read(&mut wire, 4_096) => {}
                        () = clock::sleep_until(SLOW_TO_NS) => {}
                    }
                }
                Pace::Slow => {
                    self.read(&mut wire, 20).await;
                    clock::sleep(100 * MS).await;
                }
                Pace::Stopped => clock::sleep_until(SLOW_TO_NS).await,
            }
        }
        while self.seen < self.events.len() {
            self.read(&mut wire, 4_096).await;
        }
    }

    /// The same for every door: those that do not upgrade ignore what asks for it.
    fn question(&self) -> String {
        format!(
            "GET {}?since={:06} HTTP/1.1\r\nHost: lab.example\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            self.path, self.seen
        )
    }

    /// Reads at most `most` bytes and checks the events that they complete.
    async fn read(&mut self, wire: &mut SimWire, most: usize) {
        let mut piece = vec![0; most];
        let read = wire.read(&mut piece).await.expect("an open wire");
        assert!(read > 0, "the server closed the connection");
        self.text.extend_from_slice(&piece[..read]);
        if self.text.starts_with(b"HTTP/1.1 101") && self.text.ends_with(b"\r\n\r\n") {
            // A hello without a mask worth the name: a text frame of 11 bytes, mask 0.
            let hello = b"\x81\x8b\0\0\0\0{\"since\":0}";
            wire.write_all(hello).await.expect("an open wire");
            self.text.clear();
        }
        let mut answered = self.answered();
        while let Some(event) = self.events.get(self.seen)
            && let Some(at) = find(&self.text, b"{\"seq\":")
            && self.text.len() >= at + event.payload.len()
        {
            let end = at + event.payload.len();
            assert_eq!(self.text[at..end], event.payload, "event {}", event.seq);
            self.text.drain(..end);
            self.body = self.body.map(|left| left - end);
            self.seen += 1;
        }
        answered |= self.answered();
        if answered && self.seen < self.events.len() {
            self.text.clear();
            wire.write_all(self.question().as_bytes())
                .await
                .expect("an open wire");
        }
    }

    /// Whether a poll's answer is complete, so that the next question may follow.
    fn answered(&mut self) -> bool {
        if let Some(end) = find(&self.text, b"\r\n\r\n") {
            let head: Vec<u8> = self.text.drain(..end + 4).collect();
            let head = String::from_utf8_lossy(&head);
            let length = head.split("Content-Length: ").nth(1);
            let digits = length.map(|length| length.split("\r\n").next().unwrap_or(length));
            self.body = digits.map(|digits| digits.parse().expect("a number"));
            return head.starts_with("HTTP/1.1 204");
        }
        // What is left of the body is the line end of its last event.
        self.body == Some(1) && self.text == b"\n"
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

#[test]
fn costs_itself_and_nobody_else() {
    for entry in transport::ALL {
        let id = entry.descriptor.id;
        let (usual, usual_growth) = run(entry, Pace::Usual);
        for pace in [Pace::Slow, Pace::Stopped] {
            let (seen, growth) = run(entry, pace);
            assert!(
                seen == usual,
                "{id}: others notice a reader that is {pace:?}"
            );
            let cost = growth - usual_growth;
            assert!(
                cost < MOST_BYTES,
                "{id}: {cost} bytes for a reader that is {pace:?}"
            );
        }
    }
}
