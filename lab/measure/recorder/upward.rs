//! What clients publish: each message is judged once by the server, and its sender is told that verdict.

use super::Recorder;
use super::book::{Book, Spread};

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Taken; `seq` is the number of the last event that came of it, 0 for none.
    Accepted { seq: u64 },
    /// Not taken. `stale` says that the sender had not seen the latest; only the server knows, it is not on the wire.
    Refused { why: String, stale: bool },
}

impl Verdict {
    /// Whether the sender was told what the server decided.
    fn agrees(&self, told: &Verdict) -> bool {
        match (self, told) {
            (Verdict::Refused { why, .. }, Verdict::Refused { why: told, .. }) => why == told,
            _ => self == told,
        }
    }
}

/// One message of a client.
#[derive(Debug, Clone)]
struct Message {
    born_ns: u64,
    acknowledge: bool,
    judged: Option<Verdict>,
    judged_ns: u64,
    answered: Option<Verdict>,
}

/// All messages of all clients.
#[derive(Debug, Clone)]
pub struct UpwardBook {
    /// By client; message `n` is entry `n - 1`.
    messages: Vec<Vec<Message>>,
    pub published: u64,
    pub to_acknowledge: u64,
    pub acknowledged: u64,
    pub accepted: u64,
    pub refused: u64,
    pub refused_stale: u64,
    pub sent_again: u64,
    pub repeats_ignored: u64,
    pub requests: u64,
    /// Planned -> judged, planned -> answer seen, of messages planned in the measured window: those of people who are
    /// just arriving wait for their connection.
    pub up: Spread,
    pub ack: Spread,
}

impl UpwardBook {
    pub(super) fn new(clients: u32) -> Self {
        Self {
            messages: vec![Vec::new(); clients as usize],
            published: 0,
            to_acknowledge: 0,
            acknowledged: 0,
            accepted: 0,
            refused: 0,
            refused_stale: 0,
            sent_again: 0,
            repeats_ignored: 0,
            requests: 0,
            up: Spread::new(),
            ack: Spread::new(),
        }
    }

    /// Messages that need no confirmation and never came to the server.
    pub fn dropped(&self) -> u64 {
        let messages = self.messages.iter().flatten();
        let dropped = messages.filter(|m| !m.acknowledge && m.judged.is_none());
        dropped.count() as u64
    }

    /// The messages of a client that the server judged: `(planned, judged)`, in the order of their numbers.
    pub fn said_ns(&self, client: u32) -> impl Iterator<Item = (u64, u64)> {
        let messages = self.messages.get(client as usize).into_iter().flatten();
        messages
            .filter(|message| message.judged.is_some())
            .map(|message| (message.born_ns, message.judged_ns))
    }

    fn get(&mut self, client: u32, n: u64) -> Option<&mut Message> {
        let index = usize::try_from(n.checked_sub(1)?).ok()?;
        self.messages.get_mut(client as usize)?.get_mut(index)
    }

    /// What is wrong at the end: a message without judgement or answer, or with an answer that differs. What was
    /// planned at `until_ns` or later does not count.
    pub(super) fn fault(&self, events: u64, until_ns: u64) -> Option<String> {
        for (client, messages) in self.messages.iter().enumerate() {
            for (n, message) in (1u64..).zip(messages) {
                if message.born_ns < until_ns
                    && let Some(fault) = message.fault(events)
                {
                    return Some(format!("message {n} of client {client} {fault}"));
                }
            }
        }
        None
    }
}

impl Message {
    fn fault(&self, events: u64) -> Option<String> {
        if let Some(Verdict::Accepted { seq }) = self.judged
            && seq > events
        {
            return Some(format!("became event {seq}, which was never published"));
        }
        if !self.acknowledge {
            return None;
        }
        match (&self.judged, &self.answered) {
            (None, _) => Some("never came to the server".into()),
            (_, None) => Some("was never confirmed".into()),
            (Some(judged), Some(told)) if !judged.agrees(told) => Some(format!(
                "was {}, but its sender was told that it was {}",
                words(judged),
                words(told)
            )),
            _ => None,
        }
    }
}

fn words(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Accepted { seq } => format!("accepted as event {seq}"),
        Verdict::Refused { why, .. } => format!("refused as {why:?}"),
    }
}

impl Recorder {
    /// A client's message is about to leave for the first time. `born_ns` is the instant for which it was planned; `n`
    /// is one more than that of the client's message before it.
    pub fn published(&self, client: u32, n: u64, _class: u16, born_ns: u64, acknowledge: bool) {
        let mut state = self.lock();
        let book = &mut state.book;
        let upward = &mut book.upward;
        let Some(messages) = upward.messages.get_mut(client as usize) else {
            return book
                .wrong(|| format!("client {client} published, but there is no such client"));
        };
        let before = messages.len() as u64;
        if n != before + 1 {
            return book
                .wrong(|| format!("client {client} published message {n} after message {before}"));
        }
        messages.push(Message {
            born_ns,
            acknowledge,
            judged: None,
            judged_ns: 0,
            answered: None,
        });
        upward.published += 1;
        upward.to_acknowledge += u64::from(acknowledge);
    }

