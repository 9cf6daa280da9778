//! What is kept per event, over all clients: who saw it first and last, and how late it was on average. From it come
//! the delay of the last receiver and how sure the latencies are, which draws events and never clients: clients on one
//! feed see the same events, and are no independent samples.

use super::bootstrap::{quantile_intervals, ratio_intervals};
use super::results::PerEvent;
use super::summary::us;
use std::collections::BTreeMap;

/// The most single deliveries that are kept for the intervals of percentiles.
const MOST_KEPT: usize = 10_000;
/// A percentile has an interval only if as many events lie beyond it.
const BEYOND: f64 = 10.0;
/// The intervals of one recording are the same every time.
const SEED: u64 = 0;

/// The events of the measured window as the clients saw them.
#[derive(Debug, Clone, Default)]
pub struct EventBook {
    events: Vec<Seen>,
    /// `(event, latency)` of each delivery; empty if there were too many to keep all.
    deliveries: Vec<(u32, u64)>,
    too_many: bool,
}

/// One event: nothing yet, if nobody saw it.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    clients: u32,
    first_ns: u64,
    last_ns: u64,
    sum_ns: u64,
}

impl EventBook {
    /// A book for so many events.
    pub fn new(events: usize) -> Self {
        Self {
            events: vec![Seen::default(); events],
            ..Self::default()
        }
    }

    /// There is one more event.
    pub fn grow(&mut self) {
        self.events.push(Seen::default());
    }

    /// A client saw event `index`, so long after its birth.
    pub fn saw(&mut self, index: usize, latency_ns: u64) {
        let Some(event) = self.events.get_mut(index) else {
            return;
        };
        event.first_ns = match event.clients {
            0 => latency_ns,
            _ => event.first_ns.min(latency_ns),
        };
        event.last_ns = event.last_ns.max(latency_ns);
        event.sum_ns = event.sum_ns.saturating_add(latency_ns);
        event.clients += 1;
        if self.deliveries.len() < MOST_KEPT && !self.too_many {
            self.deliveries.push((index as u32, latency_ns));
        } else {
            self.too_many = true;
            self.deliveries.clear();
        }
    }

    /// Events that at least one client saw.
    pub fn seen(&self) -> u64 {
        self.seen_events().count() as u64
    }

    /// From an event's birth to the last client that saw it; none without events.
    pub fn last_receiver_us(&self) -> Option<PerEvent> {
        per_event(self.seen_events().map(|event| event.last_ns))
    }

    /// From the first to the last client that saw an event; none without events.
    pub fn fan_out_spread_us(&self) -> Option<PerEvent> {
        per_event(
            self.seen_events()
                .map(|event| event.last_ns - event.first_ns),
        )
    }

    /// The 95 % intervals that exist, by the path of their figure, in microseconds.
    pub fn intervals(&self) -> BTreeMap<String, [f64; 2]> {
        let units: Vec<_> = self
            .seen_events()
            .map(|event| {
                [
                    (event.sum_ns as f64, f64::from(event.clients)),
                    (event.last_ns as f64, 1.0),
                    ((event.last_ns - event.first_ns) as f64, 1.0),
                ]
            })
            .collect();
        let means = ratio_intervals(&units, SEED);
        let [mean, last, spread] = means.map_or([None; 3], |means| means.map(Some));
        let [median, p99] = self.percentiles();
        let found = [
            ("latency_us.mean", mean),
            ("latency_us.p50", median),
            ("latency_us.p99", p99),
            ("last_receiver_us.mean", last),
            ("fan_out_spread_us.mean", spread),
        ];
        let named =
            |(name, interval): (&str, Option<[f64; 2]>)| Some((name.to_owned(), interval?.map(us)));
        found.into_iter().filter_map(named).collect()
    }

    /// The intervals of median and 99th percentile, where all deliveries were kept and enough events lie beyond.
    fn percentiles(&self) -> [Option<[f64; 2]>; 2] {
        // Events that nobody saw are not among those to draw from.
        let mut numbers = vec![0; self.events.len()];
        let mut seen = 0;
        for (number, event) in numbers.iter_mut().zip(&self.events) {
            *number = seen;
            seen += u32::from(event.clients > 0);
        }
        let values: Vec<_> = self
            .deliveries
            .iter()
            .map(|&(event, ns)| (numbers[event as usize], ns as f64))
            .collect();
        let enough = |share: f64| f64::from(seen) * (1.0 - share) + 1e-6 >= BEYOND;
        let of = |shares: &[f64]| quantile_intervals(&values, seen as usize, shares, SEED);
        match (enough(0.5), enough(0.99)) {
            (true, true) => {
                of(&[0.5, 0.99]).map_or([None; 2], |found| [0, 1].map(|i| Some(found[i])))
            }
            (true, false) => of(&[0.5]).map_or([None; 2], |found| [Some(found[0]), None]),
            _ => [None; 2],
        }
    }

    fn seen_events(&self) -> impl Iterator<Item = &Seen> {
        self.events.iter().filter(|event| event.clients > 0)
    }
}

fn per_event(values_ns: impl Iterator<Item = u64>) -> Option<PerEvent> {
    let mut rising: Vec<u64> = values_ns.collect();
    rising.sort_unstable();
    let last = rising.last().copied()?;
    let sum: u128 = rising.iter().map(|&ns| u128::from(ns)).sum();
    // The least value that so many percent do not exceed.
    let percentile = |percent: usize| rising[(rising.len() * percent).div_ceil(100).max(1) - 1];
    Some(PerEvent {
        mean: us(sum as f64 / rising.len() as f64),
        p50: us(percentile(50) as f64),
        p99: us(percentile(99) as f64),
        max: us(last as f64),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    #[test]
    fn the_last_of_those_that_saw_an_event_counts() {
        let mut book = EventBook::new(3);
        // Three clients see the first event after 10, 30 and 20 ms; one alone sees the third after 50 ms.
        for latency in [10, 30, 20] {
            book.saw(0, latency * MS);
        }
        book.saw(2, 50 * MS);
        let last = book.last_receiver_us().expect("two events");
        assert_eq!(
            [last.mean, last.p50, last.p99, last.max],
            [40e3, 30e3, 50e3, 50e3]
        );
        let spread = book.fan_out_spread_us().expect("two events");
        assert_eq!([spread.mean, spread.p50, spread.max], [10e3, 0.0, 20e3]);
        assert_eq!(book.seen(), 2);
        assert_eq!(book.intervals(), BTreeMap::new());
        assert_eq!(EventBook::new(2).last_receiver_us(), None);
    }

    #[test]
    fn more_clients_make_nothing_surer() {
        let book = |clients: u32| {
            let mut book = EventBook::new(100);
            for index in 0..100 {
                for _ in 0..clients {
                    book.saw(index, (index as u64 * 37 % 100) * MS);
                }
            }
            book.intervals()
        };
        let few = book(1);
        assert_eq!(few, book(20));
        // Evenly from 0 to 99 ms: 49.5 -+ 1.96 x 28.87 / sqrt(100).
        let [low, high] = few["latency_us.mean"];
        assert!(
            (low / 1e3 - 43.8).abs() < 0.7 && (high / 1e3 - 55.2).abs() < 0.7,
            "{few:?}"
        );
        assert!(few.contains_key("latency_us.p50"));
        assert!(!few.contains_key("latency_us.p99"), "one event lies beyond");
        // Too many deliveries to keep: only means have intervals.
        let many = book(101);
        assert_eq!(many["latency_us.mean"], few["latency_us.mean"]);
        assert!(!many.contains_key("latency_us.p50"));
    }
}
