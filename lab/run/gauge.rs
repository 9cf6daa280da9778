//! What a side of a loopback run uses of the machine: read when it begins, at both ends of the measured window, and
//! when it ends.

use super::Prepared;
use crate::clock;
use crate::cpu;
use crate::measure::summary::Side;
use std::cell::Cell;

/// Reads one side, on the thread that does its work: how busy that is says whether the side can bear more, whatever its
/// other threads do.
pub(super) struct Gauge {
    cpu: fn() -> Option<u64>,
    memory: fn() -> Option<u64>,
    began: Reading,
    from: Cell<Option<Reading>>,
    to: Cell<Option<Reading>>,
}

#[derive(Debug, Clone, Copy)]
struct Reading {
    at_ns: u64,
    /// Of the whole side.
    cpu_ns: Option<u64>,
    /// Of this thread.
    thread_ns: Option<u64>,
    memory: Option<u64>,
}

/// What a server used.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Used {
    pub side: Side,
    /// Resident memory at the end of the measured window less that before it listened, bytes; none if it ended early.
    pub memory_gained: Option<u64>,
}

impl Gauge {
    /// Begins now. `cpu` tells of all threads of this side, `memory` nothing where it is not this side's alone.
    pub fn new(cpu: fn() -> Option<u64>, memory: fn() -> Option<u64>) -> Self {
        let mut gauge = Self {
            cpu,
            memory,
            began: Reading {
                at_ns: 0,
                cpu_ns: None,
                thread_ns: None,
                memory: None,
            },
            from: Cell::default(),
            to: Cell::default(),
        };
        gauge.began = gauge.read();
        gauge
    }

    /// Reads at both ends of the measured window, and never ends. It may come late on a busy thread: the share is of
    /// the time between the two readings, whenever they are.
    pub async fn watch(&self, prepared: &Prepared) {
        clock::sleep_until(prepared.scenario.warm_up.as_nanos()).await;
        self.from.set(Some(self.read()));
        clock::sleep_until(prepared.end_ns()).await;
        self.to.set(Some(self.read()));
        std::future::pending().await
    }

    /// To be called when the side is told to end. The timer of [`watch`](Self::watch) is late by up to a millisecond, and
    /// clients that leave at the end of the window may be faster: then this is the reading at its end.
    pub fn close(&self, prepared: &Prepared) {
        if self.to.get().is_none() && clock::now_ns() >= prepared.end_ns() {
            self.to.set(Some(self.read()));
        }
    }

    /// What was used until now.
    pub fn used(&self) -> Used {
        let now = self.read();
        let (from, to) = (self.from.get(), self.to.get());
        let spent = |from: Option<u64>, to: Option<u64>| Some(to?.saturating_sub(from?));
        let share = |from: Reading, to: Reading| {
            let span_ns = to.at_ns.saturating_sub(from.at_ns);
            let share = spent(from.thread_ns, to.thread_ns)? as f64 / span_ns as f64;
            // The two clocks are not read at one instant, so a thread that never rests may seem to do a little more.
            (span_ns > 0).then_some(share.min(1.0))
        };
        Used {
            side: Side {
                cpu_ns: spent(self.began.cpu_ns, now.cpu_ns),
                share: from.and_then(|from| share(from, to.unwrap_or(now))),
            },
            memory_gained: to.and_then(|to| spent(self.began.memory, to.memory)),
        }
    }

    fn read(&self) -> Reading {
        Reading {
            at_ns: clock::now_ns(),
            cpu_ns: (self.cpu)(),
            thread_ns: cpu::thread_ns(),
            memory: (self.memory)(),
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// A process with so many threads that never rest.
    fn ten_cores() -> Option<u64> {
        Some(10 * clock::now_ns())
    }

    #[test]
    fn other_threads_are_in_the_sum_and_not_in_the_share() {
        let gauge = Gauge::new(ten_cores, || None);
        let from = gauge.read();
        gauge.from.set(Some(from));
        while clock::now_ns() < from.at_ns + clock::MS {}
        let used = gauge.used();
        assert!(used.side.cpu_ns >= Some(10 * clock::MS), "{used:?}");
        let share = used.side.share.expect("Linux tells");
        assert!((0.0..=1.0).contains(&share), "{used:?}");
    }
}