    /// A client sends a message again, because it was not confirmed.
    pub fn sent_again(&self, client: u32, n: u64) {
        let mut state = self.lock();
        state.book.upward.sent_again += 1;
        if let Some(book) = unknown(&mut state.book, client, n) {
            book.wrong(|| format!("client {client} sent message {n} again, but never before"));
        }
    }

    /// A client gives up a message. If the message has to be confirmed the run is not verified; otherwise it counts as
    /// dropped unless it came to the server all the same.
    pub fn dropped(&self, client: u32, n: u64) {
        let mut state = self.lock();
        if let Some(book) = unknown(&mut state.book, client, n) {
            book.wrong(|| format!("client {client} gave up message {n}, which it never published"));
        }
    }

    /// An HTTP request carries a message.
    pub fn publish_request(&self) {
        self.lock().book.upward.requests += 1;
    }

    /// The server's verdict on a message.
    pub fn judged(&self, client: u32, n: u64, now_ns: u64, verdict: Verdict) {
        let mut state = self.lock();
        let book = &mut state.book;
        let measured = self.expectation().from_ns..book.to_ns;
        let upward = &mut book.upward;
        let Some(message) = upward.get(client, n) else {
            return book.wrong(|| {
                format!("the server took message {n} of client {client}, which was never published")
            });
        };
        if message.judged.is_some() {
            return book.wrong(|| format!("message {n} of client {client} was judged twice"));
        }
        let stale = matches!(verdict, Verdict::Refused { stale: true, .. });
        let accepted = matches!(verdict, Verdict::Accepted { .. });
        let up_ns = now_ns.saturating_sub(message.born_ns);
        let measured = measured.contains(&message.born_ns);
        message.judged = Some(verdict);
        message.judged_ns = now_ns;
        upward.accepted += u64::from(accepted);
        upward.refused += u64::from(!accepted);
        upward.refused_stale += u64::from(stale);
        if measured {
            upward.up.record(up_ns);
        }
    }

    /// A message that the server had judged came again; it was not judged twice.
    pub fn repeated(&self, client: u32, n: u64) {
        let mut state = self.lock();
        let book = &mut state.book;
        book.upward.repeats_ignored += 1;
        let judged = book.upward.get(client, n).map(|m| m.judged.is_some());
        if judged != Some(true) {
            book.wrong(|| {
                format!("the server ignored message {n} of client {client} as a repeat, but never judged it")
            });
        }
    }

    /// The sender of a message sees the server's verdict on it.
    pub fn answered(&self, client: u32, n: u64, now_ns: u64, verdict: Verdict) {
        let mut state = self.lock();
        let book = &mut state.book;
        let measured = self.expectation().from_ns..book.to_ns;
        let upward = &mut book.upward;
        let Some(message) = upward.get(client, n) else {
            return book.wrong(|| {
                format!("client {client} was told about message {n}, which it never published")
            });
        };
        if !message.acknowledge {
            return book.wrong(|| {
                format!("message {n} of client {client} was confirmed, though nobody asked for it")
            });
        }
        if message.answered.is_some() {
            return book.wrong(|| format!("message {n} of client {client} was confirmed twice"));
        }
        let ack_ns = now_ns.saturating_sub(message.born_ns);
        let measured = measured.contains(&message.born_ns);
        message.answered = Some(verdict);
        upward.acknowledged += 1;
        if measured {
            upward.ack.record(ack_ns);
        }
    }

    /// The instant for which a message was planned, if it was published.
    pub fn planned_ns(&self, client: u32, n: u64) -> Option<u64> {
        let mut state = self.lock();
        state.book.upward.get(client, n).map(|m| m.born_ns)
    }

    /// Whether the server has judged a message.
    pub fn is_judged(&self, client: u32, n: u64) -> bool {
        let mut state = self.lock();
        let message = state.book.upward.get(client, n);
        message.is_some_and(|message| message.judged.is_some())
    }

    /// Whether some message that has to be confirmed is not yet.
    pub fn waiting_for_answers(&self) -> bool {
        self.lock().book.upward.waiting()
    }
}

impl UpwardBook {
    /// Whether some message that has to be confirmed is not yet.
    pub(super) fn waiting(&self) -> bool {
        self.acknowledged < self.to_acknowledge
    }
}

/// The book, if it does not know a message.
fn unknown(book: &mut Book, client: u32, n: u64) -> Option<&mut Book> {
    match book.upward.get(client, n) {
        Some(_) => None,
        None => Some(book),
    }
}
