//! How sure a figure is: bootstrap intervals of 95 %.
//!
//! The units that were drawn independently (runs with different seeds, or the events of one run) are drawn again with
//! replacement, many times; the middle 95 % of what the statistic then says is the interval. With few units that is
//! too narrow, so the percentiles are moved outwards as T. Hesterberg derives ("What Teachers Should Know About the
//! Bootstrap", 2014, on expanded percentile intervals): to Phi(-sqrt(n/(n-1)) t), with t the quantile of
//! Student's distribution that an ordinary interval of a mean would use. The same values and the same seed always give
//! the same interval.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Stream of the seed, apart from everything that a run draws.
const STREAM: u64 = 1 << 41;
/// Fewer units than this have too few resamples that differ: no percentile of them is a 95 % bound.
const FEWEST: usize = 5;
/// Fewer values than this have Student's interval in [`mean_interval`]. No resample's mean lies outside of the values, and
/// all of five lie on one side of what they scatter about in one case of sixteen.
pub const FEW: usize = 8;
/// More units than this are joined with their neighbours first; an interval of a mean gains nothing beyond.
const MOST: usize = 1_000;
/// How often is drawn: about so many steps in all, within the limits.
const WORK: usize = 200_000;
const RESAMPLES: (usize, usize) = (1_000, 4_000);

/// 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom: NIST/SEMATECH e-Handbook of Statistical Methods,
/// section 1.3.6.7.2.
const STUDENT: [f64; 30] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042,
];
/// The same quantile of the normal distribution.
const NORMAL: f64 = 1.960;

/// The 95 % interval of the mean of independent values; none for fewer than two, or for values that are not finite.
/// Fewer than eight values have Student's interval, which the bootstrap cannot improve on.
pub fn mean_interval(values: &[f64], seed: u64) -> Option<[f64; 2]> {
    let units: Vec<_> = values.iter().map(|&value| (value, 1.0)).collect();
    if (2..FEW).contains(&values.len()) {
        return student(values);
    }
    ratio_interval(&units, seed)
}

/// The 95 % interval of any statistic of independent values; none for fewer than five.
pub fn interval(values: &[f64], statistic: impl Fn(&[f64]) -> f64, seed: u64) -> Option<[f64; 2]> {
    let mut drawn = Vec::with_capacity(values.len());
    one(values.len(), seed, |picks| {
        drawn.clear();
        drawn.extend(picks.iter().map(|&pick| values[pick]));
        statistic(&drawn)
    })
}

/// The 95 % interval of a mean over parts: each unit has a sum and how many are in it, and the statistic is the sum of
/// the sums over the sum of the counts. None for fewer than five units.
pub fn ratio_interval(units: &[(f64, f64)], seed: u64) -> Option<[f64; 2]> {
    let units: Vec<_> = units.iter().map(|&unit| [unit]).collect();
    ratio_intervals(&units, seed).map(|[interval]| interval)
}

/// The same for several such means of the same units. Each is drawn as if it were alone, and since that is the same
/// draw for all of them, it is made once.
pub fn ratio_intervals<const MEANS: usize>(
    units: &[[(f64, f64); MEANS]],
    seed: u64,
) -> Option<[[f64; 2]; MEANS]> {
    let joined: Vec<[(f64, f64); MEANS]> = units
        .chunks(units.len().div_ceil(MOST).max(1))
        .map(sum)
        .collect();
    let found = resampled(joined.len(), joined.len(), MEANS, seed, |picks, found| {
        let mut sums = [(0.0, 0.0); MEANS];
        for &pick in picks {
            for (sum, unit) in sums.iter_mut().zip(&joined[pick]) {
                sum.0 += unit.0;
                sum.1 += unit.1;
            }
        }
        for (found, (sum, count)) in found.iter_mut().zip(sums) {
            *found = sum / count;
        }
    })?;
    found.try_into().ok()
}

