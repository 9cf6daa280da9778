//! Latencies in the histogram that the lab uses too.

use hdrhistogram::Histogram;

/// The longest latency that is told apart, nanoseconds.
const LONGEST_NS: u64 = 600_000_000_000;

/// For nanoseconds, with three digits.
pub fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST_NS, 3).expect("bounds that a histogram can have")
}

/// A quantile in microseconds.
pub fn us(latencies: &Histogram<u64>, quantile: f64) -> f64 {
    latencies.value_at_quantile(quantile) as f64 / 1e3
}
