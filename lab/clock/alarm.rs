//! A timer that is put off again and again.

use super::{Sleep, now_ns, sleep_until};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Waits for an instant that mostly moves away before it comes, like the end of a connection's patience. Setting a timer
/// for each of them would cost more than the message between them: here one timer runs, and when it ends it looks how
/// much is missing by then.
#[derive(Debug, Default)]
pub struct Alarm {
    /// What runs, and when it ends.
    running: Option<(u64, Sleep)>,
}

impl Alarm {
    /// Waits until [`now_ns`] has reached `deadline_ns`. Dropping it half-way loses nothing.
    pub async fn until(&mut self, deadline_ns: u64) {
        poll_fn(|context| self.poll_until(deadline_ns, context)).await
    }

    /// The same, for who polls.
    pub fn poll_until(&mut self, deadline_ns: u64, context: &mut Context<'_>) -> Poll<()> {
        while now_ns() < deadline_ns {
            let running = self
                .running
                .take()
                .filter(|(ends_ns, _)| *ends_ns <= deadline_ns);
            let (_, sleep) = self
                .running
                .insert(running.unwrap_or_else(|| (deadline_ns, sleep_until(deadline_ns))));
            ready!(Pin::new(sleep).poll(context));
            self.running = None;
        }
        Poll::Ready(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::agenda;

    #[test]
    fn it_ends_at_the_instant_that_it_is_asked_for() {
        let world = agenda::run(|_| false, Vec::new, async {
            let mut alarm = Alarm::default();
            let mut ends = Vec::new();
            // Set for 100, put off to 250 before that, then wanted sooner than what runs, then for what has been.
            tokio::select! {
                biased;
                () = alarm.until(100) => ends.push(now_ns()),
                () = sleep_until(40) => {}
            }
            tokio::select! {
                biased;
                () = alarm.until(250) => ends.push(now_ns()),
                () = sleep_until(90) => {}
            }
            for deadline_ns in [250, 200, 300] {
                alarm.until(deadline_ns).await;
                ends.push(now_ns());
            }
            tokio::select! {
                biased;
                () = alarm.until(900) => ends.push(now_ns()),
                () = sleep_until(400) => {}
            }
            alarm.until(500).await;
            ends.push(now_ns());
            ends
        });
        assert_eq!(
            world.expect("a run that does not stall"),
            [250, 250, 300, 500]
        );
    }
}
