//! The log with a cursor that every transport reads.

use super::Event;
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
struct Log {
    kept: Mutex<Kept>,
    grown: Notify,
}

#[derive(Debug)]
struct Kept {
    events: VecDeque<Arc<Event>>,
    /// Events dropped from the front because the log is full; also the sequence number of the last.
    forgotten: u64,
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
            forgotten: 0,
            capacity: capacity.max(1),
        };
        Self(Arc::new(Log {
            kept: Mutex::new(kept),
            grown: Notify::new(),
        }))
    }

    /// Appends the next event and wakes whoever waits. Sequence numbers have no gaps.
    pub fn publish(&self, event: Arc<Event>) {
        {
            let mut kept = self.lock();
            debug_assert_eq!(event.seq, kept.forgotten + kept.events.len() as u64 + 1);
            if kept.events.len() == kept.capacity {
                kept.events.pop_front();
                kept.forgotten += 1;
            }
            kept.events.push_back(event);
        }
        // Wakes in the order of waiting, which keeps runs repeatable.
        self.0.grown.notify_waiters();
    }

    /// Everything newer than the cursor, at once; possibly nothing.
    pub fn since(&self, cursor: u64) -> Result<Batch, Forgotten> {
        let kept = self.lock();
        if cursor < kept.forgotten {
            return Err(Forgotten {
                oldest_cursor: kept.forgotten,
            });
        }
        let start = usize::try_from(cursor - kept.forgotten)
            .unwrap_or(usize::MAX)
            .min(kept.events.len());
        let mut bytes = 0;
        let fits = |event: &&Arc<Event>| {
            let before = bytes;
            bytes += event.payload.len();
            before < MAX_BATCH_BYTES
        };
        let events = kept.events.range(start..).take(MAX_BATCH);
        Ok(events.take_while(fits).cloned().collect())
    }

    /// Waits until there is something newer than the cursor.
    pub async fn after(&self, cursor: u64) -> Result<Batch, Forgotten> {
        loop {
            // Listen before looking: what is published in between is not missed.
            let mut grown = std::pin::pin!(self.0.grown.notified());
            grown.as_mut().enable();
            let batch = self.since(cursor)?;
            if !batch.is_empty() {
                return Ok(batch);
            }
            grown.await;
        }
    }

    /// The newest event only, if there is one.
    pub fn latest(&self) -> Option<Arc<Event>> {
        self.lock().events.back().cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // Nothing panics while the lock is held, and a poisoned log is still a log.
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