/// The 95 % intervals of percentiles over parts: `values` are `(unit, value)`, each unit is drawn with all its values.
/// Shares are from 0 to 1 and rise. None for fewer than five units, or where a unit has no value.
pub fn quantile_intervals(
    values: &[(u32, f64)],
    units: usize,
    shares: &[f64],
    seed: u64,
) -> Option<Vec<[f64; 2]>> {
    let mut rising = values.to_vec();
    rising.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut of_unit = vec![0_u32; units];
    for &(unit, _) in &rising {
        *of_unit.get_mut(unit as usize)? += 1;
    }
    if of_unit.contains(&0) {
        return None;
    }
    let order: Vec<u32> = rising.iter().map(|&(unit, _)| unit).collect();
    let mut times = vec![0_u32; units];
    resampled(units, values.len(), shares.len(), seed, |picks, found| {
        times.fill(0);
        let mut all = 0_u64;
        for &pick in picks {
            times[pick] += 1;
            all += u64::from(of_unit[pick]);
        }
        let (mut below, mut next) = (0, 0);
        for (found, share) in found.iter_mut().zip(shares) {
            let wanted = ((share * all as f64).ceil() as u64).max(1);
            while below < wanted && next < order.len() {
                below += u64::from(times[order[next] as usize]);
                next += 1;
            }
            *found = rising[next.saturating_sub(1)].1;
        }
    })
}

/// Draws as many of the units as there are, again and again, and has `statistics` fill in what so many statistics say
/// of each draw; the expanded percentiles of each. `work` is what one draw costs.
fn resampled(
    units: usize,
    work: usize,
    wanted: usize,
    seed: u64,
    mut statistics: impl FnMut(&[usize], &mut [f64]),
) -> Option<Vec<[f64; 2]>> {
    if units < FEWEST {
        return None;
    }
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    dice.set_stream(STREAM);
    let resamples = (WORK / work.max(1)).clamp(RESAMPLES.0, RESAMPLES.1);
    let mut seen = vec![Vec::with_capacity(resamples); wanted];
    let mut found = vec![f64::NAN; wanted];
    let mut picks = vec![0; units];
    for _ in 0..resamples {
        for pick in &mut picks {
            *pick = ((u64::from(dice.next_u32()) * units as u64) >> 32) as usize;
        }
        statistics(&picks, &mut found);
        for (seen, &found) in seen.iter_mut().zip(&found) {
            seen.push(found);
        }
    }
    if !seen.iter().flatten().all(|value| value.is_finite()) {
        return None;
    }
    let tail = tail(units);
    let interval = |mut seen: Vec<f64>| {
        seen.sort_by(f64::total_cmp);
        [at(&seen, tail), at(&seen, 1.0 - tail)]
    };
    Some(seen.into_iter().map(interval).collect())
}

/// One statistic of each draw.
fn one(units: usize, seed: u64, mut statistic: impl FnMut(&[usize]) -> f64) -> Option<[f64; 2]> {
    let intervals = resampled(units, units, 1, seed, |picks, found| {
        found[0] = statistic(picks)
    })?;
    intervals.first().copied()
}

/// The share of resamples on each side that is left out.
fn tail(units: usize) -> f64 {
    let n = units as f64;
    phi(-(n / (n - 1.0)).sqrt() * t(units))
}

/// The t quantile that an interval of the mean of so many values uses.
fn t(units: usize) -> f64 {
    STUDENT
        .get(units.saturating_sub(2))
        .copied()
        .unwrap_or(NORMAL)
}

/// The normal distribution function.
fn phi(x: f64) -> f64 {
    libm::erfc(-x / std::f64::consts::SQRT_2) / 2.0
}

/// Mean plus and minus t standard errors.
fn student(values: &[f64]) -> Option<[f64; 2]> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    let half = t(values.len()) * (squares / (n - 1.0) / n).sqrt();
    half.is_finite().then_some([mean - half, mean + half])
}

/// The value at a share of rising values, straight between neighbours.
fn at(rising: &[f64], share: f64) -> f64 {
    let place = share * (rising.len() - 1) as f64;
    let (below, part) = (place as usize, place.fract());
    let above = (below + 1).min(rising.len() - 1);
    rising[below] + (rising[above] - rising[below]) * part
}

