//! The tails of distributions, and the stretched axes that show them.

use super::canvas::{Align, Canvas, Point};
use super::evidence::borne_out;
use super::figures;
use super::format::time;
use super::log_scale::LogScale;
use super::style::{GRID, INK, MARGIN, PLOT_BOTTOM, SOFT, TEXT, text_width};
use crate::measure::{Figures, Results, TransportResult};

pub const TOP: i32 = 142;
pub const LEFT: i32 = 110;
/// Names and values stand right of the lines' ends.
pub const RIGHT: i32 = 936;
/// Percentiles on the axis, as 1/(1-p).
const TICKS: [(f64, &str); 6] = [
    (1.0, "0"),
    (2.0, "50"),
    (10.0, "90"),
    (100.0, "99"),
    (1_000.0, "99.9"),
    (10_000.0, "99.99"),
];

/// A transport with its tail: `[1/(1-p), latency in us]`.
pub struct Tail<'a> {
    pub transport: &'a TransportResult,
    pub figures: &'a Figures,
    pub points: Vec<[f64; 2]>,
}

/// All that can be drawn.
pub fn tails(results: &Results) -> Vec<Tail<'_>> {
    let tail = |transport| {
        let figures = figures(transport)?;
        let points: Vec<[f64; 2]> = transport
            .series
            .as_ref()?
            .latency_spectrum
            .iter()
            .filter(|[us, share]| us.is_finite() && (0.0..1.0).contains(share))
            .map(|&[us, share]| [1.0 / (1.0 - share), us])
            .collect();
        (points.len() > 1).then_some(Tail {
            transport,
            figures,
            points,
        })
    };
    results.transports.iter().filter_map(tail).collect()
}

/// Where percentiles and latencies lie on the sheet.
pub struct Axes {
    x: LogScale,
    y: LogScale,
}

impl Axes {
    /// Axes that hold all of them.
    pub fn new(tails: &[Tail]) -> Self {
        let points = || tails.iter().flat_map(|tail| &tail.points);
        let end = points().map(|point| point[0]).fold(10.0, f64::max);
        let least = points().map(|point| point[1]).fold(f64::INFINITY, f64::min);
        let most = points().map(|point| point[1]).fold(0.0, f64::max);
        Self {
            x: LogScale::between(1.0, end),
            y: LogScale::covering(least, most),
        }
    }

    fn x(&self, one_in: f64) -> i32 {
        LEFT + (self.x.part(one_in) * f64::from(RIGHT - LEFT)).round() as i32
    }

    /// Where a point lies.
    pub fn at(&self, [one_in, us]: [f64; 2]) -> Point {
        let height = f64::from(PLOT_BOTTOM - TOP);
        (
            self.x(one_in),
            PLOT_BOTTOM - (self.y.part(us) * height).round() as i32,
        )
    }

    /// The last percentile that so many events bear out, as a place on the axis.
    pub fn borne_out(&self, events: u64) -> i32 {
        self.x(1.0 / (1.0 - borne_out(events)))
    }

    /// Grid, numbers and titles.
    pub fn draw(&self, canvas: &Canvas) {
        let title = "latency, from birth to screen (logarithmic)";
        canvas.text((MARGIN, 86), TEXT, Align::Left, SOFT, title);
        for us in self.y.ticks(12) {
            let y = self.at([1.0, us]).1;
            canvas.line(vec![(LEFT, y), (RIGHT, y)], GRID, 1);
            canvas.text(
                (LEFT - 10, y - TEXT * 2 / 5),
                TEXT,
                Align::Right,
                INK,
                &time(us),
            );
        }
        let mut free = 0;
        for (one_in, name) in TICKS {
            let (x, half) = (self.x(one_in), text_width(name, TEXT, false) / 2);
            if one_in > self.x_end() || x - half < free {
                continue;
            }
            canvas.line(vec![(x, TOP), (x, PLOT_BOTTOM)], GRID, 1);
            canvas.text((x, PLOT_BOTTOM + 13), TEXT, Align::Middle, INK, name);
            free = x + half + 12;
        }
        let title = "share of deliveries (%); logarithmic, by the share that is later";
        canvas.text((RIGHT, PLOT_BOTTOM + 35), TEXT, Align::Right, INK, title);
    }

    fn x_end(&self) -> f64 {
        self.x.end() * 1.001
    }
}

/// The part of a path up to a place on the x axis, and the rest of it.
pub fn cut(path: &[Point], limit: i32) -> (Vec<Point>, Vec<Point>) {
    let at = path.iter().take_while(|(x, _)| *x <= limit).count();
    let (mut sure, mut rough) = (path[..at].to_vec(), path[at..].to_vec());
    if let (Some(&(x0, y0)), Some(&(x1, y1))) = (sure.last(), rough.first()) {
        let y = y0 + (y1 - y0) * (limit - x0) / (x1 - x0).max(1);
        sure.push((limit, y));
        rough.insert(0, (limit, y));
    }
    (sure, rough)
}

/// Whether two lines cover each other most of the way.
pub fn coincide(one: &[Point], other: &[Point]) -> bool {
    let pairs = one.len().min(other.len());
    let near = one
        .iter()
        .zip(other)
        .filter(|(a, b)| (a.1 - b.1).abs() <= 6)
        .count();
    2 * near > pairs
}
