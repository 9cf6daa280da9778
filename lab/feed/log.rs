//! The log with a cursor that every transport reads.

use super::reader::{Interest, Reader};
use super::topics::{Lost, Topics};
use super::{Event, reader};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// At most this many events in one [`Batch`] (about 700 kB of ticks); the rest comes with the next.
pub const MAX_BATCH: usize = 10_000;
/// A batch ends with the event that brings its text to this many bytes: half of what a client accepts.
const MAX_BATCH_BYTES: usize = 8 << 20;

/// Events in order, oldest first.
pub type Batch = Vec<Arc<Event>>;

/// An append-only, bounded log of events, shared by all transports. A cursor `n` means "I have
/// everything up to and including event `n`"; 0 means "nothing yet". There is no queue per reader:
/// a slow one keeps its cursor and costs nobody else anything.
#[derive(Debug, Clone)]
pub struct Feed(Arc<Log>);

#[derive(Debug)]
pub(super) struct Log {
    kept: Mutex<Kept>,
    /// Tells the readers of the whole feed; each topic has one of its own.
    pub(super) grown: Notify,
}

#[derive(Debug)]
pub(super) struct Kept {
    events: VecDeque<Arc<Event>>,
    /// What was dropped from the front because the log is full.
    pub(super) lost: Lost,
    pub(super) topics: Topics,
    capacity: usize,
}

/// The cursor is older than what the log still has: the reader has missed events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    /// The oldest cursor that still works.
    pub oldest_cursor: u64,
}

impl Feed {
    /// An empty log that keeps the newest `capacity` events.
    pub fn new(capacity: usize) -> Self {
        let kept = Kept {
            events: VecDeque::new(),
            lost: Lost::default(),
            topics: Topics::default(),
            capacity: capacity.max(1),
        };
        Self(Arc::new(Log {
            kept: Mutex::new(kept),
            grown: Notify::new(),
        }))
    }

    /// Appends the next event and wakes whoever waits for it. Sequence numbers have no gaps.
    pub fn publish(&self, event: Arc<Event>) {
        let topic = {
            let mut kept = self.0.lock();
            debug_assert_eq!(event.seq, kept.head() + 1);
            kept.push(event)
        };
        self.0.wake(&topic);
    }

    /// Appends an event that is made once its number is known; nobody else gets that number. Returns
    /// it. The log is locked meanwhile: `make` must not touch this feed or its readers.
    pub fn append(&self, make: impl FnOnce(u64) -> Event) -> Arc<Event> {
        let (event, topic) = {
            let mut kept = self.0.lock();
            let seq = kept.head() + 1;
            let event = Arc::new(Event { seq, ..make(seq) });
            (event.clone(), kept.push(event))
        };
        self.0.wake(&topic);
        event
    }

    /// The number of the newest event, 0 if there was none.
    pub fn head(&self) -> u64 {
        self.0.lock().head()
    }

    /// The feed as somebody sees it who wants only what interests him.
    pub fn reader(&self, interest: Interest) -> Reader {
        Reader::new(self.0.clone(), interest)
    }

    /// Everything newer than the cursor, at once; possibly nothing.
    pub fn since(&self, cursor: u64) -> Result<Batch, Forgotten> {
        self.0.lock().since(cursor)
    }

    /// Waits until there is something newer than the cursor.
    pub async fn after(&self, cursor: u64) -> Result<Batch, Forgotten> {
        reader::until(&self.0.grown, || self.since(cursor)).await
    }

    /// The newest event only, if there is one.
    pub fn latest(&self) -> Option<Arc<Event>> {
        self.0.lock().newest().cloned()
    }
}

impl Log {
    pub(super) fn lock(&self) -> MutexGuard<'_, Kept> {
        // Nothing of ours panics while the lock is held, and a poisoned log is still a log.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the readers of the whole feed and then those of one topic, both in the order of waiting,
    /// which keeps runs repeatable.
    fn wake(&self, topic: &Notify) {
        self.grown.notify_waiters();
        topic.notify_waiters();
    }
}

impl Kept {
    /// Takes in the next event; whom to wake.
    fn push(&mut self, event: Arc<Event>) -> Arc<Notify> {
        if self.events.len() == self.capacity
            && let Some(oldest) = self.events.pop_front()
        {
            self.lost.note(&oldest);
            self.topics.forget(&oldest);
        }
        let grown = self.topics.push(&event);
        self.events.push_back(event);
        grown
    }

