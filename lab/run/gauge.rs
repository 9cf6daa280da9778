//! What a side of a loopback run uses of the machine: read when it begins, at both ends of the measured window, and
//! when it ends.

use super::Prepared;
use crate::clock;
use crate::measure::summary::Side;
use std::cell::Cell;

/// Reads one side, on the thread that does its work.
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
    cpu_ns: Option<u64>,
    memory: Option<u64>,
}

/// What a server used.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Used {
    pub side: Side,
    /// Resident memory at the end of the measured window less that at the beginning, bytes; none if it ended early.
    pub memory_gained: Option<u64>,
}

impl Gauge {
    /// Begins now; `memory` tells nothing where it is not this side's alone.
    pub fn new(cpu: fn() -> Option<u64>, memory: fn() -> Option<u64>) -> Self {
        let mut gauge = Self {
            cpu,
            memory,
            began: Reading {
                at_ns: 0,
                cpu_ns: None,
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

    /// What was used until now.
    pub fn used(&self) -> Used {
        let now = self.read();
        let (from, to) = (self.from.get(), self.to.get());
        let spent = |from: Reading, to: Reading| Some(to.cpu_ns?.saturating_sub(from.cpu_ns?));
        let share = |from: Reading, to: Reading| {
            let span_ns = to.at_ns.saturating_sub(from.at_ns);
            (span_ns > 0).then_some(spent(from, to)? as f64 / span_ns as f64)
        };
        Used {
            side: Side {
                cpu_ns: spent(self.began, now),
                share: from.and_then(|from| share(from, to.unwrap_or(now))),
            },
            memory_gained: to.and_then(|to| Some(to.memory?.saturating_sub(self.began.memory?))),
        }
    }

    fn read(&self) -> Reading {
        Reading {
            at_ns: clock::now_ns(),
            cpu_ns: (self.cpu)(),
            memory: (self.memory)(),
        }
    }
}
