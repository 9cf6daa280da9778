//! What a run tells when it was asked to lie, and what its windows say about that.

use super::Prepared;
use crate::clock;
use crate::measure::ledger::Ledger;
use crate::measure::{Lie, Windows};

impl Prepared {
    /// Whether this lie was asked for.
    pub(super) fn lies(&self, lie: Lie) -> bool {
        self.lies.contains(&lie)
    }

    /// What the ledger of a run says, with the lies about it.
    pub(super) fn told(&self, ledger: Ledger) -> Ledger {
        match self.lies(Lie::HeaderOnly) {
            false => ledger,
            true => ledger.headers_and_framing(),
        }
    }

    /// What each kind of figure covers, in words and in numbers.
    pub(super) fn windows(&self, from_ns: u64, to_ns: u64) -> Windows {
        let latency = match self.lies(Lie::CoordinatedOmission) {
            false => "events born in the measured window, from birth to each client's screen",
            true => {
                "LIE: events published in the measured window, from their publication to each \
                 client's screen"
            }
        };
        let ledger = match self.lies(Lie::HeaderOnly) {
            false => "from the first SYN to the last FIN, warm-up and set-up included",
            true => "LIE: HTTP heads and framing alone, from the first SYN to the last FIN",
        };
        Windows {
            latency: latency.into(),
            ledger: ledger.into(),
            measured_from_us: from_ns / clock::US,
            measured_to_us: to_ns / clock::US,
        }
    }
}
