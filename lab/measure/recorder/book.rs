//! What a recording consists of.

use super::client::ClientBook;
use super::upward::UpwardBook;
use super::{Class, Expectation};
use crate::measure::Percentiles;
use crate::measure::events::EventBook;
use crate::measure::summary::us;
use hdrhistogram::Histogram;

/// Everything recorded so far.
#[derive(Debug, Clone)]
pub struct Book {
    /// Events of the feed: all so far, or those published before the run was cut.
    pub expected: u64,
    /// End of the measured window; earlier than planned if the run was cut.
    pub to_ns: u64,
    /// Whether the run was ended early.
    pub cut: bool,
    /// Latency of deliveries of events born in the window, nanoseconds, five significant digits.
    pub latency_ns: Histogram<u32>,
    /// Exact extremes and sum beside the histogram.
    pub latency_min_ns: u64,
    pub latency_max_ns: u64,
    pub latency_sum_ns: u128,
    /// The events of the window, each over all clients.
    pub events: EventBook,
    /// By kind of message.
    pub classes: Vec<ClassBook>,
    pub clients: Vec<ClientBook>,
    pub requests: u64,
    pub empty_answers: u64,
    pub connections: u64,
    /// What clients published.
    pub upward: UpwardBook,
    /// Deliveries of what clients published, over the whole run.
    pub from_clients: u64,
    pub gaps_detected: u64,
    pub gaps_repaired: u64,
    pub states_compared: u64,
    pub states_different: u64,
    /// What the screen of [`Expectation::watched`] showed: `(seen, born)` of each newest event.
    pub watched_screen: Vec<(u64, u64)>,
    /// Connections that could not be opened, and why the first could not.
    pub unopened: u64,
    pub first_unopened: Option<String>,
    /// The first thing that went wrong, in words.
    pub problem: Option<String>,
}

impl Book {
    pub(super) fn new(expectation: &Expectation) -> Self {
        let several = expectation.classes.len() > 1;
        let class = |class: &Class| ClassBook {
            budget_ns: class.budget_ns,
            events: 0,
            deliveries: 0,
            within: 0,
            latency: several.then(Spread::new),
        };
        let client = ClientBook::new(!expectation.by_topic);
        Self {
            expected: expectation.events.len() as u64,
            to_ns: expectation.to_ns,
            cut: false,
            // Fails only for more than five digits.
            latency_ns: Histogram::new(5).expect("five significant digits are allowed"),
            latency_min_ns: u64::MAX,
            latency_max_ns: 0,
            latency_sum_ns: 0,
            events: EventBook::new(expectation.events.len()),
            classes: expectation.classes.iter().map(class).collect(),
            clients: vec![client; expectation.clients as usize],
            requests: 0,
            empty_answers: 0,
            connections: 0,
            upward: UpwardBook::new(expectation.clients),
            from_clients: 0,
            gaps_detected: 0,
            gaps_repaired: 0,
            states_compared: 0,
            states_different: 0,
            watched_screen: Vec::new(),
            unopened: 0,
            first_unopened: None,
            problem: None,
        }
    }

    /// Notes what went wrong, if it is the first.
    pub(super) fn wrong(&mut self, words: impl FnOnce() -> String) {
        self.problem.get_or_insert_with(words);
    }

    /// Books the delivery of an event that was born in the measured window.
    pub(super) fn book(&mut self, seq: u64, class: u16, latency_ns: u64) {
        // Auto-resizing: fails only beyond u64.
        self.latency_ns
            .record(latency_ns.max(1))
            .expect("the histogram grows as needed");
        self.latency_min_ns = self.latency_min_ns.min(latency_ns);
        self.latency_max_ns = self.latency_max_ns.max(latency_ns);
        self.latency_sum_ns += u128::from(latency_ns);
        self.events.saw(seq as usize - 1, latency_ns);
        if let Some(class) = self.classes.get_mut(usize::from(class)) {
            class.deliveries += 1;
            class.within += u64::from(class.budget_ns.is_some_and(|most| latency_ns <= most));
            if let Some(latency) = &mut class.latency {
                latency.record(latency_ns);
            }
        }
    }
}

