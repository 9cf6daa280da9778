//! A logarithmic scale. `libm`, because the logarithm of the platform may differ in its last bit.

use libm::log10;

/// From a smallest to a largest value, both positive.
#[derive(Debug, Clone, Copy)]
pub struct LogScale {
    from: f64,
    to: f64,
}

impl LogScale {
    /// The scale from a value or less to another or more, with ends at 1, 2 or 5 times a power of ten.
    pub fn covering(min: f64, max: f64) -> Self {
        Self::above(1e-3, min, max)
    }

    /// The same for values that may be smaller: `least` takes the place of everything below it.
    pub fn above(least: f64, min: f64, max: f64) -> Self {
        let min = if min.is_finite() { min.max(least) } else { 1.0 };
        let max = if max.is_finite() { max } else { min };
        let from = round_values(min / 10.0, min * 1.001)
            .pop()
            .unwrap_or(min / 10.0);
        let to = round_values(max.max(min) * 0.999, max.max(min) * 10.0)
            .into_iter()
            .find(|to| *to > from)
            .unwrap_or(from * 10.0);
        Self { from, to }
    }

    /// The scale between exactly these values.
    pub fn between(from: f64, to: f64) -> Self {
        Self { from, to }
    }

    /// The last value.
    pub fn end(self) -> f64 {
        self.to
    }

    /// Where a value lies: 0 at the start, 1 at the end.
    pub fn part(self, value: f64) -> f64 {
        let value = value.clamp(self.from, self.to);
        log10(value / self.from) / log10(self.to / self.from)
    }

    /// Round values to label, at most `most` of them.
    pub fn ticks(self, most: usize) -> Vec<f64> {
        let all = round_values(self.from * 0.999, self.to * 1.001);
        if all.len() <= most {
            return all;
        }
        // Powers of ten alone; of very many only every so manyth.
        let powers: Vec<f64> = all.into_iter().filter(|v| is_power(*v)).collect();
        let step = powers.len().div_ceil(most.max(1)).max(1);
        powers.into_iter().step_by(step).collect()
    }
}

/// 1, 2 and 5 times the powers of ten between two values.
fn round_values(from: f64, to: f64) -> Vec<f64> {
    (-13..=18)
        .flat_map(|power| [1.0, 2.0, 5.0].map(|digit| digit * ten_to(power)))
        .filter(|value| (from..=to).contains(value))
        .collect()
}

fn ten_to(power: i32) -> f64 {
    let ten = (0..power.abs()).fold(1.0, |ten, _| ten * 10.0);
    if power < 0 { 1.0 / ten } else { ten }
}

fn is_power(value: f64) -> bool {
    let log = log10(value);
    (log - libm::round(log)).abs() < 1e-9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_round_and_cover_the_range() {
        let scale = LogScale::covering(25_011.0, 1_024_900.0);
        assert_eq!((scale.from, scale.to), (20_000.0, 2_000_000.0));
        assert_eq!(scale.part(20_000.0), 0.0);
        assert!((scale.part(200_000.0) - 0.5).abs() < 1e-12);
        assert_eq!(scale.ticks(9).len(), 7);
        assert_eq!(scale.ticks(3), [100_000.0, 1_000_000.0]);
    }

    #[test]
    fn no_value_breaks_it() {
        for (min, max) in [
            (0.0, 0.0),
            (-1.0, 1e30),
            (f64::NAN, f64::INFINITY),
            (40.0, 40.0),
        ] {
            let scale = LogScale::covering(min, max);
            assert!(scale.from < scale.to, "{scale:?}");
            assert!(scale.ticks(6).len() <= 6);
            assert!(scale.part(-1.0).is_finite() && scale.part(1e300).is_finite());
        }
    }
}
