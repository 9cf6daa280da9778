//! How long a round trip takes, and how long to wait for an answer.

use crate::clock::{MS, S};

/// Least margin of the timeout over the smoothed round trip (Linux `TCP_RTO_MIN`).
pub const MARGIN_NS: u64 = 200 * MS;
/// Timeout before the first sample (RFC 6298, 2.1).
const FIRST_TIMEOUT_NS: u64 = S;
/// Longest timeout (Linux `TCP_RTO_MAX`).
const LONGEST_TIMEOUT_NS: u64 = 120 * S;

/// Round-trip estimate of one direction of one connection: RFC 6298, section 2.
#[derive(Debug, Default)]
pub struct RoundTrip {
    /// 0 before the first sample.
    smoothed_ns: u64,
    variation_ns: u64,
    least_ns: u64,
}

impl RoundTrip {
    /// Takes a sample.
    pub fn sample(&mut self, rtt_ns: u64) {
        let rtt_ns = rtt_ns.max(1);
        if self.smoothed_ns == 0 {
            *self = Self {
                smoothed_ns: rtt_ns,
                variation_ns: rtt_ns / 2,
                least_ns: rtt_ns,
            };
            return;
        }
        self.variation_ns = (3 * self.variation_ns + self.smoothed_ns.abs_diff(rtt_ns)) / 4;
        self.smoothed_ns = (7 * self.smoothed_ns + rtt_ns) / 8;
        self.least_ns = self.least_ns.min(rtt_ns);
    }

    /// Smoothed round trip, once there is one.
    pub fn smoothed_ns(&self) -> Option<u64> {
        (self.smoothed_ns > 0).then_some(self.smoothed_ns)
    }

    /// Shortest round trip seen; 0 before the first.
    pub fn least_ns(&self) -> u64 {
        self.least_ns
    }

    /// Retransmission timeout after `doublings` timeouts in a row, the margin as Linux has it.
    pub fn timeout_ns(&self, doublings: u32) -> u64 {
        let timeout_ns = match self.smoothed_ns() {
            None => FIRST_TIMEOUT_NS,
            Some(smoothed_ns) => smoothed_ns + MARGIN_NS.max(4 * self.variation_ns),
        };
        timeout_ns
            .saturating_mul(1 << doublings.min(10))
            .min(LONGEST_TIMEOUT_NS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_timeout_is_the_round_trip_and_at_least_200_ms() {
        let mut trip = RoundTrip::default();
        assert_eq!(trip.timeout_ns(0), S);
        for _ in 0..50 {
            trip.sample(50 * MS);
        }
        assert_eq!(trip.timeout_ns(0), 250 * MS);
        assert_eq!(trip.timeout_ns(2), S);
        assert_eq!(trip.timeout_ns(40), 120 * S);
    }

    #[test]
    fn the_first_sample_counts_as_variation_too() {
        let mut trip = RoundTrip::default();
        trip.sample(200 * MS);
        assert_eq!(trip.timeout_ns(0), 600 * MS); // 200 + 4 x 100
    }
}