/// One kind of message: deliveries of events born in the measured window.
#[derive(Debug, Clone)]
pub struct ClassBook {
    pub budget_ns: Option<u64>,
    /// Events born in the window; filled in at the end.
    pub events: u64,
    pub deliveries: u64,
    /// Of these, how many were no later than the budget allows.
    pub within: u64,
    /// Nothing where there is one kind only: its latencies are those of the book.
    pub latency: Option<Spread>,
}

/// A distribution: a histogram with three significant digits, exact extremes and sum.
#[derive(Debug, Clone)]
pub struct Spread {
    histogram: Histogram<u32>,
    min_ns: u64,
    max_ns: u64,
    sum_ns: u128,
}

impl Spread {
    pub(super) fn new() -> Self {
        Self {
            // Fails only for more than five digits.
            histogram: Histogram::new(3).expect("three significant digits are allowed"),
            min_ns: u64::MAX,
            max_ns: 0,
            sum_ns: 0,
        }
    }

    pub(super) fn record(&mut self, ns: u64) {
        self.histogram
            .record(ns.max(1))
            .expect("the histogram grows as needed");
        self.min_ns = self.min_ns.min(ns);
        self.max_ns = self.max_ns.max(ns);
        self.sum_ns += u128::from(ns);
    }

    /// Its percentiles, in microseconds.
    pub fn percentiles(&self) -> Percentiles {
        percentiles(&self.histogram, self.min_ns, self.max_ns, self.sum_ns)
    }
}

/// Percentiles in microseconds. The exact extremes bound what the histogram's buckets round to.
pub(in crate::measure) fn percentiles(
    histogram: &Histogram<u32>,
    min_ns: u64,
    max_ns: u64,
    sum_ns: u128,
) -> Percentiles {
    if histogram.is_empty() {
        return Percentiles::default();
    }
    let values_ns = quantiles(histogram, &[0.50, 0.90, 0.99, 0.999]);
    let mut values_ns = values_ns.into_iter();
    let mut next = || us(values_ns.next().unwrap_or(0).clamp(min_ns, max_ns) as f64);
    Percentiles {
        min: us(min_ns as f64),
        mean: us(sum_ns as f64 / histogram.len() as f64),
        p50: next(),
        p90: next(),
        p99: next(),
        p999: next(),
        max: us(max_ns as f64),
    }
}

/// The buckets that hold anything, rising: the largest value of each, and its count. Begins at the least value, since
/// there are a million empty buckets before 25 ms.
pub(in crate::measure) fn recorded(
    histogram: &Histogram<u32>,
) -> impl Iterator<Item = (u64, u64)> + '_ {
    let first = (!histogram.is_empty()).then(|| histogram.min());
    let buckets = std::iter::successors(first, |&value| {
        let next = histogram.next_non_equivalent(value);
        (next <= histogram.max()).then_some(next)
    });
    buckets
        .map(|value| (value, u64::from(histogram.count_at(value))))
        .filter(|&(_, count)| count > 0)
        .map(|(value, count)| (histogram.highest_equivalent(value), count))
}

/// The values at rising shares, each as `Histogram::value_at_quantile` gives it for a share above 0, all in one pass.
pub(in crate::measure) fn quantiles(histogram: &Histogram<u32>, shares: &[f64]) -> Vec<u64> {
    let mut buckets = recorded(histogram);
    let (mut value, mut below) = (0, 0);
    let at = |&share: &f64| {
        let wanted = ((share * histogram.len() as f64).ceil() as u64).max(1);
        while below < wanted
            && let Some((next, count)) = buckets.next()
        {
            value = next;
            below += count;
        }
        value
    };
    shares.iter().map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn quantiles_are_those_of_the_histogram(
            values in prop::collection::vec(prop_oneof![1..300_u64, 1..90_000_000_u64], 1..60),
        ) {
            let mut histogram = Histogram::<u32>::new(3).expect("three digits");
            for &value in &values {
                histogram.record(value).expect("it grows");
            }
            let shares = [0.01, 0.5, 0.9, 0.99, 1.0];
            let one_by_one = shares.map(|share| histogram.value_at_quantile(share));
            prop_assert_eq!(quantiles(&histogram, &shares), one_by_one);
            let buckets: Vec<_> = histogram
                .iter_recorded()
                .map(|bucket| (bucket.value_iterated_to(), u64::from(bucket.count_at_value())))
                .collect();
            prop_assert_eq!(recorded(&histogram).collect::<Vec<_>>(), buckets);
        }
    }
}
