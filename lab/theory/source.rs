//! How many events fall into a window of time, and how old the newest one is.

use super::Spacing;
use libm::{ceil, exp, expm1, floor, lgamma, log, sqrt};

/// A source of events as a client with a phase of its own sees it: a window starts at a uniformly random
/// instant between two events of a fixed source.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    pub spacing: Spacing,
    /// Events per second, above 0.
    pub rate_per_s: f64,
}

impl Source {
    /// Mean age of the newest event at a random instant, seconds: exponential with mean 1/rate for a
    /// Poisson source (it has no memory), uniform on [0, 1/rate] for a fixed one.
    ///
    /// Both are E\[X²\] / 2 E\[X\] of the gap X, the age of information of Kaul, Yates & Gruteser, "Real-time
    /// status: how often should one update?" (INFOCOM 2012), for a delay of zero.
    pub fn age_s(self) -> f64 {
        match self.spacing {
            Spacing::Poisson => 1.0 / self.rate_per_s,
            Spacing::Fixed => 0.5 / self.rate_per_s,
        }
    }

    /// Probability that a window of `length_s` holds no event.
    pub fn none_within(self, length_s: f64) -> f64 {
        let mean = self.rate_per_s * length_s;
        match self.spacing {
            Spacing::Poisson => exp(-mean),
            Spacing::Fixed => (1.0 - mean).max(0.0),
        }
    }

    /// The same for a window of `least_s` plus a uniformly random part of `up_to_s`: the average of
    /// [`Source::none_within`] over [least, least + up to].
    pub fn none_within_random(self, least_s: f64, up_to_s: f64) -> f64 {
        let up_to = self.rate_per_s * up_to_s;
        let least = self.rate_per_s * least_s;
        match self.spacing {
            Spacing::Poisson => exp(-least) * -expm1(-up_to) / up_to,
            Spacing::Fixed => {
                // The triangle under 1 - x from `least` to wherever it or the window ends first.
                let low = least.min(1.0);
                let high = (least + up_to).min(1.0);
                (high - low) * (1.0 - 0.5 * (low + high)) / up_to
            }
        }
    }

    /// Mean number of events in a window of `length_s` around a given event, itself included:
    /// E\[K²\] / E\[K\], because a window with many events is the window of many events. For a Poisson
    /// source that is 1 + its mean (Slivnyak's theorem).
    pub fn company(self, length_s: f64) -> f64 {
        let mean = self.rate_per_s * length_s;
        match self.spacing {
            Spacing::Poisson => 1.0 + mean,
            Spacing::Fixed => self.expect(length_s, |k| k * k) / mean,
        }
    }

    /// Expectation of `f(K)` over the number K of events in a window of `length_s`.
    pub fn expect(self, length_s: f64, f: impl Fn(f64) -> f64) -> f64 {
        let mean = self.rate_per_s * length_s;
        match self.spacing {
            Spacing::Poisson => expect_poisson(mean, f),
            Spacing::Fixed => {
                let fewer = floor(mean);
                let more = mean - fewer;
                (1.0 - more) * f(fewer)
                    + if more > 0.0 {
                        more * f(fewer + 1.0)
                    } else {
                        0.0
                    }
            }
        }
    }
}

/// Expectation of `f(K)` for K ~ Poisson(`mean`), summed over ten standard deviations around the mean
/// (and thirty values more, for small means): what is left out weighs less than 1e-12.
fn expect_poisson(mean: f64, f: impl Fn(f64) -> f64) -> f64 {
    if mean <= 0.0 {
        return f(0.0);
    }
    let reach = 10.0 * sqrt(mean) + 30.0;
    let mut k = floor((mean - reach).max(0.0));
    let last = ceil(mean + reach);
    let mut sum = 0.0;
    while k <= last {
        // Through the logarithm: exp(-mean) alone underflows for large means.
        sum += exp(k * log(mean) - mean - lgamma(k + 1.0)) * f(k);
        k += 1.0;
    }
    sum
}
