//! Where one line crosses another, jumps away from it, or how steep it is. Pure arithmetic on `[x, y]` points.

/// A place between two neighbours where a ratio passes 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crossing {
    /// Interpolated between the neighbours.
    pub x: f64,
    /// Whether the ratio is below 1 behind this place.
    pub falls: bool,
}

/// Where ratios along an axis pass 1. Between neighbours the logarithm of the ratio is taken as a straight line over
/// the logarithm of x (over x itself where one is not above 0): exact for powers of x. Points without a finite
/// positive ratio interrupt the line.
pub fn crossings(points: &[[f64; 2]]) -> Vec<Crossing> {
    let crossing = |pair: &[[f64; 2]]| {
        let [[x0, r0], [x1, r1]] = [pair[0], pair[1]];
        if !(is_positive(r0) && is_positive(r1)) || (r0 < 1.0) == (r1 < 1.0) {
            return None;
        }
        let (l0, l1) = (libm::log(r0), libm::log(r1));
        let part = -l0 / (l1 - l0);
        let x = match is_positive(x0) && is_positive(x1) {
            true => x0 * libm::exp(libm::log(x1 / x0) * part),
            false => x0 + (x1 - x0) * part,
        };
        Some(Crossing { x, falls: r1 < r0 })
    };
    points.windows(2).filter_map(crossing).collect()
}

fn is_positive(value: f64) -> bool {
    value > 0.0 && value.is_finite()
}

/// The first pair of neighbours between which a ratio rises from at most `level` to more: their indices.
pub fn cliff(ratios: &[Option<f64>], level: f64) -> Option<[usize; 2]> {
    let known: Vec<(usize, f64)> = ratios
        .iter()
        .enumerate()
        .filter_map(|(i, ratio)| Some((i, (*ratio)?)))
        .collect();
    known
        .windows(2)
        .find(|pair| pair[0].1 <= level && pair[1].1 > level)
        .map(|pair| [pair[0].0, pair[1].0])
}

/// A straight line through points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    pub slope: f64,
    pub at_zero: f64,
    /// The largest distance of a point from the line, as a share of the largest y.
    pub off: f64,
}

/// The line of least squares; nothing for fewer than three points or where all x are equal.
pub fn fit(points: &[[f64; 2]]) -> Option<Line> {
    if points.len() < 3 {
        return None;
    }
    let n = points.len() as f64;
    let mean = |of: usize| points.iter().map(|point| point[of]).sum::<f64>() / n;
    let (mx, my) = (mean(0), mean(1));
    let square: f64 = points.iter().map(|[x, _]| (x - mx) * (x - mx)).sum();
    let product: f64 = points.iter().map(|[x, y]| (x - mx) * (y - my)).sum();
    let slope = product / square;
    let at_zero = my - slope * mx;
    let largest = points.iter().map(|[_, y]| y.abs()).fold(0.0, f64::max);
    let off = points
        .iter()
        .map(|[x, y]| (y - at_zero - slope * x).abs())
        .fold(0.0, f64::max);
    (slope.is_finite() && largest > 0.0).then_some(Line {
        slope,
        at_zero,
        off: off / largest,
    })
}

/// Which of some points, `[cost, value]` with less being better in both, are on the frontier: nothing cheaper is as
/// good. Less than `least` of a gain in value does not count. In the order of rising cost.
pub fn frontier(points: &[[f64; 2]], least: f64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&a, &b| {
        let (a, b) = (points[a], points[b]);
        a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1]))
    });
    let mut best = f64::INFINITY;
    order.retain(|&i| {
        let better = points[i][1] < best * (1.0 - least);
        if better {
            best = points[i][1];
        }
        better
    });
    order
}

/// The middle of some numbers, and the smallest and the largest.
pub fn median(values: &[f64]) -> Option<[f64; 3]> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let (first, last) = (sorted.first()?, sorted.last()?);
    let middle = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0;
    Some([middle, *first, *last])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_cross_exactly_where_they_do() {
        // (x / 3)^-2 passes 1 at 3, whatever the grid.
        for grid in [[1.0, 10.0, 100.0], [2.9, 3.1, 50.0], [0.1, 1.7, 1e6]] {
            let points = grid.map(|x| [x, 9.0 / (x * x)]);
            let found = crossings(&points);
            assert_eq!(found.len(), 1);
            assert!((found[0].x - 3.0).abs() < 1e-12 && found[0].falls);
        }
    }

    #[test]
    fn zero_on_the_axis_and_holes_do_no_harm() {
        let across = crossings(&[[0.0, 2.0], [10.0, 0.5]]);
        assert!((across[0].x - 5.0).abs() < 1e-12);
        assert!(crossings(&[[1.0, 2.0], [2.0, f64::NAN], [3.0, 0.5]]).is_empty());
        assert!(crossings(&[[1.0, 2.0]]).is_empty());
        let rising = crossings(&[[1.0, 0.5], [4.0, 2.0], [16.0, 0.5]]);
        assert_eq!(
            rising.iter().map(|c| c.falls).collect::<Vec<_>>(),
            [false, true]
        );
        assert!((rising[0].x - 2.0).abs() < 1e-12 && (rising[1].x - 8.0).abs() < 1e-12);
    }

    #[test]
    fn a_cliff_lies_between_neighbours_that_are_known() {
        let ratios = [Some(1.0), Some(1.2), None, Some(2.4), Some(2.5)];
        assert_eq!(cliff(&ratios, 1.5), Some([1, 3]));
        assert_eq!(cliff(&ratios[..2], 1.5), None);
        assert_eq!(cliff(&[Some(2.0), Some(3.0)], 1.5), None);
    }

    #[test]
    fn straight_lines_are_found_and_bent_ones_told() {
        let line = fit(&[[0.0, 5.0], [10.0, 10.0], [20.0, 15.0]]).expect("a line");
        assert_eq!((line.slope, line.at_zero), (0.5, 5.0));
        assert!(line.off < 1e-12);
        let bent = fit(&[[0.0, 0.0], [10.0, 0.0], [20.0, 15.0]]).expect("a line");
        assert!(bent.off > 0.2);
        assert_eq!(fit(&[[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]]), None);
    }

    #[test]
    fn the_frontier_has_what_nothing_beats() {
        let points = [
            [10.0, 5.0],
            [20.0, 4.99],
            [30.0, 1.0],
            [5.0, 9.0],
            [40.0, 2.0],
        ];
        assert_eq!(frontier(&points, 0.02), [3, 0, 2]);
        assert_eq!(frontier(&points, 0.0), [3, 0, 1, 2]);
    }

    #[test]
    fn the_median_lies_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some([2.0, 1.0, 3.0]));
        assert_eq!(median(&[4.0, 1.0]), Some([2.5, 1.0, 4.0]));
        assert_eq!(median(&[]), None);
    }
}
