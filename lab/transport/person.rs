//! Who sits before a client: decides what to publish, and keeps what the screen shows.
//!
//! A person acts at planned instants, whether or not the line is free: what it publishes waits in the outbox for the
//! transport to take it. So the time that a message waits for its turn is part of how late it is.

use crate::app::{Participant, Publish, Sight};
use crate::clock;
use crate::measure::recorder::{Recorder, Verdict};
use bytes::Bytes;
use serde::Deserialize;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Most messages that wait to leave; a client with more is broken, or its line is.
const LONGEST_OUTBOX: usize = 10_000;

/// How the harness sets a person up.
pub struct PersonSetup {
    /// The number of its client.
    pub client: u32,
    /// Its name on the wire.
    pub name: String,
    pub participant: Box<dyn Participant>,
    pub recorder: Recorder,
    /// The kinds of message, as the recorder numbers them.
    pub classes: Arc<[String]>,
    /// The start of the run, microseconds since 1970.
    pub epoch_us: u64,
    /// Whether it gets a snapshot when it comes.
    pub needs_snapshot: bool,
}

/// A person; cheap to clone.
#[derive(Clone)]
pub struct Person(Arc<Shared>);

struct Shared {
    client: u32,
    name: String,
    recorder: Recorder,
    classes: Arc<[String]>,
    epoch_us: u64,
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    participant: Box<dyn Participant>,
    /// Waiting to leave, oldest first.
    outbox: VecDeque<Outgoing>,
    /// Left, and to be confirmed.
    unanswered: VecDeque<Outgoing>,
    /// Left over the connection that is open, and nobody will say whether they arrived.
    loose: Vec<u64>,
    last_n: u64,
    /// It will not act any more.
    done: bool,
    needs_snapshot: bool,
    /// It had to be given a snapshot because it missed something.
    repairing: bool,
}

/// A message on its way.
#[derive(Debug, Clone)]
pub struct Outgoing {
    pub n: u64,
    /// What goes over the wire.
    pub text: Bytes,
    /// Whether the server confirms it, and it is sent again until it does.
    pub acknowledge: bool,
    publish: Publish,
    again: bool,
}

/// The server's word on a message, as text.
#[derive(Default, Deserialize)]
struct Answer {
    #[serde(default)]
    ack: Option<u64>,
    #[serde(default)]
    ok: bool,
    #[serde(default)]
    seq: u64,
    #[serde(default)]
    why: String,
    #[serde(default)]
    error: Option<String>,
}

/// A snapshot, as text.
#[derive(Deserialize)]
struct Snapshot<'a> {
    seq: u64,
    #[serde(borrow)]
    topics: std::collections::BTreeMap<String, &'a serde_json::value::RawValue>,
}

impl Person {
    pub fn new(setup: PersonSetup) -> Self {
        Self(Arc::new(Shared {
            client: setup.client,
            name: setup.name,
            recorder: setup.recorder,
            classes: setup.classes,
            epoch_us: setup.epoch_us,
            state: Mutex::new(State {
                participant: setup.participant,
                outbox: VecDeque::new(),
                unanswered: VecDeque::new(),
                loose: Vec::new(),
                last_n: 0,
                done: false,
                needs_snapshot: setup.needs_snapshot,
                repairing: false,
            }),
            changed: Notify::new(),
        }))
    }

    /// Its name on the wire.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// It has come.
    pub fn arrive(&self) {
        let now_ns = clock::now_ns();
        let mut state = self.lock();
        let publishes = state.participant.arrive(now_ns);
        self.put(&mut state, publishes, now_ns);
    }

    /// It is time for a message of this class. Whoever has not seen anything yet does nothing.
    pub fn act(&self, class: &str, planned_ns: u64) {
        let mut state = self.lock();
        if state.needs_snapshot && !state.repairing {
            return;
        }
        let publishes = state.participant.act(class, planned_ns);
        self.put(&mut state, publishes, planned_ns);
    }

    /// Its time is up: it publishes what is left to say and then no more.
    pub fn leave(&self) {
        let now_ns = clock::now_ns();
        let mut state = self.lock();
        let publishes = state.participant.leave(now_ns);
        self.put(&mut state, publishes, now_ns);
        state.done = true;
        drop(state);
        self.0.changed.notify_waiters();
    }

