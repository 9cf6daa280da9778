//! Real-time timers that are far finer than tokio's steps of a millisecond: one thread sleeps until
//! the next of them is due and wakes who waits. Late by tens of microseconds, as every sleeping
//! thread is.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

/// A timer; forgets its waker when dropped.
#[derive(Debug)]
pub struct Timer {
    at: Instant,
    waiting: Option<Arc<Waiting>>,
}

/// Who waits for one instant.
#[derive(Debug)]
struct Waiting {
    due: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

struct Entry {
    at: Instant,
    order: u64,
    waiting: Arc<Waiting>,
}

/// What is to come, and the thread that it wakes.
struct Clockwork {
    agenda: Mutex<Agenda>,
    earlier: Condvar,
}

#[derive(Default)]
struct Agenda {
    heap: BinaryHeap<Reverse<Entry>>,
    entries: u64,
}

impl Timer {
    /// A timer that is ready from `at` on.
    pub fn new(at: Instant) -> Self {
        Self { at, waiting: None }
    }

    /// Ready, or registers the waker.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.at <= Instant::now() {
            return Poll::Ready(());
        }
        let Some(waiting) = &self.waiting else {
            let waiting = Arc::new(Waiting {
                due: AtomicBool::new(false),
                waker: Mutex::new(Some(cx.waker().clone())),
            });
            self.waiting = Some(waiting.clone());
            clockwork().push(self.at, waiting);
            return Poll::Pending;
        };
        *lock(&waiting.waker) = Some(cx.waker().clone());
        // Asked after the waker is in its place, so that no end of waiting is missed.
        match waiting.due.load(Ordering::SeqCst) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(waiting) = &self.waiting {
            let _waker = lock(&waiting.waker).take();
        }
    }
}

/// Started by the first timer; it lives as long as the program.
fn clockwork() -> &'static Clockwork {
    static CLOCKWORK: OnceLock<&'static Clockwork> = OnceLock::new();
    CLOCKWORK.get_or_init(|| {
        let clockwork: &'static Clockwork = Box::leak(Box::new(Clockwork {
            agenda: Mutex::default(),
            earlier: Condvar::new(),
        }));
        std::thread::spawn(move || clockwork.run());
        clockwork
    })
}

impl Clockwork {
    fn push(&self, at: Instant, waiting: Arc<Waiting>) {
        let mut agenda = lock(&self.agenda);
        agenda.entries += 1;
        let order = agenda.entries;
        let next = agenda.heap.peek().map(|Reverse(entry)| entry.at);
        agenda.heap.push(Reverse(Entry { at, order, waiting }));
        if next.is_none_or(|next| at < next) {
            self.earlier.notify_one();
        }
    }

    fn run(&self) {
        let mut agenda = lock(&self.agenda);
        loop {
            let now = Instant::now();
            let left = agenda
                .heap
                .peek()
                .map(|Reverse(entry)| entry.at.saturating_duration_since(now));
            agenda = match left {
                None => self
                    .earlier
                    .wait(agenda)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(left) if !left.is_zero() => {
                    self.earlier
                        .wait_timeout(agenda, left)
                        .unwrap_or_else(PoisonError::into_inner)
                        .0
                }
                Some(_) => {
                    let due = agenda.heap.pop();
                    drop(agenda);
                    if let Some(Reverse(entry)) = due {
                        entry.waiting.due.store(true, Ordering::SeqCst);
                        let waker = lock(&entry.waiting.waker).take();
                        if let Some(waker) = waker {
                            waker.wake();
                        }
                    }
                    lock(&self.agenda)
                }
            };
        }
    }
}

/// What the mutexes guard is whole after every line, so a panic elsewhere harms nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn timers_end_in_the_order_of_their_instants_and_never_early() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime without drivers always builds");
        let began = Instant::now();
        let ended = Arc::new(Mutex::new(vec![]));
        runtime.block_on(async {
            let mut tasks = tokio::task::JoinSet::new();
            for ms in [30, 10, 20] {
                let ended = ended.clone();
                tasks.spawn(async move {
                    let mut timer = Timer::new(began + Duration::from_millis(ms));
                    std::future::poll_fn(|cx| timer.poll(cx)).await;
                    assert!(began.elapsed() >= Duration::from_millis(ms));
                    lock(&ended).push(ms);
                });
            }
            // One that nobody waits for in the end.
            let mut dropped = Timer::new(began + Duration::from_millis(15));
            let once = std::future::poll_fn(|cx| Poll::Ready(dropped.poll(cx).is_pending()));
            once.await;
            drop(dropped);
            tasks.join_all().await;
        });
        assert_eq!(*lock(&ended), [10, 20, 30]);
    }
}
