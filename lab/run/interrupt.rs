//! Ending a run early, on request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A request to end early. In real time a run stops publishing, lets its clients catch up, and is
/// verified up to that point; a simulated run, which takes no time to speak of, is finished first.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Asks for an early end.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody has asked.
    pub fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
