//! When events are born.

use super::random::Choices;
use crate::scenario::Arrivals;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

const SECOND_NS: f64 = 1e9;
/// Events of one burst, and the nanoseconds between two of them.
const BURST: (u64, u64) = (5, 10_000_000);

/// The instants at which events are born, in nanoseconds after the start; they never go back.
pub enum Instants {
    Fixed {
        rate: f64,
        made: u64,
    },
    Poisson {
        gaps: Gaps,
        at: u64,
    },
    Jittered {
        gaps: Gaps,
        at: u64,
    },
    Bursty {
        gaps: Gaps,
        next_burst: u64,
        planned: BinaryHeap<Reverse<u64>>,
    },
}

impl Instants {
    /// `rate` of them per second, spaced as `arrivals` says; `choices` decide what is left to chance.
    pub fn new(arrivals: Arrivals, rate: f64, choices: Choices) -> Self {
        let gaps = |rate| Gaps { choices, rate };
        match arrivals {
            Arrivals::Fixed => Self::Fixed { rate, made: 0 },
            Arrivals::Poisson => Self::Poisson {
                gaps: gaps(rate),
                at: 0,
            },
            // The first gap begins anywhere in its course: many such sources do not beat together.
            Arrivals::Jittered => {
                let mut gaps = gaps(rate);
                let at = (gaps.choices.unit() * SECOND_NS / rate).round() as u64;
                Self::Jittered { gaps, at }
            }
            Arrivals::Bursty => {
                let mut gaps = gaps(rate / BURST.0 as f64);
                let next_burst = gaps.next();
                Self::Bursty {
                    gaps,
                    next_burst,
                    planned: BinaryHeap::new(),
                }
            }
        }
    }

    /// The next one.
    pub fn next_ns(&mut self) -> u64 {
        match self {
            Self::Fixed { rate, made } => {
                // Counted from the start, so that no error adds up. The product is exact up to nine
                // million events and the quotient correctly rounded: the same on every machine.
                let at = (*made as f64 * SECOND_NS / *rate).round() as u64;
                *made += 1;
                at
            }
            Self::Poisson { gaps, at } => {
                *at = at.saturating_add(gaps.next());
                *at
            }
            Self::Jittered { gaps, at } => {
                let now = *at;
                *at = at.saturating_add(gaps.jittered());
                now
            }
            Self::Bursty {
                gaps,
                next_burst,
                planned,
            } => loop {
                // Bursts may overlap: the next event is known once the next burst begins after it.
                match planned.peek() {
                    Some(Reverse(first)) if *first <= *next_burst => {
                        let first = *first;
                        planned.pop();
                        return first;
                    }
                    _ => {
                        let start = *next_burst;
                        planned.extend(
                            (0..BURST.0).map(|k| Reverse(start.saturating_add(k * BURST.1))),
                        );
                        *next_burst = start.saturating_add(gaps.next());
                    }
                }
            },
        }
    }
}

/// Gaps in nanoseconds, with mean `1 / rate` seconds.
pub struct Gaps {
    choices: Choices,
    rate: f64,
}

impl Gaps {
    /// Exponential.
    fn next(&mut self) -> u64 {
        // `libm` and not the platform's logarithm: the same bits on every machine.
        let gap = -libm::log(1.0 - self.choices.unit()) / self.rate;
        (gap * SECOND_NS).round() as u64
    }

    /// Uniform from one half to one and a half of the mean.
    fn jittered(&mut self) -> u64 {
        ((0.5 + self.choices.unit()) * SECOND_NS / self.rate).round() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parse;

    /// The first `count` instants of a scenario with these fields.
    fn instants(fields: &str, count: usize) -> Vec<u64> {
        let scenario = parse(&format!("{{\"name\": \"x\", {fields}}}"), "x").unwrap();
        let choices = Choices::new(scenario.seed, 0);
        let rate = scenario.rate.as_per_second();
        let mut instants = Instants::new(scenario.arrivals, rate, choices);
        (0..count).map(|_| instants.next_ns()).collect()
    }

    #[test]
    fn fixed_instants_do_not_drift() {
        let every = |rate: &str| {
            instants(
                &format!(r#""arrivals": "fixed", "rate": "{rate}""#),
                100_000,
            )
            .into_iter()
            .zip(0_u64..)
        };
        assert!(every("10/s").all(|(at, k)| at == k * 100_000_000));
        assert!(every("10/min").all(|(at, k)| at == k * 6_000_000_000));
        // k / 3 seconds, rounded to the nearest nanosecond.
        assert!(every("3/s").all(|(at, k)| at == (k * 2_000_000_000 + 3) / 6));
    }

    #[test]
    fn poisson_gaps_are_exponential() {
        let instants = instants(r#""rate": "2/s""#, 100_000);
        let mean = *instants.last().unwrap() as f64 / 1e5;
        assert!((mean / 0.5e9 - 1.0).abs() < 0.02, "{mean}");
        // An exponential gap is shorter than its mean with probability 1 - 1/e.
        let short = instants
            .windows(2)
            .filter(|pair| pair[1] - pair[0] < 500_000_000)
            .count();
        assert!((62_700..63_700).contains(&short), "{short}");
    }

    #[test]
    fn jittered_gaps_are_about_their_mean() {
        let instants = instants(r#""arrivals": "jittered", "rate": "0.25/s""#, 10_000);
        assert!(instants[0] < 4_000_000_000);
        let gaps: Vec<_> = instants.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(
            gaps.iter()
                .all(|gap| (2_000_000_000..=6_000_000_000).contains(gap))
        );
        let mean = gaps.iter().sum::<u64>() / gaps.len() as u64;
        assert!((3_900_000_000..4_100_000_000).contains(&mean), "{mean}");
    }

    #[test]
    fn bursts_are_five_events_ten_milliseconds_apart() {
        let instants = instants(r#""arrivals": "bursty", "rate": "0.5/s""#, 500);
        let inside = instants
            .windows(2)
            .filter(|pair| pair[1] - pair[0] == 10_000_000)
            .count();
        assert_eq!(inside, 400);
    }

    #[test]
    fn overlapping_bursts_are_merged_and_keep_the_rate() {
        let instants = instants(r#""arrivals": "bursty", "rate": "1000/s""#, 100_000);
        assert!(instants.is_sorted());
        let seconds = *instants.last().unwrap() as f64 / 1e9;
        assert!((96.0..104.0).contains(&seconds), "{seconds}");
    }
}
