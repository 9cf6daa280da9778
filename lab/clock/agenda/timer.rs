//! A timer in virtual time.

use super::{Waiting, What, with};
use std::task::{Context, Poll};

/// A timer on the agenda of this thread; deregisters itself when dropped.
#[derive(Debug)]
pub struct Timer {
    deadline_ns: u64,
    /// Key and order of the entry while it waits.
    entry: Option<(usize, u64)>,
}

impl Timer {
    /// A timer that is ready once virtual time has reached `deadline_ns`.
    pub fn new(deadline_ns: u64) -> Self {
        Self {
            deadline_ns,
            entry: None,
        }
    }

    /// Ready, or registers the waker.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let deadline_ns = self.deadline_ns;
        let entry = &mut self.entry;
        with(|agenda| {
            if agenda.now_ns >= deadline_ns {
                return Poll::Ready(());
            }
            if let Some((key, order)) = *entry
                && let Some(waiting) = agenda.timers.get_mut(key)
                && waiting.order == order
            {
                waiting.waker.clone_from(cx.waker());
                return Poll::Pending;
            }
            let slot = agenda.timers.vacant_key();
            let order = agenda.push(deadline_ns, What::Timer(slot));
            agenda.timers.insert(Waiting {
                order,
                waker: cx.waker().clone(),
            });
            *entry = Some((slot, order));
            Poll::Pending
        })
        .unwrap_or(Poll::Ready(()))
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let Some((key, order)) = self.entry else {
            return;
        };
        // The waker is dropped outside the borrow: it may own a task that owns a timer.
        let _waiting = with(|agenda| {
            if agenda
                .timers
                .get(key)
                .is_some_and(|waiting| waiting.order == order)
            {
                let waiting = agenda.timers.remove(key);
                agenda.cancelled += 1;
                agenda.compact();
                Some(waiting)
            } else {
                None
            }
        });
    }
}
