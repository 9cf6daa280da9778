//! The hub: where what people publish comes in, whatever the transport.
//!
//! ```text
//!  a client's message ──► form (message.rs) ──► whose, and which number (member.rs) ──► the rules ──► feed
//!                            │ bad input           │ too fast, out of order, seen before    │ refused
//!                            ▼                     ▼                                        ▼
//!                          Reply                 Reply                                    Reply
//! ```
//!
//! One lock holds the rules, the members and the right to append: messages are judged one after another, and the
//! events that they cause stand in the feed in that order. A message that comes again because its sender never got
//! the answer is recognised by its number and given the same answer; the rules do not see it twice.

mod charter;
mod member;
mod message;

pub use charter::Charter;
pub use message::{LARGEST_MESSAGE, MOST_TOPICS, Problem, Reply};

use crate::app::{Draft, Refusal, Rules};
use crate::feed::{Event, Feed, Interest, Reader};
use member::{Members, Standing};
use message::Envelope;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// What happens at the hub, for somebody who checks it.
pub trait Witness: Send + Sync {
    /// The instant for which a client planned its message, if the witness knows better than the message says.
    fn planned_ns(&self, client: &str, n: u64) -> Option<u64>;
    /// A message that the rules will judge now; the deeds of a run, done again in order, make the same events.
    fn deed(&self, deed: Deed);
    /// An event has its number, and nobody has seen it yet.
    fn appended(&self, event: &Event, draft: &Draft);
    /// The rules' word on a message: the number of the last event that came of it (0 for none), or why not.
    fn judged(&self, client: &str, n: u64, now_ns: u64, verdict: Result<u64, &Refusal>);
    /// A message came again and was not judged again.
    fn repeated(&self, client: &str, n: u64);
}

/// Something that may make the rules speak.
#[derive(Debug, Clone)]
pub enum Deed {
    /// A client published this.
    Message {
        from: Arc<str>,
        text: bytes::Bytes,
        now_ns: u64,
    },
    /// The server published something of its own.
    Announcement(Draft),
    /// It was time.
    Tick { now_ns: u64 },
}

/// The hub of a server; cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Shared>);

struct Shared {
    feed: Feed,
    charter: Charter,
    /// `None` where nobody publishes.
    desk: Option<Mutex<Desk>>,
    witness: Option<Arc<dyn Witness>>,
    /// The rules may have something to do at another time than before.
    rescheduled: Notify,
    /// Nothing new is taken any more.
    closed: AtomicBool,
}

struct Desk {
    rules: Box<dyn Rules>,
    members: Members,
}

impl Hub {
    /// A hub at which nobody publishes: all that the feed gets comes from elsewhere.
    pub fn of(feed: Feed) -> Self {
        Self::reading(feed, Charter::default())
    }

    /// The same, and only these topics exist.
    pub fn reading(feed: Feed, charter: Charter) -> Self {
        Self(Arc::new(Shared {
            feed,
            charter,
            desk: None,
            witness: None,
            rescheduled: Notify::new(),
            closed: AtomicBool::new(false),
        }))
    }

    /// A hub with these rules.
    pub fn new(
        feed: Feed,
        charter: Charter,
        rules: Box<dyn Rules>,
        witness: Option<Arc<dyn Witness>>,
    ) -> Self {
        let members = Members::new(charter.per_second);
        Self(Arc::new(Shared {
            feed,
            charter,
            desk: Some(Mutex::new(Desk { rules, members })),
            witness,
            rescheduled: Notify::new(),
            closed: AtomicBool::new(false),
        }))
    }

    pub fn feed(&self) -> &Feed {
        &self.0.feed
    }

    pub fn charter(&self) -> &Charter {
        &self.0.charter
    }

    /// Whether clients may publish here.
    pub fn takes_messages(&self) -> bool {
        self.0.desk.is_some() && self.0.charter.takes_messages()
    }

    /// The feed as a client wants it: these topics (all if `None`), and, where nobody hears himself, not its own.
    pub fn reader(
        &self,
        topics: Option<Vec<String>>,
        client: Option<&str>,
    ) -> Result<Reader, Problem> {
        if let Some(client) = client.filter(|_| self.takes_messages()) {
            message::check_name(client)?;
        }
        if let Some(topics) = &topics {
            self.know(topics)?;
        }
        let not_from = client.filter(|_| !self.0.charter.echo).map(Arc::from);
        Ok(self.0.feed.reader(Interest { topics, not_from }))
    }

    /// Refuses topics that do not exist, and too many of them.
    fn know(&self, topics: &[String]) -> Result<(), Problem> {
        if topics.len() > MOST_TOPICS {
            return Err(Problem::Topics);
        }
        topics
            .iter()
            .try_for_each(|topic| self.0.charter.knows(topic))
    }

    /// A client's message. `text` is what came, whole; `now_ns` when.
    pub fn receive(&self, client: &str, text: &[u8], now_ns: u64) -> Reply {
        let desk = self.0.desk.as_ref().filter(|_| self.takes_messages());
        let Some(desk) = desk else {
            return Reply::Bad {
                n: None,
                problem: Problem::Nobody,
            };
        };
        let envelope = match Envelope::read(text, client, &self.0.charter) {
            Ok(envelope) => envelope,
            Err((n, problem)) => return Reply::Bad { n, problem },
        };
        let mut desk = lock(desk);
        let reply = self.take(&mut desk, client, &envelope, text, now_ns);
        drop(desk);
        self.0.rescheduled.notify_waiters();
        reply
    }