    pub(super) fn head(&self) -> u64 {
        self.lost.newest() + self.events.len() as u64
    }

    pub(super) fn newest(&self) -> Option<&Arc<Event>> {
        self.events.back()
    }

    /// All that is newer than the cursor.
    pub(super) fn since(&self, cursor: u64) -> Result<Batch, Forgotten> {
        self.lost.check(cursor, None)?;
        Ok(batch(self.newer(cursor)))
    }

    /// What is newer than the cursor and still kept, oldest first.
    pub(super) fn newer(&self, cursor: u64) -> impl DoubleEndedIterator<Item = &Arc<Event>> {
        let start = usize::try_from(cursor.saturating_sub(self.lost.newest()))
            .unwrap_or(usize::MAX)
            .min(self.events.len());
        self.events.range(start..)
    }
}

/// As many of these as one batch may hold.
pub(super) fn batch<'a>(events: impl Iterator<Item = &'a Arc<Event>>) -> Batch {
    let mut bytes = 0;
    let fits = |event: &&Arc<Event>| {
        let before = bytes;
        bytes += event.payload.len();
        before < MAX_BATCH_BYTES
    };
    let events = events.take(MAX_BATCH);
    events.take_while(fits).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(seq: u64) -> Arc<Event> {
        Arc::new(Event {
            seq,
            topic: "ACME".into(),
            born_ns: seq,
            payload: seq.to_string().into(),
            from: None,
        })
    }

    fn feed(events: u64, capacity: usize) -> Feed {
        let feed = Feed::new(capacity);
        (1..=events).for_each(|seq| feed.publish(event(seq)));
        feed
    }

    fn seqs(batch: &Batch) -> Vec<u64> {
        batch.iter().map(|event| event.seq).collect()
    }

    #[test]
    fn a_cursor_says_what_one_has() {
        let feed = feed(3, 10);
        assert_eq!(seqs(&feed.since(0).unwrap()), [1, 2, 3]);
        assert_eq!(seqs(&feed.since(2).unwrap()), [3]);
        assert!(feed.since(3).unwrap().is_empty());
        assert!(
            feed.since(u64::MAX).unwrap().is_empty(),
            "a cursor from the future gets nothing"
        );
        assert_eq!(feed.latest().unwrap().seq, 3);
    }

    #[test]
    fn the_log_is_bounded_and_says_what_it_forgot() {
        let feed = feed(10, 4);
        assert_eq!(seqs(&feed.since(6).unwrap()), [7, 8, 9, 10]);
        assert_eq!(feed.since(5), Err(Forgotten { oldest_cursor: 6 }));
    }

    #[test]
    fn a_batch_of_large_events_ends_early() {
        let feed = Feed::new(100);
        for seq in 1..=10 {
            feed.publish(Arc::new(Event {
                payload: vec![b'x'; 3 << 20].into(),
                ..(*event(seq)).clone()
            }));
        }
        assert_eq!(seqs(&feed.since(2).unwrap()), [3, 4, 5]);
    }

    #[test]
    fn an_appended_event_is_made_with_its_number() {
        let feed = feed(2, 10);
        let made = feed.append(|seq| Event {
            seq: 0,
            ..(*event(seq)).clone()
        });
        assert_eq!((made.seq, made.born_ns, feed.head()), (3, 3, 3));
        assert_eq!(feed.latest(), Some(made));
        assert_eq!(Feed::new(1).head(), 0);
    }

    proptest! {
        /// Whatever the reader's pace, following the cursor yields every event once and in order.
        #[test]
        fn following_the_cursor_misses_and_repeats_nothing(bursts in prop::collection::vec(0u64..50, 1..40)) {
            let feed = Feed::new(10_000);
            let (mut published, mut cursor, mut seen) = (0, 0, Vec::new());
            for burst in bursts {
                for _ in 0..burst {
                    published += 1;
                    feed.publish(event(published));
                }
                for event in feed.since(cursor).unwrap() {
                    seen.push(event.seq);
                    cursor = event.seq;
                }
            }
            prop_assert_eq!(seen, (1..=published).collect::<Vec<_>>());
        }
    }
}