fn sum<const MEANS: usize>(units: &[[(f64, f64); MEANS]]) -> [(f64, f64); MEANS] {
    let mut sums = [(0.0, 0.0); MEANS];
    for unit in units {
        for (sum, unit) in sums.iter_mut().zip(unit) {
            sum.0 += unit.0;
            sum.1 += unit.1;
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Normal values with mean 10 and standard deviation 3, by Box and Muller.
    struct Normal(ChaCha8Rng);

    impl Normal {
        fn draw(&mut self, n: usize) -> Vec<f64> {
            let mut uniform = || (f64::from(self.0.next_u32()) + 0.5) / 4_294_967_296.0;
            let mut one = || {
                let radius = (-2.0 * libm::log(uniform())).sqrt();
                10.0 + 3.0 * radius * libm::cos(std::f64::consts::TAU * uniform())
            };
            (0..n).map(|_| one()).collect()
        }
    }

    /// In how many of a hundred experiments the interval holds the true mean.
    fn coverage(n: usize) -> f64 {
        const TRIALS: usize = 200;
        let mut normal = Normal(ChaCha8Rng::seed_from_u64(1));
        let held = (0..TRIALS).filter(|&trial| {
            let [low, high] = mean_interval(&normal.draw(n), trial as u64).expect("enough values");
            (low..=high).contains(&10.0)
        });
        held.count() as f64 * 100.0 / TRIALS as f64
    }

    #[test]
    fn ninety_five_of_a_hundred_hold_the_truth() {
        for (n, least) in [(3, 91.0), (5, 92.0), (7, 92.0), (20, 91.0)] {
            let held = coverage(n);
            assert!((least..=98.5).contains(&held), "{n} values: {held} %");
        }
    }

    #[test]
    fn few_values_have_no_interval() {
        assert_eq!(mean_interval(&[], 1), None);
        assert_eq!(mean_interval(&[4.0], 1), None);
        assert_eq!(mean_interval(&[4.0, f64::NAN], 1), None);
        assert_eq!(mean_interval(&[1.0, 2.0, 3.0, 4.0, f64::INFINITY], 1), None);
        assert_eq!(interval(&[1.0, 2.0, 3.0, 4.0], |v| v[0], 1), None);
        assert_eq!(ratio_interval(&[], 1), None);
        assert_eq!(quantile_intervals(&[(0, 1.0)], 1, &[0.5], 1), None);
    }

    #[test]
    fn three_values_have_students_interval() {
        // Mean 2, standard deviation 1: 2 -+ 4.303 / sqrt(3).
        let [low, high] = mean_interval(&[1.0, 2.0, 3.0], 1).expect("three values");
        assert!((low + 0.4843).abs() < 1e-3 && (high - 4.4843).abs() < 1e-3);
    }

    #[test]
    fn the_percentiles_are_moved_outwards_for_few_units() {
        // Phi(-sqrt(5/4) 2.776) = Phi(-3.104), Phi(-sqrt(20/19) 2.093) = Phi(-2.147).
        assert!((tail(5) - 0.000_96).abs() < 1e-4);
        assert!((tail(20) - 0.016).abs() < 1e-3);
        assert!((tail(100_000) - 0.025).abs() < 1e-4);
    }

    #[test]
    fn the_same_seed_gives_the_same_interval() {
        let values = Normal(ChaCha8Rng::seed_from_u64(2)).draw(30);
        assert_eq!(mean_interval(&values, 7), mean_interval(&values, 7));
        assert_ne!(mean_interval(&values, 7), mean_interval(&values, 8));
        assert_eq!(mean_interval(&[5.0; 9], 7), Some([5.0, 5.0]));
        let mean = |drawn: &[f64]| drawn.iter().sum::<f64>() / drawn.len() as f64;
        let (one, other) = (mean_interval(&values, 7), interval(&values, mean, 7));
        let (one, other) = (one.expect("thirty"), other.expect("thirty"));
        assert!((one[0] - other[0]).abs() < 1e-9 && (one[1] - other[1]).abs() < 1e-9);
    }

    #[test]
    fn clients_of_one_feed_add_nothing_to_how_sure_a_mean_is() {
        // Each event is seen by one client, or by fifty at the same instant: as sure either way.
        let latencies = Normal(ChaCha8Rng::seed_from_u64(3)).draw(40);
        let of = |clients: f64| {
            let units: Vec<_> = latencies.iter().map(|us| (us * clients, clients)).collect();
            ratio_interval(&units, 7).expect("forty events")
        };
        let ([a, b], [c, d]) = (of(1.0), of(50.0));
        assert!((a - c).abs() < 1e-9 && (b - d).abs() < 1e-9);
    }

    #[test]
    fn percentiles_draw_whole_events() {
        // Forty events with the latencies 1 to 40, each seen by three clients alike: the median of the draws is that
        // of the events, 20, give or take 1.96 standard errors of sqrt(40)/2 ranks.
        let values: Vec<_> = (0..120).map(|i| (i % 40, f64::from(i % 40 + 1))).collect();
        let [low, high] = quantile_intervals(&values, 40, &[0.5], 7).expect("forty events")[0];
        assert!((12.0..=16.0).contains(&low), "{low}");
        assert!((24.0..=28.0).contains(&high), "{high}");
    }
}