    fn take(
        &self,
        desk: &mut Desk,
        client: &str,
        envelope: &Envelope,
        text: &[u8],
        now_ns: u64,
    ) -> Reply {
        let n = envelope.n;
        match desk.members.standing(client, n, now_ns) {
            // It comes too late for anybody to see it.
            Ok(Standing::New) if self.0.closed.load(Ordering::SeqCst) => return Reply::Silent,
            Ok(Standing::New) => {}
            Ok(Standing::Repeated(reply)) => {
                self.watch(|witness| witness.repeated(client, n));
                return reply.clone();
            }
            Err(problem) => {
                return Reply::Bad {
                    n: Some(n),
                    problem,
                };
            }
        }
        let from: Arc<str> = Arc::from(client);
        self.watch(|witness| {
            witness.deed(Deed::Message {
                from: from.clone(),
                text: bytes::Bytes::copy_from_slice(text),
                now_ns,
            });
        });
        let verdict = desk.rules.receive(&envelope.message(client, now_ns));
        let verdict = verdict.map(|drafts| {
            let born_ns = self
                .0
                .witness
                .as_ref()
                .and_then(|witness| witness.planned_ns(client, n))
                .unwrap_or_else(|| self.0.charter.born_ns(envelope.t_us, now_ns));
            let mut last = 0;
            for draft in &drafts {
                last = self.append(desk, draft, born_ns, Some(from.clone()));
            }
            last
        });
        self.watch(|witness| {
            witness.judged(client, n, now_ns, verdict.as_ref().map(|seq| *seq));
        });
        let reply = match verdict {
            _ if !envelope.acknowledge => Reply::Silent,
            Ok(seq) => Reply::Taken { n, seq },
            Err(refusal) => Reply::Refused {
                n,
                why: refusal.why,
            },
        };
        desk.members.remember(client, n, reply.clone(), now_ns);
        reply
    }

    /// From now on nothing new is taken; whoever asks again what became of his message is still told.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::SeqCst);
    }

    /// Publishes something of the server's own, born at `born_ns`.
    pub fn announce(&self, draft: Draft, born_ns: u64) {
        let Some(desk) = &self.0.desk else { return };
        let mut desk = lock(desk);
        self.watch(|witness| witness.deed(Deed::Announcement(draft.clone())));
        desk.rules.announce(&draft);
        self.append(&mut desk, &draft, born_ns, None);
    }

    /// Does what the rules do by themselves, whenever it is due, for ever.
    pub async fn tick(&self) {
        let Some(desk) = &self.0.desk else {
            return std::future::pending().await;
        };
        loop {
            let mut rescheduled = std::pin::pin!(self.0.rescheduled.notified());
            rescheduled.as_mut().enable();
            let due_ns = lock(desk).rules.due_ns();
            tokio::select! {
                biased;
                () = rescheduled => {}
                () = crate::clock::sleep_until(due_ns.unwrap_or(u64::MAX / 2)) => {
                    let due_ns = due_ns.unwrap_or_default();
                    let mut desk = lock(desk);
                    self.watch(|witness| witness.deed(Deed::Tick { now_ns: due_ns }));
                    for draft in desk.rules.tick(due_ns) {
                        self.append(&mut desk, &draft, due_ns, None);
                    }
                }
            }
        }
    }

    /// When the rules will next do something by themselves, if they will.
    pub fn due_ns(&self) -> Option<u64> {
        lock(self.0.desk.as_ref()?).rules.due_ns()
    }

    /// Whether the rules will do something by themselves.
    pub fn has_plans(&self) -> bool {
        self.due_ns().is_some()
    }

    /// Whether whoever comes is given a snapshot.
    pub fn has_snapshots(&self) -> bool {
        self.0
            .desk
            .as_ref()
            .is_some_and(|desk| lock(desk).rules.has_snapshots())
    }

    /// What somebody who comes now has to know of these topics, as one line of JSON, and the last event that it covers.
    pub fn snapshot(&self, topics: Option<&[String]>) -> Result<(u64, String), Problem> {
        // Each once: a snapshot may be large.
        let topics: BTreeSet<&str> = match topics {
            Some(topics) => {
                self.know(topics)?;
                topics.iter().map(String::as_str).collect()
            }
            None => self.0.charter.topics().collect(),
        };
        let Some(desk) = &self.0.desk else {
            return Err(Problem::NoSnapshot);
        };
        let desk = lock(desk);
        if !desk.rules.has_snapshots() {
            return Err(Problem::NoSnapshot);
        }
        let seq = self.0.feed.head();
        let mut text = format!("{{\"seq\":{seq},\"topics\":{{");
        for (index, topic) in topics.into_iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            let _ = write!(text, "{comma}\"{topic}\":{}", desk.rules.snapshot(topic));
        }
        text.push_str("}}");
        Ok((seq, text))
    }

    /// Appends an event; the desk is locked, so that the order is that of the judgements.
    fn append(&self, desk: &mut Desk, draft: &Draft, born_ns: u64, from: Option<Arc<str>>) -> u64 {
        let event = self.0.feed.append(|seq| {
            let event = Event {
                seq,
                topic: draft.topic.clone(),
                born_ns,
                payload: self.0.charter.payload(seq, born_ns, draft),
                from,
            };
            self.watch(|witness| witness.appended(&event, draft));
            event
        });
        desk.rules.published(event.seq, &event.topic);
        event.seq
    }

    fn watch(&self, see: impl FnOnce(&dyn Witness)) {
        if let Some(witness) = &self.0.witness {
            see(witness.as_ref());
        }
    }
}

fn lock(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    // A rule that panicked has left a state that is at worst odd, and the run fails anyway.
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