    fn put(&self, state: &mut State, publishes: Vec<Publish>, planned_ns: u64) {
        for publish in publishes {
            state.last_n += 1;
            let n = state.last_n;
            let t_us = self.0.epoch_us + planned_ns / 1_000;
            let Publish {
                topic,
                class,
                fields,
                acknowledge,
            } = &publish;
            let text =
                format!(r#"{{"n":{n},"t":{t_us},"topic":"{topic}","class":"{class}"{fields}}}"#);
            let number = self.0.classes.iter().position(|known| known == class);
            let number = number.unwrap_or_default() as u16;
            self.0
                .recorder
                .published(self.0.client, n, number, planned_ns, *acknowledge);
            state.outbox.push_back(Outgoing {
                n,
                text: text.into(),
                acknowledge: *acknowledge,
                publish,
                again: false,
            });
            if state.outbox.len() > LONGEST_OUTBOX
                && let Some(oldest) = state.outbox.pop_front()
            {
                self.0.recorder.dropped(self.0.client, oldest.n);
            }
        }
        self.0.changed.notify_waiters();
    }

    /// The next message to send; `None` once there will be no more and all have their answers.
    pub async fn next(&self) -> Option<Outgoing> {
        loop {
            let mut changed = std::pin::pin!(self.0.changed.notified());
            changed.as_mut().enable();
            {
                let mut state = self.lock();
                if let Some(message) = state.outbox.pop_front() {
                    if message.again {
                        self.0.recorder.sent_again(self.0.client, message.n);
                    }
                    if message.acknowledge {
                        let mut kept = message.clone();
                        kept.again = true;
                        state.unanswered.push_back(kept);
                    } else {
                        state.loose.push(message.n);
                    }
                    return Some(message);
                }
                if state.done && state.unanswered.is_empty() {
                    return None;
                }
            }
            changed.await;
        }
    }

    /// Waits until it has nothing more to say and all answers are there.
    pub async fn finished(&self) {
        loop {
            let mut changed = std::pin::pin!(self.0.changed.notified());
            changed.as_mut().enable();
            {
                let state = self.lock();
                if state.done && state.outbox.is_empty() && state.unanswered.is_empty() {
                    return;
                }
            }
            changed.await;
        }
    }

    /// Whether the server has everything that is not lost: what needs no confirmation may still be on its way after the
    /// sender has nothing more to do.
    pub fn arrived(&self) -> bool {
        let (recorder, client) = (&self.0.recorder, self.0.client);
        let mut state = self.lock();
        state.loose.retain(|n| !recorder.is_judged(client, *n));
        state.loose.is_empty()
    }

    /// The connection is gone: what was not confirmed has to leave again, before anything else.
    pub fn lost(&self) {
        let mut state = self.lock();
        state.loose.clear();
        while let Some(message) = state.unanswered.pop_back() {
            state.outbox.push_front(message);
        }
        drop(state);
        self.0.changed.notify_waiters();
    }

    /// A request with this message is on its way.
    pub fn requested(&self) {
        self.0.recorder.publish_request();
    }

    /// The server's word on a message, as text.
    pub fn answered(&self, text: &[u8]) {
        let answer: Answer = serde_json::from_slice(text).unwrap_or_default();
        let (n, client) = (answer.ack.unwrap_or_default(), self.0.client);
        if n == 0 || answer.error.is_some() {
            let text = String::from_utf8_lossy(text);
            let problem = format!("client {client} does not understand the answer {text:?}");
            self.0.recorder.problem(problem);
        }
        let mut state = self.lock();
        let place = state.unanswered.iter().position(|message| message.n == n);
        let Some(message) = place.and_then(|place| state.unanswered.remove(place)) else {
            return; // an answer that had been on its way when the connection was lost
        };
        let (told, verdict) = if answer.ok {
            (Ok(answer.seq), Verdict::Accepted { seq: answer.seq })
        } else {
            let why = answer.why.clone();
            // Whether it was stale is the server's to know; the recorder compares the words.
            (
                Err(answer.why.as_str()),
                Verdict::Refused { why, stale: false },
            )
        };
        state.participant.answered(&message.publish, told);
        drop(state);
        self.0
            .recorder
            .answered(client, n, clock::now_ns(), verdict);
        self.0.changed.notify_waiters();
    }

    /// The server took a message for none: a bug of ours.
    pub fn misunderstood(&self, n: u64, status: &str, text: &[u8]) {
        let mut state = self.lock();
        state.unanswered.retain(|message| message.n != n);
        state.loose.retain(|loose| *loose != n);
        drop(state);
        let text = String::from_utf8_lossy(text);
        self.0.recorder.problem(format!(
            "client {} was answered {status} to its message {n}: {}",
            self.0.client,
            text.trim_end()
        ));
        self.0.changed.notify_waiters();
    }

    /// An event came.
    pub fn see(&self, payload: &[u8]) {
        let mut state = self.lock();
        if state.participant.see(payload) == Sight::Gap && !state.needs_snapshot {
            self.missed(&mut state);
        }
    }

    /// The server has forgotten what comes next: the client needs a snapshot, if there are any.
    pub fn forgotten(&self) {
        let mut state = self.lock();
        if !state.needs_snapshot {
            self.missed(&mut state);
        }
    }

    fn missed(&self, state: &mut State) {
        state.needs_snapshot = true;
        state.repairing = true;
        self.0.recorder.gap_detected(self.0.client);
    }

    /// Whether it has to be given a snapshot before it reads on.
    pub fn needs_snapshot(&self) -> bool {
        self.lock().needs_snapshot
    }

    /// A snapshot came, as text. Returns whether it was one.
    pub fn load(&self, text: &[u8]) -> bool {
        let Ok(snapshot) = serde_json::from_slice::<Snapshot<'_>>(text) else {
            return false;
        };
        let mut state = self.lock();
        for (topic, text) in &snapshot.topics {
            let text = text.get().as_bytes();
            state.participant.load(topic, snapshot.seq, text);
        }
        state.needs_snapshot = false;
        let repaired = std::mem::take(&mut state.repairing);
        drop(state);
        let now_ns = clock::now_ns();
        self.0.recorder.joined(self.0.client, snapshot.seq, now_ns);
        if repaired {
            self.0.recorder.gap_repaired(self.0.client);
        }
        true
    }

    /// What its screen shows of a topic.
    pub fn state(&self, topic: &str) -> Option<Bytes> {
        self.lock().participant.state(topic)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
