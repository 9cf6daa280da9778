//! The line of a distribution on a plot.

use super::canvas::Point;
use super::format::TimeUnit;
use super::plot::Plot;
use super::style::ticks;
use crate::measure::Figures;

/// The line through the points of a distribution, from 0 % and no further than the axis.
pub fn path(plot: &Plot, points: &[[f64; 2]]) -> Vec<Point> {
    let mut path: Vec<Point> = vec![];
    let mut last = points.first().map_or([0.0; 2], |first| [first[0], 0.0]);
    for &[us, share] in points {
        let us = us.max(0.0);
        if us > plot.x_max {
            // A point on the axis' end, on the way to the one beyond it.
            let part = (plot.x_max - last[0]).max(0.0) / (us - last[0]);
            path.push(plot.at(plot.x_max, last[1] + (share - last[1]) * part));
            break;
        }
        if path.is_empty() {
            path.push(plot.at(us, 0.0));
        }
        path.push(plot.at(us, share.clamp(0.0, 1.0)));
        last = [us, share];
    }
    path.dedup();
    path
}

/// The latency at which a distribution reaches a share.
pub fn quantile(points: &[[f64; 2]], share: f64) -> Option<f64> {
    let at = points.iter().position(|point| point[1] >= share)?;
    let ([x1, y1], [x0, y0]) = (
        points[at],
        if at > 0 {
            points[at - 1]
        } else {
            [points[at][0], 0.0]
        },
    );
    Some(if y1 > y0 {
        x0 + (x1 - x0) * (share - y0) / (y1 - y0)
    } else {
        x1
    })
}

/// Whether two lines cover each other at the middle of the plot.
pub fn coincide(plot: &Plot, one: &[Point], other: &[Point]) -> bool {
    let middle = (plot.top + plot.bottom) / 2;
    let nearest = |path: &[Point]| path.iter().min_by_key(|(_, y)| (y - middle).abs()).copied();
    match (nearest(one), nearest(other)) {
        (Some((x0, _)), Some((x1, _))) => (x0 - x1).abs() <= 6,
        _ => false,
    }
}

/// The end of the axis, and the slowest delivery where it lies far beyond it: a few deliveries during an outage
/// must not squeeze all others into one line. The spectrum shows the rest.
pub fn range(drawn: &[&Figures]) -> (f64, Option<f64>) {
    let largest =
        |of: fn(&Figures) -> f64| drawn.iter().map(|figures| of(figures)).fold(0.0, f64::max);
    let (p90, max) = (largest(|f| f.latency_us.p90), largest(|f| f.latency_us.max));
    let cut = p90 > 0.0 && max > 3.0 * p90;
    let end = if cut { 1.5 * p90 } else { max };
    let unit = TimeUnit::for_max(end).us;
    let (values, _) = ticks(end / unit, 8);
    (
        values.last().map_or(1.0, |last| last * unit),
        cut.then_some(max),
    )
}
